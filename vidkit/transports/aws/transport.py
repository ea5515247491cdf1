"""AWS through aiobotocore, which stands behind this file and `aws_http`.

botocore signs, resolves endpoints and credentials, and serialises. Its retries are off (one retry
layer is enough) and its response parser sees an empty body: the raw one is decoded straight into
the models (see docs/decisions).
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
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore import exceptions as botocore_errors
from botocore import xform_name

from vidkit._internal.send_state import mark_sent, mark_unsent
from vidkit.config import AwsConfig
from vidkit.config.endpoints import is_loopback
from vidkit.errors import ConfigError, VidKitError, kit_closed
from vidkit.transports.aws.endpoints import (
    check_data_endpoint,
    dns_suffixes,
    endpoint_variable,
    is_of_the_service,
)
from vidkit.transports.aws.errors import credentials_refused, shown_cause, translate, unusable
from vidkit.transports.aws.http_session import http_session_class
from vidkit.transports.aws.log_redaction import LogRedaction, Secrets
from vidkit.transports.base import AwsRequest, HttpResponse
from vidkit.transports.redaction import redacted, without_secrets

__all__ = ["AwsTransport"]

_RAW = "VidKitRawResponse"
_JSON_PROTOCOLS = {"json", "rest-json"}


@dataclass(slots=True)
class _Call:
    """What the handlers of botocore's events have to know of the call they are part of."""

    endpoint: str | None
    secrets: Secrets = field(default_factory=set[str])
    is_sent: bool = False


_call: ContextVar[_Call] = ContextVar("vidkit_aws_call")


@dataclass(frozen=True, slots=True)
class _Service:
    """One API's client, and where its requests go.

    Attributes:
        client: aiobotocore's.
        address: where they go unless a request has an address of its own.
        has_own_address: whether botocore's variable for this one service names that; then no
            request goes elsewhere.
        domain: the first label of the service's domain.
        suffixes: the domains that it is in.
        turns: one for each connection. Who waits for one has not dated and signed a request yet.
    """

    client: Any
    address: str
    has_own_address: bool
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
        """Whether the address is another one than the service's own."""
        return not is_of_the_service(
            self.address, service=self.domain, region=self.region, suffixes=self.suffixes
        )


class AwsTransport:
    """Owns one botocore session and one client for each API that is used."""

    def __init__(self, config: AwsConfig) -> None:
        self._config = config
        self._services: dict[str, _Service] = {}
        self._opening = asyncio.Lock()
        self._session: AioSession | None = None
        self._stack = AsyncExitStack()
        self._logs = LogRedaction("botocore", "aiobotocore")
        self._closed = False

    async def region(self) -> str:
        """The region that calls go to.

        Raises:
            ConfigError: none is configured.
        """
        try:
            async with self._opening:
                session = await self._open_session()
            return _region(self._config, session)
        except VidKitError:
            raise
        except Exception as error:  # noqa: BLE001
            raise unusable(error) from shown_cause(error)

    async def send(self, request: AwsRequest) -> HttpResponse:
        """Send once; see `Transport`."""
        call = _Call(request.endpoint, self._known_secrets())
        mark_unsent()
        with self._logs.own_call(call.secrets):
            try:
                service = self._services.get(request.api) or await self._open(request.api)
            except VidKitError:
                raise
            except Exception as error:  # noqa: BLE001
                raise unusable(error) from shown_cause(error)
            self._check_endpoint(service, call)
            try:
                async with service.connection_slots:
                    # It may have been closed meanwhile.
                    self._check_open()
                    response = await _exchange(service.client, request, call)
            except botocore_errors.ClientError as error:
                if error.operation_name != request.operation:
                    raise credentials_refused(error) from shown_cause(error)
                response = _raw_response(error.response)
            except Exception as error:
                found = error if isinstance(error, VidKitError) else translate(error)
                # Before it is sent, credentials may have to be fetched, which can fail as well.
                found.ambiguous = found.ambiguous and call.is_sent
                if found is error:
                    raise
                raise found from shown_cause(error)
        return response if response.ok else _without_secrets(response, call.secrets)

    async def close(self) -> None:
        """Close the clients and their connections."""
        self._closed = True
        self._services.clear()
        try:
            await self._stack.aclose()
        finally:
            self._logs.close()

    def _check_open(self) -> None:
        if self._closed:
            raise kit_closed()

    def _known_secrets(self) -> Secrets:
        config = self._config
        return {secret for secret in (config.secret_access_key, config.session_token) if secret}

    def _check_endpoint(self, service: _Service, call: _Call) -> None:
        """Let no answer send requests just anywhere."""
        if call.endpoint is None:
            return
        if service.has_own_address:
            call.endpoint = None
            return
        check_data_endpoint(
            call.endpoint,
            # The addresses of all APIs of that service: one of them gave the answer.
            configured=[
                peer.address
                for peer in self._services.values()
                if peer.domain == service.domain and peer.is_configured
            ],
            service=service.domain,
            region=service.region,
            suffixes=service.suffixes,
        )

    async def _open(self, api: str) -> _Service:
        async with self._opening:
            if api in self._services:
                return self._services[api]
            session = await self._open_session()
            region = _region(self._config, session)
            await self._check_credentials(session)
            # Reading the service's model from disk would hold up the loop.
            model, partitions = await asyncio.to_thread(_read_models, session, api)
            has_own_address = _has_own_address(session, model["serviceId"])
            client = await self._stack.enter_async_context(
                session.create_client(
                    api,
                    region_name=region,
                    endpoint_url=None if has_own_address else self._config.endpoint_url,
                    config=AioConfig(
                        max_pool_connections=self._config.max_connections,
                        parameter_validation=False,
                        # Made once: botocore would put its own together twice for each request.
                        user_agent=_user_agent(session),
                        # An empty mapping keeps the environment's proxies out.
                        proxies={} if is_loopback(self._config.endpoint_url) else None,
                    ),
                )
            )
            self._logs.cover()
            _handle_events(client)
            if self._closed:
                await self._stack.aclose()
                self._logs.close()
            self._check_open()
            service = self._services[api] = _Service(
                client,
                client.meta.endpoint_url,
                has_own_address,
                client.meta.service_model.endpoint_prefix,
                dns_suffixes(partitions, region),
                asyncio.Semaphore(self._config.max_connections),
            )
            return service

    async def _open_session(self) -> AioSession:
        if self._session is None:
            session = await asyncio.to_thread(get_session, _variables(self._config))
            if self._config.profile:
                session.set_config_variable("profile", self._config.profile)
            if self._config.region:
                # Where credentials come from a service, that one needs a region too.
                session.set_config_variable("region", self._config.region)
            if self._config.access_key_id:
                session.set_credentials(
                    self._config.access_key_id,
                    self._config.secret_access_key,
                    self._config.session_token,
                )
            # The services that credentials come from get the same care.
            session.set_default_client_config(
                AioConfig(
                    http_session_cls=http_session_class(allow_http=self._config.allow_http),
                    connect_timeout=self._config.connect_timeout,
                    # The call's own timeout ends an attempt; this one must not be sooner.
                    read_timeout=None,
                    retries={"total_max_attempts": 1, "mode": "standard"},
                )
            )
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


