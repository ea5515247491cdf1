"""The completion notification of a job, parsed from the body of an SQS message. Pure functions."""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["CompletionMessage", "read_completion"]

_MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class CompletionMessage:
    """The completion of a job, as Rekognition published it.

    Attributes:
        job_id: the job's id; empty for a message that is no completion notification.
        status: ``SUCCEEDED``, ``FAILED`` or ``ERROR``; empty for such a message.
        api: the operation that started the job, in one of the service's spellings, or None.
        job_tag: the tag that was given to the start, or None.
        timestamp: milliseconds since the epoch, or None.
        bucket: the bucket of the video, or None.
        name: the object key of the video, or None.
        body: the body of a message that is no completion notification; None for one that is.

    Example:
        >>> read_completion('{"JobId": "j1", "Status": "SUCCEEDED"}').status
        'SUCCEEDED'
    """

    job_id: str
    status: str
    api: str | None = None
    job_tag: str | None = None
    timestamp: int | None = None
    bucket: str | None = None
    name: str | None = None
    body: str | None = None


def _json_object(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        if len(value) > _MAX_CHARACTERS:
            return None
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _string_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def read_completion(body: str) -> CompletionMessage | None:
    """The completion notification in an SQS message; None if the body holds none.

    Args:
        body: the body of the SQS message: the notification itself (raw message delivery), or an SNS
            envelope around it.
    """
    content = _json_object(body)
    if content is not None and "JobId" not in content:
        content = _json_object(content.get("Message"))
    if content is None:
        return None
    job_id, status = content.get("JobId"), content.get("Status")
    if not isinstance(job_id, str) or not isinstance(status, str) or not job_id:
        return None
    timestamp = content.get("Timestamp")
    video = _json_object(content.get("Video")) or {}
    return CompletionMessage(
        job_id=job_id,
        status=status,
        api=_string_or_none(content.get("API")),
        job_tag=_string_or_none(content.get("JobTag")),
        timestamp=timestamp if type(timestamp) is int else None,
        bucket=_string_or_none(video.get("S3Bucket")),
        name=_string_or_none(video.get("S3ObjectName")),
    )
