"""A wrong secret key of Huawei Cloud is found out by one request, and locks nobody out."""

import asyncio

import pytest
from kit_options import FAST

from vidkit import AuthError, HuaweiConfig, TransportError
from vidkit.config import HuaweiCredentials
from vidkit.mpc import ObsObjInfo, ThumbnailPara

REFUSAL = {
    "error_code": "APIGW.0301",
    "error_msg": "Incorrect IAM authentication information: verify aksk signature fail",
    "request_id": "r-1",
}


def keys(cloud, secret="wrong-secret-value"):
    return {"access_key": cloud.access_key_id, "secret_key": secret}


def config(cloud, **who):
    places = {"endpoint": cloud.endpoint, "iam_endpoint": cloud.endpoint}
    return HuaweiConfig(region="cn-north-4", **places, **who)


def create(kit, number):
    place = ObsObjInfo(bucket="bucket", location="cn-north-4", object=f"{number}.mp4")
    return kit.mpc.create_thumbnails_task(
        input=place, output=place, thumbnail_para=ThumbnailPara(), user_data=str(number)
    )


@pytest.mark.parametrize("project", ["given", "looked up"])
async def test_many_calls_with_a_wrong_secret_send_one_request_and_lock_no_key(cloud, project):
    who = keys(cloud) | ({"project_id": cloud.project_id} if project == "given" else {})
    async with cloud.kit(huawei=config(cloud, **who), **FAST) as wrong, cloud.kit(**FAST) as right:
        for _ in range(2):
            calls = [create(wrong, n) for n in range(20)]
            calls += [wrong.mpc.list_thumbnails_task().collect() for _ in range(20)]
            ends = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(end) for end in ends} == {AuthError}
            assert {end.code for end in ends} == {"APIGW.0301"}
            assert len(cloud.calls) == 1
        # Whoever has the right secret of the same key is not locked out.
        assert await right.mpc.list_thumbnails_task().collect() == []
        assert cloud.calls[-1].status == 200


@pytest.mark.parametrize("status", [429, 503])
async def test_a_gateway_that_was_busy_at_first_has_not_let_the_keys_in(scripted, status):
    scripted.json({}, status=status).json(REFUSAL, status=401)
    async with scripted.kit() as kit:
        calls = [kit.mpc.list_thumbnails_task().collect() for _ in range(20)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(end) for end in ends} == {AuthError}
    assert len(scripted.requests) == 2


async def test_new_keys_are_tried_at_once(cloud):
    given = []

    def give():
        given.append(len(given))
        secret = "wrong-secret-value" if len(given) == 1 else cloud.secret_access_key
        return HuaweiCredentials(**keys(cloud, secret))

    huawei = config(cloud, credentials=give, project_id=cloud.project_id)
    async with cloud.kit(huawei=huawei, **FAST) as kit:
        with pytest.raises(AuthError):
            await kit.mpc.list_thumbnails_task().collect()
        transport = await kit._runtime.huawei()
        # As when the first credentials have expired.
        transport._resolver._credentials._cached = None
        assert await kit.mpc.list_thumbnails_task().collect() == []
    assert [call.status for call in cloud.calls] == [401, 200]


async def test_one_odd_refusal_of_good_keys_stops_nothing(scripted):
    scripted.json({"task_array": []}).json(REFUSAL, status=401).json({"task_array": []})
    async with scripted.kit() as kit:
        await kit.mpc.list_thumbnails_task().collect()
        with pytest.raises(AuthError):
            await kit.mpc.list_thumbnails_task().collect()
        assert await kit.mpc.list_thumbnails_task().collect() == []
    assert len(scripted.requests) == 3


async def test_half_an_answer_is_told_with_its_status(scripted):
    async def half(request):
        head = b"HTTP/1.1 200 OK\r\nX-Request-Id: r-1\r\nContent-Length: 1000\r\n\r\n"
        request.transport.write(head + b"{")
        request.transport.close()
        raise asyncio.CancelledError

    scripted.then(half)
    events = []
    async with scripted.kit(on_event=events.append) as kit:
        with pytest.raises(TransportError) as caught:
            await kit.mpc.list_thumbnails_task().collect()
    assert (caught.value.status, caught.value.request_id) == (200, "r-1")
    assert [(event.status, event.request_id) for event in events] == [(200, "r-1")] * 4
    assert {event.error for event in events} == {"TransportError"}
