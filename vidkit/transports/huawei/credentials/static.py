"""Credentials that stand in the configuration itself, or that its callable returns."""

import asyncio
import inspect
from datetime import UTC, datetime
from typing import Any

from vidkit.config import HuaweiConfig, HuaweiCredentials
from vidkit.config.secret_fields import check_secrets_present
from vidkit.errors import ConfigError, VidKitError
from vidkit.transports.huawei.credentials.source import FoundCredentials, IamToken, Identity

__all__ = ["CallableSource", "StaticSource", "static_identity"]


def static_identity(config: HuaweiConfig) -> Identity | None:
    """The keys or the token of a configuration; None without."""
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
    """What was given stays as it is."""

    name = "HuaweiConfig"

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def fetch(self) -> FoundCredentials:
        """The one that was given."""
        return FoundCredentials(self._identity, renewable=False)


class CallableSource:
    """What a callable of the user returns, each time anew.

    Args:
        give: a coroutine function is called in the event loop, any other callable in a thread.
    """

    name = "HuaweiConfig(credentials=...)"

    def __init__(self, give: Any) -> None:
        self._give = give

    async def fetch(self) -> FoundCredentials:
        """Call it.

        Raises:
            ConfigError: it failed, or returned something else than `HuaweiCredentials`.
            VidKitError: likewise, when it raises one.
        """
        try:
            keys = await self._call()
        except VidKitError:
            raise
        except Exception as error:
            # Its text is not ours to show: it may hold what the callable works with.
            raise ConfigError(f"credentials: the callable raised {type(error).__name__}") from error
        if not isinstance(keys, HuaweiCredentials):
            kind = type(keys).__name__
            raise ConfigError(
                f"credentials: the callable must return HuaweiCredentials, not {kind}"
            )
        check_secrets_present(keys)
        if keys.expires_at is None:
            return FoundCredentials(keys)
        left = (keys.expires_at - datetime.now(UTC)).total_seconds()
        return FoundCredentials(keys, lifetime=left)

    async def _call(self) -> object:
        give = self._give
        if inspect.iscoroutinefunction(give) or inspect.iscoroutinefunction(type(give).__call__):
            return await give()
        keys: Any = await asyncio.to_thread(give)
        return await keys if inspect.isawaitable(keys) else keys
