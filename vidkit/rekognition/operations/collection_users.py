"""The operations of the users of a collection."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.operations.base import RekognitionOperations

if TYPE_CHECKING:
    from vidkit.rekognition.face_collections.users import (
        AssociateFacesResponse,
        DisassociateFacesResponse,
        ListUsersResponse,
        SearchUsersByImageResponse,
        SearchUsersResponse,
        User,
    )
    from vidkit.rekognition.pictures.models import Picture, QualityFilter

__all__ = ["CollectionUserOperations"]


class CollectionUserOperations(RekognitionOperations):
    """The users of a collection: each is one person with several faces.

    The operations that change something carry a client request token, so that they are retried and
    carried out once.
    """

    @checked_arguments
    async def create_user(
        self, collection_id: str, *, user_id: str, client_request_token: str | None = None
    ) -> None:
        """Create a user of a collection; it has no faces at first.

        Args:
            collection_id: the collection.
            user_id: 1 to 128 of ``a-zA-Z0-9_.-:``, unique in the collection.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; default: a new
                token for each call, kept across its retries.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            ConflictError: the user exists.
            QuotaError: the collection has as many users as its quota allows.
            VidKitError: see `vidkit.errors`.

        Source: ``CreateUser``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.CreateUserRequest(
            collection_id=collection_id,
            user_id=user_id,
            client_request_token=_token(client_request_token),
        )
        await self._send(users.CREATE, request)

    @checked_arguments
    async def delete_user(
        self, collection_id: str, *, user_id: str, client_request_token: str | None = None
    ) -> None:
        """Delete a user of a collection; its faces stay in the collection.

        Args:
            collection_id: the collection.
            user_id: the user.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; default: a new
                token for each call, kept across its retries.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection or the user does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteUser``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.DeleteUserRequest(
            collection_id=collection_id,
            user_id=user_id,
            client_request_token=_token(client_request_token),
        )
        await self._send(users.DELETE, request)

    @checked_arguments
    def list_users(
        self, collection_id: str, *, max_results: int = 500, next_token: str | None = None
    ) -> "AsyncPager[User, ListUsersResponse]":
        """List the users of a collection: ids and statuses.

        Args:
            collection_id: the collection.
            max_results: the maximum number of users per page, 1 to 500 (500).
            next_token: the token of the page to begin with; default: the first page.

        Returns:
            A pager over users.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: the collection does not exist.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListUsers``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.ListUsersRequest(
            collection_id=collection_id, max_results=max_results, next_token=next_token
        )

        async def page(token: str | None) -> "ListUsersResponse":
            return await self._send(users.LIST, request.model_copy(update={"next_token": token}))

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def associate_faces(
        self,
        collection_id: str,
        *,
        user_id: str,
        face_ids: Sequence[str],
        user_match_threshold: float | None = None,
        client_request_token: str | None = None,
    ) -> "AssociateFacesResponse":
        """Associate faces of a collection with a user.

        Args:
            collection_id: the collection.
            user_id: the user, which can have 100 faces.
            face_ids: 1 to 100 ids.
            user_match_threshold: the least confidence that a face belongs to a user who has faces
                already, 0 to 100; the service's default is 75.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; default: a new
                token for each call, kept across its retries.

        Returns:
            The associated faces, the others with the reasons, and the user's status.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection or the user does not exist.
            QuotaError: the user has 100 faces already.
            VidKitError: see `vidkit.errors`.

        Source: ``AssociateFaces``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.AssociateFacesRequest(
            collection_id=collection_id,
            user_id=user_id,
            face_ids=face_ids,
            user_match_threshold=user_match_threshold,
            client_request_token=_token(client_request_token),
        )
        return await self._send(users.ASSOCIATE, request)

    @checked_arguments
    async def disassociate_faces(
        self,
        collection_id: str,
        *,
        user_id: str,
        face_ids: Sequence[str],
        client_request_token: str | None = None,
    ) -> "DisassociateFacesResponse":
        """Remove the association of faces with a user; the faces stay in the collection.

        Args:
            collection_id: the collection.
            user_id: the user.
            face_ids: 1 to 100 ids.
            client_request_token: the idempotency token, 1 to 64 of ``a-zA-Z0-9_-``; default: a new
                token for each call, kept across its retries.

        Returns:
            The disassociated faces, the others with the reasons, and the user's status.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection or the user does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DisassociateFaces``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.DisassociateFacesRequest(
            collection_id=collection_id,
            user_id=user_id,
            face_ids=face_ids,
            client_request_token=_token(client_request_token),
        )
        return await self._send(users.DISASSOCIATE, request)

    @checked_arguments
    async def search_users(
        self,
        collection_id: str,
        *,
        user_id: str | None = None,
        face_id: str | None = None,
        user_match_threshold: float | None = None,
        max_users: int | None = None,
    ) -> "SearchUsersResponse":
        """Search a collection for users that match one of its users or faces.

        Args:
            collection_id: the collection.
            user_id: the user to search for; or
            face_id: the id of the face to search for.
            user_match_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.
            max_users: the maximum number of matches, 1 to 500.

        Returns:
            The matches, the most similar one first.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection or the user does not exist.
            InvalidRequestError: the collection has no such face.
            VidKitError: see `vidkit.errors`.

        Source: ``SearchUsers``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.SearchUsersRequest(
            collection_id=collection_id,
            user_id=user_id,
            face_id=face_id,
            user_match_threshold=user_match_threshold,
            max_users=max_users,
        )
        return await self._send(users.SEARCH, request)

    @checked_arguments
    async def search_users_by_image(
        self,
        collection_id: str,
        image: "Picture",
        *,
        user_match_threshold: float | None = None,
        max_users: int | None = None,
        quality_filter: "QualityFilter | None" = None,
    ) -> "SearchUsersByImageResponse":
        """Search a collection for users that match the largest face of a picture.

        Args:
            collection_id: the collection.
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            user_match_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.
            max_users: the maximum number of matches, 1 to 500.
            quality_filter: ignore faces of low quality: ``"AUTO"``, ``"LOW"``, ``"MEDIUM"``,
                ``"HIGH"``, or ``"NONE"`` (the service's default).

        Returns:
            The matches, the most similar one first. For a picture without a valid face there are
            no matches, and ``searched_face`` is None.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            VidKitError: see `vidkit.errors`.

        Source: ``SearchUsersByImage``.
        """
        from vidkit.rekognition.face_collections import users

        request = users.SearchUsersByImageRequest(
            collection_id=collection_id,
            image=image,
            user_match_threshold=user_match_threshold,
            max_users=max_users,
            quality_filter=quality_filter,
        )
        return await self._send(users.SEARCH_BY_IMAGE, request)


def _token(given: str | None) -> str:
    """The client request token of one call, which all its retries share."""
    return uuid.uuid4().hex if given is None else given
