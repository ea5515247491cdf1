"""Face collections of the local cloud: what they reject, and what boto3 makes of them."""

import asyncio
import base64
from contextlib import contextmanager

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from collection_calls import COLLECTION, GROUP, PICTURE, show_people
from rekognition_calls import NOW, call, code_of

from vidkit.local import LocalCloud, ScriptedFace
from vidkit.local.rekognition.scripted_pictures import content_key, script_picture
from vidkit.local.rekognition.state import add_collection

FACE = "11111111-2222-3333-4444-555555555555"
IMAGE = {"Bytes": "/9j/4CBhbm5h"}


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as cloud:
        show_people(cloud)
        yield cloud


@contextmanager
def boto(cloud):
    client = boto3.client(
        "rekognition",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        yield client
    finally:
        client.close()


def without_metadata(response):
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}


def search(client):
    """From nothing to a face search, by boto3."""
    made = client.create_collection(CollectionId=COLLECTION, Tags={"team": "a"})
    assert (
        made["CollectionArn"] == f"aws:rekognition:us-east-1:123456789012:collection/{COLLECTION}"
    )
    shown = client.describe_collection(CollectionId=COLLECTION)
    assert (shown["FaceCount"], shown["UserCount"]) == (0, 0)
    tags = client.list_tags_for_resource(ResourceArn=shown["CollectionARN"])
    assert tags["Tags"] == {"team": "a"}
    records = client.index_faces(
        CollectionId=COLLECTION,
        Image={"S3Object": {"Bucket": "bucket", "Name": "anna.jpg"}},
        ExternalImageId="anna",
    )["FaceRecords"]
    face = records[0]["Face"]
    assert records == [
        {
            "Face": face,
            "FaceDetail": {"BoundingBox": face["BoundingBox"], "Confidence": 99.0},
        }
    ]
    found = client.search_faces_by_image(CollectionId=COLLECTION, Image={"Bytes": GROUP})
    assert found["FaceMatches"] == [{"Similarity": 100.0, "Face": face}]
    pages = client.get_paginator("list_faces").paginate(
        CollectionId=COLLECTION, PaginationConfig={"PageSize": 1}
    )
    assert [page["Faces"] for page in pages] == [[face]]
    assert without_metadata(client.create_user(CollectionId=COLLECTION, UserId="anna")) == {}
    done = client.associate_faces(CollectionId=COLLECTION, UserId="anna", FaceIds=[face["FaceId"]])
    assert without_metadata(done) == {
        "AssociatedFaces": [{"FaceId": face["FaceId"]}],
        "UnsuccessfulFaceAssociations": [],
        "UserStatus": "ACTIVE",
    }
    found = client.search_users_by_image(CollectionId=COLLECTION, Image={"Bytes": PICTURE})
    matched = {"UserId": "anna", "UserStatus": "ACTIVE"}
    assert found["UserMatches"] == [{"Similarity": 100.0, "User": matched}]
    assert client.list_users(CollectionId=COLLECTION)["Users"] == [matched]
    kept = client.delete_faces(CollectionId=COLLECTION, FaceIds=[face["FaceId"]])
    assert kept["DeletedFaces"] == []
    assert client.delete_collection(CollectionId=COLLECTION)["StatusCode"] == 200
    assert client.list_collections()["CollectionIds"] == []


async def test_boto3_goes_from_nothing_to_a_face_search(cloud):
    with boto(cloud) as client:
        await asyncio.to_thread(search, client)


async def test_boto3_cannot_send_too_large_a_picture_either(cloud):
    with boto(cloud) as client, pytest.raises(ClientError, match=r"Image\.Bytes has 5242881 bytes"):
        await asyncio.to_thread(
            client.index_faces, CollectionId=COLLECTION, Image={"Bytes": bytes(5 * 1024**2 + 1)}
        )


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("CreateCollection", {"CollectionId": "c"}, "ResourceAlreadyExistsException"),
        ("CreateCollection", {"CollectionId": "d", "Tags": {"AWS:x": ""}}, "Invalid"),
        ("CreateCollection", {"CollectionId": "a b"}, "Invalid"),
        ("DescribeCollection", {"CollectionId": "C"}, "ResourceNotFoundException"),
        ("DeleteCollection", {"CollectionId": "d"}, "ResourceNotFoundException"),
        ("ListCollections", {"NextToken": "x"}, "InvalidPaginationTokenException"),
        ("ListCollections", {"MaxResult": 1}, "Invalid"),
        ("ListFaces", {"CollectionId": "c", "NextToken": "x"}, "InvalidPaginationTokenException"),
        ("ListUsers", {"CollectionId": "c", "NextToken": "x"}, "InvalidPaginationTokenException"),
        ("ListFaces", {"CollectionId": "d"}, "ResourceNotFoundException"),
        ("DeleteFaces", {"CollectionId": "c", "FaceIds": []}, "Invalid"),
        ("SearchFaces", {"CollectionId": "c", "FaceId": FACE}, "Invalid"),
        ("SearchFaces", {"CollectionId": "d", "FaceId": FACE}, "ResourceNotFoundException"),
        ("IndexFaces", {"CollectionId": "d", "Image": IMAGE}, "ResourceNotFoundException"),
        ("IndexFaces", {"CollectionId": "c", "Image": {}}, "Invalid"),
        ("IndexFaces", {"CollectionId": "c", "Image": {"Bytes": "%"}}, "Invalid"),
        ("IndexFaces", {"CollectionId": "c", "Image": {"Bytes": ""}}, "Invalid"),
        ("IndexFaces", {"CollectionId": "c", "Image": {"Bytes": "AAAA"}}, "InvalidImageFormat"),
        ("IndexFaces", {"CollectionId": "c", "Image": {"S3Object": {"Name": "n"}}}, "Invalid"),
        ("SearchFacesByImage", {"CollectionId": "c", "Image": IMAGE}, "Invalid"),
        ("CreateUser", {"CollectionId": "d", "UserId": "u"}, "ResourceNotFoundException"),
        ("DeleteUser", {"CollectionId": "c", "UserId": "u"}, "ResourceNotFoundException"),
        ("SearchUsers", {"CollectionId": "c"}, "Invalid"),
        ("SearchUsers", {"CollectionId": "c", "FaceId": FACE}, "Invalid"),
        ("SearchUsers", {"CollectionId": "c", "UserId": "u"}, "ResourceNotFoundException"),
    ],
)
async def test_a_request_that_the_service_rejects_has_its_code(
    rekognition, state, operation, parameters, code
):
    add_collection(state, "c")
    found = await code_of(call(rekognition, operation, **parameters))
    full = {"Invalid": "InvalidParameterException", "InvalidImageFormat": f"{code}Exception"}
    assert found == full.get(code, code)


