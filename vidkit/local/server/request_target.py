"""The request target of an HTTP request. Pure functions."""

import re

__all__ = ["split_target"]

_ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)


def split_target(target: str) -> tuple[str, str | None]:
    """The target in origin form, and the host that it names.

    A client may send a server what it sends a proxy, the absolute form; the ``Host`` header then
    does not count (RFC 9112, section 3.2.2). Signatures are of the origin form.

    Args:
        target: the target as in the request line.

    Returns:
        Path and query, still percent-encoded, and the host with its port; None for a target that
        names no host.

    Example:
        >>> split_target("http://127.0.0.1:4588?prefix=a")
        ('/?prefix=a', '127.0.0.1:4588')
        >>> split_target("/bucket/a%20b")
        ('/bucket/a%20b', None)
    """
    found = _ABSOLUTE.fullmatch(target)
    if found is None:
        return target, None
    rest = found[2]
    return rest if rest.startswith("/") else f"/{rest}", found[1]
