"""One reader for an iterator at a time."""

from vidkit.errors import RequestError

__all__ = ["SingleReader"]


class SingleReader:
    """Keeps a second reader from an iterator that is waiting for its next element.

    Raises:
        RequestError: on entering, when another task is reading.
    """

    __slots__ = ("_reading",)

    def __init__(self) -> None:
        self._reading = False

    def __enter__(self) -> None:
        if self._reading:
            raise RequestError(
                "this iterator is being read by another task; give each reader one of its own"
            )
        self._reading = True

    def __exit__(self, *_: object) -> None:
        self._reading = False
