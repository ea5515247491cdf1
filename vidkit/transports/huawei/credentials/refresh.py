"""Cached credentials: refreshed before they expire, replaced when rejected."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.errors import VidKitError
from vidkit.transports.huawei.credentials.credential_source import (
    CredentialSource,
    FoundCredentials,
    Identity,
)
from vidkit.transports.refresh_failures import failed_refresh

__all__ = ["RefreshableCredentials"]

_log = logging.getLogger("vidkit")

# Advisory refresh, in the background: 40 minutes before the expiry, as in Huawei's own SDK; for
# shorter lifetimes, in their last quarter.
_ADVISORY_REFRESH_SECONDS, _ADVISORY_REFRESH_SHARE = 40 * 60.0, 0.25
# Mandatory refresh, which callers wait for: the credentials could expire before a request arrives.
_MANDATORY_REFRESH_SECONDS, _MANDATORY_REFRESH_SHARE = 10.0, 0.05
# The pause between two advisory refreshes: a tenth of the remaining time, within these bounds.
_REFRESH_PAUSE_SHARE = 0.1
_MIN_REFRESH_PAUSE_SECONDS, _MAX_REFRESH_PAUSE_SECONDS = 1.0, 60.0
# How long a replacement that was never accepted is kept, although it was rejected.
_REPLACEMENT_KEPT_SECONDS = 60.0


@dataclass(slots=True)
class _CachedCredentials:
    credentials: FoundCredentials
    fetched_at: float
    is_replacement: bool
    accepted: bool = False

    def remaining_seconds(self, now: float) -> float:
        """Seconds until the mandatory refresh."""
        lifetime = self.credentials.lifetime
        if lifetime is None:
            return float("inf")
        window = min(_MANDATORY_REFRESH_SECONDS, lifetime * _MANDATORY_REFRESH_SHARE)
        return self.fetched_at + lifetime - window - now

    def needs_advisory_refresh(self, now: float) -> bool:
        """Whether the time of the advisory refresh has come."""
        lifetime = self.credentials.lifetime
        if lifetime is None:
            return False
        window = min(_ADVISORY_REFRESH_SECONDS, lifetime * _ADVISORY_REFRESH_SHARE)
        return now >= self.fetched_at + lifetime - window


class RefreshableCredentials:
    """The credentials of a source, cached and refreshed.

    The first caller waits until the source has returned credentials. Later calls get the cached
    ones: a refresh before the expiry runs in the background, and callers wait only if the
    credentials have expired.

    Args:
        source: the source of the credentials.
        tasks: owns the refreshes.
        clock: the time in seconds; it must advance while the machine sleeps.
    """

    def __init__(
        self,
        source: CredentialSource,
        tasks: BackgroundTasks,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._clock = clock
        self._single_flight = SingleFlight(tasks, self._refresh)
        self._cached: _CachedCredentials | None = None
        self._next_refresh_at = 0.0
        self._replacing = False
        self._has_worked = False

    async def get(self) -> FoundCredentials:
        """Credentials that are valid now.

        Raises:
            VidKitError: the source returned none.
        """
        cached, now = self._cached, self._clock()
        if cached is None or cached.remaining_seconds(now) <= 0:
            return await self._single_flight.join()
        if cached.needs_advisory_refresh(now) and now >= self._next_refresh_at:
            self._single_flight.start()
        return cached.credentials

    def accepted(self, identity: Identity) -> None:
        """Record that a service has accepted these credentials."""
        if self._cached is not None and self._cached.credentials.identity == identity:
            self._cached.accepted = True

    async def replace(self, rejected: Identity) -> FoundCredentials | None:
        """Replace credentials that a service rejected.

        If many requests were rejected at once, the first discards the credentials, and one refresh
        serves all. A replacement that is itself rejected, before it was ever accepted, is kept for
        a minute: its successor would be rejected, too.

        Returns:
            Other credentials; None if there are none.

        Raises:
            VidKitError: the source returned no credentials.
        """
        cached = self._cached
        if cached is not None and cached.credentials.identity == rejected:
            unproven = cached.is_replacement and not cached.accepted
            age = self._clock() - cached.fetched_at
            if not cached.credentials.refreshable or (unproven and age < _REPLACEMENT_KEPT_SECONDS):
                return None
            self._cached = None
            self._replacing = True
        credentials = await self.get()
        return None if credentials.identity == rejected else credentials

    async def _refresh(self) -> FoundCredentials:
        try:
            credentials = await self._source.fetch()
        except VidKitError as error:
            self._handle_failure(error)
            failure = failed_refresh(error) if self._has_worked else error
            if failure is error:
                raise
            raise failure from error
        self._has_worked = True
        now = self._clock()
        self._cached = _CachedCredentials(credentials, now, is_replacement=self._replacing)
        self._replacing = False
        self._postpone_refresh(now)
        return credentials

    def _handle_failure(self, error: VidKitError) -> None:
        now = self._clock()
        if self._cached is not None and self._cached.remaining_seconds(now) > 0:
            self._postpone_refresh(now)
            _log.warning(
                "credentials could not be refreshed; the present ones are valid for %.0f s more: "
                "%s",
                self._cached.remaining_seconds(now),
                error,
            )

    def _postpone_refresh(self, now: float) -> None:
        remaining = self._cached.remaining_seconds(now) if self._cached else 0.0
        pause = max(_MIN_REFRESH_PAUSE_SECONDS, remaining * _REFRESH_PAUSE_SHARE)
        self._next_refresh_at = now + min(_MAX_REFRESH_PAUSE_SECONDS, pause)
