"""A typed, async SDK over four video services behind one facade.

Kinesis Video Streams images, Rekognition Video jobs, Amazon IVS playback restriction policies and
Huawei Cloud MPC thumbnails. Start with `VidKit`.
"""

from typing import TYPE_CHECKING

from vidkit._internal.lazy_imports import lazy_names

if TYPE_CHECKING:
    from vidkit.calls.events import CallEvent
    from vidkit.config import AwsConfig, HuaweiConfig, HuaweiCredentials
    from vidkit.errors import (
        AmbiguousError,
        AuthError,
        ConfigError,
        ConflictError,
        DecodeError,
        InvalidRequestError,
        JobCanceledError,
        JobError,
        JobFailedError,
        NotFoundError,
        NotSupportedError,
        QuotaError,
        RequestError,
        ServiceError,
        ThrottledError,
        TransportError,
        UnavailableError,
        VidKitError,
        VidKitTimeoutError,
    )
    from vidkit.jobs.job import Job
    from vidkit.jobs.polling import PollPolicy
    from vidkit.jobs.runs import JobRun, Outcome
    from vidkit.jobs.tokens import JobToken
    from vidkit.kit import VidKit
    from vidkit.paging.pager import AsyncPager
    from vidkit.rekognition import S3Video
    from vidkit.retry.policy import RetryPolicy

__all__ = [
    "AmbiguousError",
    "AsyncPager",
    "AuthError",
    "AwsConfig",
    "CallEvent",
    "ConfigError",
    "ConflictError",
    "DecodeError",
    "HuaweiConfig",
    "HuaweiCredentials",
    "InvalidRequestError",
    "Job",
    "JobCanceledError",
    "JobError",
    "JobFailedError",
    "JobRun",
    "JobToken",
    "NotFoundError",
    "NotSupportedError",
    "Outcome",
    "PollPolicy",
    "QuotaError",
    "RequestError",
    "RetryPolicy",
    "S3Video",
    "ServiceError",
    "ThrottledError",
    "TransportError",
    "UnavailableError",
    "VidKit",
    "VidKitError",
    "VidKitTimeoutError",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        globals(),
        dict.fromkeys(__all__, "vidkit.errors")
        | {
            "AsyncPager": "vidkit.paging.pager",
            "AwsConfig": "vidkit.config",
            "CallEvent": "vidkit.calls.events",
            "HuaweiConfig": "vidkit.config",
            "HuaweiCredentials": "vidkit.config",
            "Job": "vidkit.jobs.job",
            "JobRun": "vidkit.jobs.runs",
            "JobToken": "vidkit.jobs.tokens",
            "Outcome": "vidkit.jobs.runs",
            "PollPolicy": "vidkit.jobs.polling",
            "RetryPolicy": "vidkit.retry.policy",
            "S3Video": "vidkit.rekognition",
            "VidKit": "vidkit.kit",
        },
    )
