"""Multipart uploads."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from vidkit.local.objects.state import StoredObject
from vidkit.local.objects.xml import completed_parts, document
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.worker_threads import in_worker_thread

_MAX_PARTS = 10_000
_MIN_PART_BYTES = 5 * 2**20
"""The smallest size of every part but the last."""


@dataclass(slots=True)
class _Upload:
    target: StoredObject
    parts: dict[int, tuple[str, bytes]] = field(default_factory=dict[int, tuple[str, bytes]])


class MultipartUploads:
    """The uploads that were started and neither completed nor aborted."""

    def __init__(self) -> None:
        self._uploads: dict[str, _Upload] = {}

    def clear(self) -> None:
        """Drop all uploads."""
        self._uploads.clear()

    async def handle(
        self,
        operation: str,
        target: StoredObject,
        request: Request,
        headers: Mapping[str, str],
        store: Callable[[StoredObject, bytes, Mapping[str, str]], Awaitable[None]],
    ) -> Response:
        """Carry out one of the four operations of a multipart upload.

        Args:
            operation: ``CreateMultipartUpload``, ``UploadPart``, ``CompleteMultipartUpload`` or
                ``AbortMultipartUpload``.
            target: the object that the upload creates, without content.
            request: the request.
            headers: its headers, names in lower case.
            store: stores the completed object if the conditions in the headers hold.

        Raises:
            ApiError: the upload or a part does not exist, a part is too small, or a condition does
                not hold.
        """
        if operation == "CreateMultipartUpload":
            return self._create(target)
        query = dict(request.query)
        identifier = query.get("uploadId", "")
        upload = self._uploads.get(identifier)
        if upload is None or (upload.target.bucket, upload.target.name) != (
            target.bucket,
            target.name,
        ):
            raise ApiError("NoSuchUpload", "There is no such multipart upload.", status=404)
        if operation == "UploadPart":
            number = _part_number(query.get("partNumber", ""))
            etag = await in_worker_thread(_etag, request.body)
            upload.parts[number] = etag, request.body
            return Response(headers={"ETag": etag})
        if operation == "AbortMultipartUpload":
            del self._uploads[identifier]
            return Response(status=204)
        content = await in_worker_thread(_join, upload, request.body)
        size = headers.get("x-amz-mp-object-size", str(len(content)))
        if size != str(len(content)):
            raise ApiError("InvalidRequest", f"The object has {len(content)} bytes, not {size}.")
        await store(upload.target, content, headers)
        self._uploads.pop(identifier, None)
        return _response("CompleteMultipartUploadResult", target, ETag=_etag(content))

    def _create(self, target: StoredObject) -> Response:
        identifier = secrets.token_hex(16)
        self._uploads[identifier] = _Upload(target)
        return _response("InitiateMultipartUploadResult", target, UploadId=identifier)


def _join(upload: _Upload, body: bytes) -> bytes:
    try:
        listed = completed_parts(body)
    except ValueError:
        raise ApiError("MalformedXML", "The body is no list of parts.") from None
    numbers = [number for number, _ in listed]
    if not listed or numbers != sorted(set(numbers)):
        raise ApiError("InvalidPartOrder", "Parts must be listed once each, in ascending order.")
    for number, etag in listed:
        if number not in upload.parts or upload.parts[number][0].strip('"') != etag.strip('"'):
            raise ApiError("InvalidPart", f"Part {number} was not uploaded, or not with that ETag.")
    contents = [upload.parts[number][1] for number in numbers]
    if any(len(content) < _MIN_PART_BYTES for content in contents[:-1]):
        raise ApiError("EntityTooSmall", "Every part but the last needs 5 MiB.")
    return b"".join(contents)


def _part_number(text: str) -> int:
    number = whole_number(text, 1, _MAX_PARTS)
    if number is not None:
        return number
    raise ApiError("InvalidArgument", f"partNumber must be from 1 to {_MAX_PARTS}.")


def _response(root: str, target: StoredObject, **content: str) -> Response:
    named: dict[str, object] = {"Bucket": target.bucket, "Key": target.name, **content}
    return Response(body=document(root, named), headers={"Content-Type": "application/xml"})


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
