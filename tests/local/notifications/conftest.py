"""A local cloud, and boto3's SNS and SQS on it."""

import pytest
from notification_calls import Caller

from vidkit.local import LocalCloud


@pytest.fixture
async def cloud(clock_clip):
    async with LocalCloud(job_seconds=0.05) as running:
        running.add_object("videos", "clip.mp4", clock_clip.path)
        yield running


@pytest.fixture
def sqs(cloud):
    caller = Caller(cloud, "sqs")
    yield caller
    caller.client.close()


@pytest.fixture
def sns(cloud):
    caller = Caller(cloud, "sns")
    yield caller
    caller.client.close()
