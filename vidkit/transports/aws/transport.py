"""The transport to AWS, through aiobotocore.

botocore resolves credentials and endpoints, serialises and signs. Its retries are off, since vidkit
has one retry layer. Its response parser gets an empty body: the raw body is decoded straight into
the models (decision 0001).
"""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import asyncio
import json
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.exceptions import ClientError

from vidkit._internal.send_state import mark_sent, mark_unsent
from vidkit._internal.tasks import BackgroundTasks
from vidkit.config import AwsConfig
from vidkit.config.endpoints import is_loopback
from vidkit.errors import ConfigError, VidKitError, kit_closed
from vidkit.transports.aws.clock import SigningClock, sign_with_clock
from vidkit.transports.aws.credential_session import configured_session
from vidkit.transports.aws.errors import (
    configuration_error,
    safe_cause,
    translate,
)
from vidkit.transports.aws.log_redaction import LogRedaction, Secrets
from vidkit.transports.aws.trusted_endpoints import (
    check_data_endpoint,
    dns_suffixes,
    endpoint_variable,
    is_service_endpoint,
)
from vidkit.transports.base import AwsRequest, HttpResponse
from vidkit.transports.redaction import redacted, without_secrets

__all__ = ["AwsTransport"]

_RAW = "VidKitRawResponse"
_JSON_PROTOCOLS = {"json", "rest-json"}


@dataclass(slots=True)
class _Call:
    """What the handlers of botocore's events need to know of their call."""

    endpoint: str | None
    secrets: Secrets = field(default_factory=set[str])
    is_sent: bool = False


_call: ContextVar[_Call] = ContextVar("vidkit_aws_call")


@dataclass(frozen=True, slots=True)
class _Service:
    """The client of one API, and the endpoint of its requests.

    Attributes:
        client: aiobotocore's client.
        endpoint: the endpoint of requests that have none of their own.
        has_own_variable: whether botocore's environment variable for this one service names the
            endpoint; then every request goes there.
        domain: the first label of the service's domain.
        suffixes: the DNS suffixes of the service.
        connection_slots: one for each connection; a request that waits for a slot is not dated
            and signed yet.
    """

    client: Any
    endpoint: str
    has_own_variable: bool
    domain: str
    suffixes: tuple[str, ...]
    connection_slots: asyncio.Semaphore

    @property
    def region(self) -> str:
        """The region of the client."""
        region: str = self.client.meta.region_name
        return region

    @property
    def is_configured(self) -> bool:
        """Whether the endpoint is not the service's own."""
        return not is_service_endpoint(
            self.endpoint, service=self.domain, region=self.region, suffixes=self.suffixes
        )


