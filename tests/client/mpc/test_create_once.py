"""One create makes one task, whatever happens to its responses."""

import asyncio
import json
import pickle
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from vidkit import (
    AmbiguousError,
    AuthError,
    HuaweiConfig,
    InvalidRequestError,
    PollPolicy,
    QuotaError,
    RequestError,
    RetryPolicy,
    UnavailableError,
    VidKit,
    VidKitTimeoutError,
)
from vidkit.jobs.idempotency import plan_request_token
from vidkit.local import LocalCloud
from vidkit.local.mpc.snapshot_tasks import SnapshotTask
from vidkit.mpc import ObsObjInfo, ThumbnailPara

FAST = {
    "poll": PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000),
    "retry": RetryPolicy(base_delay=0.001, throttling_base_delay=0.001),
}
NOTES = ObsObjInfo(bucket="bucket", location="cn-north-4", object="notes.txt")
OUT = ObsObjInfo(bucket="bucket", location="cn-north-4", object="out")
MARKER = re.compile(r"vidkit-[0-9a-f]{32}")
CREATE = {"service": "mpc", "operation": "CreateThumbnailsTask"}


async def create(kit, **parameters):
    wanted = {"input": NOTES, "output": OUT, "thumbnail_para": ThumbnailPara()}
    return await kit.mpc.create_thumbnails_task(**(wanted | parameters))


@pytest.fixture
def quick(monkeypatch):
    """Tasks become visible at once here, so searches need no delays."""
    monkeypatch.setattr("vidkit.mpc.create_once._SEARCH_DELAYS_SECONDS", (0.0, 0.01, 0.02))
    monkeypatch.setattr("vidkit.mpc.task_search._MIN_BATCHING_SECONDS", 0.01)


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as cloud:
        cloud.add_object("bucket", "notes.txt", b"no video, so that a task ends at once")
        yield cloud


@pytest.fixture
async def patient_cloud():
    """A cloud whose tasks stay queued, so that it only creates them."""
    async with LocalCloud(job_seconds=60) as cloud:
        cloud.add_object("bucket", "notes.txt", b"no video")
        yield cloud


@pytest.fixture
async def kit(cloud):
    async with cloud.kit(**FAST) as kit:
        yield kit


async def tasks_of(cloud):
    """The tasks that the service has, listed by another kit."""
    cloud.uninject()
    async with cloud.kit() as other:
        return await other.mpc.list_thumbnails_task().collect()


def calls(cloud, operation):
    return [call for call in cloud.calls if call.operation == operation]


@pytest.mark.long
async def test_a_thousand_creates_over_a_bad_line_make_a_thousand_tasks(
    patient_cloud, quick, capsys
):
    cloud = patient_cloud
    lost = cloud.inject("lost_answer", **CREATE, probability=0.2, seed=7)
    down = cloud.inject("unavailable", **CREATE, probability=0.1, seed=8)
    concurrency = asyncio.Semaphore(50)
    retry = RetryPolicy(max_attempts=8, base_delay=0.001)

    async def one(kit):
        async with concurrency:
            return (await create(kit)).id

    started = asyncio.get_running_loop().time()
    async with cloud.kit(retry=retry) as kit:
        ids = await asyncio.gather(*(one(kit) for _ in range(1000)))
    seconds = asyncio.get_running_loop().time() - started
    struck = cloud.struck(lost), cloud.struck(down)
    lists = len(calls(cloud, "ListThumbnailsTask"))
    tasks = await tasks_of(cloud)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n1000 creates in {seconds:.1f} s: {struck[0]} responses lost, "
            f"{struck[1]} times 503, {lists} list calls"
        )
    assert len(ids) == len(set(ids)) == len(tasks) == 1000
    assert set(ids) == {task.task_id for task in tasks}
    assert len({task.user_data for task in tasks}) == 1000
    assert struck[0] > 150
    assert struck[1] > 75
    # Fewer calls than ambiguous attempts, although a listing takes up to ten calls, and an
    # ambiguous attempt up to three listings.
    assert lists < sum(struck)


