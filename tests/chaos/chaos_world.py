"""What a chaos run works with, and what it writes down to hold the services to it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from vidkit import (
    AmbiguousError,
    AsyncPager,
    AuthError,
    DecodeError,
    ServiceError,
    ThrottledError,
    TransportError,
    UnavailableError,
    VidKit,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.local import LocalCloud

T0 = datetime(2026, 1, 1, tzinfo=UTC)
STREAMS = 4
CLIPS = 8
LABELS = 23
STREAM_SECONDS = 8

# Per request, about a quarter of them in all.
FAULTS: dict[str, dict[str, Any]] = {
    "reset": {"probability": 0.04},
    "lost_answer": {"probability": 0.05},
    "half_body": {"probability": 0.03},
    "wrong_length": {"probability": 0.02},
    "empty": {"probability": 0.02},
    "html": {"probability": 0.02},
    "throttled": {"probability": 0.03},
    "unavailable": {"probability": 0.03, "retry_after": 0},
    "late_unavailable": {"probability": 0.02},
    "drip": {"probability": 0.005, "seconds": 0.1},
    "latency": {"probability": 0.02, "seconds": 0.05},
    "close": {"probability": 0.02},
    "hang": {"probability": 0.002},
    "expired_token": {"probability": 0.003},
    "skewed_clock": {"probability": 0.003},
}


# Nothing else may come of it: what was asked for is there, sound and permitted.
OF_A_BAD_LINE: frozenset[type[VidKitError]] = frozenset(
    {
        AuthError,
        DecodeError,
        ThrottledError,
        TransportError,
        UnavailableError,
        VidKitTimeoutError,
    }
)
# Their requests are not sent again when it is unknown whether they were carried out.
CREATORS: frozenset[str] = frozenset({"channel", "create_policy", "snapshots"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One operation's number and dice, the same in each run of a seed."""

    number: int
    dice: random.Random


@dataclass(slots=True)
class World:
    """One run: the cloud, the kit, the dice, and the book.

    The book holds what came of each kind of thing that must exist once at the most.
    """

    cloud: LocalCloud
    kit: VidKit
    done: Counter[str] = field(default_factory=Counter[str])
    failures: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    violations: list[str] = field(default_factory=list[str])
    made: dict[str, dict[str, str | None]] = field(default_factory=dict[str, dict[str, str | None]])
    """By kind, then name: the id when it was made, None when that is not known."""
    refused: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By kind: names of what was certainly not made."""
    most_attempts: int = 1
    jobs: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(15))

    def expect(self, truth: object, what: str) -> None:
        """Write down what must not be."""
        if not truth:
            self.violations.append(what)

    def book(self, kind: str) -> dict[str, str | None]:
        """What was made of a kind."""
        return self.made.setdefault(kind, {})

    def judge(self, actor: str, error: BaseException) -> None:
        """Hold a failure to what is promised of every failure."""
        self.failures[actor, type(error).__name__] += 1
        if not isinstance(error, VidKitError):
            self.violations.append(f"{actor}: {error!r} is no VidKitError")
            return
        told = f"{actor}: {type(error).__name__} {error}"
        self.expect(error.operation, f"{told}: names no operation")
        self.expect(error.service, f"{told}: names no service")
        self.expect(1 <= error.attempts <= self.most_attempts, f"{told}: {error.attempts} attempts")
        right = OF_A_BAD_LINE | ({AmbiguousError} if actor in CREATORS else set())
        self.expect(type(error) in right, f"{told}: not what a bad line leads to")
        if isinstance(error, ServiceError):
            self.expect(error.code, f"{told}: has no code")


async def read_all(pager: AsyncPager[Any, Any]) -> list[Any]:
    """All items of a pager, going on after each failure at the page that failed."""
    items: list[Any] = []
    token: str | None = None
    for _ in range(100):
        pages: AsyncIterator[Any] = pager.pages() if token is None else pager.pages(token=token)
        try:
            async for page in pages:
                items += page.items
        except VidKitError as error:
            if error.next_token is None:
                items.clear()
            token = error.next_token
        else:
            return items
    raise AssertionError("a hundred failures in a row")


def points(start: int, count: int, interval: int) -> list[datetime]:
    """Sampling points, in milliseconds after T0."""
    return [T0 + timedelta(milliseconds=start + n * interval) for n in range(count)]
