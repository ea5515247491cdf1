import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx

from vidkit import (
    AmbiguousError,
    AuthError,
    ConflictError,
    DecodeError,
    HuaweiConfig,
    JobCanceledError,
    JobFailedError,
    NotFoundError,
    RequestError,
    ServiceError,
    TransportError,
    VidKitTimeoutError,
)
from vidkit.local.clips import read_clock
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.transports.base import HttpRequest
from vidkit.transports.huawei.transport import HuaweiTransport

CLIP = ObsObjInfo(bucket="bucket", location="cn-north-4", object="clip.mp4")
OUT = ObsObjInfo(bucket="bucket", location="cn-north-4", object="out")
EVERY_TWO = ThumbnailPara(type="TIME", time=2)


async def create(kit, para=EVERY_TWO, **parameters):
    return await kit.mpc.create_thumbnails_task(
        **({"input": CLIP, "output": OUT, "thumbnail_para": para} | parameters)
    )


async def create_slow(cloud, kit):
    """A task that is queued for an hour: it can be canceled however busy this machine is."""
    cloud.add_object(CLIP.bucket, "slow.mp4", b"")
    cloud.time_job(CLIP.bucket, "slow.mp4", 3600)
    return await create(kit, input=CLIP.model_copy(update={"object": "slow.mp4"}))


async def test_snapshots_are_real_pictures_at_the_requested_times(cloud, kit):
    job = await create(kit, user_data="mine", original_dir=1)
    assert [status async for status in job.watch()][-1] == "SUCCEEDED"
    task = await job
    assert (task.status, task.user_data, task.task_id) == ("SUCCEEDED", "mine", job.id)
    assert task.create_time.tzinfo is UTC
    assert task.create_time <= task.end_time <= datetime.now(UTC)
    names = [picture.pic_name for picture in task.thumbnail_info]
    assert names == ["clip_0.jpg", "clip_2.jpg", "clip_4.jpg", "clip_6.jpg"]
    for name, at in zip(names, (0, 2000, 4000, 6000), strict=True):
        picture = cloud.read_object("bucket", f"{task.output.object}/{name}")
        assert await asyncio.to_thread(read_clock, picture) == at


async def test_a_synchronous_snapshot_is_done_at_once(cloud, kit):
    job = await create(kit, ThumbnailPara(type="DOTS_MS", dots_ms=[1500]), sync=1)
    before = len(cloud.calls)
    task = await job
    assert len(cloud.calls) == before
    assert task.status == "FINISHED"
    assert task.create_time <= datetime.now(UTC)
    picture = cloud.read_object("bucket", f"{task.output.object}/{task.output_file_name}")
    assert await asyncio.to_thread(read_clock, picture) == 1480


async def test_tasks_are_listed_found_and_paged(cloud, kit):
    jobs = [await create(kit) for _ in range(5)]
    tasks = await asyncio.gather(*jobs)
    assert {task.status for task in tasks} == {"SUCCEEDED"}
    ids = [job.id for job in jobs]
    pager = kit.mpc.list_thumbnails_task(status="SUCCEEDED", size=2)
    pages = [page async for page in pager.pages()]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert sorted(task.task_id for page in pages for task in page.items) == sorted(ids)
    rest = [page async for page in pager.pages(token=pages[0].next_token)]
    assert [page.items for page in rest] == [page.items for page in pages[1:]]
    some = await kit.mpc.list_thumbnails_task(task_id=ids[:2]).collect()
    assert sorted(task.task_id for task in some) == sorted(ids[:2])
    assert (await kit.mpc.get_thumbnails_task(ids[3])).task_id == ids[3]
    now = datetime.now(UTC)
    recent = kit.mpc.list_thumbnails_task(
        start_time=now - timedelta(minutes=5), end_time=now + timedelta(minutes=5)
    )
    assert len(await recent.collect()) == 5
    old = kit.mpc.list_thumbnails_task(end_time=now - timedelta(minutes=5))
    assert await old.collect() == []
    ever = kit.mpc.list_thumbnails_task(start_time=datetime(1, 1, 1, tzinfo=UTC))
    assert len(await ever.collect()) == 5


