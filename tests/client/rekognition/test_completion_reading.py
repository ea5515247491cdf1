"""How often a completion queue is received from, over a service that gives what it is told to."""

import asyncio
import json

import pytest

from vidkit.rekognition.completion.sns_sqs import SqsMessage

LINGER = 0.0123


def ends(*job_ids):
    return [
        SqsMessage(receipt_handle=job_id, body=json.dumps({"JobId": job_id, "Status": "SUCCEEDED"}))
        for job_id in job_ids
    ]


MINE = [f"{number:064x}" for number in range(10)]
OTHERS = [f"{number:064x}" for number in range(10, 20)]
ONE, TEN, TEN_OF_OTHERS = ends(MINE[0]), ends(*MINE), ends(*OTHERS)
PAUSED_TEN = ["pause", 10]


class Service:
    """Gives lists of messages, then none; notes receives, and pauses between them."""

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
        # As many as an account usually runs are kept up with.
        (20, [TEN] * 5, [*PAUSED_TEN * 5, "pause"]),
        # Others may want to look at theirs before we do again.
        (21, [TEN_OF_OTHERS] * 5, [*PAUSED_TEN * 5, "pause"]),
        (12, [[*TEN_OF_OTHERS[:9], *ONE]] * 4, [*PAUSED_TEN * 3, 10]),
    ],
)
async def test_no_pause_is_made_while_there_is_a_backlog(
    scripted, monkeypatch, still_waiting, received, happened
):
    service = Service(received, monkeypatch)
    async with scripted.kit() as kit:
        queue = kit.rekognition.completion_queue("https://sqs.example.com/1/q", linger=LINGER)
        queue._api = service
        async with queue:
            for job_id in (*MINE, *map(str, range(still_waiting))):
                queue.expect(job_id)
            async with asyncio.timeout(5):
                while len(service.happened) < len(happened):
                    await service.sleep(0.001)
                await service.sleep(0)
    assert service.happened[: len(happened)] == happened
