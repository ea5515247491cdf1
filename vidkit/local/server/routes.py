"""Which service a request is for, and what the service's front end checks before it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from vidkit.local.iam import gateway
from vidkit.local.iam.metadata import KEY_PATH, TOKEN_PATH, check_browser
from vidkit.local.iam.service import check_iam_caller
from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.local.runtime.state import Identity
from vidkit.local.server.unknown_services import is_form
from vidkit.local.signatures.aws import (
    JSON,
    OBJECT_STORE,
    REST_JSON,
    Dialect,
    Payload,
    scoped_service,
    verify_aws,
)
from vidkit.local.signatures.huawei import ALGORITHM as HUAWEI_ALGORITHM

_THUMBNAILS = re.compile(r"/v1/[^/]+/thumbnails/?")
_PROJECT = re.compile(r"/v1/([^/]+)/.*")
# Not the path of an object: names of buckets have at least three characters.
_IAM = re.compile(r"/v3/.+")
_IMAGES = re.compile(r"/getDataEndpoint|(/data/[^/]+)?/(getImages|listFragments)")
_IVS_TAGS = re.compile(r"/tags/arn:aws:ivs:.+")
_IVS = re.compile(
    r"/(Create|Get|Update|Delete)PlaybackRestrictionPolicy|/ListPlaybackRestrictionPolicies"
    r"|/(Create|Get|BatchGet|Update|Delete)Channel|/ListChannels"
    r"|/StopStream|/GetStreamSession|/ListStreamSessions|/tags/arn:aws:ivs:.+"
)
_SNS_VERSION = "2010-03-31"
"""SNS's API version, which each of its forms contains."""
_QUERY = Dialect(
    status=403,
    missing="MissingAuthenticationToken",
    incomplete="IncompleteSignature",
    unknown_key="InvalidClientTokenId",
    wrong_scope="SignatureDoesNotMatch",
    mismatch="SignatureDoesNotMatch",
    skewed="SignatureDoesNotMatch",
    skew=timedelta(minutes=15),
)
"""The errors of services that use the query protocol, or once did."""


@dataclass(frozen=True, slots=True)
class Route:
    """A service, and how AWS requests to it are signed."""

    service: str
    signing_name: str = ""
    dialect: Dialect = JSON


REKOGNITION = Route("rekognition", "rekognition", JSON)
IVS = Route("ivs", "ivs", REST_JSON)
IMAGES = Route("images", "kinesisvideo", REST_JSON)
OBJECTS = Route("objects", "s3", OBJECT_STORE)
SNS = Route("sns", "sns", _QUERY)
SQS = Route("sqs", "sqs", _QUERY)
MPC = Route("mpc")
IAM = Route("iam")
METADATA = Route("metadata")

SAME_ERROR_FORMAT = frozenset({OBJECTS, SNS, SQS, IAM, METADATA})
"""Services whose front end has the same error format as the service itself."""

_BY_TARGET = {"RekognitionService": REKOGNITION, "AmazonSQS": SQS}
_BY_SIGNING_NAME = {
    route.signing_name: route for route in (REKOGNITION, IVS, IMAGES, OBJECTS, SNS, SQS)
}


def find_route(request: Request) -> Route:
    """The service that a request is for.

    What only one service has (a target header, an operation's path) decides before the
    credential scope does, so that a request signed for another service is rejected by the one it
    was sent to. Any other request is path-style S3.

    Raises:
        ApiError: the request is signed for a service that the local cloud does not have.
    """
    target = request.headers.get("X-Amz-Target", "")
    scoped = scoped_service(request)
    huawei = _huawei_route(request, scoped)
    if huawei is not None:
        return huawei
    by_target = _BY_TARGET.get(target.partition(".")[0])
    if by_target is not None:
        return by_target
    if request.method == "POST" and _IMAGES.fullmatch(request.path):
        return IMAGES
    by_ivs = _IVS if request.method == "POST" else _IVS_TAGS
    if by_ivs.fullmatch(request.path):
        return IVS
    if is_form(request) and (scoped == "sqs" or (scoped is None and request.path == "/")):
        return _unscoped_form_route(request, scoped)
    name = scoped or target.partition(".")[0] or OBJECTS.signing_name
    if name not in _BY_SIGNING_NAME:
        raise _unknown_service(f"no service {name!r}")
    return _BY_SIGNING_NAME[name]


def _unscoped_form_route(request: Request, scoped: str | None) -> Route:
    """The service of a form whose signature does not name a service that takes forms."""
    if scoped is not None:
        raise _unknown_service("SQS over JSON 1.0 only, not over the query protocol")
    if dict(parse_qsl(request.body.decode("ascii", "replace"))).get("Version") == _SNS_VERSION:
        return SNS
    raise _unknown_service("no service for this unsigned request")


