"""Rows as charts: one for each row, drawn from the JSON of one or more runs."""

# matplotlib's types are incomplete:
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

from benchmarks.results import STALL, Aim, Case, RowResult, Run
from benchmarks.tables import shown

__all__ = ["draw"]

# From the first run to the last, from dark to light.
_OURS, _THEIRS = ("#1565c0", "#64b5f6", "#bbdefb"), ("#757575", "#bdbdbd", "#e0e0e0")
_TARGET = "#c62828"


def draw(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Draw one chart for each row, with a bar for each run.

    Args:
        runs: runs of the same rows, such as those of several Pythons.
        folder: the folder for the charts; created if missing.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mpl.rcParams.update({"svg.hashsalt": "vidkit", "svg.fonttype": "none", "font.size": 9})
    return [
        _chart(rows, runs, folder / f"row-{rows[0].number:02d}.svg")
        for rows in zip(*(run.rows for run in runs), strict=True)
    ]


def _chart(rows: Sequence[RowResult], runs: Sequence[Run], path: Path) -> Path:
    first = rows[0]
    groups = _groups(first.cases)
    space = 0.12 + 0.18 * len(rows)
    height = 0.9 + sum(space * len(group) + 0.5 for group in groups)
    figure, axes = plt.subplots(
        len(groups),
        1,
        figsize=(7.5, height),
        squeeze=False,
        gridspec_kw={"height_ratios": [len(group) for group in groups]},
        layout="constrained",
    )
    for axis, group in zip(axes[:, 0], groups, strict=True):
        for number, row in enumerate(rows):
            _bars(axis, group, row, number, len(rows))
        axis.set_yticks(range(len(group)), group)
        axis.invert_yaxis()
        axis.margins(x=0.15, y=0.02)
        axis.set_xlim(left=0)
        axis.set_xticks([])
        axis.spines[["top", "right", "bottom"]].set_visible(False)
    figure.suptitle(
        f"{first.number}. {first.title}\n{first.measured}", x=0.01, ha="left", fontsize=10
    )
    pythons = ", ".join(f"Python {run.machine['python']}" for run in runs)
    order = " (from dark to light)" if len(runs) > 1 else ""
    figure.supxlabel(
        f"median and MAD; {pythons}{order}; {runs[0].machine['cores']} cores; "
        "dashed: what the target asks of vidkit",
        fontsize=7,
    )
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


def _groups(cases: Sequence[Case]) -> list[list[str]]:
    """Return the names of the cases that share an axis: those of one unit, stalls apart."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for case in cases:
        groups.setdefault((case.unit, case.name.endswith(STALL)), []).append(case.name)
    return list(groups.values())


def _bars(axis: Any, names: list[str], row: RowResult, number: int, runs: int) -> None:
    """Draw the bars of one run, beside those of the others."""
    cases = [row.case(name) for name in names]
    height = 0.7 / runs
    places = [place - 0.35 + height * (number + 0.5) for place in range(len(names))]
    ours = {aim.ours for aim in row.aims}
    colors = [(_OURS if name in ours else _THEIRS)[min(number, len(_OURS) - 1)] for name in names]
    bars = axis.barh(
        places,
        [case.median for case in cases],
        xerr=[math.nan if case.mad is None else case.mad for case in cases],
        color=colors,
        height=height * 0.92,
        ecolor="#424242",
    )
    axis.bar_label(
        bars,
        [f" {shown(case.median, case.unit)}" for case in cases],
        fontsize=8 if runs == 1 else 6,
    )
    for aim in row.aims:
        if aim.ours in names:
            bound, place = _bound(row, aim), places[names.index(aim.ours)]
            reach = height * 0.6
            axis.plot([bound, bound], [place - reach, place + reach], "--", color=_TARGET)


def _bound(row: RowResult, aim: Aim) -> float:
    """Return the value of our case that would just meet the target."""
    peer = min(row.case(name).median for name in aim.peers)
    return peer * aim.target if aim.at_most else peer / aim.target