async def test_hundreds_of_ambiguous_creates_share_few_listings(patient_cloud, quick, capsys):
    cloud = patient_cloud
    async with cloud.kit() as kit:
        await asyncio.gather(*(create(kit) for _ in range(200)))
        rule = cloud.inject("lost_answer", **CREATE)
        jobs = await asyncio.gather(*(create(kit) for _ in range(150)))
    assert cloud.struck(rule) == 150
    lists = len(calls(cloud, "ListThumbnailsTask"))
    tasks = await tasks_of(cloud)
    assert len(tasks) == 350
    assert {job.id for job in jobs} <= {task.task_id for task in tasks}
    with capsys.disabled():
        print(f"\n{lists} list calls for 150 ambiguous creates among 350 tasks")  # noqa: T201
    # All tasks take four pages; the failures came over some time, so a few listings began.
    assert lists <= 40


@pytest.mark.parametrize("kind", ["lost_answer", "late_unavailable", "half_body", "empty"])
async def test_a_task_that_was_created_is_adopted(cloud, kit, quick, kind):
    cloud.inject(kind, **CREATE, times=1)
    job = await create(kit)
    (task,) = await tasks_of(cloud)
    assert job.id == task.task_id
    assert MARKER.fullmatch(task.user_data)
    assert len(calls(cloud, "CreateThumbnailsTask")) == 1


@pytest.mark.parametrize("kind", ["unavailable", "reset", "html"])
async def test_a_create_that_was_not_carried_out_is_sent_again(cloud, kit, quick, kind):
    cloud.inject(kind, **CREATE, times=2)
    job = await create(kit)
    (task,) = await tasks_of(cloud)
    assert job.id == task.task_id
    # Three searches each time, before it was sent again.
    assert len(calls(cloud, "ListThumbnailsTask")) == 1 + 2 * 3


async def test_all_attempts_carry_one_marker(scripted, quick):
    for _ in range(2):
        scripted.json({"error_code": "MPC.10050"}, status=500)
        for _ in range(3):
            scripted.json({"task_array": [], "is_truncated": 0, "total": 0})
    scripted.json({"task_id": "7"}, status=202)
    async with scripted.kit() as kit:
        assert (await create(kit)).id == "7"
    bodies = [json.loads(body) for request, body in scripted.requests if request.method == "POST"]
    assert len(bodies) == 3
    assert len({body["user_data"] for body in bodies}) == 1
    assert MARKER.fullmatch(bodies[0]["user_data"])


async def test_a_task_that_becomes_visible_late_is_adopted(scripted, quick):
    """The second search finds it; nothing is sent again."""
    marker = None

    async def respond(request):
        nonlocal marker
        if request.method == "POST":
            marker = json.loads(scripted.requests[-1][1])["user_data"]
            return web.Response(status=504)
        seen = [{"task_id": 9, "status": "WAITING", "user_data": marker}]
        late = len(scripted.requests) > 2
        return web.json_response({"task_array": seen if late else [], "total": int(late)})

    scripted.then(respond)
    async with scripted.kit() as kit:
        job = await create(kit)
    assert job.id == "9"
    assert [request.method for request, _ in scripted.requests] == ["POST", "GET", "GET"]


async def test_a_search_that_finds_a_finished_task_saves_the_poll(cloud, kit, quick):
    cloud.inject("lost_answer", **CREATE)
    job = await create(kit, thumbnail_para=ThumbnailPara(type="DOTS", dots=[0]))
    before = len(cloud.calls)
    if "FAILED" in repr(job):
        assert await job.status() == "FAILED"
        assert len(cloud.calls) == before


