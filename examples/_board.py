"""Progress of the demo: bars on a terminal, plain lines anywhere else."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class DemoConsole(Console):
    """A console whose output may be closed by its reader."""

    def on_broken_pipe(self) -> None:
        """Raise a ``BrokenPipeError``; rich would end the program from within the event loop."""
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise BrokenPipeError("the reader closed the output")


class Step:
    """A step of the demo that is under way."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self.said = ""

    def expect(self, total: int) -> None:
        """Set the number of parts."""
        self._progress.update(self._task, total=total)

    def advance(self) -> None:
        """Count one part as done."""
        self._progress.advance(self._task)

    def say(self, text: str) -> None:
        """Show a text beside the bar; the last one stays."""
        self.said = text
        self._progress.update(self._task, said=text)


class Board:
    """Shows steps while they are under way. Use it in ``with``."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            SpinnerColumn("line", finished_text=" "),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, name: str) -> Generator[Step]:
        """Show a step, which is done when the block ends without an error."""
        task = self._progress.add_task(name, total=None, said="")
        step = Step(self._progress, task)
        yield step
        self._progress.update(task, total=1, completed=1)
        if not self._console.is_terminal:
            self._console.print(f"{name}: {step.said}", markup=False, soft_wrap=True)
