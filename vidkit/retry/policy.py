"""The retry policy of a kit."""

from dataclasses import dataclass

from vidkit._internal.arguments import checked_constructor, seconds, short_repr
from vidkit.errors import ConfigError

__all__ = ["RetryPolicy"]


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and after which delays a call is retried.

    The delay before the n-th retry is random (full jitter): between 0 and
    ``base_delay * 2**(n-1)`` seconds, at most ``max_delay``. After a throttling error,
    ``throttling_base_delay`` takes the place of ``base_delay``. A ``Retry-After`` header of the
    service is respected if the deadline of the call allows it.

    Attributes:
        max_attempts: the maximum number of attempts of a call (4); 1: no retries.
        base_delay: seconds (0.1).
        throttling_base_delay: seconds, after a throttling error (1.0).
        max_delay: the longest delay in seconds (20).
        attempt_timeout: seconds for one attempt (30); None: only the deadline limits it.

    Raises:
        ConfigError: a field is unknown, or a number is out of range.

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
            raise ConfigError(
                f"max_attempts={short_repr(self.max_attempts)}: must be a whole number"
            )
        if self.max_attempts < 1:
            raise ConfigError(f"max_attempts={short_repr(self.max_attempts)}: must be at least 1")
        for name in ("base_delay", "throttling_base_delay", "max_delay"):
            value = seconds(getattr(self, name), parameter=name, zero=True)
            object.__setattr__(self, name, value)
        if self.attempt_timeout is not None:
            limit = seconds(self.attempt_timeout, parameter="attempt_timeout")
            object.__setattr__(self, "attempt_timeout", limit)

    @classmethod
    def none(cls) -> "RetryPolicy":
        """A policy without retries: every call makes one attempt."""
        return cls(max_attempts=1)
