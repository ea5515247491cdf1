"""``python -m benchmarks``: measure, print tables, write JSON; ``chart FILES`` draws them."""

import argparse
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from benchmarks.bench import Bench
from benchmarks.page import write_page
from benchmarks.processes import ROOT, compile_vidkit, running_server
from benchmarks.results import RowResult, check_comparable, load, save, save_pyperf
from benchmarks.rows import ROWS
from benchmarks.tables import row_table, summary_table

_PACKAGES = (
    *("aiobotocore", "aiohttp", "boto3", "capo-rekognition"),
    *("huaweicloudsdkmpc", "msgspec", "pydantic"),
)
_CHARTS = ROOT / "docs" / "performance"
_PAGE = ROOT / "docs" / "performance.md"


class _Parser(argparse.ArgumentParser):
    """A parser that prints an error as one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _numbers(text: str) -> set[int]:
    known = [str(row.number) for row in ROWS]
    wanted = [part.strip() for part in text.split(",")]
    if not set(wanted) <= set(known):
        raise argparse.ArgumentTypeError(f"{text!r}: rows are {known[0]} to {known[-1]}, as in 1,7")
    return {int(part) for part in wanted}


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a path is missing")
    return Path(text)


def _new_file(text: str) -> Path:
    path = _path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures in a minute or two")
    parser.add_argument("--only", type=_numbers, metavar="1,7", help="these rows only")
    parser.add_argument("--json", type=_new_file, metavar="FILE", help="write values and ratios")
    parser.add_argument("--pyperf", type=_new_file, metavar="FILE", help="a suite for pyperf")
    commands = parser.add_subparsers(dest="command")
    chart = commands.add_parser("chart", help="charts and the docs' page of JSON files")
    chart.add_argument("files", type=_path, nargs="+", metavar="FILE", help="one for each Python")
    chart.add_argument("--folder", type=_path, default=_CHARTS)
    return parser


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
            with console.status(f"{row.number}. {row.title_in(bench)}"):
                result = row.result(bench)
            rows.append(result)
            # The results so far are saved, even if a later row fails.
            _save(parsed, rows, machine)
            console.print(row_table(result))
            console.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]\n")
    return rows


def _chart(console: Console, files: list[Path], folder: Path) -> None:
    runs = [load(file) for file in files]
    check_comparable(runs)
    is_for_docs = folder.resolve() == _CHARTS
    for file, run in zip(files, runs, strict=True):
        is_whole = [row.number for row in run.rows] == [row.number for row in ROWS]
        if is_for_docs and (run.machine.get("quick") is not False or not is_whole):
            raise ValueError(
                f"{file} is not a full run of all rows, as {_PAGE.name} shows it; "
                "draw its charts into another --folder"
            )
    from benchmarks.charts import draw

    for path in draw(runs, folder):
        console.print(str(path))
    if is_for_docs:
        write_page(_PAGE, runs)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks, or draw charts, as the command line says.

    Returns:
        0 if every target was met, otherwise 1.

    Raises:
        SystemExit: with code 2 if the command line is invalid or the file cannot be drawn.
    """
    parser = _parser()
    parsed = parser.parse_args(arguments)
    console = Console()
    if parsed.command == "chart":
        for name in ("quick", "only", "json", "pyperf"):
            if getattr(parsed, name):
                parser.error(f"--{name} is for measuring, not for chart")
        try:
            _chart(console, parsed.files, parsed.folder)
        except (OSError, ValueError) as error:
            parser.error(str(error))
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
