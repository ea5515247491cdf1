"""Queue policies: whether a policy admits a topic's messages."""

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


def admits(policy: str | None, *, queue_arn: str, topic_arn: str, account_id: str) -> bool:
    """Whether a queue's policy allows SNS to send a topic's messages to the queue.

    A statement applies when its principal, action, resource and each of its conditions match; a
    ``Deny`` overrides every ``Allow``. Conditions on ``aws:SourceArn`` and ``aws:SourceAccount``
    with ``StringEquals``, ``StringLike``, ``ArnEquals`` or ``ArnLike`` are supported; a statement
    with any other condition never matches.

    Args:
        policy: the queue's ``Policy``; None when it has none.
        queue_arn: the queue.
        topic_arn: the message's topic.
        account_id: the topic's owner.

    Example:
        >>> policy = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}}'
        >>> admits(policy, queue_arn="arn:q", topic_arn="arn:t", account_id="1")
        False
        >>> policy = policy.replace('"sqs:*"', '"sqs:*", "Resource": "arn:q"')
        >>> admits(policy, queue_arn="arn:q", topic_arn="arn:t", account_id="1")
        True
    """
    context = {"aws:sourcearn": topic_arn, "aws:sourceaccount": account_id}
    effects = {
        statement.get("Effect")
        for statement in _statements(policy or "") or ()
        if _includes_sns(statement.get("Principal"))
        and _any_matches(statement.get("Action"), _ACTION, fold=True)
        and _any_matches(statement.get("Resource"), queue_arn)
        and _all_hold(statement.get("Condition", {}), context)
    }
    return effects == {"Allow"}


def _statements(text: str) -> list[Mapping[str, Any]] | None:
    try:
        document: object = json.loads(text)
    except ValueError:
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


def _includes_sns(principal: object) -> bool:
    if not isinstance(principal, dict):
        return principal == "*"
    named = cast("dict[str, object]", principal)
    return _PRINCIPAL in _as_list(named.get("Service")) or "*" in _as_list(named.get("AWS"))


def _any_matches(patterns: object, value: str, *, fold: bool = False) -> bool:
    texts = [str(pattern) for pattern in _as_list(patterns)]
    return any(_matches(text.lower() if fold else text, value) for text in texts)


def _matches(pattern: str, value: str) -> bool:
    # Brackets have no special meaning in a policy.
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _all_hold(conditions: object, context: Mapping[str, str]) -> bool:
    if not isinstance(conditions, dict):
        return False
    for operator, values_by_key in cast("dict[str, object]", conditions).items():
        known = _OPERATOR.fullmatch(operator)
        if known is None or not isinstance(values_by_key, dict):
            return False
        exact = known[1] == "StringEquals"
        for key, values in cast("dict[str, object]", values_by_key).items():
            actual = context.get(key.lower())
            if actual is None or not _any_equals(actual, _as_list(values), exact=exact):
                return False
    return True


def _any_equals(actual: str, values: Sequence[object], *, exact: bool) -> bool:
    return any(
        actual == value if exact else isinstance(value, str) and _matches(value, actual)
        for value in values
    )
