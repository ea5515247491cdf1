"""Fixtures for the tests of programs that use vidkit: a local cloud and a kit on it.

The plugin is active wherever vidkit is installed beside pytest; it imports the local cloud only
when a test asks for a fixture. The fixtures are asynchronous: they need pytest-asyncio, in any
mode. Without it, or with it in strict mode, anyio's own plugin serves too.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

try:
    # Its own decorator works in its strict mode too.
    from pytest_asyncio import fixture
except ImportError:
    fixture = pytest.fixture  # type: ignore[assignment]

if TYPE_CHECKING:
    from vidkit.kit import VidKit
    from vidkit.local import LocalCloud

__all__ = ["kit", "local_cloud"]


@fixture
async def local_cloud() -> "AsyncIterator[LocalCloud]":
    """A local cloud of its own for each test."""
    from vidkit.local import LocalCloud

    async with LocalCloud() as cloud:
        yield cloud


@fixture
async def kit(local_cloud: "LocalCloud") -> "AsyncIterator[VidKit]":
    """An open kit on the local cloud."""
    async with local_cloud.kit() as kit:
        yield kit
