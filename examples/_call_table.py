"""The final table: the operations that were called, how often, and how long they took."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from vidkit import CallEvent


@dataclass(slots=True)
class _Line:
    calls: int = 0
    retries: int = 0
    seconds: float = 0.0

    def add(self, event: CallEvent) -> None:
        first = event.attempt == 1
        self.calls += first
        self.retries += not first
        self.seconds += event.seconds

    def cells(self) -> tuple[str, str, str, str]:
        mean = 1000 * self.seconds / max(1, self.calls)
        return str(self.calls), str(self.retries), f"{self.seconds:.2f} s", f"{mean:.1f} ms"


def call_table(events: Sequence[CallEvent]) -> Table:
    """Return a table with one row for each operation, in order of its first call, and a total.

    The time of a call is the time of all its attempts. Concurrent calls each count in full.

    Args:
        events: the events that ``on_event`` was called with.
    """
    lines: dict[str, _Line] = {}
    total = _Line()
    for event in events:
        lines.setdefault(f"{event.service}.{event.operation}", _Line()).add(event)
        total.add(event)
    table = Table(title="Calls", title_justify="left", show_footer=True)
    for heading, footer in zip(
        ("operation", "calls", "retries", "time", "per call"), ("all", *total.cells()), strict=True
    ):
        left = heading == "operation"
        table.add_column(heading, footer, justify="left" if left else "right", no_wrap=True)
    for name, line in lines.items():
        table.add_row(name, *line.cells())
    return table