async def test_a_search_uses_the_services_clock(scripted, quick):
    """A machine whose clock is a day off searches at the right time."""
    now = datetime.now(UTC) - timedelta(days=1)
    date = now.strftime("%a, %d %b %Y %H:%M:%S GMT")

    async def respond(request):
        if request.method == "POST":
            request.transport.close()
            return web.Response()
        # While nothing is known of the service's time, all tasks are listed, and they are many.
        page = {"task_array": [], "is_truncated": 0, "total": 0}
        if "start_time" not in request.query:
            page = {"task_array": [{"task_id": "1"}], "is_truncated": 1, "total": 200}
        return web.json_response(page, headers={"Date": date})

    scripted.then(respond)
    async with scripted.kit(retry=RetryPolicy(max_attempts=2, base_delay=0)) as kit:
        with pytest.raises(AmbiguousError):
            await create(kit)
    queries = [
        parse_qs(urlsplit(request.path_qs).query)
        for request, _ in scripted.requests
        if request.method == "GET"
    ]
    starts = [
        datetime.strptime(query["start_time"][0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        for query in queries[1:]
    ]
    assert "start_time" not in queries[0]
    rest = [now - start for start in starts]
    assert all(timedelta(minutes=1) < before < timedelta(minutes=4) for before in rest)
    # Only the very first page was requested in vain.
    assert len(rest) == 2 * 3


async def test_without_retries_an_ambiguous_error_has_the_marker(cloud, quick):
    cloud.inject("lost_answer", **CREATE)
    async with cloud.kit(retry=RetryPolicy.none()) as kit:
        with pytest.raises(AmbiguousError) as caught:
            await create(kit)
    error = pickle.loads(pickle.dumps(caught.value))
    assert MARKER.fullmatch(error.marker)
    assert error.marker in str(error)
    assert (error.service, error.operation) == ("mpc", "CreateThumbnailsTask")
    assert error.ambiguous
    assert [task.user_data for task in await tasks_of(cloud)] == [error.marker]
    assert len(calls(cloud, "CreateThumbnailsTask")) == 1


async def test_a_failed_search_is_an_ambiguous_error(cloud, kit, quick):
    cloud.inject("lost_answer", **CREATE)
    cloud.inject("unavailable", service="mpc", operation="ListThumbnailsTask")
    with pytest.raises(AmbiguousError, match="searching for it failed") as caught:
        await create(kit)
    (task,) = await tasks_of(cloud)
    assert task.user_data == caught.value.marker
    assert len(calls(cloud, "CreateThumbnailsTask")) == 1


async def test_a_long_outage_is_an_ambiguous_error(cloud, kit, quick):
    cloud.inject("unavailable", **CREATE)
    with pytest.raises(AmbiguousError, match="not among the tasks") as caught:
        await create(kit)
    assert isinstance(caught.value.__cause__, UnavailableError)
    assert caught.value.status == 503
    assert caught.value.attempts == 4
    assert await tasks_of(cloud) == []


async def test_a_rejection_after_an_ambiguous_attempt_stays_ambiguous(scripted, quick):
    """The task is searched for once more; then the error is ambiguous, caused by the rejection."""
    nothing = {"task_array": [], "is_truncated": 0, "total": 0}
    scripted.json({"error_code": "MPC.10050"}, status=500)
    for _ in range(3):
        scripted.json(nothing)
    scripted.json({"error_code": "MPC.10203", "error_msg": "no"}, status=401)
    scripted.json(nothing)
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError) as caught:
            await create(kit)
    assert isinstance(caught.value.__cause__, AuthError)
    assert caught.value.code == "MPC.10203"
    assert len(scripted.requests) == 6


@pytest.mark.parametrize(
    ("code", "status", "cls"),
    [
        ("MPC.10202", 400, InvalidRequestError),
        ("MPC.10203", 401, AuthError),
        ("MPC.10209", 403, InvalidRequestError),
        ("APIGW.0301", 401, AuthError),
        ("MPC.99999", 402, QuotaError),
    ],
)
async def test_a_rejection_is_not_ambiguous(scripted, code, status, cls):
    scripted.json({"error_code": code, "error_msg": "no", "request_id": "r1"}, status=status)
    async with scripted.kit() as kit:
        with pytest.raises(cls) as caught:
            await create(kit)
    assert caught.value.request_id == "r1"
    assert len(scripted.requests) == 1


async def test_the_deadline_also_ends_the_search(cloud):
    cloud.inject("lost_answer", **CREATE)
    cloud.inject("hang", service="mpc", operation="ListThumbnailsTask")
    async with cloud.kit(deadline=0.5) as kit:
        started = asyncio.get_running_loop().time()
        with pytest.raises(AmbiguousError) as caught:
            await create(kit)
        assert asyncio.get_running_loop().time() - started < 5
    assert MARKER.fullmatch(caught.value.marker)


async def test_a_part_of_a_short_deadline_is_reserved_for_the_search(cloud, quick):
    """The create is carried out and then hangs: there is still time to find its task."""
    cloud.inject("latency", **CREATE, seconds=60)
    async with cloud.kit(deadline=1.2) as kit:
        job = await create(kit)
    (task,) = await tasks_of(cloud)
    assert job.id == task.task_id


@pytest.mark.parametrize("waits_for", ["a token", "the project", "keys", "a connection"])
@pytest.mark.parametrize("retry", [RetryPolicy(), RetryPolicy.none()])
async def test_a_deadline_before_anything_is_sent_is_not_ambiguous(
    cloud, scripted, waits_for, retry
):
    """Nothing was sent, so there is no task to search for, and no ambiguity."""
    identity = cloud.identity
    endpoints = {
        "region": "cn-north-4",
        "endpoint": cloud.endpoint,
        "iam_endpoint": scripted.endpoint,
    }
    keys = {"access_key": cloud.access_key_id, "secret_key": cloud.secret_access_key}
    user = {
        "username": identity.iam_user,
        "password": identity.iam_password,
        "domain_name": identity.domain_name,
    }

    async def no_keys():
        await asyncio.sleep(60)

    credentials = {
        "a token": user | {"project_id": cloud.project_id},
        "the project": keys,
        "keys": {"credentials": no_keys, "project_id": cloud.project_id},
        "a connection": keys | {"project_id": cloud.project_id, "max_connections": 1},
    }[waits_for]
    scripted.hang()
    cloud.inject("hang", service="mpc", operation="ListThumbnailsTask")
    options = FAST | {"retry": retry, "deadline": 0.3}
    async with VidKit(huawei=HuaweiConfig(**endpoints, **credentials), **options) as kit:
        other = asyncio.create_task(kit.with_options(deadline=60).mpc.get_thumbnails_task("1"))
        await asyncio.sleep(0.05)
        with pytest.raises(VidKitTimeoutError) as caught:
            await create(kit)
        assert not caught.value.ambiguous
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
    assert not calls(cloud, "CreateThumbnailsTask")


async def test_a_cancelled_create_stops_at_once_and_others_continue(cloud, kit):
    cloud.inject("lost_answer", **CREATE)
    cloud.inject("latency", service="mpc", operation="ListThumbnailsTask", seconds=0.2)
    first, second = (asyncio.create_task(create(kit)) for _ in range(2))
    while not calls(cloud, "CreateThumbnailsTask"):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.15)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    job = await second
    assert job.id in {task.task_id for task in await tasks_of(cloud)}


