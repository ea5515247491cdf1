"""What AWS admits as tags of a resource. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

__all__ = ["RESERVED", "check_tag_keys", "check_tags"]

RESERVED = "aws:"
"""What the keys of AWS's own tags begin with, in any case."""

_LONGEST_KEY = 128
_LONGEST_VALUE = 256

T = TypeVar("T", bound=Mapping[str, str])
K = TypeVar("K", bound=Sequence[str])


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"key {key[:40]!r}: must have 1 to {_LONGEST_KEY} characters")
    if key.lower().startswith(RESERVED):
        raise ValueError(f"key {key!r}: names that begin with {RESERVED} are reserved")


def check_tags(tags: T, *, most: int = 50) -> T:
    """Refuse tags that AWS does not admit.

    Args:
        tags: keys and values.
        most: how many the service takes in one request.

    Raises:
        ValueError: names the first that is not admitted, and why.
    """
    if len(tags) > most:
        raise ValueError(f"at most {most} tags; {len(tags)} given")
    for key, value in tags.items():
        _check_key(key)
        if len(value) > _LONGEST_VALUE:
            raise ValueError(f"value of {key!r}: at most {_LONGEST_VALUE} characters")
    return tags


def check_tag_keys(keys: K, *, most: int = 50) -> K:
    """Refuse keys that no tag of one's own can have.

    Args:
        keys: the keys.
        most: how many the service takes in one request.

    Raises:
        ValueError: names the first that is not admitted, and why.
    """
    if len(keys) > most:
        raise ValueError(f"at most {most} keys; {len(keys)} given")
    for key in keys:
        _check_key(key)
    return keys
