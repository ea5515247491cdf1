"""The operations of stream processors, and their parameters with the rules for combining them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from vidkit.calls.operation import Nothing, Operation
from vidkit.models.aws_tags import check_tags
from vidkit.models.requests import PascalRequest
from vidkit.rekognition.models import RegionsOfInterest
from vidkit.rekognition.stream_processors.models import (
    StreamProcessingStartSelector,
    StreamProcessingStopSelector,
    StreamProcessorDataSharingPreference,
    StreamProcessorInput,
    StreamProcessorNotificationChannel,
    StreamProcessorOutput,
    StreamProcessorParameterToDelete,
    StreamProcessorSettings,
    StreamProcessorSettingsForUpdate,
)
from vidkit.rekognition.stream_processors.responses import (
    CreateStreamProcessorResponse,
    DescribeStreamProcessorResponse,
    ListStreamProcessorsResponse,
    StartStreamProcessorResponse,
)

__all__ = [
    "CREATE",
    "DELETE",
    "DESCRIBE",
    "LIST",
    "START",
    "START_SESSION",
    "STOP",
    "UPDATE",
    "CreateStreamProcessorRequest",
    "DeleteStreamProcessorRequest",
    "DescribeStreamProcessorRequest",
    "ListStreamProcessorsRequest",
    "StartStreamProcessorRequest",
    "StopStreamProcessorRequest",
    "UpdateStreamProcessorRequest",
]

_API = "rekognition"

# Idempotent, because the name is unique: a retry finds it in use and creates no second processor.
CREATE = Operation(_API, "CreateStreamProcessor", CreateStreamProcessorResponse)
DESCRIBE = Operation(_API, "DescribeStreamProcessor", DescribeStreamProcessorResponse)
LIST = Operation(_API, "ListStreamProcessors", ListStreamProcessorsResponse)
# Idempotent for face search, which runs until it is stopped: a retry finds the processor in use.
START = Operation(_API, "StartStreamProcessor", StartStreamProcessorResponse)
# Not idempotent for label detection: its session can end before a retry, which then starts a second
# session of the same video, with its own events and charges.
START_SESSION = Operation(
    _API, "StartStreamProcessor", StartStreamProcessorResponse, idempotent=False
)
# Idempotent: repeating a stop, a deletion or an update with the same values changes nothing.
STOP = Operation(_API, "StopStreamProcessor", Nothing)
UPDATE = Operation(_API, "UpdateStreamProcessor", Nothing)
DELETE = Operation(_API, "DeleteStreamProcessor", Nothing)

_Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.\-]{1,128}$")]
_RoleArn = Annotated[
    str, StringConstraints(pattern=r"^arn:[a-z0-9-]+:iam::[0-9]{12}:role/?[a-zA-Z0-9_+=,.@/-]+$")
]

_MAX_TAGS = 200


class _StreamProcessorRequest(PascalRequest):
    service: ClassVar[str | None] = _API


class _NamedRequest(_StreamProcessorRequest):
    name: _Name


class CreateStreamProcessorRequest(_NamedRequest):
    """The parameters of ``CreateStreamProcessor``."""

    input: StreamProcessorInput
    output: StreamProcessorOutput
    settings: StreamProcessorSettings
    role_arn: _RoleArn
    tags: (
        Annotated[Mapping[str, str], AfterValidator(partial(check_tags, maximum=_MAX_TAGS))] | None
    ) = None
    notification_channel: StreamProcessorNotificationChannel | None = None
    kms_key_id: (
        Annotated[
            str, StringConstraints(max_length=2048, pattern=r"^[A-Za-z0-9][A-Za-z0-9:_/+=,@.-]*$")
        ]
        | None
    ) = None
    regions_of_interest: RegionsOfInterest | None = None
    data_sharing_preference: StreamProcessorDataSharingPreference | None = None

    @model_validator(mode="after")
    def _check_settings(self) -> Self:
        if self.settings.face_search is not None:
            self._check_face_search()
        else:
            self._check_connected_home()
        return self

    def _check_face_search(self) -> None:
        if self.output.kinesis_data_stream is None:
            raise ValueError("output: face search needs kinesis_data_stream, not s3_destination")
        for name in ("kms_key_id", "regions_of_interest"):
            if getattr(self, name) is not None:
                raise ValueError(f"{name}: is for label detection (connected_home) only")

    def _check_connected_home(self) -> None:
        if self.output.s3_destination is None:
            raise ValueError(
                "output: label detection (connected_home) needs s3_destination, not "
                "kinesis_data_stream"
            )
        if self.notification_channel is None:
            raise ValueError(
                "notification_channel: missing; label detection (connected_home) needs it"
            )


class DescribeStreamProcessorRequest(_NamedRequest):
    """The parameters of ``DescribeStreamProcessor``."""


class StopStreamProcessorRequest(_NamedRequest):
    """The parameters of ``StopStreamProcessor``."""


class DeleteStreamProcessorRequest(_NamedRequest):
    """The parameters of ``DeleteStreamProcessor``."""


class ListStreamProcessorsRequest(_StreamProcessorRequest):
    """The parameters of ``ListStreamProcessors``."""

    max_results: Annotated[int, Field(ge=1, strict=True)]
    next_token: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


class StartStreamProcessorRequest(_NamedRequest):
    """The parameters of ``StartStreamProcessor``."""

    start_selector: StreamProcessingStartSelector | None = None
    stop_selector: StreamProcessingStopSelector | None = None

    @model_validator(mode="after")
    def _has_both_selectors_or_none(self) -> Self:
        if (self.start_selector is None) is not (self.stop_selector is None):
            missing = "start_selector" if self.start_selector is None else "stop_selector"
            raise ValueError(
                f"{missing}: missing; label detection needs both selectors, face search takes none"
            )
        return self


class UpdateStreamProcessorRequest(_NamedRequest):
    """The parameters of ``UpdateStreamProcessor``."""

    settings_for_update: StreamProcessorSettingsForUpdate | None = None
    regions_of_interest_for_update: RegionsOfInterest | None = None
    data_sharing_preference_for_update: StreamProcessorDataSharingPreference | None = None
    parameters_to_delete: Sequence[StreamProcessorParameterToDelete] | None = None
