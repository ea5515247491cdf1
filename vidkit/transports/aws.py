"""AWS through aiobotocore: the one file that imports it.

botocore signs, resolves endpoints and credentials, and serialises. Its retries are off (one retry
layer is enough) and its response parser sees an empty body: the raw one is decoded straight into
the models (see docs/decisions).
"""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from contextvars import ContextVar
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from aiohttp import ClientConnectorError
from botocore import exceptions as botocore_errors
from botocore import xform_name

from vidkit.config import AwsConfig
from vidkit.errors import ConfigError, TransportError, VidKitError, VidKitTimeoutError
from vidkit.transports.base import AwsRequest, Reply

__all__ = ["AwsTransport"]

_RAW = "VidKitRawReply"

_endpoint: ContextVar[str | None] = ContextVar("vidkit_aws_endpoint", default=None)


class AwsTransport:
    """Owns one botocore session and one client for each API that is used."""

    def __init__(self, config: AwsConfig) -> None:
        self._config = config
        self._clients: dict[str, Any] = {}
        self._opening = asyncio.Lock()
        self._session: AioSession | None = None
        self._stack = AsyncExitStack()

    async def region(self) -> str:
        """The region that calls go to.

        Raises:
            ConfigError: none is configured.
        """
        async with self._opening:
            session = await self._open_session()
        return _region(self._config, session)

    async def send(self, request: AwsRequest) -> Reply:
        """Send once; see `Transport`."""
        try:
            client = self._clients.get(request.api) or await self._open(request.api)
        except botocore_errors.BotoCoreError as error:
            raise ConfigError(f"{error}") from error
        try:
            return await self._call(client, request)
        except botocore_errors.ClientError as error:
            return _raw_reply(error.response)
        except Exception as error:
            raise _translate(error) from error

    async def close(self) -> None:
        """Close the clients and their connections."""
        self._clients.clear()
        await self._stack.aclose()

    async def _call(self, client: Any, request: AwsRequest) -> Reply:
        method = getattr(client, xform_name(request.operation))
        token = _endpoint.set(request.endpoint)
        try:
            return _raw_reply(await method(**request.params))
        finally:
            _endpoint.reset(token)

    async def _open(self, api: str) -> Any:
        async with self._opening:
            if api in self._clients:
                return self._clients[api]
            session = await self._open_session()
            region = _region(self._config, session)
            await self._check_credentials(session)
            # Reading the service's model from disk would hold up the loop.
            await asyncio.to_thread(_read_models, session, api)
            client = await self._stack.enter_async_context(
                session.create_client(
                    api,
                    region_name=region,
                    endpoint_url=self._config.endpoint_url,
                    config=AioConfig(
                        connect_timeout=self._config.connect_timeout,
                        # The call's own timeout ends an attempt; this one must not be sooner.
                        read_timeout=None,
                        max_pool_connections=self._config.max_connections,
                        retries={"total_max_attempts": 1, "mode": "standard"},
                        parameter_validation=False,
                        user_agent_extra="vidkit",
                    ),
                )
            )
            service_id = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register(f"before-parse.{service_id}", _keep_raw)
            client.meta.events.register(f"before-call.{service_id}", _redirect)
            self._clients[api] = client
            return client

    async def _open_session(self) -> AioSession:
        if self._session is None:
            session = await asyncio.to_thread(get_session)
            if self._config.profile:
                session.set_config_variable("profile", self._config.profile)
            if self._config.access_key_id:
                session.set_credentials(
                    self._config.access_key_id,
                    self._config.secret_access_key,
                    self._config.session_token,
                )
            self._session = session
        return self._session

    async def _check_credentials(self, session: AioSession) -> None:
        if await session.get_credentials() is None:
            raise ConfigError(
                "credentials: none found; give AwsConfig(access_key_id=..., "
                "secret_access_key=...) or profile=..., or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY"
            )


def _region(config: AwsConfig, session: AioSession) -> str:
    region = config.region or os.environ.get("AWS_REGION") or session.get_config_variable("region")
    if not region:
        raise ConfigError(
            "region: none given; give AwsConfig(region=...) or set AWS_REGION, such as eu-central-1"
        )
    return str(region)


def _read_models(session: AioSession, api: str) -> None:
    loader = session.get_component("data_loader")
    loader.load_service_model(api, "service-2")
    loader.load_service_model(api, "endpoint-rule-set-1")
    loader.load_data("partitions")
    loader.load_data("endpoints")


def _keep_raw(
    *, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    customized_response_dict[_RAW] = Reply(
        status=response_dict["status_code"],
        body=response_dict["body"],
        headers=response_dict["headers"],
    )
    response_dict["body"] = b"{}"


def _redirect(*, params: dict[str, Any], **_: Any) -> None:
    if (endpoint := _endpoint.get()) is not None:
        params["url"] = endpoint.rstrip("/") + params["url_path"]


def _raw_reply(response: Mapping[str, Any]) -> Reply:
    reply: Reply = response[_RAW]
    return reply


_CONFIG_ERRORS = (
    botocore_errors.BaseEndpointResolverError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.EndpointProviderError,
    botocore_errors.InvalidEndpointConfigurationError,
    botocore_errors.LoginError,
    botocore_errors.MetadataRetrievalError,
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.SSOError,
    botocore_errors.TokenRetrievalError,
)


def _never_sent(error: Exception) -> bool:
    if isinstance(
        error, botocore_errors.ConnectTimeoutError | botocore_errors.ProxyConnectionError
    ):
        return True
    # EndpointConnectionError also stands for a reset after sending: only its cause tells.
    cause = error.kwargs.get("error") if isinstance(error, botocore_errors.BotoCoreError) else None
    return isinstance(cause, ClientConnectorError | socket.gaierror)


def _translate(error: Exception) -> VidKitError:
    """A vidkit error for whatever botocore raised other than a service's refusal."""
    if isinstance(error, _CONFIG_ERRORS):
        return ConfigError(f"{error}")
    sent = not _never_sent(error)
    if isinstance(error, botocore_errors.ConnectTimeoutError | botocore_errors.ReadTimeoutError):
        return VidKitTimeoutError(f"{error}", retryable=True, ambiguous=sent)
    if isinstance(error, botocore_errors.SSLError):
        return TransportError(f"{error}")
    if isinstance(error, botocore_errors.HTTPClientError | botocore_errors.ConnectionError):
        return TransportError(f"{error}", retryable=True, ambiguous=sent)
    return TransportError(f"{type(error).__name__}: {error}", ambiguous=True)
