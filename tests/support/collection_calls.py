"""Two pictures, and every operation of face collections and pictures over them."""

from typing import Any

from vidkit import VidKit
from vidkit.local import LocalCloud
from vidkit.rekognition import S3Image

COLLECTION = "people"
PICTURE = b"\xff\xd8\xff\xe0 anna"
"""What begins as a JPEG does; the local cloud looks no further."""
GROUP = b"\x89PNG\r\n\x1a\n anna, ben"
NO_FACE = "11111111-2222-3333-4444-555555555555"
IN_S3 = S3Image("bucket", "anna.jpg")


def show_people(cloud: LocalCloud) -> None:
    """Script the pictures, and put the first of them into S3."""
    cloud.add_object(IN_S3.bucket, IN_S3.name, PICTURE)
    cloud.script_faces(PICTURE, ["anna"])
    cloud.script_faces(GROUP, ["anna", "ben"])


async def indexed(kit: VidKit, image: Any = PICTURE, **parameters: Any) -> list[str]:
    """The ids of the faces of a picture, which are in the collection then."""
    found = await kit.rekognition.index_faces(COLLECTION, image, **parameters)
    faces = [record.face for record in found.face_records]
    return [face.face_id for face in faces if face and face.face_id]


async def create_collection(kit: VidKit, scene: Any) -> None:
    await kit.rekognition.create_collection(scene.fresh(), tags={"team": "door"})


async def delete_collection(kit: VidKit, scene: Any) -> None:
    name = scene.fresh()
    await kit.rekognition.create_collection(name)
    await kit.rekognition.delete_collection(name)


async def delete_faces(kit: VidKit, scene: Any) -> None:
    faces = await indexed(kit, external_image_id=scene.fresh()) or [NO_FACE]
    await kit.rekognition.delete_faces(COLLECTION, faces)


async def create_user(kit: VidKit, scene: Any) -> str:
    user_id: str = scene.fresh()
    await kit.rekognition.create_user(COLLECTION, user_id=user_id)
    return user_id


async def delete_user(kit: VidKit, scene: Any) -> None:
    await kit.rekognition.delete_user(COLLECTION, user_id=await create_user(kit, scene))


async def associate_faces(kit: VidKit, scene: Any) -> tuple[str, list[str]]:
    user_id = await create_user(kit, scene)
    faces = await indexed(kit, external_image_id=scene.fresh()) or [NO_FACE]
    await kit.rekognition.associate_faces(COLLECTION, user_id=user_id, face_ids=faces)
    return user_id, faces


async def disassociate_faces(kit: VidKit, scene: Any) -> None:
    user_id, faces = await associate_faces(kit, scene)
    await kit.rekognition.disassociate_faces(COLLECTION, user_id=user_id, face_ids=faces)


async def search_faces(kit: VidKit, scene: Any) -> None:
    # A damaged response can have no face.
    faces = await indexed(kit, external_image_id=scene.fresh()) or [NO_FACE]
    await kit.rekognition.search_faces(COLLECTION, face_id=faces[0])


async def search_users(kit: VidKit, scene: Any) -> None:
    user_id, _ = await associate_faces(kit, scene)
    await kit.rekognition.search_users(COLLECTION, user_id=user_id)


OPERATIONS: dict[str, Any] = {
    "create_collection": create_collection,
    "delete_collection": delete_collection,
    "describe_collection": lambda kit, _: kit.rekognition.describe_collection(COLLECTION),
    "list_collections": lambda kit, _: kit.rekognition.list_collections().collect(),
    "index_faces": lambda kit, s: indexed(kit, IN_S3, external_image_id=s.fresh()),
    "list_faces": lambda kit, _: kit.rekognition.list_faces(COLLECTION).collect(),
    "delete_faces": delete_faces,
    "search_faces": search_faces,
    "search_faces_by_image": lambda kit, _: kit.rekognition.search_faces_by_image(
        COLLECTION, GROUP
    ),
    "create_user": create_user,
    "delete_user": delete_user,
    "list_users": lambda kit, _: kit.rekognition.list_users(COLLECTION).collect(),
    "associate_faces": associate_faces,
    "disassociate_faces": disassociate_faces,
    "search_users": search_users,
    "search_users_by_image": lambda kit, _: kit.rekognition.search_users_by_image(
        COLLECTION, GROUP
    ),
    "detect_labels": lambda kit, _: kit.rekognition.detect_labels(PICTURE),
    "detect_faces": lambda kit, _: kit.rekognition.detect_faces(IN_S3, attributes=["ALL"]),
    "detect_moderation_labels": lambda kit, _: kit.rekognition.detect_moderation_labels(PICTURE),
    "detect_text": lambda kit, _: kit.rekognition.detect_text(PICTURE),
    "recognize_celebrities": lambda kit, _: kit.rekognition.recognize_celebrities(GROUP),
    "compare_faces": lambda kit, _: kit.rekognition.compare_faces(PICTURE, GROUP),
}
"""By method."""
