"""The rules for the tags of an AWS resource. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

__all__ = ["RESERVED", "check_tag_keys", "check_tags"]

RESERVED = "aws:"
"""The prefix of the keys of AWS's own tags; upper and lower case are equal."""

_MAX_KEY_LENGTH = 128
_MAX_VALUE_LENGTH = 256

T = TypeVar("T", bound=Mapping[str, str])
K = TypeVar("K", bound=Sequence[str])


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= _MAX_KEY_LENGTH:
        raise ValueError(f"key {key[:40]!r}: must have 1 to {_MAX_KEY_LENGTH} characters")
    if key.lower().startswith(RESERVED):
        raise ValueError(f"key {key!r}: names that begin with {RESERVED} are reserved")


def check_tags(tags: T, *, maximum: int = 50) -> T:
    """Check the tags of a request.

    Args:
        tags: the keys and values.
        maximum: the maximum number of tags in one request.

    Returns:
        The same tags.

    Raises:
        ValueError: a tag is invalid; the message names the first one and the rule.
    """
    if len(tags) > maximum:
        raise ValueError(f"at most {maximum} tags; {len(tags)} given")
    for key, value in tags.items():
        _check_key(key)
        if len(value) > _MAX_VALUE_LENGTH:
            raise ValueError(f"value of {key!r}: at most {_MAX_VALUE_LENGTH} characters")
    return tags


def check_tag_keys(keys: K, *, maximum: int = 50) -> K:
    """Check the tag keys of a request.

    Args:
        keys: the keys.
        maximum: the maximum number of keys in one request.

    Returns:
        The same keys.

    Raises:
        ValueError: a key is invalid; the message names the first one and the rule.
    """
    if len(keys) > maximum:
        raise ValueError(f"at most {maximum} keys; {len(keys)} given")
    for key in keys:
        _check_key(key)
    return keys
