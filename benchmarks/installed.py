"""What is there because of the benchmarks, and not where vidkit and its peers are used."""

import compileall
import sys
from pathlib import Path

__all__ = ["compile_vidkit", "hide_command_line"]


def hide_command_line() -> None:
    """Keep httpx from importing its command line, and rich with it.

    It does so wherever rich is installed, which is for the tables of this program. aiobotocore
    imports httpx, and so do all that are compared.
    """
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]


def compile_vidkit() -> None:
    """Compile vidkit's modules, as pip does with all that it installs but from a work tree."""
    import vidkit

    compileall.compile_dir(Path(vidkit.__file__).parent, quiet=1)
