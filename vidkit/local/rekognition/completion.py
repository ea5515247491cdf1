"""The message that tells of a job's end."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from vidkit.local.rekognition.kinds import JobKind

Publisher: TypeAlias = Callable[[str, str], Awaitable[None]]
"""Publishes a text to the SNS topic of an ARN; raises when that fails."""

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MILLISECOND = timedelta(milliseconds=1)

_logger = logging.getLogger("vidkit.local")


class EndedJob(Protocol):
    """What the message says of a job."""

    id: str
    kind: JobKind
    parameters: dict[str, Any]
    status: str


async def publish_end(publish: Publisher, job: EndedJob, now: datetime) -> None:
    """Publish a job's end to the topic of its ``NotificationChannel``, if it has one.

    A failure is logged and goes no further: the job has ended all the same.

    Args:
        publish: how to publish.
        job: the job that has ended.
        now: when it has.
    """
    channel: Mapping[str, str] | None = job.parameters.get("NotificationChannel")
    if channel is None:
        return
    topic_arn = channel["SNSTopicArn"]
    try:
        await publish(topic_arn, json.dumps(message(job, now)))
    except Exception as error:  # noqa: BLE001 - whatever it was, the job is done
        _logger.warning("The end of job %s was not published to %s: %s", job.id, topic_arn, error)


def message(job: EndedJob, now: datetime) -> dict[str, object]:
    """The message as the service documents it; ``JobTag`` is there when the job has one."""
    stored = job.parameters["Video"]["S3Object"]
    tag = {"JobTag": job.parameters["JobTag"]} if "JobTag" in job.parameters else {}
    return {
        "JobId": job.id,
        "Status": job.status,
        "API": f"Start{job.kind.name}",
        **tag,
        "Timestamp": (now - _EPOCH) // _MILLISECOND,
        "Video": {"S3ObjectName": stored["Name"], "S3Bucket": stored["Bucket"]},
    }
