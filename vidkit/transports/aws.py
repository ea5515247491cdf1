"""AWS through aiobotocore: the one file that imports it.

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
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from contextvars import ContextVar
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession, get_session
from aiohttp import ClientConnectorError
from botocore import exceptions as botocore_errors
from botocore import xform_name

from vidkit.config import AwsConfig, is_loopback
from vidkit.errors import (
    ConfigError,
    RequestError,
    TransportError,
    VidKitError,
    VidKitTimeoutError,
    service_error,
)
from vidkit.transports.base import AwsRequest, Reply

__all__ = ["AwsTransport"]

_RAW = "VidKitRawReply"
_JSON_PROTOCOLS = {"json", "rest-json"}

_endpoint: ContextVar[str | None] = ContextVar("vidkit_aws_endpoint", default=None)


class _OneRequest:
    """An aiohttp session that sends what it is told, once, to the address it was made for.

    aiohttp would follow redirects and take the session token of temporary credentials along.
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    async def request(self, method: str, **parameters: Any) -> Any:
        return await self._session.request(method, allow_redirects=False, **parameters)


class _HttpSession(AIOHTTPSession):  # type: ignore[misc]
    async def _get_session(self, proxy_url: Any) -> Any:
        return _OneRequest(await super()._get_session(proxy_url))


class AwsTransport:
    """Owns one botocore session and one client for each API that is used."""

    def __init__(self, config: AwsConfig) -> None:
        self._config = config
        self._clients: dict[str, Any] = {}
        self._opening = asyncio.Lock()
        self._session: AioSession | None = None
        self._stack = AsyncExitStack()
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
        except Exception as error:
            raise _unusable(error) from error

    async def send(self, request: AwsRequest) -> Reply:
        """Send once; see `Transport`."""
        try:
            client = self._clients.get(request.api) or await self._open(request.api)
        except VidKitError:
            raise
        except Exception as error:
            raise _unusable(error) from error
        try:
            return await self._call(client, request)
        except botocore_errors.ClientError as error:
            if error.operation_name != request.operation:
                raise _credentials_refused(error) from error
            return _raw_reply(error.response)
        except Exception as error:
            raise _translate(error) from error

    async def close(self) -> None:
        """Close the clients and their connections."""
        self._closed = True
        self._clients.clear()
        await self._stack.aclose()

    async def _call(self, client: Any, request: AwsRequest) -> Reply:
        method = getattr(client, xform_name(request.operation))
        token = _endpoint.set(None if _own_address(request.api) else request.endpoint)
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
                    endpoint_url=_endpoint_url(self._config, api),
                    config=AioConfig(
                        connect_timeout=self._config.connect_timeout,
                        # The call's own timeout ends an attempt; this one must not be sooner.
                        read_timeout=None,
                        max_pool_connections=self._config.max_connections,
                        retries={"total_max_attempts": 1, "mode": "standard"},
                        parameter_validation=False,
                        user_agent_extra="vidkit",
                        http_session_cls=_HttpSession,
                        # An empty mapping keeps the environment's proxies out.
                        proxies={} if is_loopback(self._config.endpoint_url) else None,
                    ),
                )
            )
            model = client.meta.service_model
            service_id = model.service_id.hyphenize()
            if model.resolved_protocol in _JSON_PROTOCOLS:
                client.meta.events.register(f"before-parse.{service_id}", _keep_raw)
            client.meta.events.register(f"before-call.{service_id}", _redirect)
            if self._closed:
                await self._stack.aclose()
                raise RequestError("this VidKit is closed; make a new one")
            self._clients[api] = client
            return client

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


def _variables(config: AwsConfig) -> dict[str, Any] | None:
    """With keys and region given, no profile that the environment names can get in the way."""
    if config.access_key_id and config.region and not config.profile:
        return {"profile": (None, None, None, None)}
    return None


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
    if _RAW not in response:
        return _parsed_reply(response)
    reply: Reply = response[_RAW]
    return reply


def _parsed_reply(response: Mapping[str, Any]) -> Reply:
    """A reply whose XML botocore has read, as the JSON that it would have been."""
    facts = response["ResponseMetadata"]
    content = response.get("Error") or {
        name: value for name, value in response.items() if name != "ResponseMetadata"
    }
    return Reply(
        status=facts["HTTPStatusCode"],
        body=json.dumps(content, default=str).encode(),
        headers=facts["HTTPHeaders"],
    )


def _endpoint_url(config: AwsConfig, api: str) -> str | None:
    """The configured address, unless botocore's variable for this one service names another."""
    return None if _own_address(api) else config.endpoint_url


def _own_address(api: str) -> bool:
    return bool(os.environ.get(f"AWS_ENDPOINT_URL_{api.replace('-', '_').upper()}"))


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


def _unusable(error: Exception) -> ConfigError:
    """What went wrong before anything was sent: configuration, credentials, addresses."""
    return ConfigError(f"AWS configuration: {error}")


def _credentials_refused(error: botocore_errors.ClientError) -> VidKitError:
    """A refusal of the service that credentials come from; nothing else was sent."""
    refused = error.response.get("Error", {})
    found = service_error(
        code=refused.get("Code"),
        status=error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400),
        message=f"credentials: {error.operation_name}: {refused.get('Message')}",
    )
    found.ambiguous = False
    return found


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
