"""Pauses and backlogs of a completion queue, with scripted receives."""

import asyncio
import json

import pytest

from vidkit import AuthError
from vidkit.rekognition.completion.sns_sqs import SqsMessage

LINGER = 0.0123


def messages_about(*job_ids):
    return [
        SqsMessage(receipt_handle=job_id, body=json.dumps({"JobId": job_id, "Status": "SUCCEEDED"}))
        for job_id in job_ids
    ]


MINE = [f"{number:064x}" for number in range(10)]
OTHERS = [f"{number:064x}" for number in range(10, 20)]
ONE_OF_OTHERS = messages_about(OTHERS[0])
ONE, TEN, TEN_OF_OTHERS = messages_about(MINE[0]), messages_about(*MINE), messages_about(*OTHERS)
PAUSED_TEN = ["pause", 10]


class Service:
    """Returns the given lists of messages, then none; records receives and pauses."""

    def __init__(self, received, monkeypatch):
        self.received = list(received)
        self.happened = []
        self.timeouts = []
        self.is_denied = False
        self.sleep = asyncio.sleep
        monkeypatch.setattr(
            "vidkit.rekognition.completion.completion_queue.asyncio.sleep", self.slept
        )

    async def slept(self, delay):
        if delay == LINGER:
            self.happened.append("pause")
        await self.sleep(delay)

    async def receive(self, _, *, wait_seconds):
        assert wait_seconds == 20
        if not self.received:
            await self.sleep(60)
        messages = self.received.pop(0)
        self.happened.append(len(messages))
        return messages

    async def delete(self, _, receipt_handles):
        pass

    async def change_visibility(self, _, timeouts):
        self.timeouts.append(timeouts)
        if self.is_denied:
            raise AuthError("not allowed")


@pytest.mark.parametrize(
    ("still_waiting", "received", "happened"),
    [
        (21, [TEN, TEN, [], ONE], [*PAUSED_TEN * 2, "pause", 0, "pause", 1, "pause"]),
        (21, [TEN, TEN, TEN, TEN, ONE, ONE], [*PAUSED_TEN * 3, 10, 1, "pause", 1, "pause"]),
        (21, [TEN, TEN, ONE, TEN, ONE], [*PAUSED_TEN * 2, "pause", 1, *PAUSED_TEN, "pause", 1]),
        # One receive per pause is enough for as many jobs as an account runs by default.
        (20, [TEN] * 5, [*PAUSED_TEN * 5, "pause"]),
        # The awaited messages may be right behind those of others.
        (1, [TEN_OF_OTHERS, TEN_OF_OTHERS, ONE, ONE], [*PAUSED_TEN, 10, 1, "pause", 1]),
        (1, [ONE_OF_OTHERS, [], ONE], ["pause", 1, 0, "pause", 1]),
        (12, [[*TEN_OF_OTHERS[:9], *ONE]] * 4, [*PAUSED_TEN * 3, 10]),
    ],
)
async def test_a_backlog_is_received_without_pauses(
    scripted, monkeypatch, still_waiting, received, happened
):
    service = Service(received, monkeypatch)
    await read(scripted, service, (*MINE, *map(str, range(still_waiting))), len(happened))
    assert service.happened[: len(happened)] == happened


async def read(scripted, service, waiting_for, count):
    """Read until so much has happened."""
    async with scripted.kit() as kit:
        queue = kit.rekognition.completion_queue("https://sqs.example.com/1/q", linger=LINGER)
        queue._sqs = service
        async with queue:
            for job_id in waiting_for:
                queue.expect(job_id)
            async with asyncio.timeout(5):
                while len(service.happened) < count:
                    await service.sleep(0.001)
                await service.sleep(0)


async def test_a_message_of_others_that_nobody_takes_is_hidden_longer_each_time(
    scripted, monkeypatch
):
    one = SqsMessage(message_id="m", receipt_handle="r", body="no notification")
    two = SqsMessage(message_id="n", receipt_handle="s", body="no notification")
    service = Service([[one]] * 8 + [[one, two]], monkeypatch)
    await read(scripted, service, ["waiting"], 10)
    assert [each["r"] for each in service.timeouts] == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert service.timeouts[-1]["s"] == 0


async def test_without_the_permission_to_return_messages_there_are_pauses(scripted, monkeypatch):
    service = Service([TEN_OF_OTHERS] * 3, monkeypatch)
    service.is_denied = True
    await read(scripted, service, ["waiting"], 6)
    assert service.happened[:6] == PAUSED_TEN * 3
