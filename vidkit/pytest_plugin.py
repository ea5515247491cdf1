"""Fixtures for tests of programs: a local cloud, and a kit for it.

The plugin is active wherever vidkit and pytest are installed together. It imports the local cloud
only when a test uses a fixture. The fixtures are asynchronous and need pytest-asyncio, in any mode.
Without it, or with it in strict mode, the plugin of anyio works too.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

try:
    # The decorator of pytest-asyncio works in its strict mode too.
    from pytest_asyncio import fixture
except ImportError:
    fixture = pytest.fixture  # type: ignore[assignment]

if TYPE_CHECKING:
    from vidkit.kit import VidKit
    from vidkit.local import LocalCloud

__all__ = ["kit", "local_cloud"]


@fixture
async def local_cloud() -> "AsyncIterator[LocalCloud]":
    """A new local cloud for each test."""
    from vidkit.local import LocalCloud

    async with LocalCloud() as cloud:
        yield cloud


@fixture
async def kit(local_cloud: "LocalCloud") -> "AsyncIterator[VidKit]":
    """An open kit for the local cloud."""
    async with local_cloud.kit() as kit:
        yield kit
