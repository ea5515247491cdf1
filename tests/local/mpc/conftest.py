"""A service of the local cloud, called directly."""

import pytest
from mpc_calls import state_of

from vidkit.local.mpc.service import MpcService


@pytest.fixture
def state(clock_clip):
    return state_of(clock_clip)


@pytest.fixture
async def mpc(state):
    service = MpcService(state)
    yield service
    await service.close()
