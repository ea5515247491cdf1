"""Runs the example scripts: in a new process, as a user does, or in this one."""

import os
import runpy
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import vidkit

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass
class Run:
    """The exit code of a script, and its output."""

    code: int
    lines: list[str]
    error: str

    def after(self, beginning: str) -> str:
        """The rest of the only line that begins with a prefix."""
        (line,) = (line for line in self.lines if line.startswith(beginning))
        return line.removeprefix(beginning)


def environment(**more: str) -> dict[str, str]:
    """The environment of a script: the vidkit under test, without the user's credentials."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "AWS_CA_BUNDLE" or not name.startswith(("AWS_", "HUAWEICLOUD_"))
    }
    path = [str(Path(vidkit.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    fixed = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "COLUMNS": "100",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return kept | fixed | more


def run(folder: Path, script: str, *arguments: str | Path, **variables: str) -> Run:
    """Run a script in a new process."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout.splitlines(), done.stderr)


class RunHere:
    """Runs scripts in this process, because starting another one takes longer than most scripts.

    Args:
        folder: the working directory of the scripts.
        monkeypatch: undoes the changes for a script.
        capsys: captures the output.
    """

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.syspath_prepend(EXAMPLES)
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, script: str, *arguments: str | Path) -> Run:
        path = str(EXAMPLES / script)
        self._monkeypatch.setattr(sys, "argv", [path, *map(str, arguments)])
        code = 0
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        told = self._capsys.readouterr()
        return Run(code, told.out.splitlines(), told.err)