async def test_closing_the_kit_ends_a_search(cloud, quick):
    cloud.inject("lost_answer", **CREATE)
    cloud.inject("hang", service="mpc", operation="ListThumbnailsTask")
    async with cloud.kit() as kit:
        making = asyncio.create_task(create(kit))
        while not calls(cloud, "CreateThumbnailsTask"):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.15)
    with pytest.raises((AmbiguousError, RequestError)):
        await making


# With the caller's own user_data.


async def test_own_user_data_is_kept_and_searched_for(cloud, kit, quick):
    cloud.inject("lost_answer", **CREATE, times=1)
    job = await create(kit, user_data="order 7")
    (task,) = await tasks_of(cloud)
    assert (task.task_id, task.user_data) == (job.id, "order 7")


async def test_an_empty_user_data_gets_a_marker(cloud, kit, quick):
    """A service may not return it, and then no task could be found by it."""
    cloud.inject("lost_answer", **CREATE, times=1)
    job = await create(kit, user_data="")
    (task,) = await tasks_of(cloud)
    assert task.task_id == job.id
    assert MARKER.fullmatch(task.user_data)


async def test_equal_creates_each_get_a_task_of_their_own(cloud, kit, quick):
    """Their tasks cannot be distinguished, so they run one after another and claim theirs."""
    cloud.inject("lost_answer", **CREATE, probability=0.5, seed=3)
    jobs = await asyncio.gather(*(create(kit, user_data="same") for _ in range(12)))
    tasks = await tasks_of(cloud)
    assert sorted(job.id for job in jobs) == sorted(task.task_id for task in tasks)
    assert len({job.id for job in jobs}) == 12


