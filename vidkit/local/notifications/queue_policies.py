"""Queue policies: whether one lets a topic's messages in."""

import fnmatch
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

_PRINCIPAL = "sns.amazonaws.com"
_ACTION = "sqs:sendmessage"
_OPERATOR = re.compile(r"(StringEquals|StringLike|ArnEquals|ArnLike)(IfExists)?")


def is_policy(text: str) -> bool:
    """Whether a text is a policy document: a JSON object with statements."""
    return _statements(text) is not None


def lets_in(policy: str | None, *, queue_arn: str, topic_arn: str, account_id: str) -> bool:
    """Whether a queue's policy lets SNS send a topic's messages to the queue.

    A statement counts when its principal, action, resource and each of its conditions match; one
    that denies goes before all that allow. Conditions on ``aws:SourceArn`` and
    ``aws:SourceAccount`` with ``StringEquals``, ``StringLike``, ``ArnEquals`` or ``ArnLike`` are
    understood; a statement with any other condition never matches.

    Args:
        policy: the queue's ``Policy``; None when it has none.
        queue_arn: the queue.
        topic_arn: the topic that the message comes from.
        account_id: the topic's owner.

    Example:
        >>> open_door = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}}'
        >>> lets_in(open_door, queue_arn="arn:q", topic_arn="arn:t", account_id="1")
        False
        >>> open_door = open_door.replace('"sqs:*"', '"sqs:*", "Resource": "arn:q"')
        >>> lets_in(open_door, queue_arn="arn:q", topic_arn="arn:t", account_id="1")
        True
    """
    context = {"aws:sourcearn": topic_arn, "aws:sourceaccount": account_id}
    effects = {
        statement.get("Effect")
        for statement in _statements(policy or "") or ()
        if _names_sns(statement.get("Principal"))
        and _any_like(statement.get("Action"), _ACTION, fold=True)
        and _any_like(statement.get("Resource"), queue_arn)
        and _holds(statement.get("Condition", {}), context)
    }
    return effects == {"Allow"}


def _statements(text: str) -> list[Mapping[str, Any]] | None:
    try:
        document: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    found = _listed(cast("dict[str, object]", document).get("Statement"))
    if not found or not all(isinstance(statement, dict) for statement in found):
        return None
    return cast("list[Mapping[str, Any]]", found)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _names_sns(principal: object) -> bool:
    if not isinstance(principal, dict):
        return principal == "*"
    named = cast("dict[str, object]", principal)
    return _PRINCIPAL in _listed(named.get("Service")) or "*" in _listed(named.get("AWS"))


def _any_like(patterns: object, value: str, *, fold: bool = False) -> bool:
    texts = [str(pattern) for pattern in _listed(patterns)]
    return any(_like(text.lower() if fold else text, value) for text in texts)


def _like(pattern: str, value: str) -> bool:
    # In a policy, brackets mean themselves.
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _holds(conditions: object, context: Mapping[str, str]) -> bool:
    if not isinstance(conditions, dict):
        return False
    for operator, wanted in cast("dict[str, object]", conditions).items():
        known = _OPERATOR.fullmatch(operator)
        if known is None or not isinstance(wanted, dict):
            return False
        exact = known[1] == "StringEquals"
        for key, values in cast("dict[str, object]", wanted).items():
            actual = context.get(key.lower())
            if actual is None or not _meets(actual, _listed(values), exact=exact):
                return False
    return True


def _meets(actual: str, values: Sequence[object], *, exact: bool) -> bool:
    return any(
        actual == value if exact else isinstance(value, str) and _like(value, actual)
        for value in values
    )
