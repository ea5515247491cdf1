"""The base of the kinds of analysis: operations, rules and results."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from vidkit.local.runtime.state import State
from vidkit.local.video import media

Item: TypeAlias = dict[str, Any]
"""A structure of the API as JSON."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a job analyses: the video, and the results scripted for it and this kind."""

    path: Path
    info: media.VideoInfo
    scripted: Sequence[Item]
    state: State


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job."""

    info: media.VideoInfo
    items: Sequence[Item]


class AnalysisKind(ABC):
    """One kind of analysis, with its ``Start`` and ``Get`` operations.

    To add a kind, write a subclass and list it in the service.
    """

    name: ClassVar[str]
    """The operations' names without ``Start`` and ``Get``."""
    key: ClassVar[str]
    """The name in snake_case, which scripts and failures use."""
    member: ClassVar[str]
    """The member of the response that contains the items."""

    def check(self, parameters: Mapping[str, Any], state: State) -> None:  # noqa: B027 - most kinds have no more rules
        """Check the rules of the start request that the service model does not contain.

        Raises:
            ApiError: the parameters contradict each other, or name something that does not exist.
        """

    @abstractmethod
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """All items that match the start request (blocking)."""

    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The part of a get request that selects form and order; page tokens are bound to it."""
        del parameters
        return {}

    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The items in the form and order of a query."""
        del query
        return items

    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """The members of a response, except for the items and the members of all kinds.

        Args:
            parameters: the start request.
            result: the job's result; None unless the job has succeeded.
            query: the form and order of the get request.
        """
        del parameters, query
        return {} if result is None else {"VideoMetadata": video_metadata(result.info)}


def video_metadata(info: media.VideoInfo) -> Item:
    """A video's properties as a ``VideoMetadata``."""
    return {
        "Codec": info.codec,
        "DurationMillis": round(info.duration * 1000),
        "Format": info.container,
        "FrameRate": float(info.frame_rate),
        "FrameHeight": info.height,
        "FrameWidth": info.width,
        "ColorRange": info.color_range,
    }


def item_timestamp(item: Mapping[str, Any]) -> int:
    """An item's time in milliseconds from the start of the video."""
    timestamp: int = item.get("Timestamp", 0)
    return timestamp
