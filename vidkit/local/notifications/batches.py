"""Batches of SNS and SQS: up to ten entries, each of which succeeds or fails on its own."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from vidkit.local.protocol.wire import ApiError

MAX_BATCH = 10
"""The most entries of a batch."""

_Content: TypeAlias = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def run_batch(
    entries: Sequence[_Content], handle: Callable[[_Content], _Content]
) -> dict[str, list[_Content]]:
    """Carry out each entry of a batch.

    Args:
        entries: the entries, each with an ``Id``.
        handle: carries out one entry and returns the members of its result.

    Returns:
        The lists ``Successful`` and ``Failed``, both of them also when they are empty.

    Raises:
        ApiError: the batch itself is invalid.
    """
    ids = [entry["Id"] for entry in entries]
    if not ids:
        raise ApiError("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(ids) > MAX_BATCH:
        raise ApiError(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {MAX_BATCH}. You have sent {len(ids)}.",
        )
    if not all(_ID.fullmatch(each) for each in ids):
        raise ApiError(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores."
            " It can be at most 80 letters long.",
        )
    if len(set(ids)) != len(ids):
        raise ApiError("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")
    successful: list[_Content] = []
    failed: list[_Content] = []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **handle(entry)})
        except ApiError as error:
            members = {"SenderFault": True, "Code": error.code, "Message": error.message}
            failed.append({"Id": entry["Id"], **members})
    return {"Successful": successful, "Failed": failed}
