"""Requests to one API: written and signed by vidkit, over the connections of aiobotocore.

aiobotocore's client of the API resolves what does not change from request to request: endpoint,
signing region, user agent, proxies and certificates. It makes one request for that, which is not
sent.
"""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import os
import uuid
from collections.abc import MutableSet
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from botocore import xform_name

from vidkit.transports.aws.clock import SigningDate
from vidkit.transports.aws.http_session import HttpConnections
from vidkit.transports.aws.model_loader import BLANK_OPERATION
from vidkit.transports.aws.signing import SignedRequest, Signer
from vidkit.transports.base import HttpContent, HttpResponse

__all__ = ["RequestTemplate", "ServiceClient", "make_template"]

_USER_AGENT = "User-Agent"
# Characters of a trace that are not encoded, as botocore leaves them.
_TRACE_SAFE = "-=;:+&[]{}\"',"


@dataclass(frozen=True, slots=True)
class RequestTemplate:
    """What all requests of an API in a region have.

    Attributes:
        endpoint: the endpoint, without a slash at its end.
        user_agent: the ``User-Agent`` header.
        signing_name: the service's name in signatures.
        signing_region: the region in signatures.
    """

    endpoint: str
    user_agent: str
    signing_name: str
    signing_region: str


class _TemplateMade(Exception):  # noqa: N818 - ends a request that is not to be sent
    def __init__(self, template: RequestTemplate) -> None:
        super().__init__()
        self.template = template


async def make_template(client: Any) -> RequestTemplate:
    """What aiobotocore's client makes of a request; nothing is sent.

    Args:
        client: the client of an API, with a small service model.

    Raises:
        Exception: an error of botocore, if its rules have no endpoint for the region.
        ValueError: the endpoint is no URL.
    """

    def not_signed_and_sent(*, request: Any, **_: Any) -> None:
        signing = request.context.get("signing", {})
        raise _TemplateMade(
            RequestTemplate(
                endpoint=request.url.removesuffix("/"),
                user_agent=request.headers[_USER_AGENT],
                signing_name=signing.get("signing_name", client.meta.service_model.signing_name),
                signing_region=signing.get("region", client.meta.region_name),
            )
        )

    service_id = client.meta.service_model.service_id.hyphenize()
    event = f"request-created.{service_id}.{BLANK_OPERATION}"
    client.meta.events.register_first(event, not_signed_and_sent)
    try:
        await getattr(client, xform_name(BLANK_OPERATION))()
    except _TemplateMade as made:
        # Requests would fail with it, as if the network had failed.
        _ = urlsplit(made.template.endpoint).port
        return made.template
    finally:
        client.meta.events.unregister(event, not_signed_and_sent)
    raise AssertionError("botocore made no request")


class ServiceClient:
    """Sends requests of one API in one region.

    Args:
        template: what all requests have.
        credentials: aiobotocore's credentials.
        session: the connections.
    """

    def __init__(
        self, template: RequestTemplate, credentials: Any, session: HttpConnections
    ) -> None:
        self.template = template
        self._credentials = credentials
        self._session = session
        self._signer = Signer(template.signing_name, template.signing_region)

    async def send(
        self,
        content: HttpContent,
        date: SigningDate,
        *,
        endpoint: str | None,
        secrets: MutableSet[str],
    ) -> HttpResponse:
        """Sign a request and send it once.

        Args:
            content: the content of the request.
            date: the date of the signature.
            endpoint: an endpoint for this request alone.
            secrets: gets the session token.

        Raises:
            Exception: an error of botocore's credentials or of aiohttp, or of vidkit.
        """
        credentials = await self._credentials.get_frozen_credentials()
        if credentials.token:
            secrets.add(credentials.token)
        base = self.template.endpoint if endpoint is None else endpoint.rstrip("/")
        request = SignedRequest(
            content.method, f"{base}{content.target}", dict(content.headers), content.body
        )
        self._signer.sign(request, credentials, date.now())
        return await self._session.exchange(
            request.method,
            request.url,
            headers=request.headers | self._unsigned_headers(),
            body=request.body,
        )

    def _unsigned_headers(self) -> dict[str, str]:
        headers = {
            _USER_AGENT: self.template.user_agent,
            "Accept-Encoding": "identity",
            "amz-sdk-invocation-id": str(uuid.uuid4()),
            # vidkit retries above its transports: to botocore, each attempt was a new call.
            "amz-sdk-request": "attempt=1",
        }
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
            headers["X-Amzn-Trace-Id"] = quote(trace, safe=_TRACE_SAFE)
        return headers
