"""Whether ten times as much takes more than ten times as long."""

from collections.abc import Awaitable, Callable
from functools import partial

from benchmarks.cases.jobs import on_a_queue
from benchmarks.cases.streams import one_kit
from benchmarks.clients import kit_on
from benchmarks.clocks import Samples, in_turns
from vidkit import PollPolicy

__all__ = ["growth"]

_SIZE = 2000
_IMAGES = 50


async def growth(
    address: str, items: int, streams: int, jobs: int, samples: int, times: int, after: float
) -> dict[str, Samples]:
    """Measure the CPU of an item, a stream and a job: a few, and ``times`` as many.

    Args:
        address: the server's URL.
        items: the number of items in the small run.
        streams: likewise, streams.
        jobs: likewise, jobs.
        samples: the number of samples of each case.
        times: how many times as large the large run is.
        after: the seconds from a job's start to its completion.
    """
    async with kit_on(address) as kit:
        unlimited = kit.with_options(poll=PollPolicy(polls_per_second=100_000))

        async def iterate(count: int) -> None:
            found = 0
            async for _ in kit.rekognition.get_label_detection(f"results-{count}"):
                found += 1
            _check(found, count)

        async def collect(count: int) -> None:
            found = await kit.rekognition.get_label_detection(f"results-{count}").collect()
            _check(len(found), count)

        async def read(count: int) -> None:
            _check(await one_kit(kit, count, _IMAGES, _SIZE), count * _IMAGES)

        async def run(count: int) -> None:
            # The queue's pauses are shortened, because the work for a job is compared.
            await on_a_queue(unlimited, address, count, after=after, linger=0.05)

        found: dict[str, Samples] = {}
        for kind, work, few in (
            ("items", iterate, items),
            ("items, all kept", collect, items // 4),
            ("streams", read, streams),
            ("jobs", run, jobs),
        ):
            many = few * times
            # One large run opens all connections; small runs before it would add nothing.
            await work(many)
            # The same amount for both, so that the garbage collector's passes affect both.
            values = await in_turns(
                {"few": partial(_repeated, work, few, times), "many": partial(work, many)},
                samples=samples,
                warm=False,
            )
            found[kind] = {
                name: [value / many for value in measured] for name, measured in values.items()
            }
        return found


async def _repeated(work: Callable[[int], Awaitable[None]], count: int, times: int) -> None:
    for _ in range(times):
        await work(count)


def _check(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} in place of {wanted}")
