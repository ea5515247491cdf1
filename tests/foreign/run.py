"""Starts a local cloud, runs clients of other makers against it, and prints a table.

Their packages go into a folder of their own, at the versions of requirements.txt,
smithy_requirements.txt and package.json.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vidkit.local.clips import render_clip

HERE = Path(__file__).parent
TIMEOUT_SECONDS = 600
SMITHY_PYTHON = (3, 12)
"""The oldest Python for smithy's clients."""


def main() -> int:
    """Run the clients.

    Returns:
        0 when every call ended as it should; 1 otherwise.
    """
    parser = argparse.ArgumentParser(prog="scripts/foreign", description=__doc__)
    parser.add_argument("--packages", type=Path, help="a folder to install into, and to use again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vidkit-foreign-") as temporary:
        folder = (options.packages or Path(temporary)).resolve()
        python = install_python(folder / "py", sys.executable, "requirements.txt")
        newer = find_python(SMITHY_PYTHON)
        if newer is not None:
            smithy = install_python(folder / "smithy", newer, "smithy_requirements.txt")
        node = install_node(folder)
        clip = Path(temporary) / "clip.mp4"
        render_clip(clip)
        with local_cloud(clip) as environment:
            commands = [[str(python), str(HERE / "clients.py")]]
            if newer is not None:
                commands.append([str(smithy), str(HERE / "smithy_clients.py")])
            if node is not None:
                commands.append([node, str(folder / "js" / "clients.mjs")])
            results = [run(command, environment) for command in commands]
    rows = [line.split("\t") for text in results for line in text.splitlines()]
    if newer is None:
        sys.stdout.write("SKIPPED: smithy's clients need Python 3.12\n")
    if node is None:
        sys.stdout.write("SKIPPED: the AWS SDK for JavaScript needs node and npm\n")
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for client, call, result in rows:
        sys.stdout.write(f"{client:{widths[0]}}  {call:{widths[1]}}  {result}\n")
    return int(any(row[2] != "ok" for row in rows))


def find_python(version: tuple[int, int]) -> str | None:
    """An interpreter of this version or a newer one, on the path or among those of pyenv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, "python3", "python3.14", "python3.13", "python3.12"]
    candidates += sorted(map(str, root.glob("versions/3.*/bin/python")), reverse=True)
    for candidate in candidates:
        # A name that is on the path may be that of a launcher without an interpreter.
        check = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {version})"
        with contextlib.suppress(OSError):
            tried = subprocess.run([candidate, "-c", check], capture_output=True, check=False)
            if tried.returncode == 0:
                return candidate
    return None


def install_python(folder: Path, interpreter: str, requirements: str) -> Path:
    """Install clients in Python into an environment; return its interpreter."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "-r", str(HERE / requirements)], check=True)
    return python


def install_node(folder: Path) -> str | None:
    """Install the clients in JavaScript; return node's path, None without node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    target = folder / "js"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "clients.mjs"):
        shutil.copy(HERE / name, target / name)
    command = [npm, "install", "--silent", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=target, check=True)
    return node


@contextlib.contextmanager
def local_cloud(clip: Path) -> Iterator[dict[str, str]]:
    """A local cloud with a stream and an object; yields the environment of its clients."""
    command = [sys.executable, "-m", "vidkit.local", "--port", "0"]
    command += ["--stream", f"door={clip}", "--object", f"videos/clip.mp4={clip}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = json.loads(server.stdout.readline())
            kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PYTHON"))}
            yield {
                **kept,
                "AWS_ENDPOINT_URL": ready["endpoint"],
                "AWS_REGION": ready["region"],
                "AWS_DEFAULT_REGION": ready["region"],
                "AWS_ACCESS_KEY_ID": ready["access_key_id"],
                "AWS_SECRET_ACCESS_KEY": ready["secret_access_key"],
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        finally:
            server.terminate()


def run(command: list[str], environment: dict[str, str]) -> str:
    """The lines that a program of clients prints."""
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
