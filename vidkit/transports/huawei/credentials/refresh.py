"""Keeping credentials fresh: found once, renewed before their end, given up when refused."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from vidkit.errors import VidKitError
from vidkit.transports.huawei.credentials.single_flight import BackgroundTasks, SingleFlight
from vidkit.transports.huawei.credentials.source import CredentialSource, FoundCredentials, Identity

__all__ = ["RefreshableCredentials"]

_log = logging.getLogger("vidkit")

# Huawei's own SDK renews 40 minutes before the end; of what lives shorter, the last quarter.
_EARLY, _EARLY_SHARE = 40 * 60.0, 0.25
# What is about to end could have ended when the request arrives.
_LATE, _LATE_SHARE = 10.0, 0.05
# Between two renewals in the background: a tenth of what is left, within these bounds.
_PAUSE_SHARE, _LEAST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0, 60.0
# A replacement that nothing has accepted yet is not replaced again before that.
_FRESH = 60.0


@dataclass(slots=True)
class _Held:
    found: FoundCredentials
    since: float
    replacement: bool
    accepted: bool = False

    def left(self, now: float) -> float:
        """Seconds until it should not be used any more."""
        if self.found.lifetime is None:
            return float("inf")
        late = min(_LATE, self.found.lifetime * _LATE_SHARE)
        return self.since + self.found.lifetime - late - now

    def ageing(self, now: float) -> bool:
        """Whether it is time to look for its successor."""
        if self.found.lifetime is None:
            return False
        early = min(_EARLY, self.found.lifetime * _EARLY_SHARE)
        return now >= self.since + self.found.lifetime - early


class RefreshableCredentials:
    """Who calls, now.

    The first caller waits until something is found. From then on there is something at hand: when
    its end comes near, it is renewed in the background; only when it has ended do callers wait.

    Args:
        source: where it comes from.
        tasks: owns the renewals.
        clock: the time in seconds; it must go on while the machine sleeps.
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
        self._flight = SingleFlight(tasks, self._renew)
        self._held: _Held | None = None
        self._next_try = 0.0
        self._replacing = False

    async def get(self) -> FoundCredentials:
        """Keys or a token that are good now.

        Raises:
            VidKitError: none can be had.
        """
        held, now = self._held, self._clock()
        if held is None or held.left(now) <= 0:
            return await self._flight.join()
        if held.ageing(now) and now >= self._next_try:
            self._flight.start()
        return held.found

    def accepted(self, identity: Identity) -> None:
        """A service has let this one in."""
        if self._held is not None and self._held.found.identity == identity:
            self._held.accepted = True

    async def replace(self, refused: Identity) -> FoundCredentials | None:
        """What takes the place of something that a service refused; None when nothing does.

        Many may have been refused at once: the first gives it up, and one renewal serves them all.
        A replacement that is refused in its turn, before it was ever accepted, stays for a while:
        its successor would fare no better.

        Raises:
            VidKitError: none can be had.
        """
        held = self._held
        if held is not None and held.found.identity == refused:
            young = held.replacement and not held.accepted
            if not held.found.renewable or (young and self._clock() - held.since < _FRESH):
                return None
            self._held = None
            self._replacing = True
        found = await self.get()
        return None if found.identity == refused else found

    async def _renew(self) -> FoundCredentials:
        try:
            found = await self._source.fetch()
        except VidKitError as error:
            self._note_failure(error)
            raise
        now = self._clock()
        self._held = _Held(found, now, replacement=self._replacing)
        self._replacing = False
        self._wait_a_while(now)
        return found

    def _note_failure(self, error: VidKitError) -> None:
        now = self._clock()
        if self._held is not None and self._held.left(now) > 0:
            self._wait_a_while(now)
            _log.warning(
                "credentials could not be renewed; the present ones are good for %.0f s more: %s",
                self._held.left(now),
                error,
            )

    def _wait_a_while(self, now: float) -> None:
        left = self._held.left(now) if self._held else 0.0
        self._next_try = now + min(_LONGEST_PAUSE, max(_LEAST_PAUSE, left * _PAUSE_SHARE))
