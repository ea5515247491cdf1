"""Breaks every promise once, in a copy, and looks whether its test goes red.

Run it with ``scripts/break-promises``; ``--only WORD`` takes those in whose promise, test, file or
description the word stands.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from breaches import ROOT, Breach, read_breaches, read_promises

# What git leaves out as well.
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "demo-output", "mutants", "site")
# In the order of the file, which says which failure comes first; native tracebacks parse no code.
PYTEST = ("-q", "--no-header", "--tb=native", "-p", "no:cacheprovider", "-p", "no:randomly")
# What a broken file is dated, so that no compiled one is taken for it.
_LATER = 3600
_ALL_PASSED, _SOME_FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of tests ended: pytest's code, or None when the time was up; and what it wrote."""

    code: int | None
    output: str
    seconds: float

    @property
    def colour(self) -> str:
        if self.code is None:
            return "red (hung)"
        return {_ALL_PASSED: "GREEN", _SOME_FAILED: "red"}.get(self.code, "COULD NOT RUN")

    @property
    def reason(self) -> str:
        """The first failure, in a line."""
        line = r"^(?:FAILED|ERROR) tests/\S+?::\w+(?:\[.*?\])?(?: - (.*))?$"
        found = re.search(line, self.output, re.MULTILINE)
        return (found[1] or "") if found else ""


def copy(folder: Path) -> Path:
    """A copy of the project, as far as its tests need it."""
    return shutil.copytree(ROOT, folder / "project", ignore=LEFT_OUT)


def environment(root: Path, *, compiles: bool) -> dict[str, str]:
    """In which the copy is imported, and not what is installed."""
    more = {"PYTHONPATH": str(root), "COLUMNS": "200"}
    if not compiles:
        more["PYTHONDONTWRITEBYTECODE"] = "1"
    return {**os.environ, **more}


def check_copy(root: Path) -> None:
    """See that tests in the copy import the copy."""
    told = subprocess.run(
        [sys.executable, "-c", "import vidkit; print(vidkit.__file__)"],
        cwd=root,
        env=environment(root, compiles=True),
        capture_output=True,
        text=True,
        check=True,
    )
    if not Path(told.stdout.strip()).is_relative_to(root):
        sys.exit(f"the copy is not what is imported, but {told.stdout}")


def run_tests(root: Path, *arguments: str, timeout: float, compiles: bool = False) -> Run:
    """Run some tests alone; what they have started ends with them."""
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *PYTEST, *arguments],
        cwd=root,
        env=environment(root, compiles=compiles),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        code: int | None
        try:
            output, _ = process.communicate(timeout=timeout)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            code = None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Run(code, output, time.monotonic() - begun)


@contextmanager
def broken(root: Path, breach: Breach) -> Iterator[None]:
    """The copy with a breach, which is mended at the end."""
    path = root / breach.file
    whole, dated = path.read_bytes(), path.stat()
    path.write_text(breach.broken(root), "utf-8")
    os.utime(path, (dated.st_atime, dated.st_mtime + _LATER))
    try:
        yield
    finally:
        path.write_bytes(whole)
        os.utime(path, ns=(dated.st_atime_ns, dated.st_mtime_ns))


def chosen(word: str) -> list[tuple[str, Breach]]:
    """Promises with their breaches, in the page's order."""
    known = read_breaches()
    pairs = [
        (promise.text, breach)
        for promise in read_promises()
        for test in promise.tests
        for breach in known
        if breach.test == test
    ]
    return [
        (text, breach)
        for text, breach in pairs
        if word.lower() in f"{text} {breach.test} {breach.file} {breach.breaks}".lower()
    ]


def red_without_a_breach(root: Path, tests: list[str], *, timeout: float) -> set[str]:
    """The tests that say nothing about any breach."""
    run = run_tests(root, *tests, timeout=timeout * len(tests), compiles=True)
    if run.code not in {_ALL_PASSED, _SOME_FAILED}:
        sys.exit(f"{run.output}\nwithout a breach, the tests cannot be run")
    red = {
        test
        for test in tests
        if re.search(rf"^(FAILED|ERROR) {re.escape(test)}\b", run.output, re.MULTILINE)
    }
    if run.code == _SOME_FAILED:
        print(run.output)
    print(f"without a breach, {len(tests) - len(red)} of {len(tests)} tests are green\n")
    return red


def look(root: Path, breach: Breach, *, timeout: float, verbose: bool) -> str:
    """What becomes of the test; in small letters when it sees the breach."""
    with broken(root, breach):
        run = run_tests(root, "--exitfirst", breach.test, timeout=timeout)
    if verbose:
        print(f"    {breach.test} ({run.seconds:.1f} s) {run.reason}")
    if run.code not in {None, _ALL_PASSED, _SOME_FAILED}:
        print(run.output)
    return run.colour


def main() -> int:
    parser = argparse.ArgumentParser("scripts/break-promises", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="where this word stands")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for one test (180)")
    parser.add_argument("--verbose", action="store_true", help="show what the red tests said")
    options = parser.parse_args()
    # A shell that starts this in the background has it ignored, and whatever this starts likewise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pairs = chosen(options.only)
    if not pairs:
        parser.error(f"no breach has {options.only!r} in it")
    tests = list(dict.fromkeys(breach.test for _, breach in pairs))
    seen = 0
    with tempfile.TemporaryDirectory(prefix="vidkit-promises-") as folder:
        root = copy(Path(folder))
        check_copy(root)
        for _, breach in pairs:
            # Before anything is run: a text that has moved is found at once.
            breach.broken(root)
        red = red_without_a_breach(root, tests, timeout=options.timeout)
        print("| promise | breach | its test |\n|---|---|---|", flush=True)
        for promise, breach in pairs:
            told = "RED WITHOUT IT"
            if breach.test not in red:
                told = look(root, breach, timeout=options.timeout, verbose=options.verbose)
            seen += told.startswith("red")
            print(f"| {promise} | {breach.breaks} | {told} |", flush=True)
    print(f"\n{len(pairs)} breaches, {seen} of them seen")
    return 0 if seen == len(pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
