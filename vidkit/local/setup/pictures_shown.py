"""Set-up of what pictures show."""

from collections.abc import Iterable, Mapping
from typing import Any

from vidkit.local.rekognition.scripted_pictures import ScriptedFace, content_key, script_picture
from vidkit.local.setup.base import Setup


class PictureSetup(Setup):
    """Set-up of what pictures show: Rekognition of the local cloud runs no model."""

    def script_picture(
        self, picture: bytes | tuple[str, str], kind: str, items: Iterable[Mapping[str, Any]]
    ) -> None:
        """Set what a picture shows.

        Args:
            picture: its content, wherever it comes from; or its bucket and name in S3, whatever its
                content.
            kind: ``faces``, ``labels``, ``image_properties``, ``moderation_labels``, ``texts`` or
                ``celebrities``.
            items: the items as the API lists them: ``FaceDetail`` (with ``Identity``, ``Likeness``
                and ``Reasons`` as `ScriptedFace` has them), ``Label``, one
                ``DetectLabelsImageProperties``, ``ModerationLabel``, ``TextDetection``,
                ``Celebrity``; they replace those scripted before for this kind and picture.

        Raises:
            ValueError: the kind is none of those, or an item is not one of that kind.
        """
        key = content_key(picture) if isinstance(picture, bytes) else picture
        script_picture(self._state, key, kind, items)

    def script_faces(
        self, picture: bytes | tuple[str, str], faces: Iterable[ScriptedFace | str]
    ) -> None:
        """Set the faces that a picture shows.

        Args:
            picture: its content, wherever it comes from; or its bucket and name in S3, whatever its
                content.
            faces: its faces, or their identities; they replace those scripted before.

        Raises:
            ValueError: a number of a face is out of range.

        Example:
            ```python
            cloud.script_faces(badge_photo, ["anna"])
            cloud.script_faces(("bucket", "group.jpg"), [ScriptedFace("anna", likeness=90), "ben"])
            ```
        """
        items = [ScriptedFace(face) if isinstance(face, str) else face for face in faces]
        self.script_picture(picture, "faces", [face.item() for face in items])
