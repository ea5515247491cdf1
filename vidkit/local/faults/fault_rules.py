"""Rules that say which requests a fault strikes."""

import random
from collections import Counter
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, Final, Literal, get_args

from pydantic import ConfigDict

__all__ = ["KINDS", "FaultKind", "FaultRule", "Faults"]

FaultKind = Literal[
    "latency",
    "hang",
    "reset",
    "lost_answer",
    "half_body",
    "wrong_length",
    "empty",
    "html",
    "throttled",
    "unavailable",
    "late_unavailable",
    "expired_token",
    "skewed_clock",
    "drip",
    "close",
]

KINDS: Final[tuple[str, ...]] = get_args(FaultKind)

# About thirty years; a larger skew could leave the range of dates.
_MAX_SKEW_SECONDS: Final = 1_000_000_000
_LOWEST_STATUS, _HIGHEST_STATUS = 400, 599


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A kind of fault, and the requests that it strikes.

    Attributes:
        kind: what goes wrong. The request is not carried out: ``reset`` (the connection is
            reset), ``hang`` (no response), ``throttled``, ``unavailable``, ``expired_token`` and
            ``skewed_clock`` (the service's own error response), ``html`` (status 200 and a web
            page). The request is carried out first: ``lost_answer`` (the connection is reset),
            ``late_unavailable`` (the service's error response for a failure), ``half_body`` (the
            connection is closed in the middle of the response), ``wrong_length`` (the response is
            longer than its ``Content-Length``), ``empty`` (status 200 and no body), ``drip`` (the
            response arrives in small pieces), ``latency`` (the response is delayed), ``close``
            (the connection is closed right after the response, without ``Connection: close``).
        service: only requests to this service, such as ``ivs``; None: to every service.
        operation: only requests for this operation, such as ``GetImages``; None: for every one.
        probability: the share of those requests that it strikes.
        seed: the same seed strikes the same requests, counted by service and operation.
        after: how many of those requests pass first.
        times: the largest number of requests that it strikes; None: no limit.
        seconds: of latency, of dripping, or by which the cloud's clock is ahead.
        status: the HTTP status of ``throttled``, ``unavailable`` and ``late_unavailable`` instead
            of the service's own.
        retry_after: the ``Retry-After`` header of the same kinds, in whole seconds; None: no
            header.

    Raises:
        ValueError: a value is invalid.

    Example:
        >>> FaultRule("lost_answer", operation="CreateChannel", probability=0.2, seed=7).kind
        'lost_answer'
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    """Unknown members are rejected: a rule without its mistyped filter would strike everything."""

    kind: FaultKind
    _: KW_ONLY
    service: str | None = None
    operation: str | None = None
    probability: float = 1.0
    seed: int = 0
    after: int = 0
    times: int | None = None
    seconds: float | None = None
    status: int | None = None
    retry_after: int | None = None

    def __post_init__(self) -> None:
        rules = (
            (self.kind in KINDS, f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}"),
            (0 <= self.probability <= 1, f"probability must be 0 to 1, not {self.probability}"),
            (self.after >= 0, f"after must not be negative, but it is {self.after}"),
            (self.times is None or self.times > 0, f"times must be positive, not {self.times}"),
            (
                self.seconds is None or self.seconds >= 0 or self.kind == "skewed_clock",
                f"seconds must not be negative, but it is {self.seconds}",
            ),
            (
                self.seconds is None
                or self.kind != "skewed_clock"
                or abs(self.seconds) <= _MAX_SKEW_SECONDS,
                f"seconds of a clock must be within {_MAX_SKEW_SECONDS}, not {self.seconds}",
            ),
            (
                self.status is None or _LOWEST_STATUS <= self.status <= _HIGHEST_STATUS,
                f"status must be 400 to 599, not {self.status}",
            ),
            (
                self.retry_after is None or self.retry_after >= 0,
                f"retry_after must not be negative, but it is {self.retry_after}",
            ),
        )
        for valid, message in rules:
            if not valid:
                raise ValueError(message)

    def applies_to(self, service: str, operation: str | None) -> bool:
        """Whether this rule may strike a request."""
        return self.service in {None, service} and self.operation in {None, operation}


@dataclass(slots=True)
class _Counts:
    """How many requests a rule has seen and struck."""

    seen: Counter[tuple[str, str | None]] = field(default_factory=Counter[tuple[str, str | None]])
    struck: int = 0


class Faults:
    """The active rules. The first one that strikes a request decides."""

    def __init__(self) -> None:
        self._rules: dict[FaultRule, _Counts] = {}

    def add(self, rule: FaultRule) -> None:
        """Activate a rule; adding an active rule again resets its counts."""
        self._rules[rule] = _Counts()

    def remove(self, rule: FaultRule) -> None:
        """Remove a rule, if it is active."""
        self._rules.pop(rule, None)

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()

    def struck(self, rule: FaultRule) -> int:
        """How many requests a rule has struck; 0 for one that is not active."""
        counts = self._rules.get(rule)
        return 0 if counts is None else counts.struck

    def draw(self, service: str, operation: str | None) -> FaultRule | None:
        """The rule that strikes this request, if one does."""
        for rule, counts in self._rules.items():
            if not rule.applies_to(service, operation):
                continue
            number = counts.seen[service, operation]
            counts.seen[service, operation] += 1
            used_up = rule.times is not None and counts.struck >= rule.times
            if number < rule.after or used_up:
                continue
            if rule.probability < 1:
                seed = f"{rule.seed}/{rule.kind}/{service}/{operation}/{number}"
                if random.Random(seed).random() >= rule.probability:  # noqa: S311 - repeatable
                    continue
            counts.struck += 1
            return rule
        return None
