"""Regions of interest: their rules, and how much of a box is inside them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from vidkit.local.protocol.wire import ApiError

_MIN_POINTS = 3
_MAX_POINTS = 10

_Point: TypeAlias = tuple[float, float]


def check_regions(regions: Sequence[Mapping[str, Any]], path: str = "") -> None:
    """Check the rules of regions of interest that the service model does not contain.

    Args:
        regions: the request's regions.
        path: the path to ``RegionsOfInterest`` in the request.

    Raises:
        ApiError: ``InvalidParameterException``: a region has not exactly one of box and polygon,
            or its polygon has too few or too many points.
    """
    for index, region in enumerate(regions):
        where = f"Request has invalid parameters: {path}RegionsOfInterest[{index}]"
        if ("BoundingBox" in region) == ("Polygon" in region):
            raise ApiError(
                "InvalidParameterException", f"{where} needs either BoundingBox or Polygon."
            )
        points = region.get("Polygon")
        if points is not None and not _MIN_POINTS <= len(points) <= _MAX_POINTS:
            raise ApiError(
                "InvalidParameterException",
                f"{where}.Polygon has {len(points)} points; {_MIN_POINTS} to {_MAX_POINTS}"
                " are allowed.",
            )


def share_inside(box: Mapping[str, float], region: Mapping[str, Any]) -> float:
    """The share of a box that is inside a region, 0 to 1.

    Args:
        box: a ``BoundingBox``.
        region: a ``RegionOfInterest``.

    Example:
        >>> region = {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.5, "Height": 1}}
        >>> share_inside({"Left": 0.4, "Top": 0, "Width": 0.2, "Height": 0.1}, region)
        0.5
    """
    left, top, right, bottom = _edges(box)
    area = (right - left) * (bottom - top)
    points = [(point.get("X", 0.0), point.get("Y", 0.0)) for point in region.get("Polygon", ())]
    if not points:
        x1, y1, x2, y2 = _edges(region["BoundingBox"])
        points = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
    for axis, bound, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        points = _clipped(points, axis, bound, sign)
    return round(abs(_area(points)) / area, 9) if area > 0 else 0.0


def _edges(box: Mapping[str, float]) -> tuple[float, float, float, float]:
    left, top = box.get("Left", 0.0), box.get("Top", 0.0)
    return left, top, left + box.get("Width", 0.0), top + box.get("Height", 0.0)


def _clipped(points: Sequence[_Point], axis: int, bound: float, sign: int) -> list[_Point]:
    """The part of a polygon on one side of a line along an axis (Sutherland-Hodgman)."""
    inside: Callable[[_Point], bool] = lambda point: (point[axis] - bound) * sign >= 0  # noqa: E731
    kept: list[_Point] = []
    for before, point in pairwise([*points[-1:], *points]):
        if inside(before) != inside(point):
            part = (bound - before[axis]) / (point[axis] - before[axis])
            kept.append(
                (
                    before[0] + part * (point[0] - before[0]),
                    before[1] + part * (point[1] - before[1]),
                )
            )
        if inside(point):
            kept.append(point)
    return kept


def _area(points: Sequence[_Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points[-1:], *points])) / 2
