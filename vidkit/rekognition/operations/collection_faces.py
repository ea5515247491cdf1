"""The operations of the faces of a collection: to index, list, delete and search them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.paging.pager import AsyncPager
from vidkit.rekognition.operations.base import RekognitionOperations

if TYPE_CHECKING:
    from vidkit.rekognition.face_collections.responses import (
        DeleteFacesResponse,
        IndexFacesResponse,
        ListFacesResponse,
        SearchFacesByImageResponse,
        SearchFacesResponse,
    )
    from vidkit.rekognition.kinds.face_search import Face
    from vidkit.rekognition.pictures.models import FaceAttribute, Picture, QualityFilter

__all__ = ["CollectionFaceOperations"]


class CollectionFaceOperations(RekognitionOperations):
    """The faces of a collection."""

    @checked_arguments
    async def index_faces(
        self,
        collection_id: str,
        image: "Picture",
        *,
        external_image_id: str | None = None,
        detection_attributes: "Sequence[FaceAttribute] | None" = None,
        max_faces: int | None = None,
        quality_filter: "QualityFilter | None" = None,
    ) -> "IndexFacesResponse":
        """Detect the faces in a picture and add them to a collection.

        With an external image id the service stores the faces of the same picture once, so that
        the call is retried. Without one, a call that may have been carried out is not repeated: it
        would add the same faces again under other ids.

        Args:
            collection_id: the collection.
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            external_image_id: your id for the picture, which the faces carry; 1 to 255 of
                ``a-zA-Z0-9_.-:``.
            detection_attributes: the attributes to return: ``"DEFAULT"``, ``"ALL"``, or single
                ones such as ``"SMILE"``.
            max_faces: index at most this many of the largest faces; the service indexes at most
                100.
            quality_filter: leave out faces of low quality: ``"AUTO"`` (the service's default),
                ``"LOW"``, ``"MEDIUM"``, ``"HIGH"``, or ``"NONE"``.

        Returns:
            The indexed faces with their ids, and the faces that were not indexed.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            QuotaError: the collection is full.
            AmbiguousError: without ``external_image_id``: the faces may have been added.
            VidKitError: see `vidkit.errors`.

        Source: ``IndexFaces``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.IndexFacesRequest(
            collection_id=collection_id,
            image=image,
            external_image_id=external_image_id,
            detection_attributes=detection_attributes,
            max_faces=max_faces,
            quality_filter=quality_filter,
        )
        named = request.external_image_id is not None
        return await self._send(requests.INDEX if named else requests.INDEX_UNNAMED, request)

    @checked_arguments
    def list_faces(
        self,
        collection_id: str,
        *,
        user_id: str | None = None,
        face_ids: Sequence[str] | None = None,
        max_results: int = 4096,
        next_token: str | None = None,
    ) -> "AsyncPager[Face, ListFacesResponse]":
        """List the faces of a collection.

        Args:
            collection_id: the collection.
            user_id: only faces of this user.
            face_ids: only these faces, 1 to 4096 ids.
            max_results: the maximum number of faces per page, 1 to 4096 (4096).
            next_token: the token of the page to begin with; default: the first page.

        Returns:
            A pager over faces.

        Raises:
            RequestError: from the call itself: a parameter is invalid.
            NotFoundError: while iterating: the collection does not exist.
            VidKitError: while iterating: see `vidkit.errors`.

        Source: ``ListFaces``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.ListFacesRequest(
            collection_id=collection_id,
            user_id=user_id,
            face_ids=face_ids,
            max_results=max_results,
            next_token=next_token,
        )

        async def page(token: str | None) -> "ListFacesResponse":
            following = request.model_copy(update={"next_token": token})
            return await self._send(requests.LIST_FACES, following)

        return self._caller.pager(page, begin=request.next_token)

    @checked_arguments
    async def delete_faces(
        self, collection_id: str, face_ids: Sequence[str]
    ) -> "DeleteFacesResponse":
        """Delete faces from a collection.

        Faces that are not there, or that belong to a user, are not deleted: see the response. A
        retry after a lost response may report faces as not found that this call itself deleted.

        Args:
            collection_id: the collection.
            face_ids: 1 to 4096 ids.

        Returns:
            The ids of the deleted faces, and the others with the reasons.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            VidKitError: see `vidkit.errors`.

        Source: ``DeleteFaces``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.DeleteFacesRequest(collection_id=collection_id, face_ids=face_ids)
        return await self._send(requests.DELETE_FACES, request)

    @checked_arguments
    async def search_faces(
        self,
        collection_id: str,
        *,
        face_id: str,
        max_faces: int | None = None,
        face_match_threshold: float | None = None,
    ) -> "SearchFacesResponse":
        """Search a collection for faces that match one of its faces.

        Args:
            collection_id: the collection.
            face_id: the id of the face to search for; it is not among its own matches.
            max_faces: the maximum number of matches, 1 to 4096.
            face_match_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.

        Returns:
            The matches, the most similar one first.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            InvalidRequestError: the collection has no such face. A face that was indexed a moment
                ago may not be found yet.
            VidKitError: see `vidkit.errors`.

        Source: ``SearchFaces``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.SearchFacesRequest(
            collection_id=collection_id,
            face_id=face_id,
            max_faces=max_faces,
            face_match_threshold=face_match_threshold,
        )
        return await self._send(requests.SEARCH, request)

    @checked_arguments
    async def search_faces_by_image(
        self,
        collection_id: str,
        image: "Picture",
        *,
        max_faces: int | None = None,
        face_match_threshold: float | None = None,
        quality_filter: "QualityFilter | None" = None,
    ) -> "SearchFacesByImageResponse":
        """Search a collection for faces that match the largest face of a picture.

        Args:
            collection_id: the collection.
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            max_faces: the maximum number of matches, 1 to 4096.
            face_match_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.
            quality_filter: ignore faces of low quality: ``"AUTO"``, ``"LOW"``, ``"MEDIUM"``,
                ``"HIGH"``, or ``"NONE"`` (the service's default).

        Returns:
            The matches, the most similar one first, and the face that was searched for.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the collection does not exist.
            InvalidRequestError: the picture has no face, the object does not exist, or it is not a
                JPEG or PNG of at most 15 MB.
            VidKitError: see `vidkit.errors`.

        Source: ``SearchFacesByImage``.
        """
        from vidkit.rekognition.face_collections import requests

        request = requests.SearchFacesByImageRequest(
            collection_id=collection_id,
            image=image,
            max_faces=max_faces,
            face_match_threshold=face_match_threshold,
            quality_filter=quality_filter,
        )
        return await self._send(requests.SEARCH_BY_IMAGE, request)
