"""The parameters of MPC's snapshot requests: their limits and defaults."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeGuard, cast

from vidkit.local.protocol.wire import ApiError

DEFAULT_INTERVAL_SECONDS = 12
DEFAULT_MAX_LENGTH_PIXELS = 480
DEFAULT_THRESHOLD = 32

_MAX_INT = 2**31 - 1
_MAX_DOTS = 10
_MAX_TASK_IDS = 10
_MAX_TASK_ID_LENGTH = 16
_MEMBERS = frozenset(
    {"input", "output", "user_data", "thumbnail_para", "tar", "sync", "original_dir"}
)
_PARA_MEMBERS = frozenset(
    {
        "type",
        "time",
        "start_time",
        "duration",
        "dots",
        "dots_ms",
        "output_filename",
        "format",
        "width",
        "height",
        "max_length",
        "amount",
        "threshold",
    }
)
_SUFFIXES = {".jpg", ".jpeg"}


def invalid(what: str) -> ApiError:
    """The error for a request with an invalid parameter."""
    return ApiError("MPC.10202", f"Invalid request parameter: {what}")


@dataclass(frozen=True, slots=True)
class Location:
    """An ``ObsObjInfo``: an object, or a folder for objects."""

    bucket: str
    location: str
    object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRequest:
    """A ``CreateThumbReq`` that has passed all checks."""

    input: Location
    output: Location
    user_data: str | None
    packed: bool
    """Whether the pictures are packed into one TAR."""
    synchronous: bool
    original_dir: bool
    type: str
    interval: int
    start_time: int
    duration: int
    points: tuple[int, ...]
    """The values of ``dots`` in seconds, or of ``dots_ms`` in milliseconds."""
    stem: str
    """The prefix of the pictures' names."""
    width: int
    height: int
    max_length: int | None
    """None when the request does not name it: the default is :data:`DEFAULT_MAX_LENGTH_PIXELS`."""
    amount: int | None
    threshold: int

    @property
    def single(self) -> bool:
        """Whether the only picture's name has no time in it."""
        return self.type != "TIME" and len(self.points) == 1


def read_request(content: Mapping[str, Any], *, region: str) -> SnapshotRequest:
    """The request in the body of a create call.

    Raises:
        ApiError: MPC.10202, which names the invalid parameter.
    """
    check_known(content, _MEMBERS)
    input_ = _location(content, "input", region)
    output = _location(content, "output", region)
    para = _object(content, "thumbnail_para")
    check_known(para, _PARA_MEMBERS, "thumbnail_para.")
    synchronous = _integer(content, "sync", 0, 1, default=0) == 1
    type_ = _string(para, "type", 16) or "TIME"
    if type_ not in {"TIME", "DOTS", "DOTS_MS"}:
        raise invalid(f"thumbnail_para.type is {type_}; it is TIME, DOTS or DOTS_MS.")
    _integer(para, "format", 1, 1, default=1)
    return SnapshotRequest(
        input=input_,
        output=output,
        user_data=_string(content, "user_data", 65535),
        packed=_integer(content, "tar", 0, 1, default=1) == 0,
        synchronous=synchronous,
        original_dir=_integer(content, "original_dir", 0, 1, default=0) == 1,
        type=type_,
        interval=_integer(para, "time", 1, 100, default=DEFAULT_INTERVAL_SECONDS),
        start_time=_integer(para, "start_time", 0, _MAX_INT, default=0),
        duration=_integer(para, "duration", 0, _MAX_INT, default=0),
        points=_points(para, type_, synchronous=synchronous),
        stem=_stem(_string(para, "output_filename", 256), input_.object),
        width=_side(para, "width", 3840),
        height=_side(para, "height", 2160),
        max_length=_max_length(para),
        amount=_integer(para, "amount", 1, 100, default=0) or None,
        threshold=_integer(para, "threshold", 0, 255, default=DEFAULT_THRESHOLD),
    )


def check_known(content: Mapping[str, object], known: Collection[str], path: str = "") -> None:
    """Check that an object or a query has no unknown members; null stands for none.

    Args:
        content: the object or the query.
        known: the names of its members.
        path: what precedes a name in the message, such as ``input.``.

    Raises:
        ApiError: MPC.10202, which names the unknown member.
    """
    for name, value in content.items():
        if name not in known and value is not None:
            raise invalid(f"{path}{name} is not known here.")


