"""Snapshot tasks of the local cloud, called directly and through Huawei's own SDK."""

import asyncio
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import pytest
from mpc_calls import (
    NOW,
    PATH,
    SOURCE,
    TARGET,
    call,
    create,
    error_of,
    finished,
    listed,
    processing,
    put,
    status,
    taken,
)

from vidkit.local import LocalCloud, clips
from vidkit.local.mpc.service import MpcService
from vidkit.local.mpc.snapshot_tasks import WORKERS
from vidkit.local.objects.state import ObjectsState
from vidkit.local.protocol.wire import ApiError, Request


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", PATH, "CreateThumbnailsTask"),
        ("GET", PATH, "ListThumbnailsTask"),
        ("GET", f"{PATH}/", "ListThumbnailsTask"),
        ("DELETE", PATH, "DeleteThumbnailsTask"),
        ("PUT", PATH, None),
        ("POST", "/v1/p/transcodings", None),
        ("POST", f"{PATH}/1", None),
    ],
)
def test_method_and_path_name_the_operation(state, method, path, operation):
    assert MpcService(state).operation(Request(method, path, (), {}, b"")) == operation


def test_an_error_response_has_code_and_message(state):
    response = MpcService(state).error_response(
        ApiError("MPC.10209", "m" * 300, status=403), "id-1"
    )
    assert response.status == 403
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.body) == {"error_code": "MPC.10209", "error_msg": "m" * 256}


async def test_a_task_waits_is_processed_and_succeeds(mpc, state):
    state.job_seconds = 0.3
    begun = asyncio.get_running_loop().time()
    created = await create(mpc, user_data="mine", para={"type": "DOTS", "dots": [1]})
    assert set(created) == {"task_id"}
    assert re.fullmatch(r"[0-9]{1,16}", created["task_id"])
    seen = []
    while not seen or seen[-1] in {"WAITING", "PROCESSING"}:
        seen.append(await status(mpc, created["task_id"]))
        await asyncio.sleep(0.01)
    assert list(dict.fromkeys(seen)) == ["WAITING", "PROCESSING", "SUCCEEDED"]
    assert asyncio.get_running_loop().time() - begun >= 0.3
    task = await finished(mpc, created["task_id"])
    folder = task["output"].pop("object")
    assert re.fullmatch(r"out/[0-9a-f]{32}", folder)
    assert task == {
        "task_id": created["task_id"],
        "status": "SUCCEEDED",
        "create_time": "20261121120000",
        "end_time": "20261121120000",
        "input": SOURCE,
        "output": {"bucket": "pictures", "location": "cn-north-4"},
        "output_file_name": "clip.jpg",
        "user_data": "mine",
        "thumbnail_info": [{"pic_name": "clip.jpg"}],
    }
    stored = state.of(ObjectsState).objects["pictures", f"{folder}/clip.jpg"]
    assert stored.content_type == "image/jpeg"
    assert clips.read_clock(stored.read()) == 1000


async def test_an_internal_error_fails_the_task_and_is_logged(mpc, monkeypatch, caplog):
    def broken(*args, **options):
        raise RuntimeError("no disk")

    monkeypatch.setattr("vidkit.local.mpc.snapshot_tasks.take_pictures", broken)
    task = await taken(mpc)
    assert task["status"] == "FAILED"
    assert task["description"].startswith("MPC.10050")
    assert "no disk" in caplog.text
    monkeypatch.undo()
    assert (await taken(mpc))["status"] == "SUCCEEDED"


async def test_a_missing_input_is_rejected(mpc):
    missing = {**SOURCE, "object": "missing.mp4"}
    assert await error_of(create(mpc, input=missing)) == (403, "MPC.10209")


async def test_later_tasks_wait_for_the_two_workers(mpc, state):
    state.job_seconds = 0.4
    ids = [(await create(mpc, para={"start_time": 99}))["task_id"] for _ in range(3)]
    await processing(mpc, ids[0])
    await processing(mpc, ids[1])
    assert await status(mpc, ids[2]) == "WAITING"
    assert [(await finished(mpc, task_id))["status"] for task_id in ids] == ["SUCCEEDED"] * 3


