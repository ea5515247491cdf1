"""Publishes to another SNS than the local cloud's own."""

import hashlib
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

import aiohttp

from vidkit.config.endpoints import is_loopback_host
from vidkit.local.runtime.state import State
from vidkit.local.signatures.aws import ALGORITHM, signing_key

TIMEOUT_SECONDS: Final = 10.0

_MEDIA_TYPE: Final = "application/x-www-form-urlencoded; charset=utf-8"
_SIGNED_HEADERS: Final = "content-type;host;x-amz-date"


class RemotePublisher:
    """Publishes to an SNS on this machine, such as moto's server, with signed requests.

    Args:
        state: its key pair signs the requests.
        endpoint: the endpoint URL, such as ``http://127.0.0.1:5000``.

    Raises:
        ValueError: the endpoint is not on a loopback address.
    """

    def __init__(self, state: State, endpoint: str) -> None:
        self._state = state
        self._endpoint = endpoint
        self._host = require_local_endpoint(endpoint)

    async def publish(self, topic_arn: str, text: str) -> None:
        """Publish a text to a topic.

        Raises:
            ConnectionError: the SNS cannot be reached, or returns an error.
        """
        form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": topic_arn}
        body = urlencode({**form, "Message": text}).encode()
        region = topic_arn.split(":")[3]
        headers = self._signed_headers(body, region, self._state.now())
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    f"{self._endpoint.rstrip('/')}/",
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                content = await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            message = str(error) or type(error).__name__
            raise ConnectionError(f"{self._endpoint} cannot be reached: {message}") from error
        if not response.ok:
            raise ConnectionError(f"{self._endpoint} returned {response.status}: {content[:500]}")

    def _signed_headers(self, body: bytes, region: str, now: datetime) -> dict[str, str]:
        timestamp = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{timestamp[:8]}/{region}/sns/aws4_request"
        canonical = "\n".join(
            (
                "POST",
                "/",
                "",
                f"content-type:{_MEDIA_TYPE}",
                f"host:{self._host}",
                f"x-amz-date:{timestamp}",
                "",
                _SIGNED_HEADERS,
                hashlib.sha256(body).hexdigest(),
            )
        )
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        identity = self._state.identity
        signature = hmac.digest(
            signing_key(identity.secret_access_key, scope),
            f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashed}".encode(),
            "sha256",
        ).hex()
        return {
            "Content-Type": _MEDIA_TYPE,
            "Host": self._host,
            "X-Amz-Date": timestamp,
            "Authorization": f"{ALGORITHM} Credential={identity.access_key_id}/{scope},"
            f" SignedHeaders={_SIGNED_HEADERS}, Signature={signature}",
        }


def require_local_endpoint(endpoint: str) -> str:
    """The host and port of an endpoint URL on this machine.

    Raises:
        ValueError: it is not an ``http`` URL of a loopback host, or it has a user, path, query or
            fragment.
    """
    parts = urlsplit(endpoint)
    # Compared as a whole: a user name, a query or a fragment is no part of an endpoint.
    is_origin = endpoint.removesuffix("/").lower() == f"http://{parts.netloc}".lower()
    is_plain = is_origin and "@" not in parts.netloc and parts.port != 0
    if not is_plain or not is_loopback_host(parts.hostname or ""):
        raise ValueError(
            "sns_endpoint must be a loopback address such as http://127.0.0.1:5000,"
            f" not {endpoint!r}"
        )
    return parts.netloc
