"""Which service a request belongs to, and what its front door checks."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from vidkit.local.signatures.huawei import verify_huawei
from vidkit.local.state import Identity
from vidkit.local.wire import Answer, Fault, Request

_THUMBNAILS = re.compile(r"/v1/[^/]+/thumbnails/?")
_PROJECT = re.compile(r"/v1/([^/]+)/.*")
_IMAGES = re.compile(r"/getDataEndpoint|(/data/[^/]+)?/getImages")
_POLICIES = re.compile(
    r"/(Create|Get|Update|Delete)PlaybackRestrictionPolicy|/ListPlaybackRestrictionPolicies"
)
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
"""How services word it that speak the query protocol, or once did."""


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

ONE_VOICE = frozenset({OBJECTS, SNS, SQS})
"""Services whose front door refuses in the same format as they do themselves."""

_BY_TARGET = {"RekognitionService": REKOGNITION, "AmazonSQS": SQS}
_BY_SIGNING_NAME = {
    route.signing_name: route for route in (REKOGNITION, IVS, IMAGES, OBJECTS, SNS, SQS)
}


def find_route(request: Request) -> Route:
    """The service that a request is for.

    What only one service has (a target header, an operation's path) decides before the
    credential scope does, so that a request signed for another service is refused by the one it
    was sent to. What nobody claims is path-style S3.

    Raises:
        Fault: the request is signed for a service that is not here.
    """
    target = request.headers.get("X-Amz-Target", "")
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith(HUAWEI_ALGORITHM) or _THUMBNAILS.fullmatch(request.path):
        return MPC
    by_target = _BY_TARGET.get(target.partition(".")[0])
    if by_target is not None:
        return by_target
    if request.method == "POST" and _IMAGES.fullmatch(request.path):
        return IMAGES
    if request.method == "POST" and _POLICIES.fullmatch(request.path):
        return IVS
    scoped = scoped_service(request)
    if scoped is None:
        return OBJECTS
    if scoped not in _BY_SIGNING_NAME:
        raise Fault(
            "UnknownOperationException", f"The local cloud has no service {scoped!r}.", status=404
        )
    return _BY_SIGNING_NAME[scoped]


def verify(route: Route, request: Request, *, identity: Identity, now: datetime) -> Payload:
    """Check the request's signature in the way of its service (blocking: hashes the body).

    Raises:
        Fault: the front door refuses.
    """
    if route is MPC:
        verify_huawei(request, identity=identity, now=now)
        return Payload(request.body)
    return verify_aws(
        request, identity=identity, now=now, service=route.signing_name, dialect=route.dialect
    )


def check_project(request: Request, identity: Identity) -> None:
    """Hold a Huawei Cloud request to the one project there is.

    Raises:
        Fault: ``MPC.10208``.
    """
    found = _PROJECT.fullmatch(request.path)
    named = {found[1] if found else identity.project_id}
    named.add(request.headers.get("X-Project-Id", identity.project_id))
    if named != {identity.project_id}:
        raise Fault("MPC.10208", "Failed to verify the tenant ID.", status=403)


def unknown_operation(route: Route, request: Request) -> Fault:
    """What a service says to an operation that it does not have."""
    asked = f"{request.method} {request.path}"
    if route is MPC:
        return Fault("APIGW.0101", f"The API does not exist: {asked}", status=404)
    if route is OBJECTS:
        return Fault("NotImplemented", f"{asked} is not served here.", status=501)
    message = f"There is no such operation: {asked}"
    if route is SNS:
        return Fault("InvalidAction", message)
    status = 400 if route in {REKOGNITION, SQS} else 404
    return Fault("UnknownOperationException", message, status=status)


def internal_error(route: Route) -> Fault:
    """What a service says when it fails itself."""
    code = {
        "rekognition": "InternalServerError",
        "ivs": "InternalServerException",
        "images": "InternalFailure",
        "objects": "InternalError",
        "sns": "InternalError",
        "sqs": "InternalFailure",
        "mpc": "MPC.10212",
    }[route.service]
    return Fault(code, "Operation failed: an internal error.", status=500)


def too_large(route: Route) -> Fault:
    """What a service says to a body beyond the server's limit."""
    message = "The request body is too large."
    if route is MPC:
        return Fault("APIGW.0201", message, status=413)
    if route is OBJECTS:
        return Fault("EntityTooLarge", message)
    return Fault("RequestEntityTooLargeException", message, status=413)


def front_refusal(route: Route | None, fault: Fault, request_id: str) -> Answer:
    """A refusal of the front door, which most services word unlike their own."""
    if route is MPC:
        content = {"error_msg": fault.message, "error_code": fault.code, "request_id": request_id}
        return Answer.json(content, status=fault.status, media_type="application/json")
    if route is REKOGNITION:
        content = {"__type": fault.code, "message": fault.message}
        return Answer.json(content, status=fault.status, media_type="application/x-amz-json-1.1")
    content = {"message": fault.message}
    if route is None:
        # Whose format the client reads is not known: both places where types are looked for.
        content["__type"] = fault.code
    answer = Answer.json(content, status=fault.status, media_type="application/json")
    return Answer(answer.status, answer.body, {**answer.headers, "x-amzn-ErrorType": fault.code})


def identified(route: Route | None, answer: Answer, request_id: str) -> Answer:
    """The answer with its request id in the header where the service's clients look for it."""
    if route is SNS:
        # Its documents hold the id as well, so the service has said it.
        named = {} if "x-amzn-RequestId" in answer.headers else {"x-amzn-RequestId": request_id}
    elif route is MPC:
        named = {"X-Request-Id": request_id}
    elif route is OBJECTS:
        named = {"x-amz-request-id": request_id, "x-amz-id-2": f"local/{request_id}"}
    else:
        named = {"x-amzn-RequestId": request_id}
    return Answer(answer.status, answer.body, {**answer.headers, **named})
