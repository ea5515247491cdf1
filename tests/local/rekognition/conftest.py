"""A service of the local cloud, called directly."""

import pytest
from rekognition_calls import state_of

from vidkit.local.rekognition.service import Rekognition


@pytest.fixture
def state(clock_clip):
    return state_of(clock_clip)


@pytest.fixture
async def rekognition(state):
    service = Rekognition(state)
    yield service
    await service.close()
