"""The cases of the rows that are no pages, their size and their number of samples."""

import time
from functools import partial
from typing import Any

from benchmarks.bench import Bench, Size
from benchmarks.processes import run_cold
from benchmarks.results import Case
from benchmarks.samples import repeated

__all__ = [
    "CREATES",
    "IMAGES",
    "JOBS",
    "PAGES",
    "PEAK",
    "POLICIES",
    "SLOW_CREATES",
    "STREAM_IMAGES",
    "TIMES",
    "creates",
    "first_calls",
    "first_stalls",
    "growth",
    "images_over_minutes",
    "imports",
    "jobs",
    "label_pages",
    "policies",
    "slow_creates",
    "small_calls",
    "streams",
]

PEAK = ", peak memory"

_CLIENTS = ("vidkit", "aiobotocore", "capo")

IMAGES = Size("images", 600, 250)
PAGES = Size("pages", 50, 5)
POLICIES = Size("policies", 1000, 75)
CREATES = Size("creates", 500, 100)
SLOW_CREATES = Size("creates", 500, 128)
JOBS = Size("jobs", 1000, 30)
STREAM_IMAGES = Size("images a stream", 100, 75)
TIMES = Size("times", 10, 3)


def small_calls(bench: Bench) -> tuple[Case, ...]:
    """Measure getting a policy."""
    return bench.cases(
        "calls:small_calls", samples=bench.several(15, 5), loops=bench.several(100, 20), left_out=[]
    )


def images_over_minutes(bench: Bench) -> tuple[Case, ...]:
    """Measure the images of a long range."""
    concurrencies = {"vidkit, concurrency=24": 24}
    if not bench.quick:
        concurrencies["vidkit, concurrency=8 (default)"] = 8
    return bench.cases(
        "calls:images_over_minutes",
        latency=500,
        size=20_000,
        images=bench.much(IMAGES),
        samples=1,
        concurrencies=concurrencies,
    )


def label_pages(bench: Bench) -> tuple[Case, ...]:
    """Measure label pages with work between them."""
    return bench.cases(
        "calls:label_pages",
        latency=50,
        pages=bench.much(PAGES),
        work=0.02,
        samples=1,
        on_the_loop=not bench.quick,
    )


def policies(bench: Bench) -> tuple[Case, ...]:
    """Measure a long list."""
    return bench.cases("calls:policies", latency=20, count=bench.much(POLICIES), samples=1)


def creates(bench: Bench) -> tuple[Case, ...]:
    """Measure MPC creates."""
    return bench.cases(
        "mpc:creates", calls=bench.much(CREATES), samples=bench.several(5, 3), left_out=[]
    )


def slow_creates(bench: Bench) -> tuple[Case, ...]:
    """Measure MPC creates over a slow connection."""
    left_out = ["MpcClient, one after another"]
    if bench.quick:
        left_out += ["MpcClient, 32 threads"]
    return bench.cases(
        "mpc:creates",
        latency=50,
        calls=bench.much(SLOW_CREATES),
        samples=bench.several(3, 1),
        left_out=left_out,
    )


def imports(bench: Bench) -> tuple[Case, ...]:
    """Measure imports, each in a fresh process."""
    statements = (
        "import vidkit",
        "from vidkit import VidKit",
        "import aiobotocore.session",
        "import boto3",
        "import capo_rekognition",
    )
    return repeated(
        {statement: partial(run_cold, statement) for statement in statements},
        "second",
        bench.several(6, 2),
        discarded=bench.several(1, 0),
    )


def first_calls(bench: Bench) -> tuple[Case, ...]:
    """Measure each first call: CPU, peak memory, wall time, and the stages of the wall time."""
    clients = _CLIENTS if bench.quick else (*_CLIENTS, "aiobotocore + a model")
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
    discarded = bench.several(1, 0)
    for number in range(bench.several(6, 2) + discarded):
        for name, runs in found.items():
            began = str(time.monotonic())
            run = run_cold(name, bench.addresses[0], began)
            if number >= discarded:
                runs.append(run)
    cpu = [Case(name, "second", tuple(run["cpu"] for run in runs)) for name, runs in found.items()]
    peaks = [
        Case(f"{name}{PEAK}", "byte", tuple(run["peak"] for run in runs))
        for name, runs in found.items()
    ]
    times = [
        Case(f"{name}, wall time", "second", tuple(sum(run["stages"].values()) for run in runs))
        for name, runs in found.items()
    ]
    stages = [
        Case(f"{name}: {stage}", "second", tuple(run["stages"][stage] for run in runs))
        for name, runs in found.items()
        for stage in runs[0]["stages"]
    ]
    return (*cpu, *peaks, *times, *stages)


def first_stalls(bench: Bench) -> tuple[Case, ...]:
    """Measure how long the first client blocks the event loop."""
    names = ["vidkit", "aiobotocore"]
    if not bench.quick:
        names += ["vidkit, importing", "aiobotocore, importing"]
    return repeated(
        {name: partial(bench.work, "first:stall", who=name) for name in names},
        "second",
        bench.several(6, 1),
        discarded=bench.several(1, 0),
    )


def jobs(bench: Bench) -> tuple[Case, ...]:
    """Measure many jobs, with completion notifications or polled."""
    # The number of polls matters, not the interval; but thousands of them must keep up.
    between = 0.05 if bench.quick else 0.5
    samples = bench.several(2, 1)
    cases = bench.cases("jobs:many", jobs=bench.much(JOBS), samples=samples, interval=between)
    if bench.quick:
        return cases
    # Nearly as far apart as the queue's pause between two receives.
    return (*cases, *bench.cases("jobs:one_by_one", jobs=15, apart=0.8))


def streams(bench: Bench) -> tuple[Case, ...]:
    """Measure many streams at once."""
    values: dict[str, list[dict[str, float]]] = {who: [] for who in _CLIENTS}
    for _ in range(bench.several(2, 1)):
        for who, found in values.items():
            found.append(
                bench.work(
                    "streams:at_once",
                    latency=20,
                    who=who,
                    streams=100,
                    images=bench.much(STREAM_IMAGES),
                    size=50_000,
                )
            )
    times = [
        Case(f"{who}, time an image", "second", tuple(each["seconds"] for each in found))
        for who, found in values.items()
    ]
    peaks = [
        Case(f"{who}{PEAK}", "byte", tuple(each["peak"] for each in found))
        for who, found in values.items()
    ]
    return (*times, *peaks)


def growth(bench: Bench) -> tuple[Case, ...]:
    """Measure some work, and ten times as much of it."""
    found: dict[str, dict[str, list[float]]] = bench.work(
        "growth:growth",
        items=bench.several(8000, 1000),
        streams=10,
        jobs=bench.several(100, 15),
        samples=3,
        times=bench.much(TIMES),
        after=0.05 if bench.quick else 0.5,
    )
    return tuple(
        Case(f"{kind}, {much}", "second", tuple(values))
        for kind, cases in found.items()
        for much, values in cases.items()
    )
