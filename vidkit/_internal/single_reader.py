"""A guard against two tasks that read one iterator at the same time."""

from vidkit.errors import RequestError

__all__ = ["SingleReader"]


class SingleReader:
    """Lets only one task at a time wait for the next element of an iterator.

    Raises:
        RequestError: when entered while another task is reading.
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
