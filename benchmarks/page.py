"""The part of docs/performance.md that comes from runs: figures, tables and charts."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.results import Figure, RowResult, Run
from benchmarks.tables import shown

__all__ = ["write_page"]

_BEGIN, _END = "<!-- a run: begin -->", "<!-- a run: end -->"


def write_page(page: Path, runs: Sequence[Run]) -> None:
    """Write runs between the page's two marks, with columns for each.

    Args:
        page: the page.
        runs: runs of the same rows, such as those of several Pythons.
    """
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    lines = [*_machines(runs), *_summary(runs)]
    for rows in zip(*(run.rows for run in runs), strict=True):
        lines += _row(rows, runs)
    written = "\n".join(lines)
    page.write_text(f"{before}{_BEGIN}\n{written}\n{_END}{after}", "utf-8")


def _machines(runs: Sequence[Run]) -> Iterator[str]:
    for run in runs:
        machine = run.machine
        packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
        begin, end = machine["load"][0], machine["load_at_the_end"][0]
        yield ""
        yield f"Python {machine['python']}, {machine['cores']} cores, {packages}."
        yield f"The load of the machine was {begin:.1f} at the beginning and {end:.1f} at the end."


def _summary(runs: Sequence[Run]) -> Iterator[str]:
    yield ""
    yield f"| # | work | ratio of | target | {_columns(runs)} |"
    yield "|" + "---|" * (4 + len(runs))
    for rows in zip(*(run.rows for run in runs), strict=True):
        for figures in zip(*(row.figures for row in rows), strict=True):
            aim = figures[0].aim
            found = " | ".join(map(_found, figures))
            sign = "<=" if aim.at_most else ">="
            yield (
                f"| {rows[0].number} | {rows[0].title} | {aim.name} | {sign} {aim.target:g} "
                f"| {found} |"
            )


def _columns(runs: Sequence[Run]) -> str:
    return " | ".join(f"Python {run.machine['python']}" for run in runs)


def _found(figure: Figure) -> str:
    spread = "" if figure.deviation is None else f" ± {figure.deviation:.1g}"
    ratio = f"{figure.ratio:.3g}{spread}"
    return ratio if figure.is_met else f"**{ratio}, missed**"


def _row(rows: Sequence[RowResult], runs: Sequence[Run]) -> Iterator[str]:
    first = rows[0]
    yield ""
    yield f"### {first.number}. {first.title[:1].upper()}{first.title[1:]}"
    yield ""
    yield f"{first.measured[:1].upper()}{first.measured[1:]}."
    yield ""
    yield (
        "| case | samples | "
        + " | ".join(f"Python {run.machine['python']}: median | MAD" for run in runs)
        + " |"
    )
    yield "|" + "---|" * (2 + 2 * len(runs))
    for cases in zip(*(row.cases for row in rows), strict=True):
        values = " | ".join(
            f"{shown(case.median, case.unit)} | {shown(case.mad, case.unit)}" for case in cases
        )
        yield f"| {cases[0].name} | {len(cases[0].values)} | {values} |"
    yield ""
    yield f"![{first.title}](performance/row-{first.number:02d}.svg)"