async def test_tasks_with_other_inputs_or_outputs_are_not_adopted(cloud, kit, quick):
    cloud.add_object("bucket", "other.txt", b"nor is this")
    other = ObsObjInfo(bucket="bucket", location="cn-north-4", object="other.txt")
    elsewhere = ObsObjInfo(bucket="bucket", location="cn-north-4", object="out2")
    async with cloud.kit() as stranger:
        await create(stranger, user_data="u", input=other)
        await create(stranger, user_data="u", output=elsewhere)
    cloud.inject("lost_answer", **CREATE, times=1)
    job = await create(kit, user_data="u")
    assert len(await tasks_of(cloud)) == 3
    task = await kit.mpc.get_thumbnails_task(job.id)
    assert task.input.object == "notes.txt"
    assert task.output.object.startswith("out/")


async def test_an_equal_task_of_another_client_is_ambiguous(cloud, kit, quick):
    async with cloud.kit() as stranger:
        theirs = await create(stranger, user_data="same")
    cloud.inject("lost_answer", **CREATE, times=1)
    with pytest.raises(AmbiguousError, match="may be from this call or from another") as caught:
        await create(kit, user_data="same")
    assert caught.value.marker == "same"
    assert theirs.id in str(caught.value)


async def test_after_an_ambiguous_create_an_equal_one_adopts_nothing(cloud, quick):
    cloud.inject("lost_answer", **CREATE, times=1)
    cloud.inject("unavailable", **CREATE)
    async with cloud.kit(**FAST) as kit:
        with pytest.raises(AmbiguousError):
            await create(kit.with_options(retry=RetryPolicy.none()), user_data="same")
        with pytest.raises(AmbiguousError, match="may be from this call or from another"):
            await create(kit, user_data="same")


async def test_a_timeout_behind_an_equal_create_is_not_ambiguous(cloud, kit, quick):
    cloud.inject("hang", **CREATE, times=1)
    first = asyncio.create_task(create(kit, user_data="same"))
    await asyncio.sleep(0.1)
    with pytest.raises(VidKitTimeoutError, match="nothing was sent"):
        await create(kit.with_options(deadline=0.2), user_data="same")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


def aged(age):
    """Tasks of the local cloud that were created a while ago."""
    return lambda *fields: SnapshotTask(*fields[:-1], fields[-1] - age)


# With a request token that a run of many jobs has planned.


async def test_the_planned_token_is_the_marker(cloud, kit):
    plan_request_token("a" * 32)
    await create(kit)
    await create(kit)
    markers = [task.user_data for task in await tasks_of(cloud)]
    assert markers[0] == "vidkit-" + "a" * 32
    assert MARKER.fullmatch(markers[1])
    assert markers[0] != markers[1]
    # No earlier run had used it, so there was no search.
    assert len(calls(cloud, "ListThumbnailsTask")) == 1


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=5), timedelta(days=400)])
async def test_a_token_of_an_earlier_run_is_searched_for_first(cloud, kit, quick, monkeypatch, age):
    """However old the task is: no clock of this machine says when it was created."""
    with monkeypatch.context() as patch:
        patch.setattr("vidkit.local.mpc.snapshot_tasks.SnapshotTask", aged(age))
        plan_request_token("b" * 32)
        before = await create(kit)
    plan_request_token("b" * 32, maybe_used=True)
    again = await create(kit)
    assert again.id == before.id
    plan_request_token("c" * 32, maybe_used=True)
    new = await create(kit)
    assert Counter(task.task_id for task in await tasks_of(cloud)) == {before.id: 1, new.id: 1}


async def test_without_a_marker_no_task_of_an_earlier_run_is_certain(cloud, kit, quick):
    plan_request_token("b" * 32)
    before = await create(kit, user_data="same")
    async with cloud.kit() as other:
        plan_request_token("b" * 32, maybe_used=True)
        with pytest.raises(AmbiguousError, match=before.id):
            await create(other, user_data="same")
    assert len(await tasks_of(cloud)) == 1


async def test_a_token_of_an_earlier_run_is_not_sent_if_the_search_fails(cloud, kit, quick):
    cloud.inject("unavailable", service="mpc", operation="ListThumbnailsTask")
    plan_request_token("d" * 32, maybe_used=True)
    with pytest.raises(AmbiguousError) as caught:
        await create(kit)
    assert caught.value.marker == "vidkit-" + "d" * 32
    assert await tasks_of(cloud) == []
