"""Rows as charts: one for each table, drawn from the JSON of a run."""

# matplotlib's types are incomplete:
# pyright: reportUnknownMemberType=false

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

from benchmarks.results import Aim, Case, RowResult
from benchmarks.tables import shown

__all__ = ["draw"]

_OURS, _THEIRS, _TARGET = "#1565c0", "#9e9e9e", "#c62828"


def draw(rows: Sequence[RowResult], machine: dict[str, Any], folder: Path) -> list[Path]:
    """Draw one chart for each row.

    Args:
        rows: the results of a run.
        machine: the machine of the run.
        folder: the folder for the charts; created if missing.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mpl.rcParams.update({"svg.hashsalt": "vidkit", "svg.fonttype": "none", "font.size": 9})
    return [_chart(row, machine, folder / f"row-{row.number:02d}.svg") for row in rows]


def _chart(row: RowResult, machine: dict[str, Any], path: Path) -> Path:
    units = list(dict.fromkeys(case.unit for case in row.cases))
    groups = [[case for case in row.cases if case.unit == unit] for unit in units]
    height = 0.9 + sum(0.3 * len(group) + 0.5 for group in groups)
    figure, axes = plt.subplots(
        len(groups),
        1,
        figsize=(7.5, height),
        squeeze=False,
        gridspec_kw={"height_ratios": [len(group) for group in groups]},
        layout="constrained",
    )
    for axis, group in zip(axes[:, 0], groups, strict=True):
        _bars(axis, group, row)
    figure.suptitle(f"{row.number}. {row.title}\n{row.measured}", x=0.01, ha="left", fontsize=10)
    figure.supxlabel(
        f"median and MAD; Python {machine['python']}, {machine['cores']} cores; "
        "dashed: what the target asks of vidkit",
        fontsize=7,
    )
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


def _bars(axis: Any, group: list[Case], row: RowResult) -> None:
    names = [case.name for case in group]
    ours = {aim.ours for aim in row.aims}
    bars = axis.barh(
        names,
        [case.median for case in group],
        xerr=[math.nan if case.mad is None else case.mad for case in group],
        color=[_OURS if case.name in ours else _THEIRS for case in group],
        height=0.65,
        ecolor="#424242",
    )
    axis.bar_label(bars, [f" {shown(case.median, case.unit)}" for case in group], fontsize=8)
    for aim in row.aims:
        if aim.ours in names:
            bound, place = _bound(row, aim), names.index(aim.ours)
            axis.plot([bound, bound], [place - 0.45, place + 0.45], "--", color=_TARGET)
    axis.invert_yaxis()
    axis.margins(x=0.15)
    axis.set_xlim(left=0)
    axis.set_xticks([])
    axis.spines[["top", "right", "bottom"]].set_visible(False)


def _bound(row: RowResult, aim: Aim) -> float:
    """Return the value of our case that would just meet the target."""
    peer = min(row.case(name).median for name in aim.peers)
    return peer * aim.target if aim.at_most else peer / aim.target
