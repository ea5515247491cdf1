"""A service of the local cloud, called directly."""

import pytest
from rekognition_calls import state_of

from vidkit.local.rekognition.service import RekognitionService


@pytest.fixture
def state(clock_clip):
    return state_of(clock_clip)


@pytest.fixture
async def rekognition(state):
    service = RekognitionService(state)
    yield service
    await service.close()
