"""What AWS admits as tags of a resource. Pure functions."""

__all__ = ["check_tags"]

_LONGEST_KEY = 128
_LONGEST_VALUE = 256


def check_tags(tags: dict[str, str], *, most: int = 50) -> dict[str, str]:
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
        if not 1 <= len(key) <= _LONGEST_KEY:
            raise ValueError(f"key {key[:40]!r}: must have 1 to {_LONGEST_KEY} characters")
        if key.lower().startswith("aws:"):
            raise ValueError(f"key {key!r}: names that begin with aws: are reserved")
        if len(value) > _LONGEST_VALUE:
            raise ValueError(f"value of {key!r}: at most {_LONGEST_VALUE} characters")
    return tags
