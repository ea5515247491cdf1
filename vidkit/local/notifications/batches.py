"""Batches of SQS: up to ten entries, each with a fate of its own."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from vidkit.local.protocol.wire import Fault

MAX_BATCH = 10
"""Entries of a batch."""

_Content: TypeAlias = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def run_batch(
    entries: Sequence[_Content], act: Callable[[_Content], _Content]
) -> dict[str, list[_Content]]:
    """Act on each entry of a batch.

    Args:
        entries: the entries, each with an ``Id``.
        act: what to do with one; gives what is told of its success.

    Returns:
        The ``Successful`` and ``Failed`` ones, both lists always there.

    Raises:
        Fault: the batch itself makes no sense.
    """
    ids = [entry["Id"] for entry in entries]
    if not ids:
        raise Fault("EmptyBatchRequest", "There should be at least one entry in the request.")
    if len(ids) > MAX_BATCH:
        raise Fault(
            "TooManyEntriesInBatchRequest",
            f"Maximum number of entries per request are {MAX_BATCH}. You have sent {len(ids)}.",
        )
    if not all(_ID.fullmatch(each) for each in ids):
        raise Fault(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores."
            " It can be at most 80 letters long.",
        )
    if len(set(ids)) != len(ids):
        raise Fault("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")
    successful: list[_Content] = []
    failed: list[_Content] = []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **act(entry)})
        except Fault as fault:
            refusal = {"SenderFault": True, "Code": fault.code, "Message": fault.message}
            failed.append({"Id": entry["Id"], **refusal})
    return {"Successful": successful, "Failed": failed}
