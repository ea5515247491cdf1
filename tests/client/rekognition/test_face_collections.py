"""Face collections on the local cloud: from nothing to a face search, and gone again."""

import base64
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from collection_calls import COLLECTION, GROUP, IN_S3, PICTURE, indexed, show_people

from vidkit import (
    AmbiguousError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    RequestError,
    S3Video,
)
from vidkit.images import Image
from vidkit.local import ScriptedFace
from vidkit.rekognition import S3Image

T0 = datetime(2026, 1, 1, tzinfo=UTC)
FACE = "11111111-2222-3333-4444-555555555555"
MEBIBYTE = 1024**2


@pytest.fixture
async def rekognition(cloud, kit):
    show_people(cloud)
    cloud.add_collection(COLLECTION)
    return kit.rekognition


def external_ids(matches):
    return [(match.similarity, match.face.external_image_id) for match in matches]


async def test_a_collection_is_made_described_listed_and_deleted(rekognition):
    made = await rekognition.create_collection("staff", tags={"site": "home"})
    assert (made.status_code, made.face_model_version) == (200, "7.0")
    described = await rekognition.describe_collection("staff")
    assert (described.face_count, described.user_count) == (0, 0)
    assert described.collection_arn == f"arn:{made.collection_arn}"
    assert abs(described.creation_timestamp - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(ConflictError):
        await rekognition.create_collection("staff")
    assert await rekognition.list_collections(max_results=1).collect() == [COLLECTION, "staff"]
    assert (await rekognition.delete_collection("staff")).status_code == 200
    for gone in (rekognition.describe_collection, rekognition.delete_collection):
        with pytest.raises(NotFoundError):
            await gone("staff")


@pytest.mark.parametrize(
    "picture",
    [
        PICTURE,
        Image(timestamp=T0, content=PICTURE),
        IN_S3,
        S3Image("bucket", "anna.jpg", version="null"),
    ],
    ids=["bytes", "image of a stream", "S3", "version"],
)
async def test_a_picture_comes_as_bytes_as_an_image_or_from_s3(kit, rekognition, picture):
    (face,) = await indexed(kit, picture, external_image_id="anna-1")
    found = await rekognition.search_faces_by_image(COLLECTION, GROUP)
    assert external_ids(found.face_matches) == [(100, "anna-1")]
    assert found.face_matches[0].face.face_id == face
    assert found.searched_face_confidence == 99


async def test_matches_are_those_of_the_identity_above_the_threshold(cloud, kit, rekognition):
    for number, likeness in enumerate((70, 95, 90)):
        picture = PICTURE + bytes([number])
        cloud.script_faces(picture, [ScriptedFace("anna", likeness=likeness), "ben"])
        await indexed(kit, picture, external_image_id=f"anna-{number}", max_faces=1)
    found = await rekognition.search_faces_by_image(COLLECTION, PICTURE)
    assert external_ids(found.face_matches) == [(95, "anna-1"), (90, "anna-2")]
    found = await rekognition.search_faces_by_image(
        COLLECTION, PICTURE, face_match_threshold=0, max_faces=1
    )
    assert external_ids(found.face_matches) == [(95, "anna-1")]
    faces = {face.external_image_id: face async for face in rekognition.list_faces(COLLECTION)}
    found = await rekognition.search_faces(
        COLLECTION, face_id=faces["anna-1"].face_id, face_match_threshold=65
    )
    assert external_ids(found.face_matches) == [(85.5, "anna-2"), (66.5, "anna-0")]
    assert found.searched_face_id == faces["anna-1"].face_id


async def test_faces_that_are_not_indexed_come_with_the_reasons(cloud, rekognition):
    box = {"Left": 0, "Top": 0, "Width": 0.1, "Height": 0.1}
    faces = [
        ScriptedFace("small", bounding_box=box),
        ScriptedFace("large", details={"Smile": {"Value": True, "Confidence": 90.0}}),
        ScriptedFace("blurred", reasons=["LOW_SHARPNESS"]),
    ]
    cloud.script_faces(PICTURE, faces)
    found = await rekognition.index_faces(
        COLLECTION, PICTURE, max_faces=1, detection_attributes=["SMILE"]
    )
    assert [record.face_detail.smile.value for record in found.face_records] == [True]
    assert sorted(face.reasons for face in found.unindexed_faces) == [
        ["EXCEEDS_MAX_FACES"],
        ["LOW_SHARPNESS"],
    ]
    found = await rekognition.index_faces(COLLECTION, PICTURE, quality_filter="NONE")
    assert [record.face_detail.smile for record in found.face_records] == [None] * 3


async def test_a_face_is_stored_once_under_one_external_image_id(kit, rekognition):
    first = await indexed(kit, GROUP, external_image_id="door")
    assert await indexed(kit, GROUP, external_image_id="door") == first
    assert (await rekognition.describe_collection(COLLECTION)).face_count == 2
    assert await indexed(kit, GROUP, external_image_id="gate") != first
    assert await indexed(kit, GROUP) != await indexed(kit, GROUP)
    assert (await rekognition.describe_collection(COLLECTION)).face_count == 8


async def test_faces_are_listed_in_pages_filtered_and_deleted(kit, rekognition):
    faces = [*await indexed(kit, GROUP), *await indexed(kit)]
    pages = [page async for page in rekognition.list_faces(COLLECTION, max_results=2).pages()]
    assert [[face.face_id for face in page.items] for page in pages] == [faces[:2], faces[2:]]
    chosen = await rekognition.list_faces(COLLECTION, face_ids=[faces[2], FACE]).collect()
    assert [face.face_id for face in chosen] == [faces[2]]
    deleted = await rekognition.delete_faces(COLLECTION, [faces[0], FACE])
    assert deleted.deleted_faces == [faces[0]]
    (failed,) = deleted.unsuccessful_face_deletions
    assert (failed.face_id, failed.reasons) == (FACE, ["FACE_NOT_FOUND"])
    assert len(await rekognition.list_faces(COLLECTION).collect()) == 2
    with pytest.raises(InvalidRequestError):
        await rekognition.search_faces(COLLECTION, face_id=faces[0])


async def test_the_ids_of_collections_go_into_json_lines(rekognition, tmp_path):
    await rekognition.create_collection("staff")
    assert await rekognition.list_collections().to_jsonl(tmp_path / "ids.jsonl") == 2
    assert (tmp_path / "ids.jsonl").read_text("utf-8") == '"people"\n"staff"\n'


async def test_a_picture_without_a_face_is_no_match_and_no_index(cloud, rekognition):
    empty = PICTURE + b" nobody"
    with pytest.raises(InvalidRequestError, match="There are no faces"):
        await rekognition.search_faces_by_image(COLLECTION, empty)
    assert (await rekognition.index_faces(COLLECTION, empty)).face_records == []
    assert (await rekognition.search_users_by_image(COLLECTION, empty)).searched_face is None


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"GIF89a", "InvalidImageFormatException"),
        (S3Image("bucket", "none.jpg"), "InvalidS3ObjectException"),
        (S3Image("bucket", "anna.jpg", version="2"), "InvalidS3ObjectException"),
        (S3Image("bucket", "clip.mp4"), "InvalidImageFormatException"),
        (S3Image("bucket", "huge.jpg"), "ImageTooLargeException"),
    ],
)
async def test_what_is_no_picture_is_an_invalid_request(cloud, rekognition, picture, code):
    cloud.add_object("bucket", "huge.jpg", PICTURE + bytes(15 * MEBIBYTE))
    with pytest.raises(InvalidRequestError) as caught:
        await rekognition.index_faces(COLLECTION, picture)
    assert caught.value.code == code


