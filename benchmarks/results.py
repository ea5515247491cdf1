"""The results of a run: cases with their values, and the figures computed from them."""

# pyperf ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import pyperf  # type: ignore[import-untyped]

__all__ = [
    "STALL",
    "Aim",
    "Case",
    "Figure",
    "RowResult",
    "Run",
    "Unit",
    "check_comparable",
    "load",
    "save",
    "save_pyperf",
]

Unit: TypeAlias = Literal["second", "byte"]

STALL = ", longest stall"
"""How the name of a case ends that stands beside the CPU of the same work."""


@dataclass(frozen=True)
class Case:
    """One case that was measured.

    Attributes:
        name: the client, and how it was used.
        unit: the unit of the values.
        values: the samples.
    """

    name: str
    unit: Unit
    values: tuple[float, ...]

    @property
    def benchmark(self) -> Any:
        """The values as pyperf's benchmark, which does the statistics."""
        return self.named(self.name)

    @property
    def median(self) -> float:
        """The median of the samples."""
        return float(self.benchmark.median())

    @property
    def mad(self) -> float | None:
        """The median absolute deviation; a single sample has none."""
        return float(self.benchmark.median_abs_dev()) if len(self.values) > 1 else None

    def renamed(self, name: str) -> "Case":
        """Return the same values under another name."""
        return Case(name, self.unit, self.values)

    def named(self, name: str) -> Any:
        """Return the values as a pyperf benchmark with this name."""
        values = [float(value) for value in self.values]
        metadata = {"name": name, "unit": self.unit}
        return pyperf.Benchmark([pyperf.Run(values, metadata=metadata, collect_metadata=False)])


@dataclass(frozen=True)
class Aim:
    """The cases that a figure compares, and its target.

    Attributes:
        name: what is compared.
        ours: the name of our case.
        peers: the names of the peers' cases; the best of them counts.
        target: the target of the ratio.
        at_most: whether the figure is our value divided by the peer's and should be the target
            or less; otherwise it is the inverse and should be the target or more.
    """

    name: str
    ours: str
    peers: tuple[str, ...]
    target: float
    at_most: bool = True


@dataclass(frozen=True)
class Figure:
    """A ratio of two medians, with the combined deviation of its cases, if they have one."""

    aim: Aim
    ratio: float
    deviation: float | None
    peer: str

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.ratio <= self.aim.target if self.aim.at_most else self.ratio >= self.aim.target


@dataclass(frozen=True)
class RowResult:
    """A row of the table.

    Attributes:
        number: the number of the row.
        title: the work.
        measured: what was measured, such as CPU or wall time.
        cases: the cases that were measured.
        aims: the figures and their targets.
    """

    number: int
    title: str
    measured: str
    cases: tuple[Case, ...]
    aims: tuple[Aim, ...] = field(default=())

    def case(self, name: str) -> Case:
        """Return a case by its name."""
        return next(case for case in self.cases if case.name == name)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures, one for each aim."""
        return tuple(self._figure(aim) for aim in self.aims)

    def _figure(self, aim: Aim) -> Figure:
        ours = self.case(aim.ours)
        peer = min((self.case(name) for name in aim.peers), key=lambda case: case.median)
        ratio = ours.median / peer.median if aim.at_most else peer.median / ours.median
        deviation = None
        if ours.mad is not None and peer.mad is not None:
            spread = ((ours.mad / ours.median) ** 2 + (peer.mad / peer.median) ** 2) ** 0.5
            deviation = ratio * spread
        return Figure(aim, ratio, deviation, peer.name)


class Run(NamedTuple):
    """The rows of a run, and its machine."""

    rows: list[RowResult]
    machine: dict[str, Any]


def save(path: Path, rows: Sequence[RowResult], machine: dict[str, Any]) -> None:
    """Write a run as JSON."""
    content = {
        "machine": machine,
        "rows": [
            {
                "number": row.number,
                "title": row.title,
                "measured": row.measured,
                "cases": [
                    asdict(case) | {"median": case.median, "mad": case.mad} for case in row.cases
                ],
                "figures": [
                    asdict(figure.aim)
                    | {
                        "ratio": figure.ratio,
                        "deviation": figure.deviation,
                        "peer": figure.peer,
                        "is_met": figure.is_met,
                    }
                    for figure in row.figures
                ],
            }
            for row in rows
        ],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def load(path: Path) -> Run:
    """Read a file that `save` wrote.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file has other content.
    """
    text = path.read_bytes()
    try:
        content = json.loads(text)
        rows = [_row(row) for row in content["rows"]]
        machine = {**content["machine"]}
        # A chart needs these.
        _ = machine["python"], machine["cores"], [row.figures for row in rows]
        _ = [case.median for row in rows for case in row.cases]
    except (ArithmeticError, LookupError, StopIteration, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not the JSON of a run: {error!r}") from None
    return Run(rows, machine)


def check_comparable(runs: Sequence[Run]) -> None:
    """Check that runs differ in their Python, and in nothing of what was measured.

    Raises:
        ValueError: two runs are of one Python, or of different rows, cases, samples or targets.
    """
    pythons = [run.machine["python"] for run in runs]
    for number, python in enumerate(pythons):
        if python in pythons[:number]:
            raise ValueError(f"two runs are of Python {python}")
        if _shape(runs[number]) != _shape(runs[0]):
            raise ValueError(
                f"the runs of Python {pythons[0]} and {python} measured different rows or cases"
            )


def _shape(run: Run) -> list[object]:
    return [
        (
            (row.number, row.title, row.measured, row.aims),
            [(case.name, case.unit, len(case.values)) for case in row.cases],
        )
        for row in run.rows
    ]


def _row(row: dict[str, Any]) -> RowResult:
    return RowResult(
        row["number"],
        row["title"],
        row["measured"],
        tuple(Case(case["name"], case["unit"], tuple(case["values"])) for case in row["cases"]),
        tuple(
            Aim(
                figure["name"],
                figure["ours"],
                tuple(figure["peers"]),
                figure["target"],
                at_most=figure["at_most"],
            )
            for figure in row["figures"]
        ),
    )


def save_pyperf(path: Path, rows: Sequence[RowResult]) -> None:
    """Write a run as a pyperf suite, for ``python -m pyperf compare_to``."""
    suite = pyperf.BenchmarkSuite(
        [case.named(f"{row.number:02d} {case.name}") for row in rows for case in row.cases]
    )
    suite.dump(str(path), replace=True)