async def test_only_a_queued_task_can_be_cancelled(cloud, kit):
    queued, done = await create_slow(cloud, kit), await create(kit)
    await queued.cancel()
    with pytest.raises(JobCanceledError):
        await queued
    await done
    with pytest.raises(ConflictError, match="queued"):
        await done.cancel()
    with pytest.raises(NotFoundError):
        await kit.mpc.delete_thumbnails_task("424242")


async def test_another_process_resumes_with_the_token(cloud, kit):
    job = await create(kit)
    async with cloud.kit() as other:
        assert (await other.resume(job.token)).task_id == job.id
    elsewhere = HuaweiConfig(
        region="cn-north-1", project_id="p", access_key="a", secret_key="b", endpoint=cloud.endpoint
    )
    async with cloud.kit(huawei=elsewhere) as other:
        with pytest.raises(RequestError, match="cn-north-4"):
            other.resume(job.token)


async def test_what_is_no_video_fails_with_a_description(cloud, kit):
    cloud.add_object("bucket", "notes.txt", b"not a video")
    notes = ObsObjInfo(bucket="bucket", location="cn-north-4", object="notes.txt")
    job = await create(kit, input=notes)
    with pytest.raises(JobFailedError, match="MPC") as caught:
        await job
    assert caught.value.job_token == job.token


async def test_an_unknown_task_is_not_found(kit):
    with pytest.raises(NotFoundError, match="424242"):
        await kit.mpc.get_thumbnails_task("424242")


async def test_a_wrong_secret_is_rejected_and_sent_once(cloud):
    wrong = HuaweiConfig(
        region="cn-north-4",
        project_id=cloud.project_id,
        access_key=cloud.access_key_id,
        secret_key="wrong-secret-value",
        endpoint=cloud.endpoint,
    )
    async with cloud.kit(huawei=wrong) as kit:
        with pytest.raises(AuthError) as caught:
            await kit.mpc.get_thumbnails_task("1")
    assert caught.value.code == "APIGW.0301"
    assert caught.value.attempts == 1
    assert "wrong-secret-value" not in str(caught.value)
    assert caught.value.request_id


async def test_a_create_whose_response_is_lost_is_not_sent_twice(scripted, monkeypatch):
    monkeypatch.setattr("vidkit.mpc.create_once._SEARCH_DELAYS_SECONDS", (0.0, 0.01))
    scripted.drop()
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError):
            await create(kit)
    # All others were searches, which got no response either.
    assert [request.method for request, _ in scripted.requests].count("POST") == 1


async def test_a_create_that_was_throttled_is_sent_again_with_a_new_signature(scripted):
    scripted.json({"error_code": "APIGW.0308", "error_msg": "slow"}, status=429)
    scripted.json({"task_id": 100211})
    async with scripted.kit() as kit:
        job = await create(kit)
    assert job.id == "100211"
    first, second = (request for request, _ in scripted.requests)
    assert first.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AK, ")
    assert second.headers["X-Project-Id"] == "p1"


async def test_refused_connections_are_retried_and_raised(dead_endpoint):
    from vidkit import RetryPolicy, VidKit

    config = HuaweiConfig(
        region="cn-north-4", project_id="p", access_key="a", secret_key="b", endpoint=dead_endpoint
    )
    async with VidKit(huawei=config, retry=RetryPolicy(max_attempts=2, base_delay=0)) as kit:
        with pytest.raises(TransportError) as caught:
            await create(kit)
    # Nothing was sent, so even a create may be retried, and it certainly was not carried out.
    assert caught.value.attempts == 2
    assert not caught.value.ambiguous


async def test_a_hanging_service_costs_the_deadline_and_no_more(scripted):
    scripted.hang()
    async with scripted.kit(deadline=0.2) as kit:
        started = asyncio.get_running_loop().time()
        with pytest.raises(VidKitTimeoutError):
            await kit.mpc.get_thumbnails_task("1")
        assert asyncio.get_running_loop().time() - started < 5


