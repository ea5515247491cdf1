"""The transport to AWS, through aiobotocore.

aiobotocore resolves credentials and endpoints, signs and connects. vidkit writes the requests and
reads the responses itself (decisions 0001 and 0018).
"""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import asyncio
import os
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from vidkit._internal.send_state import mark_sent, mark_unsent
from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.config import AwsConfig
from vidkit.config.endpoints import is_loopback
from vidkit.errors import ConfigError, VidKitError, VidKitTimeoutError, kit_closed
from vidkit.transports.aws.apis import APIS
from vidkit.transports.aws.clock import SigningClock, SigningDate
from vidkit.transports.aws.credential_session import configured_session
from vidkit.transports.aws.errors import configuration_error, safe_cause, translate
from vidkit.transports.aws.http_session import HttpConnections, HttpSessions
from vidkit.transports.aws.log_redaction import LogRedaction, Secrets
from vidkit.transports.aws.responses import json_response, redacted_response
from vidkit.transports.aws.serialization import serialize
from vidkit.transports.aws.service_client import ServiceClient, make_template
from vidkit.transports.aws.trusted_endpoints import (
    check_data_endpoint,
    dns_suffixes,
    endpoint_variable,
    is_service_endpoint,
)
from vidkit.transports.base import AwsRequest, HttpContent, HttpResponse

__all__ = ["AwsTransport"]

# Opening outlives the calls that wait for it, so it has a time limit of its own.
_MAX_CREDENTIALS_SECONDS = 60.0


@dataclass(slots=True)
class _Call:
    """The state of one call.

    Attributes:
        secrets: the secret values known so far.
        is_sent: whether a connection got the first byte of its own request; requests for
            credentials do not count.
    """

    secrets: Secrets = field(default_factory=set[str])
    is_sent: bool = False


_call: ContextVar[_Call] = ContextVar("vidkit_aws_call")


