"""The users of a face collection on the local cloud."""

import json

import pytest
from collection_calls import COLLECTION, GROUP, PICTURE, indexed, show_people

from vidkit import ConflictError, NotFoundError, QuotaError
from vidkit.local import ScriptedFace

FACE = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
async def rekognition(cloud, kit):
    show_people(cloud)
    cloud.add_collection(COLLECTION)
    cloud.state.job_seconds = 0
    await kit.rekognition.create_user(COLLECTION, user_id="anna")
    return kit.rekognition


async def statuses(rekognition):
    users = await rekognition.list_users(COLLECTION, max_results=1).collect()
    return [(user.user_id, user.user_status) for user in users]


def problems(failed):
    return [(face.face_id, face.user_id, face.reasons) for face in failed]


async def test_a_user_gets_faces_and_loses_them(kit, rekognition):
    anna, ben = await indexed(kit, GROUP)
    await rekognition.create_user(COLLECTION, user_id="ben")
    with pytest.raises(ConflictError):
        await rekognition.create_user(COLLECTION, user_id="ben")
    assert await statuses(rekognition) == [("anna", "CREATED"), ("ben", "CREATED")]
    done = await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=[anna, FACE])
    assert [face.face_id for face in done.associated_faces] == [anna]
    assert problems(done.unsuccessful_face_associations) == [(FACE, None, ["FACE_NOT_FOUND"])]
    assert done.user_status == "ACTIVE"
    await rekognition.associate_faces(COLLECTION, user_id="ben", face_ids=[ben])
    assert await statuses(rekognition) == [("anna", "ACTIVE"), ("ben", "ACTIVE")]
    assert (await rekognition.describe_collection(COLLECTION)).user_count == 2

    (listed,) = await rekognition.list_faces(COLLECTION, user_id="ben").collect()
    assert (listed.face_id, listed.user_id) == (ben, "ben")
    kept = await rekognition.delete_faces(COLLECTION, [ben])
    assert problems(kept.unsuccessful_face_deletions) == [
        (ben, "ben", ["ASSOCIATED_TO_AN_EXISTING_USER"])
    ]

    done = await rekognition.disassociate_faces(COLLECTION, user_id="anna", face_ids=[anna, ben])
    assert [face.face_id for face in done.disassociated_faces] == [anna]
    assert problems(done.unsuccessful_face_disassociations) == [
        (ben, "ben", ["ASSOCIATED_TO_A_DIFFERENT_USER"])
    ]
    await rekognition.delete_user(COLLECTION, user_id="ben")
    with pytest.raises(NotFoundError):
        await rekognition.delete_user(COLLECTION, user_id="ben")
    assert (await rekognition.delete_faces(COLLECTION, [anna, ben])).deleted_faces == [anna, ben]


async def test_a_face_of_somebody_else_is_not_associated(cloud, kit, rekognition):
    anna, ben = await indexed(kit, GROUP)
    cloud.script_faces(PICTURE, [ScriptedFace("anna", likeness=70)])
    (blurred,) = await indexed(kit)
    await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=[anna])
    done = await rekognition.associate_faces(
        COLLECTION, user_id="anna", face_ids=[anna, ben, blurred]
    )
    assert done.associated_faces == []
    found = [(face.face_id, face.confidence) for face in done.unsuccessful_face_associations]
    assert found == [(ben, 0), (blurred, 70)]
    done = await rekognition.associate_faces(
        COLLECTION, user_id="anna", face_ids=[blurred], user_match_threshold=70
    )
    assert [face.face_id for face in done.associated_faces] == [blurred]


async def test_a_user_has_a_hundred_faces_at_most(cloud, kit, rekognition):
    cloud.script_faces(PICTURE, ["anna"] * 100)
    faces = await indexed(kit)
    assert len(faces) == 100
    first = await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=faces[:99])
    assert len(first.associated_faces) == 99
    more = await indexed(kit)
    done = await rekognition.associate_faces(
        COLLECTION, user_id="anna", face_ids=[faces[99], more[0]]
    )
    assert [face.face_id for face in done.associated_faces] == [faces[99]]
    assert problems(done.unsuccessful_face_associations) == [(more[0], None, [])]
    with pytest.raises(QuotaError):
        await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=more[:1])


async def test_users_are_searched_by_face_by_user_and_by_picture(cloud, kit, rekognition):
    anna, ben = await indexed(kit, GROUP)
    cloud.script_faces(PICTURE, [ScriptedFace("anna", likeness=90)])
    (twin,) = await indexed(kit)
    for user_id, face in (("twin", twin), ("ben", ben)):
        await rekognition.create_user(COLLECTION, user_id=user_id)
        await rekognition.associate_faces(COLLECTION, user_id=user_id, face_ids=[face])
    await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=[anna])

    def found(response):
        return [(match.similarity, match.user.user_id) for match in response.user_matches]

    by_face = await rekognition.search_users(COLLECTION, face_id=anna)
    assert found(by_face) == [(100, "anna"), (90, "twin")]
    assert by_face.searched_face.face_id == anna
    by_user = await rekognition.search_users(COLLECTION, user_id="anna")
    assert found(by_user) == [(90, "twin")]
    assert by_user.searched_user.user_id == "anna"
    by_picture = await rekognition.search_users_by_image(COLLECTION, GROUP, max_users=1)
    assert found(by_picture) == [(100, "anna")]
    assert by_picture.searched_face.face_detail.confidence == 99
    assert [face.reasons for face in by_picture.unsearched_faces] == [["FACE_NOT_LARGEST"]]
    strict = await rekognition.search_users(COLLECTION, face_id=anna, user_match_threshold=95)
    assert found(strict) == [(100, "anna")]
    with pytest.raises(NotFoundError):
        await rekognition.search_users(COLLECTION, user_id="nobody")


async def test_an_association_takes_effect_after_a_while(cloud, kit, rekognition):
    cloud.state.job_seconds = 3600
    faces = await indexed(kit)
    done = await rekognition.associate_faces(COLLECTION, user_id="anna", face_ids=faces)
    assert done.user_status == "UPDATING"
    cloud.state.job_seconds = 0
    assert await statuses(rekognition) == [("anna", "ACTIVE")]


CALLS = {
    "create_user": {},
    "delete_user": {},
    "associate_faces": {"face_ids": [FACE]},
    "disassociate_faces": {"face_ids": [FACE]},
}


@pytest.mark.parametrize(("method", "parameters"), CALLS.items(), ids=CALLS)
async def test_a_retry_carries_the_same_client_request_token(scripted, method, parameters):
    scripted.drop().json({}, status=500).json({})
    async with scripted.kit() as kit:
        call = getattr(kit.rekognition, method)
        await call("people", user_id="anna", **parameters)
        await call("people", user_id="anna", client_request_token="mine", **parameters)
    tokens = [json.loads(body)["ClientRequestToken"] for _, body in scripted.requests]
    assert tokens[0] == tokens[1] == tokens[2] != "mine"
    assert tokens[3] == "mine"


async def test_a_repeated_token_gets_the_first_response(kit, rekognition):
    faces = await indexed(kit)
    call = {"user_id": "anna", "face_ids": faces, "client_request_token": "t"}
    first = await rekognition.associate_faces(COLLECTION, **call)
    assert await rekognition.associate_faces(COLLECTION, **call) == first
    again = await rekognition.associate_faces(COLLECTION, **call | {"client_request_token": "u"})
    assert again.associated_faces == []
    with pytest.raises(ConflictError) as caught:
        await rekognition.associate_faces(COLLECTION, **call | {"user_match_threshold": 1})
    assert caught.value.code == "IdempotentParameterMismatchException"
