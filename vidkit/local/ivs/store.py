"""Resources of one kind, by ARN, in the order in which they were created."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from vidkit.local.ivs.error_responses import invalid, not_found
from vidkit.local.protocol.page_tokens import PageTokens

_T = TypeVar("_T")


class Shelf(Generic[_T]):
    """Resources by ARN; each keeps its place, whatever comes and goes.

    Args:
        kind: how a refusal names one of them, such as ``channel``.

    Example:
        >>> shelf: Shelf[str] = Shelf("letter")
        >>> for arn in "abc":
        ...     shelf.put(arn, arn.upper())
        >>> shelf.remove("a")
        >>> list(shelf), list(shelf.since(2))
        (['B', 'C'], [(2, 'C')])
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._places: dict[str, tuple[int, _T]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[_T]:
        return (resource for _, resource in self._places.values())

    def put(self, arn: str, resource: _T) -> None:
        """Add a new resource behind all others."""
        self._places[arn] = (self._next, resource)
        self._next += 1

    def get(self, arn: str) -> _T | None:
        """The resource of that ARN, if there is one."""
        place = self._places.get(arn)
        return None if place is None else place[1]

    def find(self, arn: str) -> _T:
        """The resource of that ARN.

        Raises:
            Fault: ``ResourceNotFoundException``.
        """
        resource = self.get(arn)
        if resource is None:
            raise not_found(self._kind, arn)
        return resource

    def remove(self, arn: str) -> None:
        """Take a resource away; the others stay where they are."""
        del self._places[arn]

    def since(self, place: int) -> Iterator[tuple[int, _T]]:
        """The resources from a place on, each with its own place."""
        return (entry for entry in self._places.values() if entry[0] >= place)


class Pages:
    """Pages of a list, whose tokens go with no other request."""

    def __init__(self) -> None:
        self._tokens = PageTokens()

    def page(
        self,
        entries: Callable[[int | None], Iterable[tuple[int, _T]]],
        parameters: Mapping[str, Any],
        *,
        default_size: int,
        request: object,
    ) -> tuple[list[_T], dict[str, str]]:
        """One page, and the ``nextToken`` that leads to the next one, if there is more.

        Args:
            entries: the resources from a place on, None for the first, each with its own place.
            parameters: the request, for ``nextToken`` and ``maxResults``.
            default_size: how many are on a page where the request does not say.
            request: what must be the same for all pages.

        Raises:
            Fault: ``ValidationException``: the token is not this request's.
        """
        start: int | None = None
        # An empty token is within the model's limits and asks for the first page.
        if token := parameters.get("nextToken"):
            start = self._tokens.read(token, request)
            if start is None:
                raise invalid("nextToken is not one of this request's.")
        size: int = parameters.get("maxResults", default_size)
        found = list(islice(entries(start), size + 1))
        if len(found) > size:
            more = {"nextToken": self._tokens.issue(found[size][0], request)}
        else:
            more = {}
        return [resource for _, resource in found[:size]], more
