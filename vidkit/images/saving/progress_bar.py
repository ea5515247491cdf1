"""A progress bar for saving, drawn by rich."""

from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vidkit._internal.arguments import checked_constructor
from vidkit._internal.descriptors import first_import
from vidkit.errors import ConfigError, RequestError
from vidkit.images.saving.saver import SaveProgress

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["SaveProgressBar"]


@checked_constructor(RequestError)
class SaveProgressBar:
    """A progress bar in the terminal for `ImagesClient.save_images`.

    Open it with ``with`` and pass it as ``on_progress``.

    Args:
        description: the text before the bar (``"Images"``).
        console: where the bar is drawn; default: rich's own console, on the standard output.

    Raises:
        ConfigError: rich is not installed.

    Example:
        ```python
        with SaveProgressBar() as bar:
            report = await kit.images.save_images(
                "frames", stream_name="front-door", start_timestamp=t0, end_timestamp=t1,
                on_progress=bar,
            )
        ```
    """

    def __init__(self, description: str = "Images", *, console: "Console | None" = None) -> None:
        try:
            with first_import():
                rich: Any = import_module("rich.progress")
        except ImportError as error:
            raise ConfigError(
                "SaveProgressBar needs rich; install vidkit[rich], or give on_progress a function "
                "of your own"
            ) from error
        self._bar: Any = rich.Progress(
            rich.TextColumn("{task.description}"),
            rich.BarColumn(),
            rich.TaskProgressColumn(),
            rich.TextColumn("{task.fields[counts]}"),
            rich.TimeRemainingColumn(),
            console=console,
        )
        self._task: Any = self._bar.add_task(description, total=None, counts="")

    def __call__(self, progress: SaveProgress) -> None:
        """Update the bar."""
        counts = [f"{progress.saved:,} saved"]
        counts += [f"{progress.skipped:,} skipped"] if progress.skipped else []
        counts += [f"{progress.missing:,} missing"] if progress.missing else []
        self._bar.update(
            self._task,
            completed=progress.done,
            total=progress.total,
            counts=f"{', '.join(counts)}, {_size(progress.bytes)}",
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:  # noqa: PLR2004
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
