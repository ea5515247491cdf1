"""A service of the local cloud, called directly."""

import pytest
from mpc_calls import state_of

from vidkit.local.mpc.service import Mpc


@pytest.fixture
def state(clock_clip):
    return state_of(clock_clip)


@pytest.fixture
async def mpc(state):
    service = Mpc(state)
    yield service
    await service.close()
