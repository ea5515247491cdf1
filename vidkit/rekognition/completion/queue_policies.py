"""Queue policies: whether a policy lets SNS send a topic's messages. Pure functions."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from fnmatch import fnmatchcase
from typing import Any, Final, cast

__all__ = ["PolicyDecision", "evaluate", "statements_of"]

_SNS: Final = "sns.amazonaws.com"
_ACTION: Final = "sqs:sendmessage"
_ARN_COLONS: Final = 5
_OPERATOR: Final = re.compile(r"(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?")
# Requests of users and roles have these keys; those of a service have none of them.
_KEYS_OF_USERS: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorg",
    "aws:principaltag/",
    "aws:userid",
    "aws:username",
)


class PolicyDecision(Enum):
    """What a queue's policy says about the messages of a topic."""

    ALLOWED = auto()
    """A statement allows them, and none denies them."""

    NOT_ALLOWED = auto()
    """No statement allows them."""

    DENIED = auto()
    """A ``Deny`` statement applies, which overrides every ``Allow``."""

    UNKNOWN = auto()
    """It depends on a condition that only SQS can evaluate."""


def evaluate(
    policy: str | None, *, queue_arn: str, topic_arn: str, account_id: str
) -> PolicyDecision:
    """Evaluate a queue's policy for the messages that SNS sends for a topic.

    A statement applies if its principal, action, resource and each of its conditions match.

    Args:
        policy: the queue's ``Policy``; None if it has none.
        queue_arn: the queue.
        topic_arn: the topic of the messages.
        account_id: the topic's owner.

    Example:
        >>> policy = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}}'
        >>> evaluate(policy, queue_arn="arn:q", topic_arn="arn:t", account_id="1").name
        'NOT_ALLOWED'
        >>> policy = policy.replace('"sqs:*"', '"sqs:*", "Resource": "arn:q"')
        >>> evaluate(policy, queue_arn="arn:q", topic_arn="arn:t", account_id="1").name
        'ALLOWED'
    """
    context = {
        "aws:sourcearn": topic_arn,
        "aws:sourceaccount": account_id,
        "aws:principalservicename": _SNS,
        "aws:principalisawsservice": "true",
        "aws:securetransport": "true",
    }
    statements = [
        statement
        for statement in statements_of(policy or "") or ()
        if _includes(statement, queue_arn)
    ]
    # Whether the statements apply, where None stands for unknown.
    allow, deny = (
        {
            _all_hold(statement.get("Condition"), context)
            for statement in statements
            if statement.get("Effect") == effect
        }
        for effect in ("Allow", "Deny")
    )
    if True in deny:
        return PolicyDecision.DENIED
    if not allow & {True, None}:
        return PolicyDecision.NOT_ALLOWED
    if True in allow and None not in deny:
        return PolicyDecision.ALLOWED
    return PolicyDecision.UNKNOWN


def statements_of(policy: str) -> list[Mapping[str, Any]] | None:
    """The statements of a policy document; None if the text is none.

    Args:
        policy: a JSON object with one statement or a list of them.
    """
    try:
        document: object = json.loads(policy)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    found = _as_list(cast("dict[str, object]", document).get("Statement"))
    if not found or not all(isinstance(statement, dict) for statement in found):
        return None
    return cast("list[Mapping[str, Any]]", found)


def _as_list(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _includes(statement: Mapping[str, Any], queue_arn: str) -> bool:
    """Whether a statement is about SNS that sends to the queue."""
    return (
        _has(statement, "Principal", _includes_sns)
        and _has(statement, "Action", lambda value: _any_matches(value, _ACTION, fold=True))
        and _has(statement, "Resource", lambda value: _any_matches(value, queue_arn))
    )


def _has(statement: Mapping[str, Any], name: str, matches: Callable[[object], bool]) -> bool:
    """Whether an element matches, or its negation, such as ``NotAction``, does not."""
    negation = f"Not{name}"
    if negation in statement:
        return not matches(statement[negation])
    return matches(statement.get(name))


def _includes_sns(principal: object) -> bool:
    if not isinstance(principal, dict):
        return principal == "*"
    named = cast("dict[str, object]", principal)
    return _SNS in _as_list(named.get("Service")) or "*" in _as_list(named.get("AWS"))


def _any_matches(patterns: object, value: str, *, fold: bool = False) -> bool:
    texts = [str(pattern) for pattern in _as_list(patterns)]
    return any(_matches(value, text.lower() if fold else text) for text in texts)


def _matches(value: str, pattern: str) -> bool:
    # Brackets have no special meaning in a policy.
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _equals(value: str, expected: str) -> bool:
    return value == expected


def _equals_folded(value: str, expected: str) -> bool:
    return value.casefold() == expected.casefold()


def _arn_matches(value: str, pattern: str) -> bool | None:
    """Whether an ARN matches, part by part: no wildcard stands for a colon between two parts."""
    parts, patterns = value.split(":", _ARN_COLONS), pattern.split(":", _ARN_COLONS)
    if len(patterns) != len(parts):
        # Not documented.
        return None
    return all(map(_matches, parts, patterns))


# By operator: how a value is compared, and whether the operator is a negation.
_COMPARISONS: Final[Mapping[str, tuple[Callable[[str, str], bool | None], bool]]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_folded, False),
    "StringNotEqualsIgnoreCase": (_equals_folded, True),
    "StringLike": (_matches, False),
    "StringNotLike": (_matches, True),
    "ArnEquals": (_arn_matches, False),
    "ArnNotEquals": (_arn_matches, True),
    "ArnLike": (_arn_matches, False),
    "ArnNotLike": (_arn_matches, True),
    "Bool": (_equals_folded, False),
}


def _all_hold(conditions: object, context: Mapping[str, str]) -> bool | None:
    """Whether each condition holds; None if that is unknown."""
    if conditions is None:
        return True
    if not isinstance(conditions, dict):
        return None
    held: set[bool | None] = set()
    for operator, values_by_key in cast("dict[str, object]", conditions).items():
        if not isinstance(values_by_key, dict):
            return None
        for key, values in cast("dict[str, object]", values_by_key).items():
            held.add(_holds(operator, key.lower(), _texts(values), context))
    if False in held:
        return False
    return None if None in held else True


def _texts(values: object) -> list[str]:
    # A policy may have JSON's booleans in place of texts.
    return [
        str(value).lower() if isinstance(value, bool) else str(value) for value in _as_list(values)
    ]


def _holds(
    operator: str, key: str, values: Sequence[str], context: Mapping[str, str]
) -> bool | None:
    """Whether one condition holds; None if that is unknown."""
    actual = context.get(key)
    if actual is None and not key.startswith(_KEYS_OF_USERS):
        return None
    if operator == "Null":
        return str(actual is None).lower() in values
    known = _OPERATOR.fullmatch(operator)
    comparison = _COMPARISONS.get(known[2]) if known else None
    # A variable in a value is replaced by SQS.
    if known is None or comparison is None or any("${" in value for value in values):
        return None
    compare, is_negation = comparison
    if actual is None:
        qualifier, if_exists = known[1], bool(known[3])
        holds = {"ForAllValues:": True, "ForAnyValue:": False}.get(qualifier, is_negation)
        return holds or if_exists
    matches = {compare(actual, value) for value in values}
    if True in matches:
        return not is_negation
    return None if None in matches else is_negation
