"""The deadline of a call."""

import time

__all__ = ["Deadline"]


class Deadline:
    """The time by which all attempts and delays of a call must have ended."""

    __slots__ = ("at", "total")

    def __init__(self, total: float) -> None:
        self.total: float = total
        self.at: float = time.monotonic() + total

    def remaining(self) -> float:
        """Seconds left; 0 or less if the deadline has passed."""
        return self.at - time.monotonic()
