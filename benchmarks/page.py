"""The part of docs/performance.md that comes from a run: figures, tables and charts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import RowResult
from benchmarks.tables import shown

__all__ = ["write_page"]

_BEGIN, _END = "<!-- a run: begin -->", "<!-- a run: end -->"


def write_page(page: Path, rows: Sequence[RowResult], machine: dict[str, Any]) -> None:
    """Write a run between the page's two marks.

    Args:
        page: the page.
        rows: the results of the run.
        machine: the machine of the run.
    """
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    run = "\n".join((*_summary(rows, machine), *(line for row in rows for line in _row(row))))
    page.write_text(f"{before}{_BEGIN}\n{run}\n{_END}{after}", "utf-8")


def _summary(rows: Sequence[RowResult], machine: dict[str, Any]) -> list[str]:
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    begin, end = machine["load"][0], machine["load_at_the_end"][0]
    lines = [
        "",
        f"Python {machine['python']}, {machine['cores']} cores, {packages}.",
        f"The load of the machine was {begin:.1f} at the beginning and {end:.1f} at the end.",
        "",
        "| # | work | ratio of | target | found | met |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        for figure in row.figures:
            sign = "<=" if figure.aim.at_most else ">="
            spread = "" if figure.deviation is None else f" ± {figure.deviation:.1g}"
            lines.append(
                f"| {row.number} | {row.title} | {figure.aim.name} | {sign} "
                f"{figure.aim.target:g} | {figure.ratio:.3g}{spread} | "
                f"{'yes' if figure.is_met else '**no**'} |"
            )
    return lines


def _row(row: RowResult) -> list[str]:
    lines = [
        "",
        f"### {row.number}. {row.title[:1].upper()}{row.title[1:]}",
        "",
        f"{row.measured[:1].upper()}{row.measured[1:]}.",
        "",
        "| case | median | MAD | samples |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {case.name} | {shown(case.median, case.unit)} | {shown(case.mad, case.unit)} "
        f"| {len(case.values)} |"
        for case in row.cases
    ]
    lines += ["", f"![{row.title}](performance/row-{row.number:02d}.svg)"]
    return lines
