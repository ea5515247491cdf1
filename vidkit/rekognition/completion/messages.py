"""What Rekognition publishes when a job has ended, out of an SQS body. Pure functions."""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["CompletionMessage", "read_completion"]

_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class CompletionMessage:
    """The end of a job, as its service published it.

    Attributes:
        job_id: which job.
        status: ``SUCCEEDED``, ``FAILED`` or ``ERROR``.
        api: the operation that started it, in one of the service's spellings, or None.
        job_tag: the tag that the start gave, or None.
        timestamp: milliseconds since the epoch, or None.
        bucket: the video's bucket, or None.
        name: the video's name, or None.

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


def _object(text: Any) -> dict[str, Any] | None:
    if isinstance(text, str):
        if len(text) > _LONGEST:
            return None
        try:
            text = json.loads(text)
        except (ValueError, RecursionError):
            return None
    return text if isinstance(text, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def read_completion(body: str) -> CompletionMessage | None:
    """The message in an SQS body, delivered raw or in an SNS envelope; None when it is no such.

    Args:
        body: the body of the SQS message.
    """
    content = _object(body)
    if content is not None and "JobId" not in content:
        content = _object(content.get("Message"))
    if content is None:
        return None
    job_id, status = content.get("JobId"), content.get("Status")
    if not isinstance(job_id, str) or not isinstance(status, str) or not job_id:
        return None
    timestamp = content.get("Timestamp")
    video = _object(content.get("Video")) or {}
    return CompletionMessage(
        job_id=job_id,
        status=status,
        api=_text(content.get("API")),
        job_tag=_text(content.get("JobTag")),
        timestamp=timestamp if type(timestamp) is int else None,
        bucket=_text(video.get("S3Bucket")),
        name=_text(video.get("S3ObjectName")),
    )
