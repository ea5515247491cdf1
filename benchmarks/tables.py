"""Rows as tables for the terminal."""

from rich.table import Table

from benchmarks.results import Case, RowResult

__all__ = ["row_table", "shown", "summary_table"]

_MEGA = 1e6
_MILLI = 1e3


def shown(value: float | None, unit: str) -> str:
    """Return a value with its unit; ``-`` for None."""
    if value is None:
        return "-"
    if unit == "byte":
        return f"{value / _MEGA:.1f} MB"
    if value >= 1:
        return f"{value:.2f} s"
    if value * _MILLI >= 1:
        return f"{value * _MILLI:.2f} ms"
    return f"{value * _MILLI * _MILLI:.0f} µs"


def row_table(row: RowResult) -> Table:
    """Return a table of all cases of a row."""
    table = Table(title=f"{row.number}. {row.title} ({row.measured})", title_justify="left")
    table.add_column("case")
    for name in ("median", "MAD", "samples", "to vidkit"):
        table.add_column(name, justify="right")
    for case in row.cases:
        table.add_row(
            case.name,
            shown(case.median, case.unit),
            shown(case.mad, case.unit),
            str(len(case.values)),
            f"{case.median / _first(row, case).median:.2f}",
        )
    return table


def _first(row: RowResult, case: Case) -> Case:
    return next(other for other in row.cases if other.unit == case.unit)


def summary_table(rows: list[RowResult]) -> Table:
    """Return a table of all figures with their targets."""
    table = Table(title="Ratios", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("work")
    table.add_column("ratio of")
    for name in ("target", "found", "±"):
        table.add_column(name, justify="right")
    table.add_column("met")
    for row in rows:
        for figure in row.figures:
            sign = "<=" if figure.aim.at_most else ">="
            table.add_row(
                str(row.number),
                row.title,
                figure.aim.name,
                f"{sign} {figure.aim.target:g}",
                f"{figure.ratio:.3g}",
                "-" if figure.deviation is None else f"{figure.deviation:.2g}",
                "yes" if figure.is_met else "NO",
            )
    return table
