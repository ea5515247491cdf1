"""What a run found: cases with their values, and the figures that are made of them."""

# pyperf ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyperf  # type: ignore[import-untyped]

__all__ = ["Aim", "Case", "Figure", "RowResult", "Unit", "load", "save", "save_pyperf"]

Unit: TypeAlias = Literal["second", "byte"]


@dataclass(frozen=True)
class Case:
    """One thing that was measured.

    Attributes:
        name: who did it.
        unit: of the values.
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
        """The median absolute deviation from it; a single sample has none."""
        return float(self.benchmark.median_abs_dev()) if len(self.values) > 1 else None

    def named(self, name: str) -> Any:
        """A pyperf benchmark of a name."""
        values = [float(value) for value in self.values]
        metadata = {"name": name, "unit": self.unit}
        return pyperf.Benchmark([pyperf.Run(values, metadata=metadata, collect_metadata=False)])


@dataclass(frozen=True)
class Aim:
    """Which cases a figure is made of, and what it should be.

    Attributes:
        name: what is compared.
        ours: a case's name.
        peers: cases' names; the best of them counts.
        target: the ratio.
        at_most: whether the figure is ours to theirs and should be that or less; otherwise it is
            theirs to ours and should be that or more.
    """

    name: str
    ours: str
    peers: tuple[str, ...]
    target: float
    at_most: bool = True


@dataclass(frozen=True)
class Figure:
    """A ratio of two medians, with the deviation that those of its cases make together, if any."""

    aim: Aim
    ratio: float
    deviation: float | None
    peer: str

    @property
    def is_met(self) -> bool:
        """Whether the target is."""
        return self.ratio <= self.aim.target if self.aim.at_most else self.ratio >= self.aim.target


@dataclass(frozen=True)
class RowResult:
    """A row of the table.

    Attributes:
        number: the row's.
        title: the work.
        measured: what of it was measured.
        cases: who did it.
        aims: what was aimed at.
    """

    number: int
    title: str
    measured: str
    cases: tuple[Case, ...]
    aims: tuple[Aim, ...] = field(default=())

    def case(self, name: str) -> Case:
        """A case by its name."""
        return next(case for case in self.cases if case.name == name)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """One for each aim."""
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


def load(path: Path) -> tuple[list[RowResult], dict[str, Any]]:
    """Read what `save` wrote: the rows, and the machine.

    Raises:
        OSError: it cannot be read.
        ValueError: it is something else.
    """
    text = path.read_bytes()
    try:
        content = json.loads(text)
        rows = [_row(row) for row in content["rows"]]
        machine = {**content["machine"]}
        # What a chart shows of them.
        _ = machine["python"], machine["cores"], [row.figures for row in rows]
        _ = [case.median for row in rows for case in row.cases]
    except (ArithmeticError, LookupError, StopIteration, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not the JSON of a run: {error!r}") from None
    return rows, machine


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
    """Write a run as pyperf's suite, which ``python -m pyperf compare_to`` reads."""
    suite = pyperf.BenchmarkSuite(
        [case.named(f"{row.number:02d} {case.name}") for row in rows for case in row.cases]
    )
    suite.dump(str(path), replace=True)
