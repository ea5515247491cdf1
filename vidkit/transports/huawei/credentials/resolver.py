"""Resolves the credentials and the project ID for each request."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.config import HuaweiConfig
from vidkit.transports.huawei.credentials import environment
from vidkit.transports.huawei.credentials.chain import CredentialChain, credential_sources
from vidkit.transports.huawei.credentials.credential_source import (
    FoundCredentials,
    Identity,
    SendRequest,
)
from vidkit.transports.huawei.credentials.endpoints import iam_endpoint_url
from vidkit.transports.huawei.credentials.iam import find_project
from vidkit.transports.huawei.credentials.refresh import RefreshableCredentials

__all__ = ["CredentialResolver", "ResolvedCredentials"]


@dataclass(frozen=True, slots=True)
class ResolvedCredentials:
    """An AK/SK or a token, and the project that requests are for."""

    identity: Identity
    project_id: str


class CredentialResolver:
    """Resolves credentials and project ID at the first use.

    The credentials are refreshed before they expire.

    Args:
        config: the configuration.
        send_request: sends requests to IAM and the metadata service.
        environ: the environment variables.
        clock: the time in seconds.
    """

    def __init__(
        self,
        config: HuaweiConfig,
        send_request: SendRequest,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._send_request = send_request
        self._environ = environ
        self._clock = clock
        self._tasks = BackgroundTasks()
        self._project_lookup = SingleFlight(self._tasks, self._look_up_project)
        self._resolved_project_id: str | None = None

    def check(self) -> None:
        """Check the configuration and the environment, without any request.

        Raises:
            ConfigError: they are incomplete or invalid.
        """
        _ = self._credentials

    async def get(self) -> ResolvedCredentials:
        """The credentials and the project ID to use now.

        Raises:
            ConfigError: no credentials or no project ID could be resolved.
            VidKitError: a source of credentials or IAM could not be reached, or returned an error.
        """
        credentials = await self._credentials.get()
        return ResolvedCredentials(credentials.identity, await self._project_id(credentials))

    async def project_id(self) -> str:
        """The project ID.

        Credentials are resolved only if the project ID depends on them.

        Raises:
            VidKitError: see `get`.
        """
        known = self._configured_project_id or self._resolved_project_id
        return known or (await self.get()).project_id

    def accepted(self, credentials: ResolvedCredentials) -> None:
        """Record that the service has accepted these credentials."""
        self._credentials.accepted(credentials.identity)

    async def replace(self, rejected: ResolvedCredentials) -> ResolvedCredentials | None:
        """Replace credentials that the service rejected.

        Returns:
            Other credentials; None if there are none.

        Raises:
            VidKitError: see `get`.
        """
        credentials = await self._credentials.replace(rejected.identity)
        if credentials is None:
            return None
        return ResolvedCredentials(credentials.identity, await self._project_id(credentials))

    async def close(self) -> None:
        """Cancel refreshes and project lookups in progress."""
        await self._tasks.close()

    @cached_property
    def _configured_project_id(self) -> str | None:
        return self._config.project_id or environment.project_id(self._environ)

    @cached_property
    def _credentials(self) -> RefreshableCredentials:
        chain = CredentialChain(
            credential_sources(
                self._config,
                self._environ,
                self._send_request,
                iam_endpoint_url=iam_endpoint_url(self._config, self._environ),
                project_id=self._configured_project_id,
            )
        )
        return RefreshableCredentials(chain, self._tasks, clock=self._clock)

    async def _project_id(self, credentials: FoundCredentials) -> str:
        known = self._configured_project_id or credentials.project_id or self._resolved_project_id
        self._resolved_project_id = known or await self._project_lookup.join()
        return self._resolved_project_id

    async def _look_up_project(self) -> str:
        credentials = await self._credentials.get()
        endpoint = iam_endpoint_url(
            self._config, self._environ, profile_endpoint=credentials.iam_endpoint
        )
        return await find_project(
            self._send_request,
            endpoint,
            region=self._config.region,
            identity=credentials.identity,
        )
