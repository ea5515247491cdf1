"""The operations that look at a picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidkit._internal.arguments import checked_arguments
from vidkit.rekognition.operations.base import RekognitionOperations

if TYPE_CHECKING:
    from vidkit.rekognition.pictures.models import FaceAttribute, Picture, QualityFilter
    from vidkit.rekognition.pictures.requests import (
        DetectLabelsFeature,
        DetectLabelsSettings,
        DetectTextFilters,
        HumanLoopConfig,
    )
    from vidkit.rekognition.pictures.responses import (
        CompareFacesResponse,
        DetectFacesResponse,
        DetectLabelsResponse,
        DetectModerationLabelsResponse,
        DetectTextResponse,
        RecognizeCelebritiesResponse,
    )

__all__ = ["PictureOperations"]


class PictureOperations(RekognitionOperations):
    """Labels, faces, inappropriate content, text and celebrities in a picture.

    A picture is the bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
    at most 15 MB.
    """

    @checked_arguments
    async def detect_labels(
        self,
        image: "Picture",
        *,
        max_labels: int | None = None,
        min_confidence: float | None = None,
        features: "Sequence[DetectLabelsFeature] | None" = None,
        settings: "DetectLabelsSettings | None" = None,
    ) -> "DetectLabelsResponse":
        """Detect objects, scenes and concepts in a picture, or its quality and colors.

        Args:
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            max_labels: the maximum number of labels, 0 or more.
            min_confidence: the minimum confidence of a label, 0 to 100; the service's default is
                55.
            features: ``"GENERAL_LABELS"`` (the service's default), ``"IMAGE_PROPERTIES"``.
            settings: filters on labels and categories, the number of dominant colors.

        Returns:
            The labels, the most confident one first, and the properties of the picture.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            VidKitError: see `vidkit.errors`.

        Source: ``DetectLabels``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.DetectLabelsRequest(
            image=image,
            max_labels=max_labels,
            min_confidence=min_confidence,
            features=features,
            settings=settings,
        )
        return await self._send(requests.LABELS, request)

    @checked_arguments
    async def detect_faces(
        self, image: "Picture", *, attributes: "Sequence[FaceAttribute] | None" = None
    ) -> "DetectFacesResponse":
        """Detect the faces in a picture, at most the 100 largest ones.

        Args:
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            attributes: the attributes to return: ``"DEFAULT"`` (the service's default), ``"ALL"``,
                or single ones such as ``"SMILE"``.

        Returns:
            The faces with their attributes.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            VidKitError: see `vidkit.errors`.

        Source: ``DetectFaces``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.DetectFacesRequest(image=image, attributes=attributes)
        return await self._send(requests.FACES, request)

    @checked_arguments
    async def detect_moderation_labels(
        self,
        image: "Picture",
        *,
        min_confidence: float | None = None,
        human_loop_config: "HumanLoopConfig | None" = None,
        project_version: str | None = None,
    ) -> "DetectModerationLabelsResponse":
        """Detect inappropriate, unwanted or offensive content in a picture.

        With ``human_loop_config``, a call that may have been carried out is not repeated: it could
        begin a second review.

        Args:
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            min_confidence: the minimum confidence of a label, 0 to 100; the service's default is
                50.
            human_loop_config: the review by people, if its conditions are met.
            project_version: the ARN of the version of a project: a custom adapter.

        Returns:
            The moderation labels.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            NotFoundError: the project version or the flow definition does not exist.
            ConflictError: the project version is not running.
            QuotaError: too many reviews are in progress.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            AmbiguousError: with ``human_loop_config``: a review may have begun.
            VidKitError: see `vidkit.errors`.

        Source: ``DetectModerationLabels``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.DetectModerationLabelsRequest(
            image=image,
            min_confidence=min_confidence,
            human_loop_config=human_loop_config,
            project_version=project_version,
        )
        is_reviewed = human_loop_config is not None
        operation = requests.MODERATION_WITH_REVIEW if is_reviewed else requests.MODERATION_LABELS
        return await self._send(operation, request)

    @checked_arguments
    async def detect_text(
        self, image: "Picture", *, filters: "DetectTextFilters | None" = None
    ) -> "DetectTextResponse":
        """Detect the text in a picture, at most 100 words.

        Args:
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.
            filters: filters on words, and the regions of the picture to search.

        Returns:
            The lines and their words.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            VidKitError: see `vidkit.errors`.

        Source: ``DetectText``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.DetectTextRequest(image=image, filters=filters)
        return await self._send(requests.TEXT, request)

    @checked_arguments
    async def recognize_celebrities(self, image: "Picture") -> "RecognizeCelebritiesResponse":
        """Recognize the celebrities among the 64 largest faces of a picture.

        Args:
            image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or `S3Image`,
                at most 15 MB.

        Returns:
            The celebrities, and the other faces.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the object does not exist, or is not a JPEG or PNG of at most 15
                MB.
            VidKitError: see `vidkit.errors`.

        Source: ``RecognizeCelebrities``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.RecognizeCelebritiesRequest(image=image)
        return await self._send(requests.CELEBRITIES, request)

    @checked_arguments
    async def compare_faces(
        self,
        source_image: "Picture",
        target_image: "Picture",
        *,
        similarity_threshold: float | None = None,
        quality_filter: "QualityFilter | None" = None,
    ) -> "CompareFacesResponse":
        """Compare the largest face of a picture with the 100 largest faces of another one.

        Args:
            source_image: bytes of a JPEG or PNG, at most 5 MB; an image of ``kit.images``; or
                `S3Image`, at most 15 MB.
            target_image: the other picture, given in the same ways.
            similarity_threshold: the least similarity of a match, 0 to 100; the service's default
                is 80.
            quality_filter: ignore faces of low quality: ``"AUTO"``, ``"LOW"``, ``"MEDIUM"``,
                ``"HIGH"``, or ``"NONE"`` (the service's default).

        Returns:
            The faces of the target picture that match, the most similar one first, and the others.

        Raises:
            RequestError: a parameter is invalid; nothing was sent.
            InvalidRequestError: the source picture has no face, an object does not exist, or is not
                a JPEG or PNG of at most 15 MB.
            VidKitError: see `vidkit.errors`.

        Source: ``CompareFaces``.
        """
        from vidkit.rekognition.pictures import requests

        request = requests.CompareFacesRequest(
            source_image=source_image,
            target_image=target_image,
            similarity_threshold=similarity_threshold,
            quality_filter=quality_filter,
        )
        return await self._send(requests.COMPARE_FACES, request)