def read_task_ids(task_ids: Sequence[str]) -> Sequence[str]:
    """The task ids of a query.

    Raises:
        ApiError: MPC.10202, there are too many or one is too long.
    """
    if len(task_ids) > _MAX_TASK_IDS:
        raise invalid(f"{len(task_ids)} task_id; the most is {_MAX_TASK_IDS}.")
    for task_id in task_ids:
        if not 1 <= len(task_id) <= _MAX_TASK_ID_LENGTH:
            raise invalid(f"task_id has 1 to {_MAX_TASK_ID_LENGTH} characters.")
    return task_ids


def _points(para: Mapping[str, Any], type_: str, *, synchronous: bool) -> tuple[int, ...]:
    seconds = _integers(para, "dots")
    milliseconds = _integers(para, "dots_ms")
    if type_ == "TIME":
        return ()
    if type_ == "DOTS_MS":
        if not synchronous:
            raise invalid("thumbnail_para.type DOTS_MS needs sync 1.")
        if len(milliseconds) != 1:
            raise invalid("thumbnail_para.dots_ms has exactly one point.")
        return milliseconds
    if synchronous and len(seconds) != 1:
        raise invalid("thumbnail_para.dots has exactly one point when sync is 1.")
    if not 1 <= len(seconds) <= _MAX_DOTS:
        raise invalid(f"thumbnail_para.dots has 1 to {_MAX_DOTS} points.")
    # A duplicate point gives no second picture, which would have the same name.
    return tuple(dict.fromkeys(seconds))


def _stem(output_filename: str | None, input_object: str) -> str:
    if not output_filename:
        return PurePosixPath(input_object).stem
    path = PurePosixPath(output_filename)
    return path.stem if path.suffix.lower() in _SUFFIXES else path.name


def _side(para: Mapping[str, Any], name: str, most: int) -> int:
    side = _integer(para, name, 0, most, default=0)
    if 0 < side < 96:  # noqa: PLR2004 - the limit stands in the message
        raise invalid(f"thumbnail_para.{name} is {side}; it is 0 or from 96 to {most}.")
    return side


def _max_length(para: Mapping[str, Any]) -> int | None:
    length = _integer(para, "max_length", 0, 3840, default=DEFAULT_MAX_LENGTH_PIXELS)
    if 0 < length < 240:  # noqa: PLR2004 - the limit stands in the message
        raise invalid(f"thumbnail_para.max_length is {length}; it is 0 or from 240 to 3840.")
    return length if para.get("max_length") is not None else None


def _location(content: Mapping[str, Any], name: str, region: str) -> Location:
    where = _object(content, name)
    check_known(where, _LOCATION_MEMBERS, f"{name}.")
    _string(where, "file_name", 1024)
    parts = [_string(where, part, most) for part, most in _LOCATION_LIMITS]
    for (part, _), value in zip(_LOCATION_LIMITS, parts, strict=True):
        if not value:
            raise invalid(f"{name}.{part} is missing.")
    bucket, location, object_ = (value or "" for value in parts)
    if location != region:
        raise invalid(f"{name}.location is {location}; this is {region}.")
    return Location(bucket, location, object_)


_LOCATION_LIMITS = (("bucket", 64), ("location", 64), ("object", 1024))
_LOCATION_MEMBERS = frozenset({"bucket", "location", "object", "file_name"})


def _object(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise invalid(f"{name} is missing." if value is None else f"{name} is no object.")
    return value  # pyright: ignore[reportUnknownVariableType]


def _string(content: Mapping[str, Any], name: str, most: int) -> str | None:
    value = content.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise invalid(f"{name} is no string.")
    if len(value) > most:
        raise invalid(f"{name} has {len(value)} characters; the most is {most}.")
    return value


def _integer(content: Mapping[str, Any], name: str, least: int, most: int, *, default: int) -> int:
    value = content.get(name)
    if value is None:
        return default
    if not _is_integer(value):
        raise invalid(f"{name} is no integer.")
    if not least <= value <= most:
        raise invalid(f"{name} is {value}; it is from {least} to {most}.")
    return int(value)


def _integers(content: Mapping[str, Any], name: str) -> tuple[int, ...]:
    values = content.get(name)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise invalid(f"{name} is no list.")
    items = cast("list[object]", values)
    integers = tuple(item for item in items if _is_integer(item) and 0 <= item <= _MAX_INT)
    if len(integers) < len(items):
        raise invalid(f"{name} holds something else than integers from 0 to {_MAX_INT}.")
    return integers


def _is_integer(value: object) -> TypeGuard[int]:
    # In Python, JSON's true is an int.
    return isinstance(value, int) and not isinstance(value, bool)
