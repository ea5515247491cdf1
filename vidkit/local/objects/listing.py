"""ListBuckets and ListObjectsV2."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.objects.xml import document
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError, Response
from vidkit.local.runtime.state import State

MAX_KEYS: Final = 1000
"""Keys and common prefixes on a page: the default, and the maximum."""

_XML: Final = {"Content-Type": "application/xml"}


def list_buckets(state: State) -> Response:
    """The response to ListBuckets."""
    kept = state.of(ObjectsState)
    modified = {name: state.now() for name in kept.buckets}
    for stored in kept.objects.values():
        known = modified.get(stored.bucket, stored.modified)
        modified[stored.bucket] = min(known, stored.modified)
    buckets = [
        {"Name": name, "CreationDate": _iso(created)} for name, created in sorted(modified.items())
    ]
    owner = {"ID": state.identity.account_id}
    content: dict[str, object] = {"Buckets": {"Bucket": buckets}, "Owner": owner}
    return Response(body=document("ListAllMyBucketsResult", content), headers=_XML)


def list_objects(
    bucket: str,
    contents: Iterable[StoredObject],
    query: Sequence[tuple[str, str]],
    *,
    owner: str,
) -> Response:
    """The response to ListObjectsV2 (blocking: objects that are files are read for their ETags).

    Args:
        bucket: the bucket's name.
        contents: all of its objects.
        query: the parameters of the request.
        owner: the account's id, which a request can ask for with ``fetch-owner``.

    Raises:
        ApiError: a parameter is invalid.
    """
    parameters = dict(query)
    prefix, delimiter = parameters.get("prefix", ""), parameters.get("delimiter", "")
    token = parameters.get("continuation-token")
    after = parameters.get("start-after", "") if token is None else _read_token(token)
    size = _max_keys(parameters.get("max-keys"))
    if parameters.get("encoding-type", "url") != "url":
        raise ApiError("InvalidArgument", "encoding-type must be url.")
    entries: dict[str, StoredObject | None] = {}
    for stored in contents:
        name = stored.name
        if not name.startswith(prefix):
            continue
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0:
            entries[name] = stored
        else:
            entries[name[: cut + len(delimiter)]] = None
    left = sorted(entry for entry in entries if entry > after)
    page = left[:size]
    truncated = len(left) > size > 0
    encodes = parameters.get("encoding-type") == "url"
    shown = _encoded if encodes else str
    shown_owner = {"ID": owner} if parameters.get("fetch-owner") == "true" else None
    content: dict[str, object] = {
        "Name": bucket,
        "Prefix": shown(prefix),
        "Delimiter": shown(delimiter) if delimiter else None,
        "StartAfter": shown(after) if token is None and after else None,
        "MaxKeys": size,
        "KeyCount": len(page),
        "EncodingType": "url" if encodes else None,
        "IsTruncated": truncated,
        "ContinuationToken": token,
        "NextContinuationToken": _token(page[-1]) if truncated else None,
        "Contents": [
            {**_entry(shown(name), found), "Owner": shown_owner}
            for name in page
            if (found := entries[name]) is not None
        ],
        "CommonPrefixes": [{"Prefix": shown(name)} for name in page if entries[name] is None],
    }
    return Response(body=document("ListBucketResult", content), headers=_XML)


def _entry(shown: str, stored: StoredObject) -> dict[str, object]:
    try:
        content = stored.read()
    except OSError:
        # The object's file no longer exists; the object is still listed.
        content = b""
    return {
        "Key": shown,
        "LastModified": _iso(stored.modified),
        "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"',
        "Size": len(content),
        "StorageClass": "STANDARD",
    }


def _max_keys(text: str | None) -> int:
    if text is None:
        return MAX_KEYS
    number = whole_number(text, 0, 10**18)
    if number is not None:
        return min(number, MAX_KEYS)
    raise ApiError("InvalidArgument", "max-keys must be a whole number.")


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise ApiError("InvalidArgument", "The continuation token is not one of ours.") from None


def _encoded(text: str) -> str:
    return quote(text, safe="/-_.~*")


def _iso(timestamp: datetime) -> str:
    return timestamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")
