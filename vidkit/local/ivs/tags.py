"""Tags of channels, policies and stream keys."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vidkit.local.ivs.account import Account
from vidkit.local.ivs.error_responses import invalid, not_found

MOST_TAGS: Final = 50
"""Tags that a resource may have."""

_SIGNS: Final = frozenset("_.:/=+-@")
_CATEGORIES: Final = frozenset("LZN")
"""Letters, separators and numbers of any script."""


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse what the model says in a notation that Python's ``re`` lacks, and reserved names.

    Raises:
        Fault: ``ValidationException``.
    """
    for key, value in tags.items():
        check_keys([key])
        if not _is_sound(value):
            raise invalid(f"tags: the value of {key!r} has characters that tags may not have.")


def check_keys(keys: Iterable[str]) -> None:
    """Refuse keys of tags that users may neither set nor remove.

    Raises:
        Fault: ``ValidationException``.
    """
    for key in keys:
        if key.lower().startswith("aws:"):
            raise invalid(f"tags: {key!r} begins with the reserved 'aws:'.")
        if not _is_sound(key):
            raise invalid(f"tags: {key!r} has characters that tags may not have.")


def tag(account: Account, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``TagResource``: a new value replaces the one that a key had."""
    resource = _find(account, parameters)
    check_tags(parameters["tags"])
    tags = {**resource["tags"], **parameters["tags"]}
    if len(tags) > MOST_TAGS:
        raise invalid(f"tags: a resource may have {MOST_TAGS} tags; this would make {len(tags)}.")
    resource["tags"] = tags
    return {}


def untag(account: Account, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``UntagResource``: keys that the resource lacks are passed over."""
    resource = _find(account, parameters)
    check_keys(parameters["tagKeys"])
    gone = frozenset(parameters["tagKeys"])
    resource["tags"] = {key: value for key, value in resource["tags"].items() if key not in gone}
    return {}


def tags_of(account: Account, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``ListTagsForResource``."""
    return {"tags": _find(account, parameters)["tags"]}


def _find(account: Account, parameters: Mapping[str, Any]) -> dict[str, Any]:
    arn: str = parameters["resourceArn"]
    resource = account.tagged(arn)
    if resource is None:
        raise not_found("resource", arn)
    return resource


def _is_sound(text: str) -> bool:
    return all(sign in _SIGNS or unicodedata.category(sign)[0] in _CATEGORIES for sign in text)
