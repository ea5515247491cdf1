"""Huawei's own SDK against the local cloud: every operation, every error, IAM and metadata."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from vidkit.local import LocalCloud
from vidkit.local.iam.state import MetadataState
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts

# The SDK writes into the home folder as soon as it is imported: a process of its own.
START = textwrap.dedent("""
    import json, sys, time, urllib.request
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.auth.internal import MetadataAccessor
    from huaweicloudsdkcore.auth.provider import MetadataCredentialProvider
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
    from huaweicloudsdkcore.region.region import Region
    from huaweicloudsdkmpc.v1 import *

    endpoint, access, secret, project, region = json.loads(sys.argv[1])

    def build(keys):
        return MpcClient.new_builder().with_credentials(keys).with_endpoint(endpoint).build()

    def client(access=access, secret=secret, project=project, token=None):
        keys = BasicCredentials(access, secret, project)
        return build(keys if token is None else keys.with_security_token(token))

    def create(mpc, bucket="videos", name="clip.mp4", target="pictures", **options):
        place = dict(location=region)
        options.setdefault("thumbnail_para", ThumbnailPara(type="TIME", time=100))
        body = CreateThumbReq(
            input=ObsObjInfo(bucket=bucket, object=name, **place),
            output=ObsObjInfo(bucket=target, object="out", **place),
            **options,
        )
        return mpc.create_thumbnails_task(CreateThumbnailsTaskRequest(body=body))

    def lists(mpc, **query):
        return mpc.list_thumbnails_task(ListThumbnailsTaskRequest(**query))

    def cancel(mpc, task_id):
        return mpc.delete_thumbnails_task(DeleteThumbnailsTaskRequest(task_id=task_id))

    def outcome(call, *arguments, **options):
        try:
            response = call(*arguments, **options)
        except ClientRequestException as error:
            assert error.request_id, error
            return [error.status_code, error.error_code, error.error_msg]
        return response.status_code

    def post(path, **content):
        body = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{endpoint}/_local/{path}", body, headers)
        urllib.request.urlopen(request).close()

    mpc = client()
