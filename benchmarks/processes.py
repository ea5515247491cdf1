"""The processes of a run: the server, and fresh ones for the measurements."""

import compileall
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = [
    "ROOT",
    "compile_vidkit",
    "environment",
    "run_cold",
    "run_fresh",
    "running_server",
]

ROOT = Path(__file__).parents[1]

_DROPPED = ("AWS_", "HUAWEICLOUD_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "COVERAGE_")
_LONGEST = 300


def compile_vidkit() -> None:
    """Compile vidkit's modules, as pip does for packages that are not installed from a checkout."""
    compileall.compile_dir(ROOT / "vidkit", quiet=1)


def environment(home: str) -> dict[str, str]:
    """Return an environment without the user's accounts, proxies and files."""
    kept = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(_DROPPED)
    }
    return kept | {
        "HOME": home,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": f"{home}/none",
        "AWS_SHARED_CREDENTIALS_FILE": f"{home}/none",
    }


def run_fresh(module: str, *arguments: str) -> Any:
    """Run a module in a process of its own, and return the JSON that it prints.

    Raises:
        RuntimeError: the process failed.
    """
    return _run("-m", module, *arguments)


def run_cold(*arguments: str) -> Any:
    """Run `benchmarks.cold` in a process without other imports, and return its JSON.

    Raises:
        RuntimeError: the process failed.
    """
    return _run("benchmarks/cold.py", *arguments)


def _run(*arguments: str) -> Any:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def running_server() -> Generator[Mapping[int, str], None, None]:
    """Run the server, and yield its URLs by their latency in milliseconds."""
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.server"],
            cwd=ROOT,
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdin is not None  # noqa: S101
            assert server.stdout is not None  # noqa: S101
            addresses: dict[str, str] = json.loads(server.stdout.readline())
            yield {int(latency): address for latency, address in addresses.items()}
            server.stdin.close()
            server.wait(10)
        finally:
            if server.poll() is None:
                server.kill()
            server.wait()
            if server.stdout is not None:
                server.stdout.close()
