"""Tags of channels, policies and stream keys."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.error_responses import invalid, not_found

MAX_TAGS: Final = 50
"""The most tags of a resource."""

_PUNCTUATION: Final = frozenset("_.:/=+-@")
_CATEGORIES: Final = frozenset("LZN")
"""Letters, separators and numbers of any script."""


def check_tags(tags: Mapping[str, str]) -> None:
    """Check tags by the model's pattern, which Python's ``re`` cannot read, and for reserved keys.

    Raises:
        ApiError: ``ValidationException``.
    """
    for key, value in tags.items():
        check_keys([key])
        if not _has_valid_characters(value):
            raise invalid(f"tags: the value of {key!r} has characters that tags may not have.")


def check_keys(keys: Iterable[str]) -> None:
    """Check that users may set and remove tags with these keys.

    Raises:
        ApiError: ``ValidationException``.
    """
    for key in keys:
        if key.lower().startswith("aws:"):
            raise invalid(f"tags: {key!r} begins with the reserved 'aws:'.")
        if not _has_valid_characters(key):
            raise invalid(f"tags: {key!r} has characters that tags may not have.")


def tag(account: IvsAccount, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``TagResource``: a new value replaces the old value of a key."""
    resource = _find(account, parameters)
    check_tags(parameters["tags"])
    tags = {**resource["tags"], **parameters["tags"]}
    if len(tags) > MAX_TAGS:
        raise invalid(f"tags: a resource may have {MAX_TAGS} tags; this would make {len(tags)}.")
    resource["tags"] = tags
    return {}


def untag(account: IvsAccount, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``UntagResource``: keys that the resource does not have are ignored."""
    resource = _find(account, parameters)
    check_keys(parameters["tagKeys"])
    removed = frozenset(parameters["tagKeys"])
    resource["tags"] = {key: value for key, value in resource["tags"].items() if key not in removed}
    return {}


def tags_of(account: IvsAccount, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """``ListTagsForResource``."""
    return {"tags": _find(account, parameters)["tags"]}


def _find(account: IvsAccount, parameters: Mapping[str, Any]) -> dict[str, Any]:
    arn: str = parameters["resourceArn"]
    resource = account.tagged(arn)
    if resource is None:
        raise not_found("resource", arn)
    return resource


def _has_valid_characters(text: str) -> bool:
    return all(
        character in _PUNCTUATION or unicodedata.category(character)[0] in _CATEGORIES
        for character in text
    )
