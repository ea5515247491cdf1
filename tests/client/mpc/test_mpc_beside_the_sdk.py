"""Huawei's own SDK and vidkit on one local cloud: both see the same tasks and the same errors."""

import asyncio
import json
import os
import sys
import textwrap

import pytest

from vidkit import HuaweiConfig, JobCanceledError, ServiceError
from vidkit.local import LocalCloud
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.mpc.parameters import compact_time

# The SDK writes into the home folder as soon as it is imported: a process of its own.
SCRIPT = textwrap.dedent("""
    import json, sys, time
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
    from huaweicloudsdkmpc import v1 as mpc

    endpoint, key, secret, project, wanted = sys.argv[1:]
    wanted = json.loads(wanted)

    def client(secret):
        return (
            mpc.MpcClient.new_builder()
            .with_credentials(BasicCredentials(key, secret, project))
            .with_endpoint(endpoint)
            .build()
        )

    ours = client(secret)

    def create(wanted, client=ours):
        body = mpc.CreateThumbReq(
            input=mpc.ObsObjInfo(**wanted["input"]),
            output=mpc.ObsObjInfo(**wanted["output"]),
            thumbnail_para=mpc.ThumbnailPara(**wanted["thumbnail_para"]),
            **wanted["options"],
        )
        request = mpc.CreateThumbnailsTaskRequest(body=body)
        return client.create_thumbnails_task(request).to_dict()

    def delete(task_id):
        ours.delete_thumbnails_task(mpc.DeleteThumbnailsTaskRequest(task_id=task_id))

    def tasks(**query):
        request = mpc.ListThumbnailsTaskRequest(**query)
        return ours.list_thumbnails_task(request).to_dict()

    def rejected(call, *args):
        try:
            call(*args)
        except ServiceResponseException as error:
            return [error.status_code, error.error_code, error.error_msg]

    made = create(wanted["everything"])
    while tasks(task_id=[made["task_id"]])["task_array"][0]["status"] != "SUCCEEDED":
        time.sleep(0.05)
    print(json.dumps({
        "made": made["task_id"],
        "all": tasks(size=100),
        "named": tasks(task_id=wanted["ids"]),
        "failed": tasks(status="FAILED"),
        "since": tasks(start_time=wanted["since"]),
        "sync": create(wanted["sync"]),
        "errors": {
            "no input": rejected(create, wanted["no input"]),
            "no video": rejected(create, wanted["no video"]),
            "beyond the end": rejected(create, wanted["beyond the end"]),
            "wrong secret": rejected(create, wanted["everything"], client("wrong")),
            "gone": rejected(delete, "424242"),
            "canceled": rejected(delete, wanted["canceled"]),
            "ended": rejected(delete, wanted["ended"]),
        },
    }))
""")

PLACE = {"bucket": "bucket", "location": "cn-north-4"}


def parameters_for(name="clip.mp4", options=None, **para):
    return {
        "input": {**PLACE, "object": name},
        "output": {**PLACE, "object": "out"},
        "thumbnail_para": para,
        "options": options or {},
    }


EVERYTHING = parameters_for(
    options={"user_data": "mine", "tar": 1, "sync": 0, "original_dir": 1},
    type="DOTS",
    dots=[1, 3],
    output_filename="pic",
    format=1,
    width=0,
    height=0,
    max_length=240,
    amount=100,
    threshold=1,
)
SYNC = parameters_for(options={"sync": 1}, type="DOTS_MS", dots_ms=[1200])
REJECTED = {
    "no input": parameters_for("missing.mp4"),
    "no video": parameters_for("notes.txt", {"sync": 1}, type="DOTS", dots=[0]),
    "beyond the end": parameters_for(options={"sync": 1}, type="DOTS", dots=[99]),
}


async def create(kit, wanted):
    return await kit.mpc.create_thumbnails_task(
        input=ObsObjInfo(**wanted["input"]),
        output=ObsObjInfo(**wanted["output"]),
        thumbnail_para=ThumbnailPara(**wanted["thumbnail_para"]),
        **wanted["options"],
    )


