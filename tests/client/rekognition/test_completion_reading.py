"""Pauses and backlogs of a completion queue, with scripted receives."""

import asyncio
import json

import pytest

from vidkit.rekognition.completion.sns_sqs import SqsMessage

LINGER = 0.0123


def messages_about(*job_ids):
    return [
        SqsMessage(receipt_handle=job_id, body=json.dumps({"JobId": job_id, "Status": "SUCCEEDED"}))
        for job_id in job_ids
    ]


MINE = [f"{number:064x}" for number in range(10)]
OTHERS = [f"{number:064x}" for number in range(10, 20)]
ONE, TEN, TEN_OF_OTHERS = messages_about(MINE[0]), messages_about(*MINE), messages_about(*OTHERS)
PAUSED_TEN = ["pause", 10]


class Service:
    """Returns the given lists of messages, then none; records receives and pauses."""

    def __init__(self, received, monkeypatch):
        self.received = list(received)
        self.happened = []
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


@pytest.mark.parametrize(
    ("still_waiting", "received", "happened"),
    [
        (21, [TEN, TEN, [], ONE], [*PAUSED_TEN * 2, "pause", 0, "pause", 1, "pause"]),
        (21, [TEN, TEN, TEN, TEN, ONE, ONE], [*PAUSED_TEN * 3, 10, 1, "pause", 1, "pause"]),
        (21, [TEN, TEN, ONE, TEN, ONE], [*PAUSED_TEN * 2, "pause", 1, *PAUSED_TEN, "pause", 1]),
        # One receive per pause is enough for as many jobs as an account runs by default.
        (20, [TEN] * 5, [*PAUSED_TEN * 5, "pause"]),
        # Other consumers get the time to receive their messages.
        (21, [TEN_OF_OTHERS] * 5, [*PAUSED_TEN * 5, "pause"]),
        (12, [[*TEN_OF_OTHERS[:9], *ONE]] * 4, [*PAUSED_TEN * 3, 10]),
    ],
)
async def test_a_backlog_is_received_without_pauses(
    scripted, monkeypatch, still_waiting, received, happened
):
    service = Service(received, monkeypatch)
    async with scripted.kit() as kit:
        queue = kit.rekognition.completion_queue("https://sqs.example.com/1/q", linger=LINGER)
        queue._sqs = service
        async with queue:
            for job_id in (*MINE, *map(str, range(still_waiting))):
                queue.expect(job_id)
            async with asyncio.timeout(5):
                while len(service.happened) < len(happened):
                    await service.sleep(0.001)
                await service.sleep(0)
    assert service.happened[: len(happened)] == happened