class AwsTransport:
    """Owns one botocore session and one client for each API that is used."""

    def __init__(self, config: AwsConfig) -> None:
        self.region: str | None = None
        """The region of calls, once it is known."""
        self._config = config
        self._services: dict[str, _Service] = {}
        self._opening = asyncio.Lock()
        self._session: AioSession | None = None
        self._stack = AsyncExitStack()
        self._tasks = BackgroundTasks()
        self._logs = LogRedaction("botocore", "aiobotocore")
        self._clock = SigningClock()
        self._closed = False

    async def find_region(self) -> str:
        """Find the region of calls, and keep it as ``region``.

        Raises:
            ConfigError: no region is configured.
        """
        try:
            async with self._opening:
                session = await self._open_session()
            self.region = _region(self._config, session)
        except Exception as error:
            failure = self._opening_error(error)
            if failure is error:
                raise
            raise failure from safe_cause(error)
        return self.region

    async def send(self, request: AwsRequest) -> HttpResponse:
        """Send once; see `Transport`."""
        call = _Call(request.endpoint, self._known_secrets())
        mark_unsent()
        with self._logs.own_call(call.secrets):
            try:
                key = _service_key(request.api, request.region)
                service = self._services.get(key) or await self._open(request.api, request.region)
            except Exception as error:
                failure = self._opening_error(error)
                if failure is error:
                    raise
                raise failure from safe_cause(error)
            self._check_endpoint(service, call)
            try:
                async with service.connection_slots:
                    # The kit may have been closed meanwhile.
                    self._check_open()
                    response = await self._clock.exchange(
                        partial(_call_client, service.client, request, call)
                    )
            except Exception as error:
                translated = error if isinstance(error, VidKitError) else translate(error)
                # The failure may be that of a request for credentials, before this one was sent.
                translated.ambiguous = translated.ambiguous and call.is_sent
                if translated is error:
                    raise
                raise translated from safe_cause(error)
        return response if response.ok else _without_secrets(response, call.secrets)

    def _opening_error(self, error: Exception) -> VidKitError:
        if not self._services:
            # A session keeps what it has read of the files, even if it could not read all of them.
            self._session = None
        return configuration_error(error)

    async def close(self) -> None:
        """Close the clients and their connections."""
        self._closed = True
        self._services.clear()
        try:
            async with self._stack:
                await self._tasks.close()
        finally:
            self._logs.close()

    def _check_open(self) -> None:
        if self._closed:
            raise kit_closed()

    def _known_secrets(self) -> Secrets:
        config = self._config
        return {secret for secret in (config.secret_access_key, config.session_token) if secret}

    def _check_endpoint(self, service: _Service, call: _Call) -> None:
        """Check the endpoint that a response named for this request."""
        if call.endpoint is None:
            return
        if service.has_own_variable:
            call.endpoint = None
            return
        check_data_endpoint(
            call.endpoint,
            # The endpoints of all APIs of that service: one of them sent the response.
            configured=[
                peer.endpoint
                for peer in self._services.values()
                if peer.domain == service.domain and peer.is_configured
            ],
            service=service.domain,
            region=service.region,
            suffixes=service.suffixes,
        )

    async def _open(self, api: str, resource_region: str | None) -> _Service:
        async with self._opening:
            session = await self._open_session()
            self.region = _region(self._config, session)
            # The region of calls needs no client of its own.
            region = resource_region or self.region
            key = _service_key(api, None if region == self.region else region)
            if service := self._services.get(key):
                self._services[_service_key(api, resource_region)] = service
                return service
            await self._check_credentials(session)
            # Reading the service model from disk would block the loop.
            model, partitions = await asyncio.to_thread(_read_models, session, api)
            has_own_variable = _has_own_variable(session, model["serviceId"])
            client = await self._stack.enter_async_context(
                session.create_client(
                    api,
                    region_name=region,
                    endpoint_url=None if has_own_variable else self._config.endpoint_url,
                    config=AioConfig(
                        max_pool_connections=self._config.max_connections,
                        parameter_validation=False,
                        # Built once: botocore would build its own twice for each request.
                        user_agent=_user_agent(session),
                        # An empty mapping disables the proxies of the environment.
                        proxies={} if is_loopback(self._config.endpoint_url) else None,
                    ),
                )
            )
            self._logs.cover()
            _handle_events(client)
            sign_with_clock(client)
            if self._closed:
                await self._stack.aclose()
                self._logs.close()
            self._check_open()
            service = _Service(
                client,
                client.meta.endpoint_url,
                has_own_variable,
                client.meta.service_model.endpoint_prefix,
                dns_suffixes(partitions, region),
                asyncio.Semaphore(self._config.max_connections),
            )
            self._services[key] = self._services[_service_key(api, resource_region)] = service
            return service

    async def _open_session(self) -> AioSession:
        if self._session is None:
            session = await asyncio.to_thread(configured_session, self._config, self._tasks)
            self._logs.cover()
            self._session = session
        return self._session

    async def _check_credentials(self, session: AioSession) -> None:
        if await session.get_credentials() is None:
            raise ConfigError(
                "credentials: none found; give AwsConfig(access_key_id=..., "
                "secret_access_key=...) or profile=..., or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY"
            )