async def seen_by_the_sdk(cloud, wanted, home):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", SCRIPT, cloud.endpoint),
        *(cloud.access_key_id, cloud.secret_access_key, cloud.project_id, json.dumps(wanted)),
        env={**os.environ, "HOME": str(home)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        output, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return json.loads(output)


def as_the_sdk_returns_it(task):
    """A task as the SDK's ``to_dict`` has it: all members, times as text."""
    members = task.model_dump(exclude_unset=True)
    for member in ("create_time", "end_time"):
        if members.get(member) is not None:
            members[member] = compact_time(members[member])
    return without_none(members)


def without_none(content):
    if isinstance(content, list):
        return [without_none(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {key: without_none(value) for key, value in content.items() if value is not None}


async def error_of(call):
    with pytest.raises(ServiceError) as caught:
        await call
    error = caught.value
    return type(error).__name__, [error.status, error.code], error.message


async def test_both_see_the_same_tasks_and_errors(clock_clip, tmp_path):
    async with LocalCloud(job_seconds=0.3) as cloud, cloud.kit() as kit:
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)
        cloud.add_object("bucket", "notes.txt", b"not a video")
        # A task over it can be canceled however busy this machine is.
        cloud.add_object("bucket", "slow.mp4", b"")
        cloud.time_job("bucket", "slow.mp4", 3600)
        done, failed, third, fourth = [
            await create(kit, parameters_for(name, time=4))
            for name in ("clip.mp4", "notes.txt", "clip.mp4", "slow.mp4")
        ]
        await fourth.cancel()
        with pytest.raises(JobCanceledError):
            await fourth
        ids = [job.id for job in (done, failed, third, fourth)]
        await asyncio.gather(done, failed, third, return_exceptions=True)
        since = (await done).create_time
        wanted = REJECTED | {
            "everything": EVERYTHING,
            "sync": SYNC,
            "ids": [*ids, "424242"],
            "since": compact_time(since),
            "canceled": fourth.id,
            "ended": done.id,
        }
        seen = await seen_by_the_sdk(cloud, wanted, tmp_path)

        ours = await create(kit, EVERYTHING)
        theirs = await kit.mpc.get_thumbnails_task(seen["made"])
        mine = await ours
        same = {"output_file_name", "thumbnail_info", "output", "input", "user_data", "status"}
        assert mine.model_dump(include=same) == theirs.model_dump(include=same)

        mpc = kit.mpc
        lists = {
            "all": mpc.list_thumbnails_task(),
            "named": mpc.list_thumbnails_task(task_id=[*ids, "424242"]),
            "failed": mpc.list_thumbnails_task(status="FAILED"),
            "since": mpc.list_thumbnails_task(start_time=since),
        }
        for name, pager in lists.items():
            # Tasks that were created after the SDK's listing are left out.
            own = [
                as_the_sdk_returns_it(task)
                for task in await pager.collect()
                if int(task.task_id) <= int(seen["made"]) or name == "named"
            ]
            assert own == without_none(seen[name]["task_array"]), name

        sync = await create(kit, SYNC)
        ended = as_the_sdk_returns_it(await sync)
        both = [without_none(seen["sync"]), ended]
        for each in both:
            each["output"].pop("object")
            del each["task_id"], each["create_time"]
        # A member of the create's response that a task does not have.
        assert both[0].pop("thumbnail_time") == "1200"
        assert both[0] == both[1]

        wrong = HuaweiConfig(
            region="cn-north-4",
            project_id=cloud.project_id,
            access_key=cloud.access_key_id,
            secret_key="wrong",
            endpoint=cloud.endpoint,
        )
        async with cloud.kit(huawei=wrong) as stranger:
            found = {
                "wrong secret": await error_of(create(stranger, EVERYTHING)),
                "gone": await error_of(mpc.delete_thumbnails_task("424242")),
                "canceled": await error_of(mpc.delete_thumbnails_task(fourth.id)),
                "ended": await error_of(mpc.delete_thumbnails_task(done.id)),
            }
        for name, parameters in REJECTED.items():
            found[name] = await error_of(create(kit, parameters))
    assert {name: kind for name, (kind, _, _) in found.items()} == {
        "no input": "InvalidRequestError",
        "no video": "InvalidRequestError",
        "beyond the end": "InvalidRequestError",
        "wrong secret": "AuthError",
        "gone": "NotFoundError",
        "canceled": "ConflictError",
        "ended": "ConflictError",
    }
    for name, (status, code, message) in seen["errors"].items():
        _, status_and_code, own_message = found[name]
        assert status_and_code == [status, code], name
        # Where vidkit explains a code, the service's message comes first.
        if name != "wrong secret":
            assert own_message.startswith(message), name
