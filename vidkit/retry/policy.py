"""How often and how patiently a call is tried again."""

from dataclasses import dataclass

from vidkit._internal.arguments import checked_constructor, seconds, shown
from vidkit.errors import ConfigError

__all__ = ["RetryPolicy"]


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently a call is tried again.

    The wait before the n-th retry is drawn evenly from 0 to ``base_delay * 2**(n-1)`` seconds
    (full jitter), never above ``max_delay``. A service that throttles gets
    ``throttling_base_delay`` instead, and its ``Retry-After`` is waited for when the call's
    deadline allows it.

    Attributes:
        max_attempts: how often a call is sent at most (4); 1 means no retries.
        base_delay: seconds (0.1).
        throttling_base_delay: seconds, after a throttling answer (1.0).
        max_delay: seconds, for a single wait (20).
        attempt_timeout: seconds for a single attempt (30); None: only the deadline counts.

    Raises:
        ConfigError: an unknown field or a number out of range.

    Example:
        >>> RetryPolicy(max_attempts=6).max_attempts
        6
        >>> RetryPolicy.none().max_attempts
        1
    """

    max_attempts: int = 4
    base_delay: float = 0.1
    throttling_base_delay: float = 1.0
    max_delay: float = 20.0
    attempt_timeout: float | None = 30.0

    def __post_init__(self) -> None:
        if isinstance(self.max_attempts, bool) or not isinstance(self.max_attempts, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError(f"max_attempts={shown(self.max_attempts)}: must be a whole number")
        if self.max_attempts < 1:
            raise ConfigError(f"max_attempts={shown(self.max_attempts)}: must be at least 1")
        for name in ("base_delay", "throttling_base_delay", "max_delay"):
            value = seconds(getattr(self, name), parameter=name, zero=True)
            object.__setattr__(self, name, value)
        if self.attempt_timeout is not None:
            limit = seconds(self.attempt_timeout, parameter="attempt_timeout")
            object.__setattr__(self, "attempt_timeout", limit)

    @classmethod
    def none(cls) -> "RetryPolicy":
        """Send once; whatever happens is the caller's to handle."""
        return cls(max_attempts=1)