async def test_a_video_job_finds_the_faces_of_the_collection(cloud, kit, rekognition):
    cloud.script_results(
        "face_search",
        "bucket",
        "clip.mp4",
        [
            {"Timestamp": 0, "Person": {"Index": 0, "Face": {"Confidence": 99.0}}, "Identity": who}
            for who in ("anna", "nobody")
        ],
    )
    (face,) = await indexed(kit, external_image_id="anna-1")
    video = S3Video("bucket", "clip.mp4")
    job = await rekognition.start_face_search(video, collection_id=COLLECTION)
    anna, nobody = await (await job).collect()
    assert [match.face.face_id for match in anna.face_matches] == [face]
    assert nobody.face_matches is None
    assert nobody.person.face is None
    await rekognition.delete_faces(COLLECTION, [face])
    job = await rekognition.start_face_search(video, collection_id=COLLECTION)
    assert [person.face_matches for person in await (await job).collect()] == [None, None]
    await rekognition.delete_collection(COLLECTION)
    with pytest.raises(NotFoundError):
        await rekognition.start_face_search(video, collection_id=COLLECTION)


CALLS = {
    "create_collection": ("door",),
    "describe_collection": ("door",),
    "delete_collection": ("door",),
    "delete_faces": ("door", [FACE]),
}


@pytest.mark.parametrize(("method", "arguments"), CALLS.items(), ids=CALLS)
async def test_what_changes_nothing_twice_is_retried_after_a_lost_response(
    scripted, method, arguments
):
    scripted.drop().json({}, status=500).json({})
    async with scripted.kit() as kit:
        await getattr(kit.rekognition, method)(*arguments)
    assert len(scripted.requests) == 3