@pytest.mark.parametrize(
    ("body", "status", "content_type", "cls"),
    [
        (b"<html>maintenance</html>", 200, "text/html", DecodeError),
        (b"", 200, "application/json", DecodeError),
        (b'{"task_array": 5}', 200, "application/json", DecodeError),
        (b"moved", 302, "text/html", ServiceError),
        (b"<html></html>", 404, "text/html", NotFoundError),
    ],
)
async def test_unusable_responses(scripted, body, status, content_type, cls):
    scripted.raw(body, status=status, content_type=content_type)
    async with scripted.kit() as kit:
        with pytest.raises(cls) as caught:
            await kit.mpc.get_thumbnails_task("7684")
    assert caught.value.status == status
    assert caught.value.operation == "ListThumbnailsTask"


async def test_numbers_for_texts_and_unknown_members_are_read(scripted):
    task = {
        "task_id": 7684,
        "status": "RESTING",
        "create_time": 20201118121333,
        "end_time": 20201118121335.0,
        "description": None,
        "input": {"bucket": "b", "location": "l", "object": "o", "tomorrow": 1},
    }
    scripted.json({"task_array": [task], "is_truncated": 0, "total": 1})
    async with scripted.kit() as kit:
        found = await kit.mpc.get_thumbnails_task("7684")
    assert found.task_id == "7684"
    assert found.status == "RESTING"
    assert found.create_time == datetime(2020, 11, 18, 12, 13, 33, tzinfo=UTC)
    assert found.end_time == datetime(2020, 11, 18, 12, 13, 35, tzinfo=UTC)
    assert found.input.model_extra == {"tomorrow": 1}


async def test_times_can_be_timedeltas(scripted):
    scripted.json({"task_id": "1"})
    second = timedelta(seconds=1)
    paras = [
        ThumbnailPara(
            time=2 * second, start_time=timedelta(minutes=1), duration=timedelta(hours=1)
        ),
        ThumbnailPara(duration="ToEND"),
        ThumbnailPara(duration=0, time=100, start_time=0),
        ThumbnailPara(type="DOTS", dots=[second, 3]),
        ThumbnailPara(type="DOTS_MS", dots_ms=[1.5 * second]),
    ]
    async with scripted.kit() as kit:
        for para in paras:
            await create(kit, para, sync=1 if para.dots_ms else None)
    assert [json.loads(body)["thumbnail_para"] for _, body in scripted.requests] == [
        {"time": 2, "start_time": 60, "duration": 3600},
        {"duration": 0},
        {"time": 100, "start_time": 0, "duration": 0},
        {"type": "DOTS", "dots": [1, 3]},
        {"type": "DOTS_MS", "dots_ms": [1500]},
    ]


async def test_any_number_of_tasks_can_be_listed_by_id(cloud, kit):
    jobs = [await create(kit) for _ in range(3)]
    ids = [str(number) for number in range(900_000, 900_020)]
    ids[12:12] = [job.id for job in jobs]
    before = len(cloud.calls)
    pager = kit.mpc.list_thumbnails_task(task_id=[*ids, ids[0]], page=3)
    pages = [page async for page in pager.pages()]
    assert len(cloud.calls) - before == 3
    found = [{task.task_id for task in page.items} for page in pages]
    assert found == [set(ids[:10]), set(ids[10:20]), set(ids[20:])]
    assert [len(page.items) for page in pages] == [10, 10, 3]
    unknown = {task.task_id for page in pages for task in page.items if task.status == "NO_TASK"}
    assert unknown == set(ids) - {job.id for job in jobs}
    rest = [page async for page in pager.pages(token=pages[0].next_token)]
    # Their status may have changed meanwhile.
    assert [{task.task_id for task in page.items} for page in rest] == found[1:]
    with pytest.raises(RequestError, match="token"):
        await anext(pager.pages(token="3"))


async def test_a_batch_without_tasks_is_not_the_last(scripted):
    scripted.json({"task_array": [], "total": 0})
    scripted.json({"task_array": [{"task_id": 12}], "total": 1, "is_truncated": 1})
    async with scripted.kit() as kit:
        pager = kit.mpc.list_thumbnails_task(
            task_id=[str(number) for number in range(12)], status="FAILED"
        )
        assert [task.task_id for task in await pager.collect()] == ["12"]
    first, second = (request.query for request, _ in scripted.requests)
    assert first.getall("task_id") == [str(number) for number in range(10)]
    assert second.getall("task_id") == ["10", "11"]
    assert first["status"] == second["status"] == "FAILED"
    assert set(first) == {"task_id", "status"}