def _unknown_service(what: str) -> ApiError:
    return ApiError("UnknownOperationException", f"The local cloud has {what}.", status=404)


def _huawei_route(request: Request, scoped: str | None) -> Route | None:
    authorization = request.headers.get("Authorization", "")
    signed = authorization.startswith(HUAWEI_ALGORITHM) or "X-Auth-Token" in request.headers
    if _IAM.fullmatch(request.path) and (signed or scoped is None):
        return IAM
    if signed or _THUMBNAILS.fullmatch(request.path):
        return MPC
    if scoped is None and request.path in {TOKEN_PATH, KEY_PATH}:
        return METADATA
    return None


def authenticate(
    route: Route, request: Request, *, identity: Identity, accounts: HuaweiAccounts, now: datetime
) -> Payload:
    """Check the request's signature as its service requires (blocking: hashes the body).

    Raises:
        ApiError: the request is not authenticated.
    """
    if route is MPC:
        gateway.check_caller(request, identity=identity, accounts=accounts, now=now)
        return Payload(request.body)
    if route is IAM:
        check_iam_caller(request, identity=identity, accounts=accounts, now=now)
        return Payload(request.body)
    if route is METADATA:
        check_browser(request)
        return Payload(request.body)
    return verify_aws(
        request, identity=identity, now=now, service=route.signing_name, dialect=route.dialect
    )


def check_huawei_project(request: Request, *, identity: Identity, accounts: HuaweiAccounts) -> None:
    """Check that a Huawei Cloud request names one existing project.

    Raises:
        ApiError: ``MPC.10203`` or ``MPC.10208``.
    """
    found = _PROJECT.fullmatch(request.path)
    gateway.check_project(request, found and found[1], identity=identity, accounts=accounts)


def unknown_operation(route: Route, request: Request) -> ApiError:
    """The service's error for an operation that it does not have."""
    call = f"{request.method} {request.path}"
    if route in {MPC, IAM}:
        return gateway.unknown_api(request)
    if route is METADATA:
        return ApiError("405", f"Not allowed: {call}", status=405)
    if route is OBJECTS:
        names = "&".join(sorted(name for name, _ in request.query if not _is_signature(name)))
        query = f"?{names}" if names else ""
        return ApiError("NotImplemented", f"{call}{query} is not served here.", status=501)
    message = f"There is no such operation: {call}"
    if route is SNS:
        return ApiError("InvalidAction", message)
    status = 400 if route in {REKOGNITION, SQS} else 404
    return ApiError("UnknownOperationException", message, status=status)


def _is_signature(parameter: str) -> bool:
    return parameter.lower().startswith("x-amz-")


def internal_error(route: Route) -> ApiError:
    """The service's error for a failure of its own."""
    code = {
        "rekognition": "InternalServerError",
        "ivs": "InternalServerException",
        "images": "InternalFailure",
        "objects": "InternalError",
        "sns": "InternalError",
        "sqs": "InternalFailure",
        "mpc": "MPC.10212",
        "iam": "500",
        "metadata": "500",
    }[route.service]
    return ApiError(code, "Operation failed: an internal error.", status=500)


def too_large(route: Route) -> ApiError:
    """The service's error for a body that exceeds the server's limit."""
    message = "The request body is too large."
    if route in {MPC, IAM}:
        return gateway.too_large()
    if route is OBJECTS:
        return ApiError("EntityTooLarge", message)
    return ApiError("RequestEntityTooLargeException", message, status=413)


def front_end_error_response(route: Route, error: ApiError, request_id: str) -> Response:
    """An error of the front end, which for most services differs from their own format."""
    if route is MPC:
        return gateway.gateway_error_response(error, request_id)
    if route is REKOGNITION:
        content = {"__type": error.code, "message": error.message}
        return Response.json(content, status=error.status, media_type="application/x-amz-json-1.1")
    content = {"message": error.message}
    response = Response.json(content, status=error.status, media_type="application/json")
    return Response(
        response.status, response.body, {**response.headers, "x-amzn-ErrorType": error.code}
    )


def with_request_id(route: Route | None, response: Response, request_id: str) -> Response:
    """The response with its request id in the header that the service's clients read."""
    if route is SNS:
        # SNS also writes the id into its documents, so it has already set the header.
        named = {} if "x-amzn-RequestId" in response.headers else {"x-amzn-RequestId": request_id}
    elif route is MPC:
        named = {"X-Request-Id": request_id}
    elif route is IAM:
        named = {"X-Request-Id": request_id, "X-IAM-Trace-Id": f"token_local_null_{request_id}"}
    elif route is METADATA:
        named = {}
    elif route is OBJECTS:
        named = {"x-amz-request-id": request_id, "x-amz-id-2": f"local/{request_id}"}
    else:
        named = {"x-amzn-RequestId": request_id}
    return Response(response.status, response.body, {**response.headers, **named})
