"""The operations of face collections: to create, describe, list and delete them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.operations.base import RekognitionOperations

if TYPE_CHECKING:
    from vidkit.rekognition.face_collections.responses import (
        CreateCollectionResponse,
        DeleteCollectionResponse,
        DescribeCollectionResponse,
        ListCollectionsResponse,
    )

__all__ = ["FaceCollectionOperations"]


class FaceCollectionOperations(RekognitionOperations):
    """Face collections."""

    @checked_arguments
    async def create_collection(
        self, collection_id: str, *, tags: Mapping[str, str] | None = None
    ) -> "CreateCollectionResponse":
        """Create a face collection, which is empty at first.

        A retry after a lost response may find the collection that this call itself created, and
        then raises `ConflictError`.

        Args:
            collection_id: 1 to 255 of ``a-zA-Z0-9_.-``, unique in the account and region.
            tags: at most 200.

        Returns:
            The new collection's ARN, and the version of its face model.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            ConflictError: the collection exists.
            QuotaError: the account has as many collections as its quota allows.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateCollection``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.CreateCollectionRequest(collection_id=collection_id, tags=tags)
        return await self._send(requests.CREATE, request)

    @checked_arguments
    async def describe_collection(self, collection_id: str) -> "DescribeCollectionResponse":
        """Describe a face collection: the numbers of its faces and users, its ARN.

        Raises:
            RequestError: the id is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DescribeCollection``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.DescribeCollectionRequest(collection_id=collection_id)
        return await self._send(requests.DESCRIBE, request)

    @checked_arguments
    def list_collections(
        self, *, max_results: int = 4096, next_token: str | None = None
    ) -> "AsyncPager[str, ListCollectionsResponse]":
        """List the face collections of the account in this region, by id.

        Args:
            max_results: the maximum number of collections per page, 1 to 4096 (4096).
            next_token: the token of the page to begin with; default: the first page.

        Returns:
            A pager over the ids.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListCollections``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.ListCollectionsRequest(max_results=max_results, next_token=next_token)

        async def page(token: str | None) -> "ListCollectionsResponse":
            return await self._send(requests.LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def delete_collection(self, collection_id: str) -> "DeleteCollectionResponse":
        """Delete a face collection with all of its faces and users.

        A retry after a lost response may find that this call itself has already deleted the
        collection, and then raises `NotFoundError`.

        Raises:
            RequestError: the id is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteCollection``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.DeleteCollectionRequest(collection_id=collection_id)
        return await self._send(requests.DELETE, request)
