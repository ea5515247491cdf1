"""Resources of one kind by ARN, in the order of creation, and pages of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar

from vidkit.local.ivs.error_responses import invalid, not_found
from vidkit.local.protocol.page_tokens import PageTokens

_T = TypeVar("_T")


class Store(Generic[_T]):
    """Resources by ARN; each keeps its place when others are added or removed.

    Args:
        kind: what errors call one of them, such as ``channel``.

    Example:
        >>> store: Store[str] = Store("letter")
        >>> for arn in "abc":
        ...     store.put(arn, arn.upper())
        >>> store.remove("a")
        >>> list(store), list(store.since(2))
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
        """Add a new resource after all others."""
        self._places[arn] = (self._next, resource)
        self._next += 1

    def get(self, arn: str) -> _T | None:
        """The resource with that ARN, if there is one."""
        place = self._places.get(arn)
        return None if place is None else place[1]

    def find(self, arn: str) -> _T:
        """The resource with that ARN.

        Raises:
            ApiError: ``ResourceNotFoundException``.
        """
        resource = self.get(arn)
        if resource is None:
            raise not_found(self._kind, arn)
        return resource

    def remove(self, arn: str) -> None:
        """Remove a resource; the others keep their places."""
        del self._places[arn]

    def since(self, place: int) -> Iterator[tuple[int, _T]]:
        """The resources from a place on, each with its place."""
        return (entry for entry in self._places.values() if entry[0] >= place)


class Pages:
    """Pages of a list, whose tokens are bound to their request."""

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
        """One page, and the ``nextToken`` of the next page, if there is one.

        Args:
            entries: returns the resources from a place on (None: from the first), each with its
                place.
            parameters: the request, for ``nextToken`` and ``maxResults``.
            default_size: the number of resources on a page without ``maxResults``.
            request: what must be the same for all pages.

        Raises:
            ApiError: ``ValidationException``: the token is not this request's.
        """
        start: int | None = None
        # The model allows an empty token, which is the same as none.
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
