"""Which requests a fault strikes: by rule, and by seed."""

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

# About thirty years: further away there may be no date.
_LARGEST_SKEW: Final = 1_000_000_000
_LOWEST_STATUS, _HIGHEST_STATUS = 400, 599


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A kind of fault, and the requests that it strikes.

    Attributes:
        kind: what goes wrong. Not carried out: ``reset`` (the connection is reset), ``hang`` (no
            answer ever comes), ``throttled``, ``unavailable``, ``expired_token`` and
            ``skewed_clock`` (the service refuses in its own words), ``html`` (status 200 and a web
            page). Carried out first: ``lost_answer`` (the connection is reset),
            ``late_unavailable`` (the service says that it failed), ``half_body`` (the connection
            ends in the middle of the answer), ``wrong_length`` (the answer is longer than it
            says), ``empty`` (status 200 and no body), ``drip`` (the answer comes in small
            pieces), ``latency`` (it comes late), ``close`` (the connection is closed right after
            the answer, unannounced).
        service: only requests to this service, such as ``ivs``; None: to every one.
        operation: only requests for this operation, such as ``GetImages``; None: for every one.
        probability: the share of those requests that it strikes.
        seed: the same seed strikes the same requests, counted by service and operation.
        after: how many of those requests it lets pass first.
        times: how often it strikes at the most; None: without end.
        seconds: of latency, of dripping, or by which the cloud's clock is ahead.
        status: for ``throttled``, ``unavailable``, ``late_unavailable``: instead of the service's.
        retry_after: for the same kinds: the whole seconds that the ``Retry-After`` header says;
            None: no header.

    Raises:
        ValueError: a value makes no sense.

    Example:
        >>> FaultRule("lost_answer", operation="CreateChannel", probability=0.2, seed=7).kind
        'lost_answer'
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    """A mistyped member that was passed over would let a rule strike everything."""

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
                or abs(self.seconds) <= _LARGEST_SKEW,
                f"seconds of a clock must be within {_LARGEST_SKEW}, not {self.seconds}",
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
        for sound, complaint in rules:
            if not sound:
                raise ValueError(complaint)

    def concerns(self, service: str, operation: str | None) -> bool:
        """Whether a request is one that this rule may strike."""
        return self.service in {None, service} and self.operation in {None, operation}


@dataclass(slots=True)
class _Record:
    """What has come of a rule so far."""

    seen: Counter[tuple[str, str | None]] = field(default_factory=Counter[tuple[str, str | None]])
    struck: int = 0


class Faults:
    """The rules in force. The first one that strikes a request decides."""

    def __init__(self) -> None:
        self._rules: dict[FaultRule, _Record] = {}

    def add(self, rule: FaultRule) -> None:
        """Put a rule in force; the same rule again begins to count anew."""
        self._rules[rule] = _Record()

    def remove(self, rule: FaultRule) -> None:
        """Put a rule out of force, if it is in force."""
        self._rules.pop(rule, None)

    def clear(self) -> None:
        """Put all rules out of force."""
        self._rules.clear()

    def struck(self, rule: FaultRule) -> int:
        """How often a rule has struck; 0 for one that is not in force."""
        record = self._rules.get(rule)
        return 0 if record is None else record.struck

    def draw(self, service: str, operation: str | None) -> FaultRule | None:
        """The rule that strikes this request, if one does."""
        for rule, record in self._rules.items():
            if not rule.concerns(service, operation):
                continue
            number = record.seen[service, operation]
            record.seen[service, operation] += 1
            spent = rule.times is not None and record.struck >= rule.times
            if number < rule.after or spent:
                continue
            if rule.probability < 1:
                told = f"{rule.seed}/{rule.kind}/{service}/{operation}/{number}"
                if random.Random(told).random() >= rule.probability:  # noqa: S311 - repeatable
                    continue
            record.struck += 1
            return rule
        return None
