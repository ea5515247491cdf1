"""Members that SNS and SQS have, and the local cloud does not."""

from collections.abc import Iterable, Mapping

from vidkit.local.protocol.wire import ApiError


def check_served(members: Mapping[str, object], missing: Iterable[str], *, code: str) -> None:
    """Check that a request, or an entry of a batch, has none of the members that are missing here.

    Raises:
        ApiError: it has one; the message names it.
    """
    for name in missing:
        if name in members:
            raise ApiError(code, f"{name} is not served here.")