async def test_only_waiting_tasks_can_be_canceled(mpc, state):
    state.job_seconds = 0.4
    ids = [(await create(mpc, para={"start_time": 99}))["task_id"] for _ in range(3)]
    response = await call(mpc, "DELETE", ("task_id", ids[2]))
    assert (response.status, response.body) == (204, b"")
    canceled = await finished(mpc, ids[2])
    assert canceled["status"] == "CANCELED"
    assert canceled["end_time"] == "20261121120000"
    assert await error_of(call(mpc, "DELETE", ("task_id", ids[2]))) == (400, "MPC.10212")
    await processing(mpc, ids[0])
    assert await error_of(call(mpc, "DELETE", ("task_id", ids[0]))) == (400, "MPC.10213")
    await finished(mpc, ids[0])
    await finished(mpc, ids[1])
    assert await error_of(call(mpc, "DELETE", ("task_id", ids[0]))) == (400, "MPC.10212")
    assert await status(mpc, ids[2]) == "CANCELED"


async def test_tasks_that_wait_keep_no_worker_from_others(mpc, state):
    slow = {**SOURCE, "object": "in/slow.mp4"}
    put(state, "in/slow.mp4", b"")
    state.object_seconds["videos", "in/slow.mp4"] = 3600
    waiting = [(await create(mpc, input=slow))["task_id"] for _ in range(WORKERS + 1)]
    await asyncio.sleep(0.02)
    assert (await taken(mpc, para={"start_time": 99}))["status"] == "SUCCEEDED"
    for task_id in waiting:
        assert await status(mpc, task_id) == "WAITING"
        await call(mpc, "DELETE", ("task_id", task_id))
        assert await status(mpc, task_id) == "CANCELED"


async def test_a_canceled_task_stops_to_wait(mpc, state):
    state.job_seconds = 3600
    before = asyncio.all_tasks()
    task_id = (await create(mpc))["task_id"]
    (run,) = asyncio.all_tasks() - before
    await call(mpc, "DELETE", ("task_id", task_id))
    await asyncio.wait([run], timeout=5)
    assert run.cancelled()


async def test_a_synchronous_task_that_is_stored_cannot_be_canceled(mpc, monkeypatch):
    packing, go_on = threading.Event(), threading.Event()

    def slow(pictures, **_):
        packing.set()
        go_on.wait(5)
        return b"tar"

    monkeypatch.setattr("vidkit.local.mpc.snapshot_tasks.pack", slow)
    dot = {"type": "DOTS", "dots": [1]}
    body = {"input": SOURCE, "output": TARGET, "thumbnail_para": dot, "sync": 1, "tar": 0}
    made = asyncio.create_task(call(mpc, "POST", body=body))
    await asyncio.to_thread(packing.wait, 5)
    ((task_id, shown),) = [
        (task["task_id"], task["status"]) for task in (await listed(mpc))["task_array"]
    ]
    assert shown == "PROCESSING"
    assert await error_of(call(mpc, "DELETE", ("task_id", task_id))) == (400, "MPC.10213")
    go_on.set()
    assert (await made).status == 202
    assert await status(mpc, task_id) == "SUCCEEDED"


async def test_lists_are_paged_in_order_of_creation(mpc):
    ids = [(await create(mpc, para={"start_time": 99}))["task_id"] for _ in range(12)]

    async def page(*query):
        content = await listed(mpc, *query)
        found = [task["task_id"] for task in content["task_array"]]
        return found, content["is_truncated"], content["total"]

    assert await page() == (ids[:10], 1, 12)
    assert await page(("page", "1")) == (ids[10:], 0, 12)
    assert await page(("page", "2"), ("size", "4")) == (ids[8:], 0, 12)
    assert await page(("page", "50000"), ("size", "100")) == ([], 0, 12)


async def test_lists_are_filtered_by_status_and_time(mpc, state):
    early = await taken(mpc, para={"start_time": 99})
    state.now = lambda: NOW + timedelta(hours=1)
    put(state, "in/clip.mp4", b"text")
    late = await taken(mpc)

    async def ids(*query):
        content = await listed(mpc, *query)
        assert content["total"] == len(content["task_array"])
        return [task["task_id"] for task in content["task_array"]]

    assert await ids(("status", "FAILED")) == [late["task_id"]]
    assert await ids(("status", "CANCELED")) == []
    assert await ids(("start_time", "20261121120001")) == [late["task_id"]]
    assert await ids(("end_time", "20261121120000")) == [early["task_id"]]
    both = (("start_time", "20261121120000"), ("end_time", "20261121130000"))
    assert await ids(*both) == [early["task_id"], late["task_id"]]
    assert await ids(*both, ("status", "SUCCEEDED")) == [early["task_id"]]


async def test_named_tasks_are_listed_whatever_the_page(mpc):
    first, second = await taken(mpc), await taken(mpc)
    named = [("task_id", second["task_id"]), ("task_id", "77"), ("task_id", first["task_id"])]
    content = await listed(mpc, *named, ("page", "7"), ("start_time", "20300101000000"))
    assert content == {
        "task_array": [second, {"task_id": "77", "status": "NO_TASK"}, first],
        "is_truncated": 0,
        "total": 3,
    }