async def test_a_page_token_belongs_to_its_collection(rekognition, state):
    script_picture(state, content_key(PICTURE), "faces", [{}, {}])
    for name in ("c", "d"):
        await call(rekognition, "CreateCollection", CollectionId=name)
        await call(rekognition, "IndexFaces", CollectionId=name, Image=_image(PICTURE))
    page = await call(rekognition, "ListFaces", CollectionId="c", MaxResults=1)
    query = {"NextToken": page["NextToken"]}
    assert len((await call(rekognition, "ListFaces", CollectionId="c", **query))["Faces"]) == 1
    wrong = call(rekognition, "ListFaces", CollectionId="d", **query)
    assert await code_of(wrong) == "InvalidPaginationTokenException"


async def test_a_collection_that_is_deleted_between_pages_does_not_shift_the_others(
    rekognition, state
):
    for name in "abcd":
        await call(rekognition, "CreateCollection", CollectionId=name)
    page = await call(rekognition, "ListCollections", MaxResults=2)
    assert page["CollectionIds"] == ["a", "b"]
    await call(rekognition, "DeleteCollection", CollectionId="a")
    rest = await call(rekognition, "ListCollections", NextToken=page["NextToken"])
    assert rest == {"CollectionIds": ["c", "d"], "FaceModelVersions": ["7.0", "7.0"]}
    shown = await call(rekognition, "DescribeCollection", CollectionId="b")
    assert shown["CreationTimestamp"] == NOW.timestamp()


def _image(content):
    return {"Bytes": base64.b64encode(content).decode()}


async def test_a_hundred_faces_of_a_picture_are_indexed(rekognition, state):
    add_collection(state, "c")
    script_picture(state, content_key(PICTURE), "faces", [ScriptedFace("a").item()] * 102)
    found = await call(rekognition, "IndexFaces", CollectionId="c", Image=_image(PICTURE))
    assert len(found["FaceRecords"]) == 100
    assert {tuple(face["Reasons"]) for face in found["UnindexedFaces"]} == {("EXCEEDS_MAX_FACES",)}


@pytest.mark.parametrize(
    ("kind", "items", "problem"),
    [
        ("face", [{}], "kind must be one of faces, labels"),
        ("faces", ["anna"], "item 0: must be a mapping"),
        ("faces", [{}, {"Likeness": 101}], "item 1: Likeness must be from 0 to 100"),
        ("faces", [{"Likeness": "high"}], "item 0: Likeness must be a number"),
        ("faces", [{"Confidence": True}], "item 0: Confidence must be a number"),
        ("faces", [{"BoundingBox": 1}], "item 0: BoundingBox must be a mapping"),
        ("labels", [{"Confidence": 90.0}], "item 0: Name must be a string"),
        ("celebrities", [{"MatchConfidence": -1}], "item 0: MatchConfidence must be from 0"),
    ],
)
async def test_a_script_that_no_picture_can_have_is_rejected(state, kind, items, problem):
    with pytest.raises(ValueError, match=problem):
        script_picture(state, "key", kind, items)


def look(client):
    """At a picture, by boto3."""
    image = {"Bytes": GROUP}
    found = client.detect_labels(Image=image, MinConfidence=50)
    assert without_metadata(found) == {
        "Labels": [{"Name": "Person", "Confidence": 99.0}],
        "LabelModelVersion": "3.0",
    }
    boxes = [face["BoundingBox"] for face in client.detect_faces(Image=image)["FaceDetails"]]
    assert len(boxes) == 2
    assert client.detect_moderation_labels(Image=image)["ModerationLabels"] == []
    assert client.detect_text(Image=image)["TextDetections"] == []
    found = client.recognize_celebrities(Image=image)
    assert [face["BoundingBox"] for face in found["UnrecognizedFaces"]] == boxes
    found = client.compare_faces(
        SourceImage={"S3Object": {"Bucket": "bucket", "Name": "anna.jpg"}}, TargetImage=image
    )
    assert [match["Similarity"] for match in found["FaceMatches"]] == [100.0]
    assert len(found["UnmatchedFaces"]) == 1


async def test_boto3_looks_at_pictures(cloud):
    cloud.script_picture(GROUP, "labels", [{"Name": "Person"}])
    with boto(cloud) as client:
        await asyncio.to_thread(look, client)
