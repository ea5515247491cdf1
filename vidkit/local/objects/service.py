"""The object store of the local cloud, over the S3 API."""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from vidkit.local.objects.buckets import check_location
from vidkit.local.objects.conditions import check_read, check_write
from vidkit.local.objects.known_headers import (
    METADATA_PREFIX,
    OVERRIDES,
    check_headers,
    content_headers,
    header_value,
    headers_of,
    is_header_parameter,
)
from vidkit.local.objects.listing import list_buckets, list_objects
from vidkit.local.objects.multipart import MultipartUploads
from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.objects.xml import document
from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_worker_thread

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MAX_KEY_BYTES: Final = 1024
_DEFAULT_TYPE: Final = "binary/octet-stream"
# No object has a size of more digits.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")

# Operations by method, whether the path has a key, and the query's subresource.
_OPERATIONS: Final = {
    ("GET", False, ""): "ListObjectsV2",
    ("HEAD", False, ""): "HeadBucket",
    ("PUT", False, ""): "CreateBucket",
    ("DELETE", False, ""): "DeleteBucket",
    ("GET", True, ""): "GetObject",
    ("HEAD", True, ""): "HeadObject",
    ("PUT", True, ""): "PutObject",
    ("DELETE", True, ""): "DeleteObject",
    ("POST", True, "uploads"): "CreateMultipartUpload",
    ("PUT", True, "partNumber uploadId"): "UploadPart",
    ("POST", True, "uploadId"): "CompleteMultipartUpload",
    ("DELETE", True, "uploadId"): "AbortMultipartUpload",
}
_LIST_PARAMETERS: Final = frozenset(
    {
        "list-type",
        "prefix",
        "delimiter",
        "max-keys",
        "continuation-token",
        "start-after",
        "encoding-type",
        "fetch-owner",
    }
)
_CHECKSUMS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "content-md5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
}