async def test_indexing_is_not_retried_without_an_external_image_id(scripted):
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError):
            await kit.rekognition.index_faces("door", PICTURE)
    assert len(scripted.requests) == 1


async def test_indexing_is_retried_with_an_external_image_id(scripted):
    scripted.drop().json({"FaceRecords": []})
    async with scripted.kit() as kit:
        await kit.rekognition.index_faces("door", PICTURE, external_image_id="a")
    first, second = (body for _, body in scripted.requests)
    assert first == second
    assert json.loads(first)["Image"] == {"Bytes": base64.b64encode(PICTURE).decode()}


async def test_a_picture_of_five_mebibytes_is_sent_and_one_byte_more_is_not(cloud, rekognition):
    largest = PICTURE + bytes(5 * MEBIBYTE - len(PICTURE))
    cloud.script_faces(largest, ["anna"])
    assert len((await rekognition.index_faces(COLLECTION, largest)).face_records) == 1
    sent = len(cloud.calls)
    with pytest.raises(RequestError, match=r"5242881 bytes; 1 to 5242880 \(5 MB\).*15 MB"):
        await rekognition.index_faces(COLLECTION, largest + b"x")
    assert len(cloud.calls) == sent


NO_CONTENT = Image(timestamp=T0, error="NO_MEDIA")
INVALID = [
    ("create_collection", ("a b",), {}, "collection_id"),
    ("create_collection", ("a" * 256,), {}, "collection_id"),
    ("create_collection", ("a",), {"tags": {"aws:x": "y"}}, "tags"),
    ("describe_collection", ("",), {}, "collection_id"),
    ("list_collections", (), {"max_results": 4097}, "max_results"),
    ("list_collections", (), {"max_results": 0}, "max_results"),
    ("list_collections", (), {"next_token": "t" * 256}, "next_token"),
    ("index_faces", ("a", b""), {}, "image"),
    ("index_faces", ("a", "anna.jpg"), {}, "image"),
    ("index_faces", ("a", NO_CONTENT), {}, "image=.*no picture to send"),
    ("index_faces", ("a", SimpleNamespace(content="jpeg")), {}, "image=.*must be bytes"),
    ("index_faces", ("a", PICTURE), {"external_image_id": "a b"}, "external_image_id"),
    ("index_faces", ("a", PICTURE), {"max_faces": 0}, "max_faces"),
    ("index_faces", ("a", PICTURE), {"detection_attributes": ["AGE"]}, "detection_attributes"),
    ("index_faces", ("a", PICTURE), {"quality_filter": "BEST"}, "quality_filter"),
    ("list_faces", ("a",), {"face_ids": []}, "face_ids"),
    ("list_faces", ("a",), {"face_ids": ["1"]}, "face_ids"),
    ("list_faces", ("a",), {"user_id": "a b"}, "user_id"),
    ("delete_faces", ("a", [FACE] * 4097), {}, "face_ids"),
    ("delete_faces", ("a", FACE), {}, "face_ids"),
    ("search_faces", ("a",), {"face_id": FACE.upper().replace("1", "A")}, "face_id"),
    ("search_faces", ("a",), {"face_id": FACE, "max_faces": 4097}, "max_faces"),
    ("search_faces", ("a",), {"face_id": FACE, "face_match_threshold": 101}, "threshold"),
    ("search_faces_by_image", ("a", None), {}, "image"),
    ("create_user", ("a",), {"user_id": "u" * 129}, "user_id"),
    ("create_user", ("a",), {"user_id": "u", "client_request_token": "a b"}, "token"),
    ("associate_faces", ("a",), {"user_id": "u", "face_ids": [FACE] * 101}, "face_ids"),
    ("disassociate_faces", ("a",), {"user_id": "u", "face_ids": []}, "face_ids"),
    ("search_users", ("a",), {}, "neither given"),
    ("search_users", ("a",), {"user_id": "u", "face_id": FACE}, "both given"),
    ("search_users", ("a",), {"user_id": "u", "max_users": 501}, "max_users"),
    ("search_users_by_image", ("a", PICTURE), {"user_match_threshold": -1}, "threshold"),
    ("list_users", ("a",), {"max_results": 501}, "max_results"),
]


@pytest.mark.parametrize(("method", "arguments", "parameters", "named"), INVALID)
async def test_what_is_invalid_is_named_and_not_sent(
    scripted, method, arguments, parameters, named
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=named):
            await getattr(kit.rekognition, method)(*arguments, **parameters)
    assert not scripted.requests
