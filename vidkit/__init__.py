"""A typed, async SDK for four video services, behind one facade.

Images of Kinesis Video Streams, jobs of Rekognition Video, playback restriction policies of Amazon
IVS, and thumbnails of Huawei Cloud MPC. Start with `VidKit`.
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
    from vidkit.rekognition.models import S3Video
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
        {
            "vidkit.calls.events": "CallEvent",
            "vidkit.config": "AwsConfig HuaweiConfig HuaweiCredentials",
            "vidkit.errors": (
                "AmbiguousError AuthError ConfigError ConflictError DecodeError "
                "InvalidRequestError JobCanceledError JobError JobFailedError NotFoundError "
                "NotSupportedError QuotaError RequestError ServiceError ThrottledError "
                "TransportError UnavailableError VidKitError VidKitTimeoutError"
            ),
            "vidkit.jobs.job": "Job",
            "vidkit.jobs.polling": "PollPolicy",
            "vidkit.jobs.runs": "JobRun Outcome",
            "vidkit.jobs.tokens": "JobToken",
            "vidkit.kit": "VidKit",
            "vidkit.paging.pager": "AsyncPager",
            "vidkit.rekognition.models": "S3Video",
            "vidkit.retry.policy": "RetryPolicy",
        },
    )
