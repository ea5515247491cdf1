"""What untyped requests to archived media say: their stream, and the points that they use."""

from collections.abc import Mapping
from typing import Any

from vidkit.errors import RequestError
from vidkit.images.archived_media import Cost
from vidkit.images.models import StreamRequest
from vidkit.images.rate_limits import GET_IMAGES_METADATA_POINTS

__all__ = ["points_of", "stream_of"]

_MAX_IMAGES = 100
_MAX_FRAGMENTS = 1000
_DEFAULT_IMAGES = 25


def stream_of(params: Mapping[str, Any]) -> StreamRequest:
    """The stream of a request, which has a data endpoint of its own.

    Args:
        params: the members of the request.

    Raises:
        RequestError: neither its name nor its ARN is given, or both; or it is invalid.
    """
    names = [name for name in ("StreamName", "StreamARN") if name in params]
    if len(names) != 1:
        given = "both" if names else "neither"
        raise RequestError(f"StreamName, StreamARN: give exactly one of them; {given} given")
    try:
        return StreamRequest(
            stream_name=params.get("StreamName"), stream_arn=params.get("StreamARN")
        )
    except RequestError as error:
        # The members were given under the service's names.
        message = error.message.removeprefix("StreamRequest: ")
        message = message.replace("stream_name", "StreamName", 1)
        raise RequestError(message.replace("stream_arn", "StreamARN", 1)) from None


def points_of(operation: str, params: Mapping[str, Any]) -> Cost:
    """The points of the stream's quotas that a request uses at most.

    Args:
        operation: the API's name of the operation.
        params: the members of the request, which are checked.
    """
    match operation:
        case "GetImages":
            images = _between(1, params.get("MaxResults", _DEFAULT_IMAGES), _MAX_IMAGES)
            return Cost(GET_IMAGES_METADATA_POINTS + images, images)
        case "ListFragments":
            return Cost(_between(1, params.get("MaxResults", _MAX_FRAGMENTS), _MAX_FRAGMENTS))
        case "GetMediaForFragmentList":
            return Cost(0, min(len(params["Fragments"]), _MAX_FRAGMENTS))
        case _:
            # Sessions and clips have quotas of requests only, which no list of points counts.
            return Cost(0)


def _between(least: int, number: int, most: int) -> int:
    return max(least, min(number, most))
