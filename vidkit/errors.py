"""The errors of vidkit: one class for each next step of a caller.

Transports and services raise no other exceptions. `service_error` chooses the class for an error
response: by the service's error code, or by the HTTP status if the code is unknown.
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
    "unforeseen",
]


class VidKitError(Exception):
    """The base class of all errors of vidkit; catch it to handle any of them.

    Attributes:
        message: what happened, and what to do about it.
        service: vidkit's name of the service, such as ``rekognition``, or None.
        operation: the API operation, such as ``StartLabelDetection``, or None.
        code: the service's error code, or None.
        status: the HTTP status, or None if no response arrived.
        request_id: the service's id of the request, for its support, or None.
        attempts: the number of attempts that were made.
        retryable: whether the same call may succeed later.
        retry_after: the seconds to wait that the service requested, or None.
        ambiguous: whether the service may have carried out the request in spite of the error.
        next_token: the page token with which a pager continues after this error, or None.
        job_token: the token of the job that was awaited, for ``VidKit.resume``, or None.
        costs_budget: whether a retry takes tokens from the retry budget of the service. After a
            failed refresh of credentials it does not, since the service is not the cause.

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
        self.costs_budget: bool = True

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
        return _unpickle, (type(self), self.message, self.__dict__)

    def located(self, service: str, operation: str) -> Self:
        """Set ``service`` and ``operation`` if missing, and return the error."""
        self.service = self.service or service
        self.operation = self.operation or operation
        return self


def _unpickle(cls: type[VidKitError], message: str, state: Mapping[str, Any]) -> VidKitError:
    error = cls.__new__(cls, message)
    # Set explicitly: VidKitTimeoutError is an OSError, which does not take them from __new__.
    error.args = (message,)
    error.__dict__.update(state)
    return error


class ConfigError(VidKitError):
    """The configuration is incomplete or invalid; correct it.

    The message names the field: region, credentials, endpoint or another option.
    """


class RequestError(VidKitError):
    """The request was rejected before it was sent; correct the parameter."""


class NotSupportedError(RequestError):
    """The service has no such operation for this resource; do without it.

    Nothing was sent.
    """


class ServiceError(VidKitError):
    """The service returned an error response; see the subclasses."""


class AuthError(ServiceError):
    """The credentials are invalid, expired or lack a permission; fix them."""


class NotFoundError(ServiceError):
    """The stream, job, policy or task does not exist; check its name or id."""


class ConflictError(ServiceError):
    """The state of the resource does not allow the request; change it first."""


class InvalidRequestError(ServiceError):
    """The service rejected the request as invalid; correct the parameters."""


class QuotaError(ServiceError):
    """A quota of the account is reached; wait for other work, or raise it."""


class ThrottledError(ServiceError):
    """The service throttled the request; try again later, at a lower rate."""


class UnavailableError(ServiceError):
    """The service failed or is unavailable; try again later."""


class TransportError(VidKitError):
    """No complete response arrived; check the network, and try again.

    For example: a connection was refused or reset, TLS or DNS failed, or the body was incomplete;
    or no file descriptor was free.
    """


class VidKitTimeoutError(VidKitError, TimeoutError):
    """The deadline or a timeout passed; allow more time, or try again.

    It is also a built-in ``TimeoutError``.
    """


class AmbiguousError(VidKitError):
    """The request may have been carried out; check before you repeat it.

    Without a check, the repeated request could be carried out a second time.

    Attributes:
        marker: the value to search for: of an MPC task, its ``user_data``. None if the API has no
            field for a marker.
    """

    marker: str | None = None


class DecodeError(VidKitError):
    """The response does not match the API; try again, or report it."""


class JobError(VidKitError):
    """A job did not succeed; see the subclasses."""


class JobFailedError(JobError):
    """The job failed; correct what the service's message says, and start anew."""


class JobCanceledError(JobError):
    """The job was canceled before it ended; start a new one if you need it."""


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
            "ConflictException IdempotentParameterMismatchException "
            "ResourceAlreadyExistsException ResourceInUseException ResourceNotReadyException "
            "MPC.10213"
        ),
        InvalidRequestError: (
            "ImageTooLargeException InvalidArgumentException InvalidImageFormatException "
            "InvalidPaginationTokenException InvalidParameterException InvalidS3ObjectException "
            "NoDataRetentionException SerializationException UnknownOperationException "
            "ValidationException VideoTooLargeException MPC.10202 MPC.10204 MPC.10205 MPC.10209"
        ),
        QuotaError: (
            "HumanLoopQuotaExceededException LimitExceededException ServiceQuotaExceededException"
        ),
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
    """The error of calls on a kit that is closed, or closed meanwhile."""
    return RequestError("this VidKit is closed; make a new one")


def unforeseen(error: Exception) -> VidKitError:
    """The error of work that failed for a reason that is none of vidkit's.

    Its message has only the name of the class: the text of the exception may have a secret.
    """
    return VidKitError(f"{type(error).__name__} was raised; please report it")


def _error_class(code: str | None, status: int) -> type[ServiceError]:
    # Huawei's documentation has the codes of the gateway in two forms, APIGW.xxxx and APIG.xxxx.
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
    """The error for an error response of a service.

    Args:
        code: the service's error code, or None.
        status: the HTTP status.
        message: the service's message, or None.
        request_id: the service's id of the request, or None.
        retry_after: the seconds to wait that the service requested, or None.
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
