"""The error tree: one class for each thing a caller does next.

Transports and services raise these and nothing else. Which class an answer of a service becomes
is decided in one place, `service_error`, by the service's own code first and by the HTTP status
where the code says nothing.
"""

from collections.abc import Mapping
from typing import Any, Self

__all__ = [
    "AmbiguousError",
    "AuthError",
    "ConfigError",
    "ConflictError",
    "DecodeError",
    "InvalidRequestError",
    "JobCanceledError",
    "JobError",
    "JobFailedError",
    "NotFoundError",
    "NotSupportedError",
    "QuotaError",
    "RequestError",
    "ServiceError",
    "ThrottledError",
    "TransportError",
    "UnavailableError",
    "VidKitError",
    "VidKitTimeoutError",
    "kit_closed",
    "service_error",
]


class VidKitError(Exception):
    """Anything that went wrong in vidkit.

    Attributes:
        message: what happened and what to do about it.
        service: vidkit's name of the service, such as ``rekognition``, or None.
        operation: the API operation, such as ``StartLabelDetection``, or None.
        code: the service's own error code, or None.
        status: the HTTP status, or None when there was no answer.
        request_id: the service's id of the request, for its support, or None.
        attempts: how many times the request was sent or tried.
        retryable: whether the same call may succeed later.
        retry_after: seconds the service asked to wait, or None.
        ambiguous: whether the service may have carried the request out all the same.
        next_token: where a pager goes on after this error, or None.
        job_token: the token of the job that was waited for, for ``VidKit.resume``, or None.

    Example:
        >>> error = VidKitError("no such stream", service="images", operation="GetImages")
        >>> str(error)
        'images.GetImages: no such stream'
    """

    def __init__(
        self,
        message: str,
        *,
        service: str | None = None,
        operation: str | None = None,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        attempts: int = 0,
        retryable: bool = False,
        retry_after: float | None = None,
        ambiguous: bool = False,
        next_token: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.service = service
        self.operation = operation
        self.code = code
        self.status = status
        self.request_id = request_id
        self.attempts = attempts
        self.retryable = retryable
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.next_token = next_token
        self.job_token: str | None = None

    def __str__(self) -> str:
        where = ".".join(part for part in (self.service, self.operation) if part)
        head = ": ".join(part for part in (where, self.code, self.message) if part)
        facts = [
            f"status {self.status}" if self.status is not None else "",
            f"request id {self.request_id}" if self.request_id else "",
            f"{self.attempts} attempts" if self.attempts > 1 else "",
        ]
        tail = ", ".join(fact for fact in facts if fact)
        return f"{head} ({tail})" if tail else head

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.__dict__)

    def located(self, service: str, operation: str) -> Self:
        """This error, with service and operation filled in where they are missing."""
        self.service = self.service or service
        self.operation = self.operation or operation
        return self


def _rebuild(cls: type[VidKitError], message: str, state: Mapping[str, Any]) -> VidKitError:
    error = cls.__new__(cls, message)
    # A TimeoutError is an OSError, which takes its arguments in __init__.
    error.args = (message,)
    error.__dict__.update(state)
    return error


class ConfigError(VidKitError):
    """The configuration is incomplete or wrong: region, credentials, endpoint, options."""


class RequestError(VidKitError):
    """Refused before anything was sent: a parameter is missing, unknown or out of range."""


class NotSupportedError(RequestError):
    """The service has no such operation for this resource, so nothing was sent."""


class ServiceError(VidKitError):
    """The service answered with an error."""


class AuthError(ServiceError):
    """The credentials are wrong, expired, or lack the permission."""


class NotFoundError(ServiceError):
    """The stream, job, policy or task does not exist."""


class ConflictError(ServiceError):
    """The resource is in a state, or in use, that does not admit the request."""


class InvalidRequestError(ServiceError):
    """The service found the request invalid."""


class QuotaError(ServiceError):
    """An account limit is reached; it ends when work ends or the quota is raised."""


class ThrottledError(ServiceError):
    """Too many requests a second; try again, slower."""


class UnavailableError(ServiceError):
    """The service failed on its side; try again later."""


class TransportError(VidKitError):
    """No whole answer came: connection refused, reset, TLS or DNS failure, half a body."""


class VidKitTimeoutError(VidKitError, TimeoutError):
    """The deadline passed; also a built-in ``TimeoutError``."""


