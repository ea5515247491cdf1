"""Run mutmut over the pure core and tell its score area by area: started by scripts/mutate."""

import argparse
import gc
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

AREAS = {
    "retry": ["retry/attempts", "retry/budget", "retry/deadline", "retry/decision", "retry/policy"],
    "windows": [
        "images/grid",
        "images/rate_limits",
        "images/windows/gaps",
        "images/windows/pages",
        "images/windows/window_source",
    ],
    "signing": ["transports/huawei/server_clock", "transports/huawei/signer"],
    "pages": [
        "_internal/single_reader",
        "paging/jsonl",
        "paging/pager",
        "paging/pages",
        "paging/prefetch",
    ],
    "jobs": [
        "jobs/idempotency",
        "jobs/job",
        "jobs/journal",
        "jobs/polling",
        "jobs/rate_limits",
        "jobs/tokens",
        "mpc/task_matching",
    ],
    "checks": [
        "_internal/arguments",
        "config/endpoints",
        "config/field_checks",
        "config/secret_fields",
        "ivs/models/rules",
        "models/aws_tags",
        "models/timestamps",
    ],
    "errors": [
        "errors",
        "mpc/error_codes",
        "transports/aws/errors",
        "transports/error_responses",
        "transports/redaction",
    ],
}
LEAST = 85

KILLED = {"killed", "timeout", "segfault"}


def files_of(area: str) -> list[str]:
    """The files of an area, as mutmut is given them."""
    return [f"vidkit/{module}.py" for module in AREAS[area]]


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument(
        "only",
        nargs="*",
        metavar="AREA OR FILE",
        help=(
            f"{', '.join(AREAS)}, or a file such as vidkit/retry/attempts.py; "
            "all when none is given"
        ),
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants at once")
    parser.add_argument("--show", action="store_true", help="show what survived")
    asked = parser.parse_args()
    known = {path for area in AREAS for path in files_of(area)}
    if known != set(config().only_mutate):
        parser.error("the areas here and only_mutate in pyproject.toml name different files")
    chosen = [path for one in asked.only for path in (files_of(one) if one in AREAS else [one])]
    if unknown := set(chosen) - known:
        parser.error(f"no area or file of the core: {', '.join(sorted(unknown))}")
    asked.files = chosen or sorted(known)
    return asked


def judge(files: list[str], jobs: int) -> None:
    """Break the files in all ways that mutmut knows, and run the tests on each."""
    # Results of earlier runs would stand though the tests have changed.
    shutil.rmtree("mutants", ignore_errors=True)
    # mutmut's books are kept in a context variable. Where a finaliser that it watches runs while
    # that is being reset, CPython 3.11 goes on reading what has been freed.
    gc.disable()
    names = [f"{path.removesuffix('.py').replace('/', '.')}.*" for path in files]
    cli(["run", "--max-children", str(jobs), *names], standalone_mode=False)


def fates(path: str) -> dict[str, str]:
    """What became of each mutant of a file."""
    data = SourceFileMutationData(path=Path(path))
    data.load()
    return {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}


def row(name: str, counts: Counter[str]) -> float:
    """Print a line of the table; gives the score."""
    killed = sum(counts[fate] for fate in KILLED)
    score = 100 * killed / counts.total()
    print(
        f"| {name} | {counts.total()} | {killed} | {counts['timeout']} "
        f"| {counts.total() - killed} | {score:.1f} % |"
    )
    return score


def main() -> int:
    """Judge, and tell the score; 1 when an area has too low a one."""
    asked = options()
    judge(asked.files, asked.jobs)
    found = {path: fates(path) for path in asked.files}
    if asked.show:
        for name, fate in (each for file in found.values() for each in file.items()):
            if fate not in KILLED:
                print(f"\n{name}: {fate}\n{get_diff_for_mutant(name)}")
    print("\n| area | mutants | killed | of them by timeout | survived | score |")
    print("|---|---:|---:|---:|---:|---:|")
    scores: list[float] = []
    total: Counter[str] = Counter()
    for area in AREAS:
        counts = Counter(fate for path in files_of(area) for fate in found.get(path, {}).values())
        if counts:
            scores.append(row(area, counts))
            total += counts
    scores.append(row("all", total))
    return int(min(scores) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