@dataclass(frozen=True, slots=True)
class _Service:
    """The client of one API, and what its requests depend on.

    Attributes:
        client: sends the requests.
        region: the region of the client.
        has_own_variable: whether botocore's environment variable for this one service names the
            endpoint; then every request goes there.
        domain: the first label of the service's domain.
        suffixes: the DNS suffixes of the service.
        connection_slots: one for each connection; a request that waits for a slot is not dated
            and signed yet.
    """

    client: ServiceClient
    region: str
    has_own_variable: bool
    domain: str
    suffixes: tuple[str, ...]
    connection_slots: asyncio.Semaphore

    @property
    def endpoint(self) -> str:
        """The endpoint of requests that have none of their own."""
        return self.client.template.endpoint

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
        self._tasks = BackgroundTasks()
        self._openings: dict[str, SingleFlight[_Service]] = {}
        self._session: AioSession | None = None
        self._http_sessions = HttpSessions(allow_http=config.allow_http)
        self._session_opening = SingleFlight(self._tasks, self._open_session)
        self._credentials_check = SingleFlight(self._tasks, self._find_credentials)
        self._stack = AsyncExitStack()
        self._logs = LogRedaction("botocore", "aiobotocore")
        self._clock = SigningClock()
        self._closed = False

    async def find_region(self) -> str:
        """Find the region of calls, and keep it as ``region``.

        Raises:
            ConfigError: no region is configured.
        """
        try:
            self.region = _region(self._config, await self._opened_session())
        except Exception as error:
            failure = self._opening_error(error)
            if failure is error:
                raise
            raise failure from safe_cause(error)
        return self.region

    async def send(self, request: AwsRequest) -> HttpResponse:
        """Send once; see `Transport`."""
        call = _Call(self._known_secrets())
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
            endpoint = self._checked_endpoint(service, request.endpoint)
            content = request.content or serialize(request)
            token = _call.set(call)
            try:
                async with service.connection_slots:
                    # The kit may have been closed meanwhile.
                    self._check_open()
                    response = await self._clock.exchange(
                        partial(_send_once, service.client, content, endpoint, call)
                    )
                response = json_response(APIS[request.api], response)
            except Exception as error:
                translated = error if isinstance(error, VidKitError) else translate(error)
                # The failure may be that of a request for credentials, before this one was sent.
                translated.ambiguous = translated.ambiguous and call.is_sent
                if translated is error:
                    raise
                raise translated from safe_cause(error)
            finally:
                _call.reset(token)
        return response if response.ok else redacted_response(response, call.secrets)

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
            await self._tasks.close()
        finally:
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

    def _checked_endpoint(self, service: _Service, endpoint: str | None) -> str | None:
        """The endpoint that a response named for a request; None is the service's own."""
        if endpoint is None or service.has_own_variable:
            return None
        check_data_endpoint(
            endpoint,
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
        return endpoint

    async def _open(self, api: str, resource_region: str | None) -> _Service:
        """The client of an API in a region; all callers that need it wait for one opening."""
        self.region = _region(self._config, await self._opened_session())
        # The region of calls needs no client of its own.
        region = None if resource_region == self.region else resource_region
        key = _service_key(api, region)
        if key not in self._services:
            if key not in self._openings:
                opening = partial(self._open_service, api, region or self.region, key)
                self._openings[key] = SingleFlight(self._tasks, opening)
            await self._openings[key].join()
            # A kit that was closed meanwhile has forgotten its services.
            self._check_open()
        service = self._services[_service_key(api, resource_region)] = self._services[key]
        return service

    async def _open_service(self, api: str, region: str, key: str) -> _Service:
        session = await self._opened_session()
        await self._credentials_check.join()
        # Reading models from disk would block the loop.
        partitions = await asyncio.to_thread(_read_models, session, api)
        has_own_variable = _has_own_variable(session, APIS[api].service_id)
        http_sessions: list[HttpConnections] = []
        client = await self._stack.enter_async_context(
            session.create_client(
                api,
                region_name=region,
                endpoint_url=None if has_own_variable else self._config.endpoint_url,
                config=AioConfig(
                    http_session_cls=self._http_sessions.session_class(
                        on_sent=_mark_sent, on_made=http_sessions.append
                    ),
                    max_pool_connections=self._config.max_connections,
                    parameter_validation=False,
                    user_agent=_user_agent(session),
                    # An empty mapping disables the proxies of the environment.
                    proxies={} if is_loopback(self._config.endpoint_url) else None,
                ),
            )
        )
        template = await make_template(client)
        self._logs.cover()
        self._check_open()
        service = self._services[key] = _Service(
            ServiceClient(template, await session.get_credentials(), http_sessions[0]),
            client.meta.region_name,
            has_own_variable,
            APIS[api].domain,
            dns_suffixes(partitions, region),
            asyncio.Semaphore(self._config.max_connections),
        )
        return service

    async def _opened_session(self) -> AioSession:
        return self._session or await self._session_opening.join()

    async def _open_session(self) -> AioSession:
        session = await asyncio.to_thread(
            configured_session, self._config, self._tasks, self._http_sessions
        )
        self._logs.cover()
        self._session = session
        return session

    async def _find_credentials(self) -> None:
        """Find credentials once for all APIs.

        Raises:
            ConfigError: there are none.
            VidKitTimeoutError: their source took too long.
        """
        try:
            async with asyncio.timeout(_MAX_CREDENTIALS_SECONDS):
                await self._check_credentials(await self._opened_session())
        except VidKitError:
            raise
        except TimeoutError as error:
            raise VidKitTimeoutError(
                f"credentials: none within {_MAX_CREDENTIALS_SECONDS:g} s", retryable=True
            ) from error

    async def _check_credentials(self, session: AioSession) -> None:
        if await session.get_credentials() is None:
            raise ConfigError(
                "credentials: none found; give AwsConfig(access_key_id=..., "
                "secret_access_key=...) or profile=..., or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY"
            )


async def _send_once(
    client: ServiceClient,
    content: HttpContent,
    endpoint: str | None,
    call: _Call,
    date: SigningDate,
) -> HttpResponse:
    # A rejected date makes this the second request of the call: it is not signed and sent yet.
    call.is_sent = False
    return await client.send(content, date, endpoint=endpoint, secrets=call.secrets)


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


def _read_models(session: AioSession, api: str) -> Any:
    """The partitions; the loader caches them, and the rules for the endpoints of an API."""
    loader = session.get_component("data_loader")
    loader.load_service_model(api, "endpoint-rule-set-1")
    loader.load_data("endpoints")
    return loader.load_data("partitions")["partitions"]


def _has_own_variable(session: AioSession, service_id: str) -> bool:
    """Whether botocore's variable for this one service is set; it takes precedence then."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return False
    return bool(os.environ.get(endpoint_variable(service_id)))


def _mark_sent() -> None:
    """Mark the call's own request as sent."""
    if (call := _call.get(None)) is not None:
        call.is_sent = True
        mark_sent()