async def test_a_cancel_whose_response_was_lost_has_canceled(cloud, kit):
    job = await create_slow(cloud, kit)
    cloud.inject("lost_answer", service="mpc", operation="DeleteThumbnailsTask", times=1)
    await job.cancel()
    with pytest.raises(JobCanceledError):
        await job
    # But a task that another call has canceled cannot be canceled.
    with pytest.raises(ConflictError, match="queued"):
        await kit.mpc.delete_thumbnails_task(job.id)


@pytest.mark.parametrize("code", ["MPC.10212", "MPC.10213"])
async def test_a_cancel_that_comes_too_late_says_so(scripted, code):
    scripted.json({"error_code": code, "error_msg": "Operation failed."}, status=400)
    async with scripted.kit() as kit:
        with pytest.raises(ConflictError, match="Only a queued task") as caught:
            await kit.mpc.delete_thumbnails_task("1")
    assert caught.value.code == code


async def test_every_parameter_reaches_the_service(scripted):
    scripted.json({"task_id": "1"})
    para = ThumbnailPara(
        type="DOTS",
        dots=[1, 3],
        output_filename="pic",
        format=1,
        width=0,
        height=96,
        max_length=480,
        amount=90,
        threshold=32,
    )
    async with scripted.kit() as kit:
        await create(kit, para, user_data="u", tar=0, sync=0, original_dir=1)
    request, body = scripted.requests[0]
    assert (request.method, request.path) == ("POST", "/v1/p1/thumbnails")
    place = {"bucket": "bucket", "location": "cn-north-4"}
    assert json.loads(body) == {
        "input": {**place, "object": "clip.mp4"},
        "output": {**place, "object": "out"},
        "thumbnail_para": {
            "type": "DOTS",
            "dots": [1, 3],
            "output_filename": "pic",
            "format": 1,
            "width": 0,
            "height": 96,
            "max_length": 480,
            "amount": 90,
            "threshold": 32,
        },
        "user_data": "u",
        "tar": 0,
        "sync": 0,
        "original_dir": 1,
    }


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ThumbnailPara(type="PERCENT"), ["type='PERCENT'", "DOTS_MS"]),
        (lambda: ThumbnailPara(time=0), ["time=0", "1"]),
        (lambda: ThumbnailPara(time=101), ["time=101", "100"]),
        (lambda: ThumbnailPara(time=2.5), ["time=2.5", "timedelta"]),
        (lambda: ThumbnailPara(time=True), ["time=True", "whole number"]),
        (lambda: ThumbnailPara(time=timedelta(milliseconds=2500)), ["time=", "whole seconds"]),
        (lambda: ThumbnailPara(time=timedelta(seconds=101)), ["time=", "1 to 100"]),
        (lambda: ThumbnailPara(time="ToEND"), ["time='ToEND'", "timedelta"]),
        (lambda: ThumbnailPara(start_time=-1), ["start_time=-1", "0 to"]),
        (lambda: ThumbnailPara(start_time=2**31), ["start_time=", "2147483647"]),
        (lambda: ThumbnailPara(duration="end"), ["duration='end'", "ToEND"]),
        (lambda: ThumbnailPara(duration=-1), ["duration=-1", "0 to"]),
        (
            lambda: ThumbnailPara(type="DOTS_MS", dots_ms=[timedelta(microseconds=1500)]),
            ["dots_ms.0=", "whole milliseconds"],
        ),
        (lambda: ThumbnailPara(type="DOTS_MS"), ["dots_ms", "missing"]),
        (lambda: ThumbnailPara(type="DOTS", dots=[]), ["dots=[]", "1"]),
        (lambda: ThumbnailPara(type="DOTS", dots="123"), ["dots='123'"]),
        (lambda: ThumbnailPara(type="DOTS", dots_ms=[1], dots=[1]), ["dots_ms", "'DOTS_MS'"]),
        (lambda: ThumbnailPara(width=3841), ["width=3841", "3840"]),
        (lambda: ThumbnailPara(height=95), ["height=95", "96"]),
        (lambda: ThumbnailPara(max_length=3841), ["max_length=3841", "3840"]),
        (lambda: ThumbnailPara(amount=101), ["amount=101", "100"]),
        (lambda: ThumbnailPara(threshold=-1), ["threshold=-1", "0"]),
        (lambda: ThumbnailPara(format=2), ["format=2", "1"]),
        (lambda: ThumbnailPara(output_filename="x" * 257), ["output_filename", "256"]),
        (lambda: ObsObjInfo(bucket="b" * 65, location="l", object="o"), ["bucket", "64"]),
        (lambda: ObsObjInfo(bucket="b", location="l", object="o" * 1025), ["object", "1024"]),
        (lambda: ThumbnailPara(type="DOTS"), ["dots", "missing"]),
        (lambda: ThumbnailPara(dots=[1]), ["dots", "'DOTS'"]),
        (lambda: ThumbnailPara(type="DOTS", dots=list(range(11))), ["dots", "10"]),
        (lambda: ThumbnailPara(type="DOTS", dots=[-1]), ["dots.0=-1", "0"]),
        (lambda: ThumbnailPara(type="DOTS_MS", dots_ms=[1, 2]), ["dots_ms", "1"]),
        (lambda: ThumbnailPara(width=95), ["width=95", "96", "3840"]),
        (lambda: ThumbnailPara(height=2161), ["height=2161", "2160"]),
        (lambda: ThumbnailPara(max_length=239), ["max_length=239", "240"]),
        (lambda: ThumbnailPara(amount=0), ["amount=0", "1"]),
        (lambda: ThumbnailPara(threshold=256), ["threshold=256", "255"]),
        (lambda: ThumbnailPara(interval=2), ["interval", "time"]),
        (lambda: ObsObjInfo(bucket="", location="l", object="o"), ["bucket=''"]),
        (lambda: ObsObjInfo(bucket="b", location="l"), ["object", "missing"]),
    ],
)
def test_invalid_parameters_are_rejected_where_they_are_made(make, words):
    with pytest.raises(RequestError) as caught:
        make()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"tar": True}, ["tar=True", "0 or 1"]),
        ({"sync": 2}, ["sync=2", "0 or 1"]),
        ({"user_data": "x" * 65536}, ["user_data", "65535"]),
        ({"input": "b/clip.mp4"}, ["input='b/clip.mp4'", "ObsObjInfo"]),
        (
            {"thumbnail_para": ThumbnailPara(type="DOTS_MS", dots_ms=[5])},
            ["dots_ms", "sync=1"],
        ),
        (
            {"thumbnail_para": ThumbnailPara(type="DOTS", dots=[1, 2]), "sync": 1},
            ["dots=[1, 2]", "one point"],
        ),
        ({"userdata": "x"}, ["userdata", "user_data"]),
    ],
)
async def test_invalid_input_is_rejected_before_anything_is_sent(scripted, parameters, words):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await create(kit, **parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"task_id": []}, ["task_id", "1"]),
        ({"task_id": "123"}, ["task_id='123'"]),
        ({"task_id": ["1" * 17]}, ["task_id.0='1111"]),
        ({"task_id": ["1&size=5"]}, ["task_id.0='1&size=5'"]),
        ({"status": "DONE"}, ["status='DONE'", "SUCCEEDED"]),
        ({"start_time": datetime(2026, 1, 1)}, ["start_time", "aware"]),  # noqa: DTZ001
        (
            {
                "start_time": datetime(2026, 1, 2, tzinfo=UTC),
                "end_time": datetime(2026, 1, 1, tzinfo=UTC),
            },
            ["end_time", "start_time"],
        ),
        ({"size": 101}, ["size=101", "100"]),
        ({"page": -1}, ["page=-1", "0"]),
    ],
)
async def test_list_parameters_are_checked_at_the_call(kit, parameters, words):
    with pytest.raises(RequestError) as caught:
        kit.mpc.list_thumbnails_task(**parameters)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("token", ["x", "-1", "²", "99999999"])