async def _call_client(client: Any, request: AwsRequest, call: _Call) -> HttpResponse:
    method = getattr(client, xform_name(request.operation))
    token = _call.set(call)
    try:
        return _raw_response(await method(**request.params))
    except ClientError as error:
        return _raw_response(error.response)
    finally:
        _call.reset(token)


def _service_key(api: str, region: str | None) -> str:
    return f"{api} {region}" if region else api


def _region(config: AwsConfig, session: AioSession) -> str:
    region = config.region or os.environ.get("AWS_REGION") or session.get_config_variable("region")
    if not region:
        raise ConfigError(
            "region: none given; give AwsConfig(region=...) or set AWS_REGION, such as eu-central-1"
        )
    return str(region)


def _user_agent(session: AioSession) -> str:
    names = [session.user_agent(), "vidkit"]
    if app_id := session.get_config_variable("user_agent_appid"):
        names.append(f"app/{app_id}")
    return " ".join(names)


def _read_models(session: AioSession, api: str) -> tuple[Mapping[str, Any], Any]:
    """The metadata of a service model, and the partitions; the loader caches both."""
    loader = session.get_component("data_loader")
    model = loader.load_service_model(api, "service-2")
    loader.load_service_model(api, "endpoint-rule-set-1")
    loader.load_data("endpoints")
    return model["metadata"], loader.load_data("partitions")["partitions"]


def _has_own_variable(session: AioSession, service_id: str) -> bool:
    """Whether botocore's variable for this one service is set; it takes precedence then."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return False
    return bool(os.environ.get(endpoint_variable(service_id)))


def _handle_events(client: Any) -> None:
    model = client.meta.service_model
    service_id = model.service_id.hyphenize()
    if model.resolved_protocol in _JSON_PROTOCOLS:
        client.meta.events.register(f"before-parse.{service_id}", _keep_raw_response)
    client.meta.events.register(f"before-call.{service_id}", _use_endpoint)
    client.meta.events.register(f"before-send.{service_id}", _mark_sent)


def _keep_raw_response(
    *, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    customized_response_dict[_RAW] = HttpResponse(
        status=response_dict["status_code"],
        body=response_dict["body"],
        headers=response_dict["headers"],
    )
    response_dict["body"] = b"{}"


def _use_endpoint(*, params: dict[str, Any], **_: Any) -> None:
    if (endpoint := _call.get().endpoint) is not None:
        params["url"] = endpoint.rstrip("/") + params["url_path"]


def _mark_sent(*, request: Any, **_: Any) -> None:
    """Mark the request as sent, and keep its session token to redact error responses."""
    _call.get().is_sent = True
    mark_sent()
    token = request.headers.get("X-Amz-Security-Token")
    if token:
        _call.get().secrets.add(token.decode() if isinstance(token, bytes) else token)


def _raw_response(parsed: Mapping[str, Any]) -> HttpResponse:
    if _RAW not in parsed:
        return _parsed_response(parsed)
    response: HttpResponse = parsed[_RAW]
    return response


def _parsed_response(parsed: Mapping[str, Any]) -> HttpResponse:
    """A response whose XML botocore has parsed, as JSON."""
    facts = parsed["ResponseMetadata"]
    content = parsed.get("Error") or {
        name: value for name, value in parsed.items() if name != "ResponseMetadata"
    }
    return HttpResponse(
        status=facts["HTTPStatusCode"],
        body=json.dumps(content, default=str).encode(),
        headers=facts["HTTPHeaders"],
    )


def _without_secrets(response: HttpResponse, secrets: Secrets) -> HttpResponse:
    """An error response without the session token, which services quote."""
    headers = {name: without_secrets(value, secrets) for name, value in response.headers.items()}
    body = redacted(response.body.decode("utf-8", "surrogateescape"), secrets)
    return replace(response, body=body.encode("utf-8", "surrogateescape"), headers=headers)
