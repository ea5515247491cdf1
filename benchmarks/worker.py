"""Measure one row in a process of its own: ``python -m benchmarks.worker FUNCTION JSON``."""

import asyncio
import inspect
import json
import sys
from importlib import import_module

from benchmarks.cold import hide_command_line

__all__ = ["main"]


def main(name: str, parameters: str) -> None:
    """Call ``module:function`` of `benchmarks.cases` and print its result as JSON."""
    hide_command_line()
    module, _, function = name.partition(":")
    found = getattr(import_module(f"benchmarks.cases.{module}"), function)
    result = found(**json.loads(parameters))
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
