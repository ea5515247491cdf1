"""How samples are taken: alternating cases, CPU or wall time, stalls of the event loop."""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Case", "Samples", "in_a_row", "in_turns", "longest_stall"]

Case: TypeAlias = Callable[[], Awaitable[object]]
Samples: TypeAlias = dict[str, list[float]]

_TICK = 0.002


async def in_turns(
    cases: Mapping[str, Case],
    *,
    samples: int,
    loops: int = 1,
    clock: Callable[[], float] = time.process_time,
    warm: bool = True,
) -> Samples:
    """Run A, B, A, B ..., so that a load of the machine affects all cases.

    Args:
        cases: the cases to measure, by name.
        samples: the number of values for each case.
        loops: the number of runs of a case for one value.
        clock: returns seconds: CPU of this process, all threads, or wall time.
        warm: whether each case runs once before the first sample.

    Returns:
        The seconds of one run of each case, by name.
    """
    values: Samples = {name: [] for name in cases}
    if warm:
        for case in cases.values():
            await case()
    for _ in range(samples):
        for name, case in cases.items():
            # A case must not pay for collecting the garbage of the one before.
            gc.collect()
            began = clock()
            for _ in range(loops):
                await case()
            values[name].append((clock() - began) / loops)
    return values


async def longest_stall(case: Case) -> float:
    """Return the longest time that the event loop was blocked while a case ran, in seconds.

    Garbage is collected before, outside the measured time.
    """
    gc.collect()
    async with _watched() as stall:
        await case()
    return stall.longest


async def in_a_row(case: Case, runs: int) -> tuple[float, float]:
    """Run a case again and again as a program does: nothing is collected in between by hand.

    Each result is kept until the next one is there.

    Args:
        case: the case; it runs once before the clocks start.
        runs: the number of runs.

    Returns:
        The mean CPU of a run, and the longest time that the event loop was blocked, in seconds.
    """
    kept = await case()
    async with _watched() as stall:
        began = time.process_time()
        for _ in range(runs):
            kept = await case()
        seconds = time.process_time() - began
    del kept
    return seconds / runs, stall.longest


@dataclass
class _Stall:
    """The longest stall so far, in seconds."""

    longest: float = 0.0

    async def watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(_TICK)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - _TICK)
            last = now


@asynccontextmanager
async def _watched() -> AsyncGenerator[_Stall]:
    """Watch the event loop with a task that wakes up every two milliseconds."""
    stall = _Stall()
    watching = asyncio.create_task(stall.watch())
    await asyncio.sleep(_TICK * 5)
    stall.longest = 0.0
    yield stall
    # The task must wake up once more to see a stall at the very end.
    await asyncio.sleep(_TICK * 2)
    watching.cancel()
