"""``python -m benchmarks``: measure, print tables, write JSON; ``chart FILE`` draws them."""

import argparse
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.installed import compile_vidkit
from benchmarks.page import write_page
from benchmarks.processes import ROOT, running_server
from benchmarks.results import RowResult, load, save, save_pyperf
from benchmarks.rows import ROWS, Bench
from benchmarks.tables import row_table, summary_table

_PACKAGES = ("aiobotocore", "aiohttp", "boto3", "huaweicloudsdkmpc", "msgspec", "pydantic")
_CHARTS = ROOT / "docs" / "performance"
_PAGE = ROOT / "docs" / "performance.md"


def _numbers(text: str) -> set[int]:
    known = {row.number for row in ROWS}
    wanted = {int(part) for part in text.split(",")}
    if wanted - known:
        raise argparse.ArgumentTypeError(f"rows are {min(known)} to {max(known)}")
    return wanted


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures in a minute")
    parser.add_argument("--only", type=_numbers, metavar="1,7", help="these rows only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the values and ratios")
    parser.add_argument("--pyperf", type=Path, metavar="FILE", help="write a suite for pyperf")
    commands = parser.add_subparsers(dest="command")
    chart = commands.add_parser("chart", help="charts and the docs' page of a JSON file")
    chart.add_argument("file", type=Path)
    chart.add_argument("--folder", type=Path, default=_CHARTS)
    return parser.parse_args(arguments)


def _machine(*, quick: bool) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "quick": quick,
        "packages": {name: version(name) for name in _PACKAGES},
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def _save(parsed: argparse.Namespace, rows: list[RowResult], machine: dict[str, Any]) -> None:
    machine["load_at_the_end"] = [round(each, 2) for each in os.getloadavg()]
    if parsed.json:
        save(parsed.json, rows, machine)
    if parsed.pyperf:
        save_pyperf(parsed.pyperf, rows)


def _measured(
    console: Console, parsed: argparse.Namespace, machine: dict[str, Any]
) -> list[RowResult]:
    rows: list[RowResult] = []
    compile_vidkit()
    with running_server() as addresses:
        bench = Bench(addresses, quick=parsed.quick)
        for row in ROWS:
            if parsed.only and row.number not in parsed.only:
                continue
            began = time.monotonic()
            with console.status(f"{row.number}. {row.title}"):
                result = row.result(bench)
            rows.append(result)
            # What was found is kept, whatever becomes of the rest.
            _save(parsed, rows, machine)
            console.print(row_table(result))
            console.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]\n")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for.

    Returns:
        0 when every target was met, otherwise 1.
    """
    parsed = _parsed(arguments)
    console = Console()
    if parsed.command == "chart":
        from benchmarks.charts import draw

        rows, machine = load(parsed.file)
        for path in draw(rows, machine, parsed.folder):
            console.print(str(path))
        if parsed.folder == _CHARTS:
            write_page(_PAGE, rows, machine)
        return 0
    machine = _machine(quick=parsed.quick)
    rows = _measured(console, parsed, machine)
    console.print(summary_table(rows))
    console.print(
        f"Python {machine['python']}, {machine['cores']} cores, load "
        f"{machine['load'][0]} to {machine['load_at_the_end'][0]}"
    )
    return 0 if all(figure.is_met for row in rows for figure in row.figures) else 1


if __name__ == "__main__":
    sys.exit(main())
