"""How samples are taken: alternating cases, CPU or wall time, stalls of the event loop."""

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
    """Return the longest time that the event loop was blocked while a case ran, in seconds."""
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
