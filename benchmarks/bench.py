"""What a row is measured with: the server's addresses, fresh processes, and how much is enough."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.processes import run_fresh
from benchmarks.results import Case

__all__ = ["Bench", "Size"]


@dataclass(frozen=True)
class Size:
    """How much a row works on.

    Attributes:
        what: is counted.
        full: as the row's title has it.
        quick: when a rough figure is enough.
    """

    what: str
    full: int
    quick: int


@dataclass(frozen=True)
class Bench:
    """What a row needs to be measured.

    Attributes:
        addresses: the server's, by latency in milliseconds.
        quick: whether a rough figure is enough.
    """

    addresses: Mapping[int, str]
    quick: bool = False

    def several(self, full: int, quick: int) -> int:
        """A number of samples, or of anything else that takes time."""
        return quick if self.quick else full

    def much(self, size: Size) -> int:
        """How much is measured of what the title tells."""
        return self.several(size.full, size.quick)

    def work(self, function: str, *, latency: int = 0, **parameters: Any) -> Any:
        """Call a function of `benchmarks.cases` in a process of its own."""
        asked = {"address": self.addresses[latency], **parameters}
        return run_fresh("benchmarks.worker", function, json.dumps(asked))

    def cases(self, function: str, *, latency: int = 0, **parameters: Any) -> tuple[Case, ...]:
        """Cases in seconds out of such a function."""
        found: dict[str, list[float]] = self.work(function, latency=latency, **parameters)
        return tuple(Case(name, "second", tuple(values)) for name, values in found.items())
