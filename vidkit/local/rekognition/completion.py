"""The completion notification of a job."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from vidkit.local.rekognition.kinds import AnalysisKind

Publisher: TypeAlias = Callable[[str, str], Awaitable[None]]
"""Publishes a text to the SNS topic with an ARN; raises when that fails."""

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MILLISECOND = timedelta(milliseconds=1)

_logger = logging.getLogger("vidkit.local")


class CompletedJob(Protocol):
    """What the notification says about a job."""

    id: str
    kind: AnalysisKind
    parameters: dict[str, Any]
    status: str


async def publish_completion(publish: Publisher, job: CompletedJob, now: datetime) -> None:
    """Publish a job's completion to the topic of its ``NotificationChannel``, if it has one.

    A failure is logged and not raised, because the job is complete in any case.

    Args:
        publish: publishes the notification.
        job: the job.
        now: when it completed.
    """
    channel: Mapping[str, str] | None = job.parameters.get("NotificationChannel")
    if channel is None:
        return
    topic_arn = channel["SNSTopicArn"]
    try:
        await publish(topic_arn, json.dumps(message(job, now)))
    except Exception as error:  # noqa: BLE001 - no failure may change the job
        _logger.warning("The end of job %s was not published to %s: %s", job.id, topic_arn, error)


def message(job: CompletedJob, now: datetime) -> dict[str, object]:
    """The notification as the service documents it; with ``JobTag`` only if the job has one."""
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
