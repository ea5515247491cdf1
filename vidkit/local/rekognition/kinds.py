"""What a kind of analysis is: its operations, its rules and its results."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from vidkit.local.runtime.state import State
from vidkit.local.video import media

Item: TypeAlias = dict[str, Any]
"""A structure of the API, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a job looks at: the video, and what was scripted about it for this kind."""

    path: Path
    info: media.VideoInfo
    scripted: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Result:
    """What a job found out."""

    info: media.VideoInfo
    items: Sequence[Item]


class JobKind(ABC):
    """One kind of analysis: its ``Start`` and ``Get`` operations in one place.

    A further kind is one subclass, listed among the kinds of the service.
    """

    name: ClassVar[str]
    """What follows ``Start`` and ``Get`` in the operations' names."""
    key: ClassVar[str]
    """How scripts and ordered failures name it: the name in snake_case."""
    member: ClassVar[str]
    """The member of the answer that holds the items."""

    def check(self, parameters: Mapping[str, Any], state: State) -> None:  # noqa: B027 - most kinds have no more rules
        """Hold the rules of the start request that the service model cannot say.

        Raises:
            Fault: the parameters contradict each other or name what is not there.
        """

    @abstractmethod
    def analyse(self, parameters: Mapping[str, Any], subject: Subject) -> list[Item]:
        """All items that the start request asks for (blocking)."""

    def query(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """How a get request wants the items: the part of it that a page token is bound to."""
        del parameters
        return {}

    def arrange(self, items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
        """The items in the form and order of a query."""
        del query
        return items

    def facts(
        self, parameters: Mapping[str, Any], result: Result | None, query: Mapping[str, str]
    ) -> Item:
        """The members of an answer beside the items and what all kinds share.

        Args:
            parameters: the start request.
            result: what was found out; None unless the job has succeeded.
            query: how the get request wants the items.
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


def timestamp(item: Mapping[str, Any]) -> int:
    """When an item is seen, in milliseconds from the start of the video."""
    moment: int = item.get("Timestamp", 0)
    return moment
