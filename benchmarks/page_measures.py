"""The cases of the rows of pages: pages in a row, and pages before which garbage is collected."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeAlias

from benchmarks.bench import Bench
from benchmarks.kinds import FACES, LABELS, OTHERS
from benchmarks.results import STALL, Case
from benchmarks.samples import repeated

__all__ = [
    "CAPO",
    "CAPO_IMAGES",
    "COLLECTED",
    "PAGES_IN_A_ROW",
    "RAW",
    "RAW_IMAGES",
    "VIDKIT",
    "faces",
    "images",
    "labels",
    "memory",
    "other_kinds",
    "stalls",
]

VIDKIT = "vidkit"
RAW = "aiobotocore"
CAPO = "capo"
RAW_IMAGES = "aiobotocore + b64decode"
CAPO_IMAGES = "capo + b64decode"
COLLECTED = ", collected before"
PAGES_IN_A_ROW = 30

_VALIDATED = "aiobotocore + model_validate"
_THREADED = "boto3 in a thread"
_LIMIT = "aiohttp + pydantic_core.from_json"
_UNTYPED = "aiohttp + msgspec, untyped"
_STRUCTS = "aiohttp + msgspec structs"
_MAIN = (VIDKIT, RAW, CAPO)
_FURTHER = (_VALIDATED, _THREADED, _LIMIT, _UNTYPED, _STRUCTS)
_MAIN_IMAGES = (VIDKIT, RAW_IMAGES, CAPO_IMAGES)
_FURTHER_IMAGES = (
    _VALIDATED,
    "boto3 in a thread + b64decode",
    "aiohttp + pydantic_core.from_json + b64decode",
    _STRUCTS,
)
_SIZE = 100_000

# The mean CPU of a page and the longest stall, of each run, by client and by what is read.
_Runs: TypeAlias = dict[str, dict[str, list[tuple[float, float]]]]


def faces(bench: Bench) -> tuple[Case, ...]:
    """Measure pages of faces."""
    return (
        *_cpu(_faces_in_a_row(bench), FACES),
        *_collected(bench, "pages:results", _MAIN, _FURTHER, 5, noun=FACES),
    )


def labels(bench: Bench) -> tuple[Case, ...]:
    """Measure pages of labels."""
    runs = _in_a_row(bench, "pages:results_in_a_row", _MAIN, 3, _FURTHER, nouns=[LABELS])
    return (
        *_cpu(runs, LABELS),
        *_collected(bench, "pages:results", _MAIN, _FURTHER, 9, noun=LABELS),
        *_stalls(runs, LABELS),
    )


def images(bench: Bench) -> tuple[Case, ...]:
    """Measure pages of images."""
    runs = _in_a_row(bench, "pages:images_in_a_row", _MAIN_IMAGES, 3, _FURTHER_IMAGES, size=_SIZE)
    return (
        *_cpu(runs, "images"),
        *_collected(bench, "pages:images", _MAIN_IMAGES, _FURTHER_IMAGES, 9, size=_SIZE),
        *_stalls(runs, "images"),
    )


def memory(bench: Bench) -> tuple[Case, ...]:
    """Measure the memory of a page of faces."""
    names = _MAIN if bench.quick else (*_MAIN, _VALIDATED, _LIMIT, _STRUCTS)
    return repeated(
        {name: partial(bench.work, "pages:memory", who=name) for name in names},
        "byte",
        bench.several(2, 1),
    )


def stalls(bench: Bench) -> tuple[Case, ...]:
    """Measure how long pages of faces block the event loop."""
    return (
        *_stalls(_faces_in_a_row(bench), FACES, note=""),
        *_collected(bench, "pages:stalls", _MAIN, (_VALIDATED, _THREADED, _LIMIT), 5),
    )


def other_kinds(bench: Bench) -> tuple[Case, ...]:
    """Measure pages of the other kinds of results."""
    names = (VIDKIT, RAW)
    runs = _in_a_row(bench, "pages:results_in_a_row", names, 2, nouns=list(OTHERS))
    return tuple(
        case
        for noun in OTHERS
        for case in (*_cpu(runs, noun, f"{noun}: "), *_stalls(runs, noun, f"{noun}: "))
    )


def _faces_in_a_row(bench: Bench) -> _Runs:
    """Return the runs of faces, from which both their CPU and their stalls are read."""
    return bench.once(
        FACES,
        lambda: _in_a_row(bench, "pages:results_in_a_row", _MAIN, 2, _FURTHER, nouns=[FACES]),
    )


def _in_a_row(
    bench: Bench,
    function: str,
    names: Sequence[str],
    runs: int,
    further: Sequence[str] = (),
    **parameters: Any,
) -> _Runs:
    """Run clients alternately, each run in a process of its own.

    Args:
        bench: measures.
        function: the function of `benchmarks.cases`.
        names: the clients that figures compare.
        runs: the number of runs of each of these.
        further: the clients that are shown beside them, with one run each.
        parameters: the function's parameters.
    """
    found: _Runs = {}
    for number in range(bench.several(runs, 1)):
        for who in (*names, *(() if number or bench.quick else further)):
            one: dict[str, tuple[float, float]] = bench.work(
                function, who=who, pages=bench.several(PAGES_IN_A_ROW, 6), **parameters
            )
            for noun, values in one.items():
                found.setdefault(who, {}).setdefault(noun, []).append(values)
    return found


def _cpu(runs: _Runs, noun: str, prefix: str = "") -> tuple[Case, ...]:
    return tuple(
        Case(f"{prefix}{who}", "second", tuple(cpu for cpu, _ in found[noun]))
        for who, found in runs.items()
    )


def _stalls(runs: _Runs, noun: str, prefix: str = "", note: str = STALL) -> tuple[Case, ...]:
    return tuple(
        Case(f"{prefix}{who}{note}", "second", tuple(stall for _, stall in found[noun]))
        for who, found in runs.items()
    )


def _collected(
    bench: Bench,
    function: str,
    names: Sequence[str],
    further: Sequence[str],
    samples: int,
    **parameters: Any,
) -> tuple[Case, ...]:
    """Measure pages before which garbage is collected, all clients in one process."""
    names = names if bench.quick else (*names, *further)
    cases = bench.cases(
        function, samples=bench.several(samples, 2), names=list(names), **parameters
    )
    return tuple(case.renamed(f"{case.name}{COLLECTED}") for case in cases)
