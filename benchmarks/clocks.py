"""How a sample is taken: cases in turns, the CPU or wall time of each, the stalls of the loop."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

__all__ = ["Case", "Samples", "in_turns", "longest_stall"]

Case: TypeAlias = Callable[[], Awaitable[object]]
Samples: TypeAlias = dict[str, list[float]]

_TICK = 0.001


async def in_turns(
    cases: Mapping[str, Case],
    *,
    samples: int,
    loops: int = 1,
    clock: Callable[[], float] = time.process_time,
    warm: bool = True,
) -> Samples:
    """Run A, B, A, B ...; what troubles the machine for a while then troubles both.

    Args:
        cases: what is measured, by name.
        samples: how many values each case gets.
        loops: runs of a case that make one value.
        clock: seconds of CPU of this process, all threads, or of wall time.
        warm: whether each case runs once before the first sample.

    Returns:
        Seconds for one run of each case.
    """
    values: Samples = {name: [] for name in cases}
    if warm:
        for case in cases.values():
            await case()
    for _ in range(samples):
        for name, case in cases.items():
            # What one case left behind is not the next one's to clear away.
            gc.collect()
            began = clock()
            for _ in range(loops):
                await case()
            values[name].append((clock() - began) / loops)
    return values


async def longest_stall(case: Case) -> float:
    """The longest time for which the event loop did nothing else while a case ran, in seconds."""
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        last = time.perf_counter()
        while True:
            await asyncio.sleep(_TICK)
            now = time.perf_counter()
            worst = max(worst, now - last - _TICK)
            last = now

    gc.collect()
    watching = asyncio.create_task(watch())
    await asyncio.sleep(_TICK * 5)
    worst = 0.0
    await case()
    await asyncio.sleep(_TICK * 2)
    watching.cancel()
    return worst
