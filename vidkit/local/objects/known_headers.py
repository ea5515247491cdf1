"""The headers of S3 requests: which are served, and which are kept with an object."""

import re
from collections.abc import Mapping
from typing import Final

from vidkit.local.protocol.wire import ApiError, Request

METADATA_PREFIX: Final = "x-amz-meta-"

_CONTENT: Final = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)
OVERRIDES: Final = {f"response-{name}": name for name in (*_CONTENT, "content-type")}
"""The query parameters of GetObject that replace a header of its response."""

_SIGNATURE: Final = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)
# They change no result: signatures, checksums, framing, and what only informs the service.
_WITHOUT_EFFECT: Final = _SIGNATURE | {
    "x-amz-content-sha256",
    "x-amz-security-token",
    "x-amz-decoded-content-length",
    "x-amz-trailer",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-request-payer",
    "x-amz-user-agent",
}
_CHECKSUMS: Final = "x-amz-checksum-"
# Headers with the only value that is served, which is S3's own default.
_DEFAULTS: Final = {
    "x-amz-acl": "private",
    "x-amz-object-ownership": "BucketOwnerEnforced",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-storage-class": "STANDARD",
}
_OWNER: Final = "x-amz-expected-bucket-owner"
_READ_CONDITIONS: Final = frozenset(
    {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"}
)
_WRITE_CONDITIONS: Final = frozenset({"if-match", "if-none-match"})
_BY_OPERATION: Final[Mapping[str, frozenset[str]]] = {
    "GetObject": _READ_CONDITIONS,
    "HeadObject": _READ_CONDITIONS,
    "PutObject": _WRITE_CONDITIONS,
    "CompleteMultipartUpload": _WRITE_CONDITIONS | {"x-amz-mp-object-size"},
}
_NEW_OBJECTS: Final = frozenset({"PutObject", "CreateMultipartUpload"})
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


def is_header_parameter(name: str) -> bool:
    """Whether a query parameter is a header, as in presigned URLs."""
    return name.lower().startswith("x-amz-")


def headers_of(request: Request) -> dict[str, str]:
    """The headers of a request, names in lower case, with those that its query contains.

    Raises:
        ApiError: the query contains a value that cannot be one of a header.
    """
    hoisted = {
        name.lower(): header_value(name, value)
        for name, value in request.query
        if is_header_parameter(name)
    }
    return hoisted | {name.lower(): value for name, value in request.headers.items()}


def header_value(name: str, value: str) -> str:
    """A value of the query that is a header's value.

    Raises:
        ApiError: it contains a control character, such as a line end.
    """
    if _CONTROL_CHARACTER.search(value):
        raise ApiError("InvalidArgument", f"{name} contains a control character.")
    return value


def check_headers(operation: str, headers: Mapping[str, str], *, account_id: str) -> None:
    """Check that a request has no header whose effect is missing here.

    Args:
        operation: the operation, such as ``PutObject``.
        headers: the result of ``headers_of``.
        account_id: the owner of all buckets.

    Raises:
        ApiError: ``NotImplemented``, which names the header; ``AccessDenied`` when another owner of
            the bucket is expected.
    """
    if headers.get(_OWNER, account_id) != account_id:
        raise ApiError("AccessDenied", f"{_OWNER} is not the bucket's owner.", status=403)
    for name, value in headers.items():
        if name.startswith(("x-amz-", "if-")) and not _is_served(operation, name, value):
            default = _DEFAULTS.get(name)
            reason = f"; only {default} is" if default else ""
            raise ApiError(
                "NotImplemented",
                f"The header {name} of {operation} is not served here{reason}.",
                status=501,
            )


def content_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an upload that are returned with the object."""
    kept = {name: headers[name] for name in _CONTENT if name in headers}
    codings = [coding.strip() for coding in kept.pop("content-encoding", "").split(",")]
    # The framing of the upload is no coding of the object.
    if stored := ", ".join(each for each in codings if each not in {"", "aws-chunked"}):
        kept["content-encoding"] = stored
    return kept


def _is_served(operation: str, name: str, value: str) -> bool:
    if name in _DEFAULTS:
        return value == _DEFAULTS[name]
    if name.startswith(METADATA_PREFIX):
        return operation in _NEW_OBJECTS
    return (
        name in _WITHOUT_EFFECT
        or name == _OWNER
        or name.startswith(_CHECKSUMS)
        or name in _BY_OPERATION.get(operation, ())
    )