async def _exchange(client: Any, request: AwsRequest, call: _Call) -> HttpResponse:
    method = getattr(client, xform_name(request.operation))
    token = _call.set(call)
    try:
        return _raw_response(await method(**request.params))
    finally:
        _call.reset(token)


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


def _variables(config: AwsConfig) -> dict[str, Any] | None:
    """With keys and region given, no profile that the environment names can get in the way."""
    if config.access_key_id and config.region and not config.profile:
        return {"profile": (None, None, None, None)}
    return None


def _read_models(session: AioSession, api: str) -> tuple[Mapping[str, Any], Any]:
    """The metadata of a service's model, and the partitions; both stay in the loader's cache."""
    loader = session.get_component("data_loader")
    model = loader.load_service_model(api, "service-2")
    loader.load_service_model(api, "endpoint-rule-set-1")
    loader.load_data("endpoints")
    return model["metadata"], loader.load_data("partitions")["partitions"]


def _has_own_address(session: AioSession, service_id: str) -> bool:
    """Whether botocore's variable for this one service names an address; it wins then."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return False
    return bool(os.environ.get(endpoint_variable(service_id)))


def _handle_events(client: Any) -> None:
    model = client.meta.service_model
    service_id = model.service_id.hyphenize()
    if model.resolved_protocol in _JSON_PROTOCOLS:
        client.meta.events.register(f"before-parse.{service_id}", _keep_raw)
    client.meta.events.register(f"before-call.{service_id}", _redirect)
    client.meta.events.register(f"before-send.{service_id}", _note_sending)


def _keep_raw(
    *, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    customized_response_dict[_RAW] = HttpResponse(
        status=response_dict["status_code"],
        body=response_dict["body"],
        headers=response_dict["headers"],
    )
    response_dict["body"] = b"{}"


def _redirect(*, params: dict[str, Any], **_: Any) -> None:
    if (endpoint := _call.get().endpoint) is not None:
        params["url"] = endpoint.rstrip("/") + params["url_path"]


def _note_sending(*, request: Any, **_: Any) -> None:
    """Temporary credentials may be new with each request; what refuses one may quote it."""
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
    """A reply whose XML botocore has read, as the JSON that it would have been."""
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
    """A refusal as it came, but for the token that a service quotes with what was signed."""
    headers = {name: without_secrets(value, secrets) for name, value in response.headers.items()}
    body = redacted(response.body.decode("utf-8", "surrogateescape"), secrets)
    return replace(response, body=body.encode("utf-8", "surrogateescape"), headers=headers)
