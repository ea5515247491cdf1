"""The moment by which a call must have ended."""

import time

__all__ = ["Deadline"]


class Deadline:
    """The moment by which a call must have ended, attempts and waits together."""

    __slots__ = ("at", "total")

    def __init__(self, total: float) -> None:
        self.total: float = total
        self.at: float = time.monotonic() + total

    def remaining(self) -> float:
        """Seconds left; 0 or less when it has passed."""
        return self.at - time.monotonic()
