"""The rows: what is compared, with whom, and what it should come to."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.processes import run_cold, run_fresh
from benchmarks.results import Aim, Case, RowResult

__all__ = ["ROWS", "Bench", "Row"]

_RAW = "aiobotocore"
_VALIDATED = "aiobotocore + model_validate"
_THREADED = "boto3 in a thread"
_LIMIT = "aiohttp + pydantic_core.from_json"
_UNTYPED = "aiohttp + msgspec, untyped"
_STRUCTS = "aiohttp + msgspec structs"


@dataclass(frozen=True)
class Size:
    """How much a row works on.

    Attributes:
        what: is counted.
        full: as the row's title has it.
        quick: when a rough figure is enough.
    """

    what: str
    full: int
    quick: int


_IMAGES = Size("images", 600, 250)
_PAGES = Size("pages", 50, 5)
_POLICIES = Size("policies", 1000, 75)
_CREATES = Size("creates", 500, 100)
_SLOW_CREATES = Size("creates", 500, 128)
_JOBS = Size("jobs", 1000, 30)
_STREAM_IMAGES = Size("images a stream", 100, 75)
_TIMES = Size("times", 10, 3)


@dataclass(frozen=True)
class Bench:
    """What a row needs to be measured.

    Attributes:
        addresses: the server's, by latency in milliseconds.
        quick: whether a rough figure is enough.
    """

    addresses: Mapping[int, str]
    quick: bool = False

    def several(self, full: int, quick: int) -> int:
        """A number of samples, or of anything else that takes time."""
        return quick if self.quick else full

    def much(self, size: Size) -> int:
        """How much is measured of what the title tells."""
        return self.several(size.full, size.quick)

    def work(self, function: str, *, latency: int = 0, **parameters: Any) -> Any:
        """Call a function of `benchmarks.cases` in a process of its own."""
        asked = {"address": self.addresses[latency], **parameters}
        return run_fresh("benchmarks.worker", function, json.dumps(asked))

    def cases(self, function: str, *, latency: int = 0, **parameters: Any) -> tuple[Case, ...]:
        """Cases in seconds out of such a function."""
        found: dict[str, list[float]] = self.work(function, latency=latency, **parameters)
        return tuple(Case(name, "second", tuple(values)) for name, values in found.items())


@dataclass(frozen=True)
class Row:
    """One row: how it is measured, and what it should come to."""

    number: int
    title: str
    measured: str
    measure: Callable[[Bench], tuple[Case, ...]]
    aims: tuple[Aim, ...]
    size: Size | None = None

    def title_in(self, bench: Bench) -> str:
        """The title, and how much is measured when that is less than the title tells."""
        if not bench.quick or self.size is None:
            return self.title
        return f"{self.title} (quick: {self.size.quick} {self.size.what})"

    def result(self, bench: Bench) -> RowResult:
        """Measure it."""
        title = self.title_in(bench)
        return RowResult(self.number, title, self.measured, self.measure(bench), self.aims)


def _faces(bench: Bench) -> tuple[Case, ...]:
    return bench.cases(
        "pages:results",
        operation="get_face_detection",
        samples=bench.several(9, 2),
        names=_readers(bench),
    )


def _labels(bench: Bench) -> tuple[Case, ...]:
    return bench.cases(
        "pages:results",
        operation="get_label_detection",
        samples=bench.several(15, 3),
        names=_readers(bench),
    )


def _readers(bench: Bench) -> list[str]:
    if bench.quick:
        return ["vidkit", _RAW, _LIMIT]
    return ["vidkit", _RAW, _VALIDATED, _THREADED, _LIMIT, _UNTYPED, _STRUCTS]


def _images(bench: Bench) -> tuple[Case, ...]:
    left_out = ["boto3 in a thread + b64decode", f"{_LIMIT} + b64decode"]
    return bench.cases(
        "pages:images",
        size=100_000,
        samples=bench.several(15, 3),
        left_out=left_out if bench.quick else [],
    )


def _memory(bench: Bench) -> tuple[Case, ...]:
    names = ["vidkit", _RAW]
    if not bench.quick:
        names += [_VALIDATED, _LIMIT, _STRUCTS]
    return _repeated(
        {name: partial(bench.work, "pages:memory", who=name) for name in names},
        "byte",
        bench.several(2, 1),
    )


def _stalls(bench: Bench) -> tuple[Case, ...]:
    names = ["vidkit", _RAW, _LIMIT]
    if not bench.quick:
        names[2:2] = [_VALIDATED, _THREADED]
    return bench.cases("pages:stalls", samples=bench.several(9, 2), names=names)


def _small_calls(bench: Bench) -> tuple[Case, ...]:
    return bench.cases(
        "calls:small_calls", samples=bench.several(15, 5), loops=bench.several(100, 20)
    )


def _images_over_minutes(bench: Bench) -> tuple[Case, ...]:
    concurrencies = {"vidkit, concurrency=24": 24}
    if not bench.quick:
        concurrencies["vidkit, concurrency=8 (default)"] = 8
    return bench.cases(
        "calls:images_over_minutes",
        latency=500,
        size=20_000,
        images=bench.much(_IMAGES),
        samples=bench.several(2, 1),
        concurrencies=concurrencies,
    )


def _label_pages(bench: Bench) -> tuple[Case, ...]:
    return bench.cases(
        "calls:label_pages",
        latency=50,
        pages=bench.much(_PAGES),
        work=0.02,
        samples=bench.several(2, 1),
        on_the_loop=not bench.quick,
    )


def _policies(bench: Bench) -> tuple[Case, ...]:
    return bench.cases("calls:policies", latency=20, count=bench.much(_POLICIES), samples=1)


def _creates(bench: Bench) -> tuple[Case, ...]:
    return bench.cases(
        "mpc:creates", calls=bench.much(_CREATES), samples=bench.several(5, 3), left_out=[]
    )


def _slow_creates(bench: Bench) -> tuple[Case, ...]:
    left_out = ["MpcClient, one after another"]
    if bench.quick:
        left_out += ["MpcClient, 32 threads"]
    return bench.cases(
        "mpc:creates",
        latency=50,
        calls=bench.much(_SLOW_CREATES),
        samples=bench.several(3, 1),
        left_out=left_out,
    )


def _imports(bench: Bench) -> tuple[Case, ...]:
    statements = (
        "import vidkit",
        "from vidkit import VidKit",
        "import aiobotocore.session",
        "import boto3",
    )
    return _repeated(
        {statement: partial(run_cold, statement) for statement in statements},
        "second",
        bench.several(6, 2),
        discarded=bench.several(1, 0),
    )


def _first_calls(bench: Bench) -> tuple[Case, ...]:
    """Each first call as a whole, then by its stages."""
    found: dict[str, list[dict[str, float]]] = {
        "vidkit": [],
        _RAW: [],
    }
    if not bench.quick:
        found["aiobotocore + a model"] = []
    discarded = bench.several(1, 0)
    for number in range(bench.several(6, 2) + discarded):
        for name, runs in found.items():
            began = str(time.monotonic())
            stages = run_cold(name, bench.addresses[0], began)
            if number >= discarded:
                runs.append(stages)
    whole = [
        Case(name, "second", tuple(sum(stages.values()) for stages in runs))
        for name, runs in found.items()
    ]
    parts = [
        Case(f"{name}: {stage}", "second", tuple(stages[stage] for stages in runs))
        for name, runs in found.items()
        for stage in runs[0]
    ]
    return (*whole, *parts)


def _first_stalls(bench: Bench) -> tuple[Case, ...]:
    names = ["vidkit", _RAW]
    if not bench.quick:
        names += ["vidkit, importing", "aiobotocore, importing"]
    return _repeated(
        {name: partial(bench.work, "first:stall", who=name) for name in names},
        "second",
        bench.several(6, 1),
        discarded=bench.several(1, 0),
    )


def _jobs(bench: Bench) -> tuple[Case, ...]:
    # The looks' number counts, not the time between them; but thousands must not fall behind.
    between = 0.05 if bench.quick else 0.5
    samples = bench.several(2, 1)
    cases = bench.cases("jobs:many", jobs=bench.much(_JOBS), samples=samples, interval=between)
    if bench.quick:
        return cases
    # Further apart than the queue's pause between two receives is long, or nearly so.
    return (*cases, *bench.cases("jobs:one_by_one", jobs=25, apart=0.8))


def _streams(bench: Bench) -> tuple[Case, ...]:
    values: dict[str, list[dict[str, float]]] = {"vidkit": [], _RAW: []}
    for _ in range(bench.several(3, 1)):
        for who, found in values.items():
            found.append(
                bench.work(
                    "streams:at_once",
                    latency=20,
                    who=who,
                    streams=100,
                    images=bench.much(_STREAM_IMAGES),
                    size=50_000,
                )
            )
    times = [
        Case(f"{who}, time an image", "second", tuple(each["seconds"] for each in found))
        for who, found in values.items()
    ]
    peaks = [
        Case(f"{who}, peak RSS", "byte", tuple(each["peak"] for each in found))
        for who, found in values.items()
    ]
    return (*times, *peaks)


def _growth(bench: Bench) -> tuple[Case, ...]:
    found: dict[str, dict[str, list[float]]] = bench.work(
        "growth:growth",
        items=bench.several(12_000, 1000),
        streams=10,
        jobs=bench.several(100, 15),
        samples=3,
        times=bench.much(_TIMES),
        after=0.05 if bench.quick else 1.0,
    )
    return tuple(
        Case(f"{kind}, {much}", "second", tuple(values))
        for kind, cases in found.items()
        for much, values in cases.items()
    )


def _repeated(
    cases: Mapping[str, Callable[[], float]], unit: Any, samples: int, *, discarded: int = 0
) -> tuple[Case, ...]:
    """A fresh process for each sample, in turns."""
    values: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(samples + discarded):
        for name, case in cases.items():
            value = float(case())
            if number >= discarded:
                values[name].append(value)
    return tuple(Case(name, unit, tuple(found)) for name, found in values.items())


_CPU = "CPU of the client process"
_WALL = "wall time"

ROWS = (
    Row(
        1,
        "page of 1000 faces, all attributes",
        _CPU,
        _faces,
        (Aim("typed / raw dict", "vidkit", (_RAW,), 0.45),),
    ),
    Row(
        2,
        "page of 1000 labels with instances and parents",
        _CPU,
        _labels,
        (Aim("typed / raw dict", "vidkit", (_RAW,), 0.50),),
    ),
    Row(
        3,
        "25 images of 100 kB, decoded",
        _CPU,
        _images,
        (Aim("bytes / raw dict + base64", "vidkit", ("aiobotocore + b64decode",), 0.30),),
    ),
    Row(
        4,
        "memory of the page of 1000 faces",
        "bytes kept, as tracemalloc counts",
        _memory,
        (Aim("typed / dict", "vidkit", (_RAW,), 0.60),),
    ),
    Row(
        5,
        "longest stall of the event loop during the page of 1000 faces",
        _WALL,
        _stalls,
        (Aim("vidkit / raw aiobotocore", "vidkit", (_RAW,), 0.45),),
    ),
    Row(
        6,
        "small call: get a policy",
        _CPU,
        _small_calls,
        (Aim("vidkit / raw aiobotocore", "vidkit", (_RAW,), 1.15),),
    ),
    Row(
        7,
        "600 images over 10 minutes, 500 ms a page",
        _WALL,
        _images_over_minutes,
        (
            Aim(
                "page after page / vidkit, concurrency=24",
                "vidkit, concurrency=24",
                ("aiobotocore, page after page",),
                8,
                at_most=False,
            ),
        ),
        _IMAGES,
    ),
    Row(
        8,
        "50 pages of 1000 labels, 50 ms a page, 20 ms of work between two",
        _WALL,
        _label_pages,
        (
            Aim(
                "vidkit one after another / prefetch",
                "vidkit, pages()",
                ("vidkit, one after another",),
                1.25,
                at_most=False,
            ),
            Aim(
                "aiobotocore one after another / prefetch",
                "vidkit, pages()",
                ("aiobotocore, one after another",),
                1.25,
                at_most=False,
            ),
        ),
        _PAGES,
    ),
    Row(
        9,
        "list of 1000 policies, 20 ms a page",
        _WALL,
        _policies,
        (
            Aim(
                "default page size / vidkit",
                "vidkit",
                ("aiobotocore, default page size",),
                50,
                at_most=False,
            ),
        ),
        _POLICIES,
    ),
    Row(
        10,
        "500 MPC creates, no delay",
        f"{_WALL} of a call",
        _creates,
        (
            Aim(
                "calls/s: vidkit / best official mode",
                "vidkit",
                ("MpcClient, 32 threads", "MpcAsyncClient", "MpcClient, one after another"),
                2,
                at_most=False,
            ),
        ),
        _CREATES,
    ),
    Row(
        11,
        "500 MPC creates, 50 ms delay",
        f"{_WALL} of a call",
        _slow_creates,
        (
            Aim(
                "calls/s: vidkit / official async client",
                "vidkit",
                ("MpcAsyncClient",),
                5,
                at_most=False,
            ),
        ),
        _SLOW_CREATES,
    ),
    Row(
        12,
        "import",
        f"{_CPU}, a fresh one each",
        _imports,
        (
            Aim(
                "import vidkit / aiobotocore.session",
                "import vidkit",
                ("import aiobotocore.session",),
                0.10,
            ),
            Aim(
                "from vidkit import VidKit / aiobotocore.session",
                "from vidkit import VidKit",
                ("import aiobotocore.session",),
                0.35,
            ),
        ),
    ),
    Row(
        13,
        "first AWS call of a cold process",
        f"{_WALL} from the process's start",
        _first_calls,
        (Aim("vidkit / raw aiobotocore", "vidkit", (_RAW,), 1.05),),
    ),
    Row(
        14,
        "longest stall of the event loop while the first AWS client is made",
        f"{_WALL}, a fresh process each",
        _first_stalls,
        (Aim("vidkit / raw aiobotocore", "vidkit", (_RAW,), 0.5),),
    ),
    Row(
        15,
        "1000 jobs of a minute, from start to results",
        f"{_CPU} for a job",
        _jobs,
        (
            Aim(
                "completion queue / polling every 5 s",
                "vidkit, completion queue",
                ("aiobotocore, polling",),
                0.25,
            ),
        ),
        _JOBS,
    ),
    Row(
        16,
        "100 streams at once: one kit, or 100 clients on one session",
        f"{_WALL} of an image; peak RSS",
        _streams,
        (
            Aim(
                "images/s: vidkit / aiobotocore",
                "vidkit, time an image",
                ("aiobotocore, time an image",),
                2,
                at_most=False,
            ),
            Aim(
                "peak RSS: vidkit / aiobotocore",
                "vidkit, peak RSS",
                ("aiobotocore, peak RSS",),
                0.9,
            ),
        ),
        _STREAM_IMAGES,
    ),
    Row(
        17,
        "ten times as many items, streams, jobs",
        f"{_CPU} of each",
        _growth,
        tuple(
            Aim(f"{kind}: time of one, many / few", f"{kind}, many", (f"{kind}, few",), 1.1)
            for kind in ("items", "streams", "jobs")
        ),
        _TIMES,
    ),
)