class AmbiguousError(VidKitError):
    """The request may or may not have been carried out, and repeating it could do it twice.

    Attributes:
        marker: by what to know the thing if it is there: of an MPC task, its ``user_data``; None
            where the API has no room for a marker.
    """

    marker: str | None = None


class DecodeError(VidKitError):
    """The service's answer is not what its API promises."""


class JobError(VidKitError):
    """A job did not succeed."""


class JobFailedError(JobError):
    """The service ended the job as failed; the message is the service's."""


class JobCanceledError(JobError):
    """The job was canceled before it ended."""


_BY_CODE: dict[str, type[ServiceError]] = {
    code: error
    for error, codes in {
        AuthError: (
            "AccessDenied AccessDeniedException ExpiredToken ExpiredTokenException "
            "IncompleteSignature IncompleteSignatureException InvalidAccessKeyId "
            "InvalidClientTokenId InvalidSignatureException MissingAuthenticationToken "
            "MissingAuthenticationTokenException NotAuthorizedException PendingVerification "
            "RequestExpired RequestTimeTooSkewed SignatureDoesNotMatch "
            "UnrecognizedClientException AuthorizationError AuthorizationErrorException "
            "MPC.10203 MPC.10206 MPC.10207 MPC.10208 APIGW.0301 "
            "APIGW.0302 APIGW.0303 APIGW.0305 APIGW.0307"
        ),
        NotFoundError: (
            "ChannelNotBroadcasting NotFound NotFoundException QueueDoesNotExist "
            "ResourceNotFoundException NoSuchKey NoSuchBucket MPC.10211 "
            "MPC.363011005 APIGW.0101"
        ),
        ConflictError: (
            "ConflictException IdempotentParameterMismatchException ResourceInUseException "
            "MPC.10213"
        ),
        InvalidRequestError: (
            "InvalidArgumentException InvalidPaginationTokenException InvalidParameterException "
            "InvalidS3ObjectException NoDataRetentionException SerializationException "
            "UnknownOperationException ValidationException VideoTooLargeException MPC.10202 "
            "MPC.10204 MPC.10205 MPC.10209"
        ),
        QuotaError: "LimitExceededException ServiceQuotaExceededException",
        ThrottledError: (
            "ClientLimitExceededException ProvisionedThroughputExceededException "
            "RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown Throttling "
            "ThrottledException ThrottlingException TooManyRequestsException APIGW.0308"
        ),
        UnavailableError: (
            "InternalFailure InternalServerError InternalServerException RequestTimeout "
            "RequestTimeoutException ServiceUnavailable ServiceUnavailableException "
            "StreamUnavailable MPC.10050"
        ),
    }.items()
    for code in codes.split()
}

_BY_STATUS: dict[int, type[ServiceError]] = {
    401: AuthError,
    402: QuotaError,
    403: AuthError,
    404: NotFoundError,
    408: UnavailableError,
    409: ConflictError,
    429: ThrottledError,
}

_REDIRECTS = range(300, 400)
_REQUEST_FAULTS = range(400, 500)
_SERVICE_FAULTS = range(500, 600)


def kit_closed() -> RequestError:
    """What becomes of calls on a kit that is closed, or that closes while they are under way."""
    return RequestError("this VidKit is closed; make a new one")


def _error_class(code: str | None, status: int) -> type[ServiceError]:
    # Huawei's gateway spells its codes APIGW.xxxx or APIG.xxxx, by the page one reads.
    known = _BY_CODE.get((code or "").replace("APIG.", "APIGW."))
    if known is not None:
        return known
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status in _REQUEST_FAULTS:
        return InvalidRequestError
    return UnavailableError if status in _SERVICE_FAULTS else ServiceError


def service_error(
    *,
    code: str | None,
    status: int,
    message: str | None,
    request_id: str | None = None,
    retry_after: float | None = None,
) -> ServiceError:
    """The error that a service's refusal becomes.

    Args:
        code: the service's error code, if the answer had one.
        status: the HTTP status.
        message: the service's message, if the answer had one.
        request_id: the service's id of the request.
        retry_after: seconds the service asked to wait.
    """
    error = _error_class(code, status)
    if message is None:
        message = (
            "redirected, which is never followed" if status in _REDIRECTS else "no message given"
        )
    return error(
        message,
        code=code,
        status=status,
        request_id=request_id,
        retry_after=retry_after,
        retryable=error in {ThrottledError, UnavailableError},
        ambiguous=error is UnavailableError,
    )
