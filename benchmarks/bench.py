"""What a row is measured with: the server's URLs, fresh processes, and the amount of work."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from benchmarks.processes import run_fresh
from benchmarks.results import Case

__all__ = ["Bench", "Size"]

T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """The amount of work of a row.

    Attributes:
        what: the things that are counted.
        full: their number in a full run, as in the row's title.
        quick: their number in a quick run.
    """

    what: str
    full: int
    quick: int


@dataclass(frozen=True)
class Bench:
    """Measures the cases of a row.

    Attributes:
        addresses: the server's URLs, by latency in milliseconds.
        quick: whether this is a quick run with rough figures.
        shared: what several rows are read from, by its name.
    """

    addresses: Mapping[int, str]
    quick: bool = False
    shared: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def several(self, full: int, quick: int) -> int:
        """Return a number of samples, or of other work, for a full or a quick run."""
        return quick if self.quick else full

    def much(self, size: Size) -> int:
        """Return the amount of work of this run."""
        return self.several(size.full, size.quick)

    def once(self, name: str, measure: Callable[[], T]) -> T:
        """Measure what several rows are read from, for the first of them."""
        if name not in self.shared:
            self.shared[name] = measure()
        found: T = self.shared[name]
        return found

    def work(self, function: str, *, latency: int = 0, **parameters: Any) -> Any:
        """Call a function of `benchmarks.cases` in a process of its own."""
        arguments = {"address": self.addresses[latency], **parameters}
        return run_fresh("benchmarks.worker", function, json.dumps(arguments))

    def cases(self, function: str, *, latency: int = 0, **parameters: Any) -> tuple[Case, ...]:
        """Call such a function and return its samples as cases in seconds."""
        found: dict[str, list[float]] = self.work(function, latency=latency, **parameters)
        return tuple(Case(name, "second", tuple(values)) for name, values in found.items())
