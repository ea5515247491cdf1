"""What the tests of the local cloud's server share."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import av
import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from PIL import Image
from yarl import URL

from vidkit.local import LocalCloud
from vidkit.local.protocol.wire import Request

SECONDS = 4
FRAME_RATE = 10

# One session reads each service model once; boto3 takes 50 ms for it every time otherwise.
_session = boto3.session.Session()


@contextmanager
def boto(cloud: LocalCloud, service: str, **overrides: Any) -> Iterator[Any]:
    options = {
        "endpoint_url": cloud.endpoint,
        "region_name": cloud.region,
        "aws_access_key_id": cloud.access_key_id,
        "aws_secret_access_key": cloud.secret_access_key,
        "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    }
    client = _session.client(service, **{**options, **overrides})
    try:
        yield client
    finally:
        client.close()


async def call(function: Callable[..., Any], /, *args: Any, **parameters: Any) -> Any:
    return await asyncio.to_thread(function, *args, **parameters)


async def error_of(function: Callable[..., Any], /, **parameters: Any) -> tuple[int, str, str]:
    """Status, code and message of a call that must fail."""
    try:
        await call(function, **parameters)
    except ClientError as error:
        response = error.response
        message = response["Error"].get("Message") or response.get("exceptionMessage", "")
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], message
    raise AssertionError("the call did not fail")


def signed_headers(
    cloud: LocalCloud,
    method: str,
    target: str,
    body: bytes = b"",
    *,
    service: str,
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Headers of a request signed by botocore's own signer."""
    request = AWSRequest(
        method=method, url=cloud.endpoint + target, data=body, headers=dict(headers or {})
    )
    credentials = Credentials(cloud.access_key_id, cloud.secret_access_key)
    # The signer for S3 would replace an existing hash.
    hashed = "X-Amz-Content-SHA256" in request.headers
    signer = S3SigV4Auth if service == "s3" and not hashed else SigV4Auth
    signer(credentials, service, cloud.region).add_auth(request)
    return dict(request.headers.items())


def huawei_headers(cloud: LocalCloud, target: str, **headers: str) -> dict[str, str]:
    """Headers of a signed GET to Huawei Cloud; the arithmetic is the vectors' own."""
    path, _, query = target.partition("?")
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    canonical = f"GET\n{path}/\n{query}\nx-sdk-date:{date}\n\nx-sdk-date\n{empty}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.digest(
        cloud.secret_access_key.encode(), f"SDK-HMAC-SHA256\n{date}\n{digest}".encode(), "sha256"
    ).hex()
    return {
        "X-Sdk-Date": date,
        "Authorization": f"SDK-HMAC-SHA256 Access={cloud.access_key_id}, "
        f"SignedHeaders=x-sdk-date, Signature={signature}",
        **headers,
    }


async def send(
    cloud: LocalCloud,
    method: str,
    target: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Mapping[str, str], bytes]:
    """One plain HTTP request: status, headers, body."""
    async with (
        aiohttp.ClientSession(skip_auto_headers={"Content-Type"}) as session,
        session.request(
            method,
            URL(cloud.endpoint + target, encoded=True),
            data=body or None,
            headers=headers,
        ) as response,
    ):
        return response.status, response.headers, await response.read()


def brightness(second: int) -> int:
    """The brightness of the frames in one second of the test video."""
    return 50 + 50 * second


def write_video(path: Path) -> Path:
    """A video of four seconds at 10 frames/s, 64x48, each second brighter than the last."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(SECONDS * FRAME_RATE):
            grey = brightness(index // FRAME_RATE)
            image = Image.new("RGB", (64, 48), (grey, grey, grey))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode())
    return path


def to_request(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Request:
    """A request as the server passes it to a service."""
    path, _, query = target.partition("?")
    pairs = tuple(parse_qsl(query, keep_blank_values=True))
    return Request(method, path, pairs, headers, body, raw_target=target)
