"""Complete pages of results and images: their CPU, their memory and the loop's stall."""

import gc
import tracemalloc
from contextlib import AsyncExitStack

from benchmarks.cases.image_readers import images_reader
from benchmarks.cases.readers import results_reader
from benchmarks.clocks import Case, Samples, in_a_row, in_turns, longest_stall
from benchmarks.kinds import FACES

__all__ = ["images", "images_in_a_row", "memory", "results", "results_in_a_row", "stalls"]

# After a garbage collection the processor's caches are cold, which would dominate a single page.
_PAGES_A_SAMPLE = 4


async def results_in_a_row(
    address: str, who: str, nouns: list[str], pages: int
) -> dict[str, tuple[float, float]]:
    """Measure pages of a thousand results in a row: mean CPU, and the longest stall of the loop.

    Args:
        address: the server's URL.
        who: the client.
        nouns: the kinds of results, one after another.
        pages: the number of pages of each kind.
    """
    found: dict[str, tuple[float, float]] = {}
    for noun in nouns:
        async with AsyncExitStack() as stack:
            found[noun] = await in_a_row(await results_reader(stack, address, noun, who), pages)
    return found


async def images_in_a_row(
    address: str, who: str, size: int, pages: int
) -> dict[str, tuple[float, float]]:
    """Measure pages of 25 images in a row, decoded from base64, likewise."""
    async with AsyncExitStack() as stack:
        return {"images": await in_a_row(await images_reader(stack, address, size, who), pages)}


async def results(address: str, noun: str, samples: int, names: list[str]) -> Samples:
    """Measure a page of a thousand results of a job: CPU."""
    async with AsyncExitStack() as stack:
        return await in_turns(await _cases(stack, address, noun, names), samples=samples)


async def images(address: str, size: int, samples: int, names: list[str]) -> Samples:
    """Measure a page of 25 images, decoded from base64: CPU."""
    async with AsyncExitStack() as stack:
        cases = {who: await images_reader(stack, address, size, who) for who in names}
        return await in_turns(cases, samples=samples, loops=_PAGES_A_SAMPLE)


async def memory(address: str, who: str) -> int:
    """Return the bytes that a page of a thousand faces takes while it is kept."""
    async with AsyncExitStack() as stack:
        page = await results_reader(stack, address, FACES, who)
        # The first page allocates what stays, such as imported modules.
        await page()
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        kept = await page()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return after - before


async def stalls(address: str, samples: int, names: list[str]) -> Samples:
    """Measure the longest stall of the event loop while a page of a thousand faces is read."""
    values: Samples = {who: [] for who in names}
    async with AsyncExitStack() as stack:
        cases = await _cases(stack, address, FACES, names)
        for case in cases.values():
            await case()
        for _ in range(samples):
            for who, case in cases.items():
                values[who].append(await longest_stall(case))
    return values


async def _cases(
    stack: AsyncExitStack, address: str, noun: str, names: list[str]
) -> dict[str, Case]:
    return {who: await results_reader(stack, address, noun, who) for who in names}