""")


async def run(cloud, tmp_path, script):
    """What a script of the SDK prints last, as JSON."""
    place = [
        cloud.endpoint,
        cloud.access_key_id,
        cloud.secret_access_key,
        cloud.project_id,
        cloud.identity.huawei_region,
    ]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "ignore", "-c", START + textwrap.dedent(script), json.dumps(place)],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
async def cloud(clock_clip):
    async with LocalCloud(job_seconds=0.2) as running:
        running.add_object("videos", "clip.mp4", clock_clip.path)
        running.add_object("videos", "text.mp4", b"no video")
        # A task over it can be canceled however busy this machine is.
        running.add_object("videos", "slow.mp4", clock_clip.path)
        running.time_job("videos", "slow.mp4", 3600)
        yield running


async def test_it_gets_every_error_response_of_mpc(cloud, tmp_path):
    cloud.forbid_bucket("closed")
    cloud.add_object("closed", "clip.mp4", b"")
    seen = await run(
        cloud,
        tmp_path,
        """
        first = create(mpc, name="text.mp4").task_id
        queued = create(mpc, name="slow.mp4").task_id
        dot = ThumbnailPara(type="DOTS", dots=[99])
        seen = {
            "parameter": outcome(create, mpc, thumbnail_para=ThumbnailPara(time=101)),
            "missing": outcome(create, mpc, name="missing.mp4"),
            "input": outcome(create, mpc, bucket="closed"),
            "output": outcome(create, mpc, target="closed"),
            "no video": outcome(create, mpc, name="text.mp4", sync=1, thumbnail_para=dot),
            "no frame": outcome(create, mpc, sync=1, thumbnail_para=dot),
            "size": outcome(lists, mpc, size=101),
            "time": outcome(lists, mpc, start_time="20260102000000", end_time="20260101000000"),
            "status": outcome(lists, mpc, status="DONE"),
            "ids": outcome(lists, mpc, task_id=[str(number) for number in range(11)]),
            "project": outcome(lists, client(project="f" * 32)),
            "canceled": outcome(cancel, mpc, queued),
            "canceled again": outcome(cancel, mpc, queued),
            "unknown": outcome(cancel, mpc, "7"),
        }
        while lists(mpc, task_id=[first]).task_array[0].status in ("WAITING", "PROCESSING"):
            time.sleep(0.02)
        task = lists(mpc, task_id=[first]).task_array[0]
        seen["failed"] = [task.status, task.description]
        seen["finished"] = outcome(cancel, mpc, first)
        print(json.dumps(seen))
        """,
    )
    assert {
        name: response if isinstance(response, int) else response[:2]
        for name, response in seen.items()
    } == {
        "parameter": [400, "MPC.10202"],
        "missing": [403, "MPC.10209"],
        "input": [403, "MPC.10209"],
        "output": [403, "MPC.10209"],
        "no video": [406, "MPC.10067"],
        "no frame": [400, "MPC.10212"],
        "size": [400, "MPC.10202"],
        "time": [400, "MPC.10202"],
        "status": [400, "MPC.10202"],
        "ids": [400, "MPC.10202"],
        "project": [403, "MPC.10208"],
        "canceled": 204,
        "canceled again": [400, "MPC.10212"],
        "unknown": [403, "MPC.10211"],
        "failed": ["FAILED", "MPC.10067: the input has no video stream."],
        "finished": [400, "MPC.10212"],
    }


async def test_it_gets_every_error_response_of_the_gateway(cloud, tmp_path):
    seen = await run(
        cloud,
        tmp_path,
        """
        seen = {
            "key": outcome(lists, client(access="NOBODY")),
            "token": outcome(lists, client(token="nonsense")),
        }
        post("faults", kind="skewed_clock", service="mpc", times=1)
        seen["clock"] = outcome(lists, mpc)
        seen["in time"] = outcome(lists, mpc)
        for number in range(5):
            seen[f"wrong {number}"] = outcome(lists, client(secret="wrong"))
        seen["locked"] = outcome(lists, mpc)
        print(json.dumps(seen))
        """,
    )
    assert seen.pop("in time") == 200
    assert {tuple(response[:2]) for response in seen.values()} == {(401, "APIGW.0301")}
    messages = {name: response[2].partition("information: ")[2] for name, response in seen.items()}
    assert messages["key"] == "Get secretKey failed,ak:NOBODY,err:ak not exist"
    assert messages["token"] == "decrypt token fail"
    assert messages["clock"] == "calc ak sk signature fail:signature expired"
    assert all(messages[f"wrong {n}"].startswith("verify aksk signature fail") for n in range(5))
    assert messages["locked"] == "AK access failed to reach the limit,forbidden."


async def test_it_is_throttled(cloud, tmp_path):
    cloud.throttle = {"mpc"}
    noon = datetime.now(UTC)
    cloud.state.now = lambda: noon
    seen = await run(
        cloud,
        tmp_path,
        """
        seen = [outcome(lists, mpc) for _ in range(99)]
        seen += [outcome(create, mpc, name="text.mp4") for _ in range(2)]
        print(json.dumps(seen))
        """,
    )
    assert seen[:100] == [200] * 99 + [202]
    # Of a GET or DELETE that is throttled the SDK shows the status only.
    assert seen[100][:2] == [429, "APIGW.0308"]


async def test_it_finds_its_project_through_iam(cloud, tmp_path):
    cloud.add_project("a" * 32, "cn-two-1")
    cloud.add_project("b" * 32, "cn-two-1")
    seen = await run(
        cloud,
        tmp_path,
        """
        def found(name, secret=secret):
            keys = BasicCredentials(access, secret).with_iam_endpoint(endpoint)
            try:
                mpc = (
                    MpcClient.new_builder()
                    .with_credentials(keys)
                    .with_region(Region(name, endpoint))
                    .build()
                )
            except SdkException as error:
                return str(error.error_msg)
            return [keys.project_id, outcome(lists, mpc)]

        print(json.dumps([
            found("cn-none-1", "wrong"), found(region), found("cn-none-1"), found("cn-two-1")
        ]))
        """,
    )
    wrong, one, none, several = seen
    assert "APIGW.0301" in wrong
    assert one == [cloud.project_id, 200]
    assert none.startswith("Failed to get project id of region 'cn-none-1', X-IAM-Trace-Id=token_")
    assert several.startswith(f"Multiple project ids found: [{'a' * 32},{'b' * 32}]")
    assert [call.operation for call in cloud.calls if call.service == "iam"] == [
        "KeystoneListProjects"
    ] * 4


@pytest.mark.parametrize("tokens", ["optional", "required", "missing"])
async def test_it_gets_keys_from_the_metadata_endpoints(cloud, tmp_path, tokens):
    cloud.state.of(MetadataState).tokens = tokens
    # Keys with less than forty minutes left are fetched anew by each request.
    cloud.state.of(HuaweiAccounts).key_seconds = timedelta(hours=2).total_seconds()
    seen = await run(
        cloud,
        tmp_path,
        """
        MetadataAccessor._METADATA_ENDPOINT = endpoint
        keys = MetadataCredentialProvider.get_basic_credential_metadata_provider().get_credentials()
        keys.project_id = project
        mpc = build(keys)
        seen = [outcome(lists, mpc), outcome(lists, client(keys.ak, keys.sk))]
        print(json.dumps(seen))
        """,
    )
    assert seen[0] == 200
    assert seen[1][:2] == [401, "APIGW.0301"]
    asked = [(call.operation, call.status) for call in cloud.calls if call.service == "metadata"]
    assert asked[0] == ("CreateToken", 404 if tokens == "missing" else 200)
    assert asked[1] == ("GetSecurityKey", 200)
