"""Static credentials of the configuration, and those of its callable."""

import asyncio
import inspect
from datetime import UTC, datetime
from typing import Any

from vidkit._internal.descriptors import is_lack_of_descriptors, lack_of_descriptors
from vidkit._internal.tasks import is_cancelled
from vidkit.config import HuaweiConfig, HuaweiCredentials
from vidkit.config.secret_fields import check_secrets_present
from vidkit.errors import ConfigError, VidKitError
from vidkit.transports.huawei.credentials.credential_source import (
    FoundCredentials,
    IamToken,
    Identity,
)

__all__ = ["CallableSource", "StaticSource", "static_identity"]


def static_identity(config: HuaweiConfig) -> Identity | None:
    """The AK/SK or the token of a configuration; None if it has neither."""
    if config.auth_token is not None:
        return IamToken(config.auth_token)
    if config.access_key is not None and config.secret_key is not None:
        return HuaweiCredentials(
            access_key=config.access_key,
            secret_key=config.secret_key,
            security_token=config.security_token,
        )
    return None


class StaticSource:
    """The static credentials of a configuration, which never change."""

    name = "HuaweiConfig"

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def fetch(self) -> FoundCredentials:
        """Get the static credentials."""
        return FoundCredentials(self._identity, refreshable=False)


class CallableSource:
    """The credentials that the user's callable returns.

    Each fetch calls it again.

    Args:
        function: a coroutine function is called in the event loop, any other callable in a thread.
    """

    name = "HuaweiConfig(credentials=...)"

    def __init__(self, function: Any) -> None:
        self._function = function

    async def fetch(self) -> FoundCredentials:
        """Call the callable.

        Raises:
            ConfigError: the callable failed, or did not return `HuaweiCredentials`.
            VidKitError: the callable raised it.
        """
        try:
            credentials = await self._call()
        except VidKitError:
            raise
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            # Only what the callable awaited was cancelled.
            raise ConfigError("credentials: the callable raised CancelledError") from error
        except Exception as error:
            if is_lack_of_descriptors(error):
                raise lack_of_descriptors() from error
            # The error's message may contain secrets of the callable, so it is not quoted.
            raise ConfigError(f"credentials: the callable raised {type(error).__name__}") from error
        if not isinstance(credentials, HuaweiCredentials):
            kind = type(credentials).__name__
            raise ConfigError(
                f"credentials: the callable must return HuaweiCredentials, not {kind}"
            )
        check_secrets_present(credentials)
        if credentials.expires_at is None:
            return FoundCredentials(credentials)
        lifetime = (credentials.expires_at - datetime.now(UTC)).total_seconds()
        return FoundCredentials(credentials, lifetime=lifetime)

    async def _call(self) -> object:
        call = self._function
        if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__):
            return await call()
        returned: Any = await asyncio.to_thread(call)
        return await returned if inspect.isawaitable(returned) else returned
