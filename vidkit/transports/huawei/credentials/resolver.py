"""Who calls, and for which project: what the transport asks for before each request."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from vidkit.config import HuaweiConfig
from vidkit.transports.huawei.credentials import environment
from vidkit.transports.huawei.credentials.chain import CredentialChain, credential_sources
from vidkit.transports.huawei.credentials.endpoints import iam_endpoint_url
from vidkit.transports.huawei.credentials.iam import find_project
from vidkit.transports.huawei.credentials.refresh import RefreshableCredentials
from vidkit.transports.huawei.credentials.single_flight import BackgroundTasks, SingleFlight
from vidkit.transports.huawei.credentials.source import FoundCredentials, Identity, SendRequest

__all__ = ["CredentialResolver", "ResolvedCredentials"]


@dataclass(frozen=True, slots=True)
class ResolvedCredentials:
    """Keys or a token, and the project that they call for."""

    identity: Identity
    project_id: str


class CredentialResolver:
    """Finds who calls when it is first asked, and keeps that fresh.

    Args:
        config: what was given.
        ask: sends requests to IAM and the metadata service.
        environ: the environment.
        clock: the time in seconds.
    """

    def __init__(
        self,
        config: HuaweiConfig,
        ask: SendRequest,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._ask = ask
        self._environ = environ
        self._clock = clock
        self._tasks = BackgroundTasks()
        self._look_up = SingleFlight(self._tasks, self._find_project)
        self._settled: str | None = None

    def check(self) -> None:
        """Whether configuration and environment make sense; nothing is asked.

        Raises:
            ConfigError: they do not.
        """
        _ = self._credentials

    async def get(self) -> ResolvedCredentials:
        """Who calls now.

        Raises:
            ConfigError: no credentials or no project can be found.
            VidKitError: credentials or project could not be asked for, or were refused.
        """
        found = await self._credentials.get()
        return ResolvedCredentials(found.identity, await self._project_id(found))

    async def project_id(self) -> str:
        """The project that calls are for; credentials are found for it only where they must be.

        Raises:
            VidKitError: see `get`.
        """
        return self._given_project or self._settled or (await self.get()).project_id

    def accepted(self, caller: ResolvedCredentials) -> None:
        """A service has let this one in."""
        self._credentials.accepted(caller.identity)

    async def replace(self, refused: ResolvedCredentials) -> ResolvedCredentials | None:
        """Who calls in the place of one that a service refused; None when there is nobody else.

        Raises:
            VidKitError: see `get`.
        """
        found = await self._credentials.replace(refused.identity)
        if found is None:
            return None
        return ResolvedCredentials(found.identity, await self._project_id(found))

    async def close(self) -> None:
        """End the renewals and look-ups under way."""
        await self._tasks.close()

    @cached_property
    def _given_project(self) -> str | None:
        return self._config.project_id or environment.project_id(self._environ)

    @cached_property
    def _credentials(self) -> RefreshableCredentials:
        chain = CredentialChain(
            credential_sources(
                self._config,
                self._environ,
                self._ask,
                iam_endpoint_url=iam_endpoint_url(self._config, self._environ),
                project_id=self._given_project,
            )
        )
        return RefreshableCredentials(chain, self._tasks, clock=self._clock)

    async def _project_id(self, found: FoundCredentials) -> str:
        known = self._given_project or found.project_id or self._settled
        self._settled = known or await self._look_up.join()
        return self._settled

    async def _find_project(self) -> str:
        found = await self._credentials.get()
        address = iam_endpoint_url(self._config, self._environ, beside=found.iam_endpoint)
        return await find_project(
            self._ask, address, region=self._config.region, identity=found.identity
        )