async def test_an_invalid_page_token_is_rejected(kit, token):
    with pytest.raises(RequestError, match="token"):
        await anext(kit.mpc.list_thumbnails_task().pages(token=token))


CONFIG = HuaweiConfig(
    region="cn-north-4", project_id="p1", access_key="AK", secret_key="s3cret-value"
)


@pytest.mark.parametrize(
    ("config", "url"),
    [
        (CONFIG, "https://mpc.cn-north-4.myhuaweicloud.com/v1/p1/x"),
        (
            HuaweiConfig(region="cn-north-1", project_id="p1", auth_token="t0ken"),
            "https://mts.cn-north-1.myhuaweicloud.com/v1/p1/x",
        ),
    ],
)
async def test_regions_have_their_endpoints(config, url):
    router = respx.Router()
    route = router.get(url).mock(return_value=httpx.Response(200, json={}))
    transport = HuaweiTransport(config, transport=httpx.MockTransport(router.async_handler))
    response = await transport.send(HttpRequest("GET", "/v1/{project_id}/x"))
    await transport.close()
    assert response.ok
    sent = route.calls.last.request.headers
    assert ("Authorization" in sent) is (config.auth_token is None)
    assert sent.get("X-Auth-Token") == config.auth_token


async def test_temporary_keys_send_and_sign_their_token():
    config = HuaweiConfig(
        region="cn-north-4",
        project_id="p1",
        access_key="AK",
        secret_key="SK",
        security_token="temporary",
    )
    router = respx.Router()
    route = router.route().mock(return_value=httpx.Response(200, json={}))
    transport = HuaweiTransport(config, transport=httpx.MockTransport(router.async_handler))
    await transport.send(HttpRequest("GET", "/v1/{project_id}/x", query=(("a b", "ü"),)))
    await transport.close()
    request = route.calls.last.request
    assert request.headers["X-Security-Token"] == "temporary"
    assert "x-security-token" in request.headers["Authorization"]
    assert request.url.raw_path.endswith(b"?a%20b=%C3%BC")