class ObjectsService:
    """Buckets and objects, with path-style URLs.

    PutObject, GetObject (also with ranges), HeadObject, DeleteObject, ListObjectsV2, CreateBucket,
    HeadBucket, DeleteBucket, ListBuckets, and multipart uploads. Objects that clients upload are
    kept in memory. A header or a parameter that is not served is an error that names it; conditions
    (``If-Match`` and so on) are served for reading, writing and completing.
    """

    name = "objects"

    def __init__(self, state: State) -> None:
        self._state = state
        self._kept = state.of(ObjectsState)
        self._uploads = MultipartUploads()

    def operation(self, request: Request) -> str | None:
        """The operation that method, path and subresource name."""
        bucket, name = _split(request)
        parameters = {key for key, _ in request.query if not _is_neutral(key)}
        if not bucket:
            return "ListBuckets" if request.method == "GET" and not parameters else None
        if request.method in {"GET", "HEAD"} and name:
            parameters -= OVERRIDES.keys()
        operation = _OPERATIONS.get((request.method, bool(name), " ".join(sorted(parameters))))
        if request.method == "GET" and not name and parameters <= _LIST_PARAMETERS:
            version = dict(request.query).get("list-type")
            operation = "ListObjectsV2" if version == "2" else None
        return operation

    async def handle(self, operation: str, request: Request) -> Response:
        """Carry out one request.

        Raises:
            ApiError: the service rejects the request.
        """
        bucket, name = _split(request)
        headers = headers_of(request)
        check_headers(operation, headers, account_id=self._state.identity.account_id)
        if operation == "ListBuckets":
            return list_buckets(self._state)
        if operation == "CreateBucket":
            check_location(request.body, region=self._state.identity.region)
            return self._create_bucket(bucket)
        self._check_bucket(bucket)
        if name:
            return await self._handle_object(operation, bucket, name, request, headers)
        match operation:
            case "HeadBucket":
                return Response(headers={"x-amz-bucket-region": self._state.identity.region})
            case "DeleteBucket":
                return self._delete_bucket(bucket)
            case _:
                contents = [
                    stored for stored in self._kept.objects.values() if stored.bucket == bucket
                ]
                owner = self._state.identity.account_id
                return await in_worker_thread(
                    list_objects, bucket, contents, request.query, owner=owner
                )

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error: an XML document."""
        content: dict[str, object] = {"Code": error.code, "Message": error.message}
        if error.code == "AuthorizationHeaderMalformed":
            # Clients read the correct region here and sign again.
            content["Region"] = self._state.identity.region
        body = document("Error", content | {"RequestId": request_id}, namespace=False)
        return Response(status=error.status, body=body, headers={"Content-Type": "application/xml"})

    async def close(self) -> None:
        """Drop the uploads that were not completed."""
        self._uploads.clear()

    async def _handle_object(
        self,
        operation: str,
        bucket: str,
        name: str,
        request: Request,
        headers: Mapping[str, str],
    ) -> Response:
        match operation:
            case "GetObject" | "HeadObject":
                return await self._get(bucket, name, request, headers)
            case "DeleteObject":
                # The bucket stays when its last object is deleted.
                self._kept.buckets.add(bucket)
                self._kept.objects.pop((bucket, name), None)
                return Response(status=204)
            case _:
                return await self._write(operation, bucket, name, request, headers)

    def _create_bucket(self, bucket: str) -> Response:
        if not _BUCKET.fullmatch(bucket):
            raise ApiError("InvalidBucketName", f"{bucket!r} is no valid name of a bucket.")
        self._kept.buckets.add(bucket)
        return Response(headers={"Location": f"/{bucket}"})

    def _delete_bucket(self, bucket: str) -> Response:
        if any(owner == bucket for owner, _ in self._kept.objects):
            raise ApiError("BucketNotEmpty", "The bucket still holds objects.", status=409)
        self._kept.buckets.discard(bucket)
        return Response(status=204)

    def _check_bucket(self, bucket: str) -> None:
        kept = self._kept
        if bucket not in kept.buckets and all(owner != bucket for owner, _ in kept.objects):
            raise ApiError("NoSuchBucket", f"There is no bucket {bucket!r}.", status=404)

    async def _get(
        self, bucket: str, name: str, request: Request, headers: Mapping[str, str]
    ) -> Response:
        stored = self._kept.objects.get((bucket, name))
        if stored is None:
            raise _no_such_key(name)
        overrides = {
            OVERRIDES[key]: header_value(key, value)
            for key, value in request.query
            if key in OVERRIDES
        }
        try:
            response = await in_worker_thread(_object_response, stored, headers, overrides)
        except OSError:
            raise _no_such_key(name) from None
        if request.method == "GET":
            return response
        length = str(len(response.body))
        return Response(response.status, headers={**response.headers, "Content-Length": length})

    async def _write(
        self,
        operation: str,
        bucket: str,
        name: str,
        request: Request,
        headers: Mapping[str, str],
    ) -> Response:
        if len(name.encode()) > _MAX_KEY_BYTES:
            raise ApiError("KeyTooLongError", "The key is longer than 1024 bytes.")
        if operation in {"PutObject", "UploadPart"}:
            # One in a query is not compared, as users of S3 report: the AWS SDK for JavaScript puts
            # that of an empty body into presigned URLs.
            sent = {key.lower(): value for key, value in request.headers.items()}
            await in_worker_thread(_check_checksums, sent, request.body)
        target = self._new_object(bucket, name, headers)
        if operation != "PutObject":
            return await self._uploads.handle(operation, target, request, headers, self._store)
        etag = await in_worker_thread(_etag, request.body)
        await self._store(target, request.body, headers)
        return Response(headers={"ETag": etag})

    def _new_object(self, bucket: str, name: str, headers: Mapping[str, str]) -> StoredObject:
        return StoredObject(
            bucket=bucket,
            name=name,
            content=b"",
            modified=self._state.now(),
            content_type=headers.get("content-type", _DEFAULT_TYPE),
            metadata={
                key.removeprefix(METADATA_PREFIX): value
                for key, value in headers.items()
                if key.startswith(METADATA_PREFIX)
            },
            content_headers=content_headers(headers),
        )

    async def _store(
        self, target: StoredObject, content: bytes, headers: Mapping[str, str]
    ) -> None:
        """Store an object if the conditions of the request hold."""
        objects, key = self._kept.objects, (target.bucket, target.name)
        conditional = not headers.keys().isdisjoint({"if-match", "if-none-match"})
        while True:
            found = objects.get(key)
            etag = await in_worker_thread(_etag_of, found) if conditional and found else None
            # Of several requests with one condition, one is the first.
            if objects.get(key) is found:
                break
        check_write(headers, etag=etag)
        objects[key] = replace(target, content=content, modified=self._state.now())


def _split(request: Request) -> tuple[str, str]:
    raw = request.raw_target.partition("?")[0]
    bucket, _, name = raw.lstrip("/").partition("/")
    return unquote(bucket), unquote(name)


def _is_neutral(parameter: str) -> bool:
    return parameter == "x-id" or is_header_parameter(parameter)


def _object_response(
    stored: StoredObject, headers: Mapping[str, str], overrides: Mapping[str, str]
) -> Response:
    """The object, a range of it, or 304 by the conditions of a request (blocking)."""
    content = stored.read()
    etag = _etag(content)
    kept = {"content-type": stored.content_type, **stored.content_headers, **overrides}
    described = {
        **{name.title(): value for name, value in kept.items()},
        "Last-Modified": stored.modified.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "ETag": etag,
        "Accept-Ranges": "bytes",
        **{f"{METADATA_PREFIX}{key}": value for key, value in stored.metadata.items()},
    }
    if check_read(headers, etag=etag, modified=stored.modified) == "not modified":
        return Response(304, headers=described)
    span = _span(headers["range"], len(content)) if "range" in headers else None
    if span is None:
        return Response(body=content, headers=described)
    start, end = span
    described["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Response(status=206, body=content[start:end], headers=described)


def _span(header: str, size: int) -> tuple[int, int] | None:
    """The half-open span of a Range header; None when the header is to be ignored."""
    found = _RANGE.fullmatch(header)
    if found is None or not (found[1] or found[2]):
        return None
    if found[1]:
        start, end = int(found[1]), min(int(found[2] or size) + 1, size)
    else:
        start, end = max(size - int(found[2]), 0), size
    if start >= end:
        raise ApiError("InvalidRange", "The object ends before that range.", status=416)
    return start, end


def _check_checksums(headers: Mapping[str, str], body: bytes) -> None:
    for name, digest in _CHECKSUMS.items():
        if name not in headers:
            continue
        try:
            declared = base64.b64decode(headers[name], validate=True)
        except (binascii.Error, ValueError):
            raise ApiError("InvalidDigest", f"{name} is no Base64.") from None
        if declared != digest(body):
            raise ApiError("BadDigest", f"The body does not have the {name} that came with it.")


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def _etag_of(stored: StoredObject) -> str | None:
    """The entity tag of an object; None when it is a file that no longer exists (blocking)."""
    try:
        return _etag(stored.read())
    except OSError:
        return None


def _no_such_key(name: str) -> ApiError:
    return ApiError("NoSuchKey", f"There is no object {name!r}.", status=404)
