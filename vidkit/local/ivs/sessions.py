"""Stream sessions of channels. No I/O, no clock."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

_ID_CHARACTERS: Final = string.ascii_letters + string.digits
_ID_LENGTH: Final = 23
_STATE_CHANGE: Final = "IVS Stream State Change"
# Width, height, level and bit rate that the made-up encoders send.
_RESOLUTIONS: Final = {
    "FULL_HD": (1920, 1080, "4", 6_000_000),
    "HD": (1280, 720, "3.1", 3_000_000),
    "SD": (852, 480, "3.1", 1_500_000),
}


@dataclass(slots=True)
class Session:
    """A stream session: the channel, the start and the end of its stream.

    ``ended`` is in the future when the stream is being stopped; until then it is live.
    """

    id: str
    number: int
    """The number of the channel's sessions before it."""
    channel: Mapping[str, Any]
    """The channel's settings when it went live."""
    started: datetime
    ended: datetime | None = None
    failed: bool = False

    def is_live(self, now: datetime) -> bool:
        """Whether it has not ended yet."""
        return self.ended is None or now < self.ended

    def end(self, timestamp: datetime) -> None:
        """End it at a time, unless it already ends before that time."""
        self.ended = timestamp if self.ended is None else min(self.ended, timestamp)

    def summary(self, now: datetime) -> dict[str, Any]:
        """The members that lists of sessions contain."""
        return {**self._times(now), "hasErrorEvent": self.failed}

    def detail(self, now: datetime) -> dict[str, Any]:
        """All members."""
        videos, audio = [_video(*track) for track in _tracks(self.channel)], _audio()
        first = {**videos[0], "avcProfile": videos[0]["profile"], "avcLevel": videos[0]["level"]}
        return {
            **self._times(now),
            "channel": self.channel,
            "ingestConfiguration": {"video": first, "audio": audio},
            "ingestConfigurations": {"videoConfigurations": videos, "audioConfigurations": [audio]},
            "truncatedEvents": self._events(now),
        }

    def _times(self, now: datetime) -> dict[str, Any]:
        times: dict[str, Any] = {"streamId": self.id, "startTime": _iso(self.started)}
        if self.ended is not None and not self.is_live(now):
            times["endTime"] = _iso(self.ended)
        return times

    def _events(self, now: datetime) -> list[dict[str, str]]:
        """The events, latest first."""
        events = [("Session Created", self.started), ("Stream Start", self.started)]
        if self.ended is not None and not self.is_live(now):
            if self.failed:
                events.append(("Stream Failure", self.ended))
            events += [("Stream End", self.ended), ("Session Ended", self.ended)]
        return [
            {"name": name, "type": _STATE_CHANGE, "eventTime": _iso(timestamp)}
            for name, timestamp in reversed(events)
        ]


def new_stream_id() -> str:
    """An id in the service's format: ``st-`` and 23 letters and digits.

    Example:
        >>> len(new_stream_id())
        26
    """
    return "st-" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))


def _tracks(channel: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Numbers and resolutions of the video tracks that match a channel's settings."""
    multitrack: Mapping[str, Any] = channel["multitrackInputConfiguration"]
    if not multitrack["enabled"]:
        return [(0, "SD" if channel["type"] == "BASIC" else "FULL_HD")]
    resolutions = list(_RESOLUTIONS)
    return list(enumerate(resolutions[resolutions.index(multitrack["maximumResolution"]) :]))


def _video(number: int, resolution: str) -> dict[str, Any]:
    width, height, level, bitrate = _RESOLUTIONS[resolution]
    return {
        "codec": "avc1.4D4028" if level == "4" else "avc1.4D401F",
        "profile": "Main",
        "level": level,
        "encoder": "vidkit.local",
        "targetBitrate": bitrate,
        "targetFramerate": 30,
        "videoWidth": width,
        "videoHeight": height,
        "track": f"Track{number}",
    }


def _audio() -> dict[str, Any]:
    return {
        "codec": "mp4a.40.2",
        "targetBitrate": 128_000,
        "sampleRate": 48_000,
        "channels": 2,
        "track": "Track0",
    }


def _iso(timestamp: datetime) -> str:
    text = timestamp.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