@pytest.mark.parametrize(
    ("failure", "cls", "ambiguous"),
    [
        (httpx.ReadTimeout("slow"), VidKitTimeoutError, True),
        (httpx.ReadError("reset"), TransportError, True),
        (ValueError("a bug below"), TransportError, True),
    ],
)
async def test_errors_of_httpx_become_vidkit_errors(failure, cls, ambiguous):
    router = respx.Router()
    router.route().mock(side_effect=failure)
    transport = HuaweiTransport(CONFIG, transport=httpx.MockTransport(router.async_handler))
    with pytest.raises(cls) as caught:
        await transport.send(HttpRequest("GET", "/v1/{project_id}/x"))
    await transport.close()
    assert caught.value.ambiguous is ambiguous
    assert caught.value.__cause__ is failure


@pytest.mark.parametrize("timestamp", ["yesterday", "", 0, None, 1e30])
async def test_an_invalid_time_fails_no_page(scripted, timestamp):
    scripted.json({"task_array": [{"task_id": "1", "create_time": timestamp}]})
    async with scripted.kit() as kit:
        assert (await kit.mpc.get_thumbnails_task("1")).create_time is None


async def test_a_finished_task_with_invalid_members_is_polled_again(scripted):
    scripted.json({"task_id": 1, "status": "FINISHED", "input": 5})
    scripted.json({"task_array": [{"task_id": 1, "status": "SUCCEEDED"}]})
    async with scripted.kit() as kit:
        job = await create(kit, ThumbnailPara(type="DOTS_MS", dots_ms=[5]), sync=1)
        assert (await job).status == "SUCCEEDED"


async def test_tasks_listed_by_id_are_one_page(scripted):
    scripted.json({"task_array": [{"task_id": "1"}], "is_truncated": 1})
    async with scripted.kit() as kit:
        assert len(await kit.mpc.list_thumbnails_task(task_id=["1"]).collect()) == 1


async def test_a_cancel_that_comes_too_late_is_a_conflict_whatever_its_status(scripted):
    scripted.json({"error_code": "MPC.10212", "error_msg": "Operation failed."}, status=403)
    async with scripted.kit() as kit:
        with pytest.raises(ConflictError, match="queued") as caught:
            await kit.mpc.delete_thumbnails_task("1")
    assert (caught.value.code, caught.value.status) == ("MPC.10212", 403)