async def test_closing_ends_the_workers(state):
    state.job_seconds = 60
    service = MpcService(state)
    await create(service)
    await service.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("mpc")]


async def test_huaweis_own_sdk_creates_lists_and_cancels(clock_clip, tmp_path):
    # The SDK writes into the home folder as soon as it is imported: a process of its own.
    script = textwrap.dedent("""
        import json, sys, time
        from huaweicloudsdkcore.auth.credentials import BasicCredentials
        from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
        from huaweicloudsdkmpc import v1 as mpc

        endpoint, key, secret, project = sys.argv[1:]
        client = (
            mpc.MpcClient.new_builder()
            .with_credentials(BasicCredentials(key, secret, project))
            .with_endpoint(endpoint)
            .build()
        )
        place = dict(bucket="videos", location="cn-north-4")

        def create(name="in/clip.mp4", **options):
            body = mpc.CreateThumbReq(
                input=mpc.ObsObjInfo(object=name, **place),
                output=mpc.ObsObjInfo(object="out", **place),
                **options,
            )
            return client.create_thumbnails_task(mpc.CreateThumbnailsTaskRequest(body=body))

        def tasks(ids):
            request = mpc.ListThumbnailsTaskRequest(task_id=ids)
            return client.list_thumbnails_task(request).task_array

        def refused(call, request):
            try:
                call(request)
            except ClientRequestException as error:
                return [error.status_code, error.error_code]

        para = mpc.ThumbnailPara(type="TIME", time=2, max_length=480)
        first, second = (create(thumbnail_para=para).task_id for _ in range(2))
        third = create("slow.mp4", thumbnail_para=para).task_id
        client.delete_thumbnails_task(mpc.DeleteThumbnailsTaskRequest(task_id=third))
        while any(t.status in ("WAITING", "PROCESSING") for t in tasks([first, second, third])):
            time.sleep(0.02)
        done, _, canceled = tasks([first, second, third])
        dot = mpc.ThumbnailPara(type="DOTS_MS", dots_ms=[1200])
        sync = create(thumbnail_para=dot, sync=1)
        everything = client.list_thumbnails_task(mpc.ListThumbnailsTaskRequest(size=3))
        print(json.dumps({
            "folder": done.output.object,
            "pictures": [info.pic_name for info in done.thumbnail_info],
            "statuses": [done.status, canceled.status, sync.status, tasks(["7"])[0].status],
            "sync": f"{sync.output.object}/{sync.output_file_name}",
            "total": [everything.total, everything.is_truncated],
            "refused": [
                refused(
                    client.delete_thumbnails_task, mpc.DeleteThumbnailsTaskRequest(task_id=first)
                ),
                refused(client.list_thumbnails_task, mpc.ListThumbnailsTaskRequest(size=101)),
            ],
        }))
    """)
    async with LocalCloud(job_seconds=0.1) as cloud:
        cloud.add_object("videos", "in/clip.mp4", clock_clip.path)
        # A task over it can be canceled however busy this machine is.
        cloud.add_object("videos", "slow.mp4", clock_clip.path)
        cloud.time_job("videos", "slow.mp4", 3600)
        found = await asyncio.to_thread(
            subprocess.run,
            [
                sys.executable,
                *("-c", script, cloud.endpoint),
                *(cloud.access_key_id, cloud.secret_access_key, cloud.project_id),
            ],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        seen = json.loads(found.stdout)
        clocks = [
            clips.read_clock(cloud.read_object("videos", f"{seen['folder']}/{name}"))
            for name in seen["pictures"]
        ]
        sync_clock = clips.read_clock(cloud.read_object("videos", seen["sync"]))
    assert clocks == [second * 1000 for second in range(0, int(clock_clip.duration), 2)]
    assert sync_clock == 1200
    assert seen["statuses"] == ["SUCCEEDED", "CANCELED", "FINISHED", "NO_TASK"]
    assert seen["total"] == [4, 1]
    assert seen["refused"] == [[400, "MPC.10212"], [400, "MPC.10202"]]


async def test_a_task_that_cannot_be_stored_fails_and_the_next_one_runs(mpc, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("no tape")

    with monkeypatch.context() as patch:
        patch.setattr("vidkit.local.mpc.snapshot_tasks.pack", broken)
        for _ in range(3):
            task = await taken(mpc, tar=0)
            assert task["status"] == "FAILED"
            assert "MPC.10050" in task["description"]
    assert (await taken(mpc))["status"] == "SUCCEEDED"
    assert "no tape" in caplog.text
