"""What the gateway before the local MPC checks, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from huawei_calls import THUMBNAILS, call_mpc, send_json, signed
from local_cloud_calls import send

from vidkit.local import LocalCloud
from vidkit.local.iam import gateway

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OTHER = "f" * 32


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as running:
        running.state.now = lambda: NOON
        yield running


def snapshot(cloud, *, source="videos", target="pictures", **members):
    place = {"location": cloud.identity.huawei_region}
    return {
        "input": {"bucket": source, "object": "clip.mp4", **place},
        "output": {"bucket": target, "object": "out", **place},
        "thumbnail_para": {},
        **members,
    }


async def test_one_tenant_may_send_a_hundred_requests_a_minute(cloud):
    cloud.throttle = {"mpc"}
    assert [(await call_mpc(cloud)).status for _ in range(100)] == [200] * 100
    response = await call_mpc(cloud)
    assert (response.status, response.code) == (429, "APIGW.0308")
    assert "policy user over ratelimit,limit:100,time:1 minute" in response.content["error_msg"]
    assert response.content["request_id"] == response.headers["X-Request-Id"]
    assert (cloud.calls[-1].operation, cloud.calls[-1].code) == ("ListThumbnailsTask", "APIGW.0308")
    cloud.state.now = lambda: NOON + timedelta(seconds=1.2)
    statuses = [(await call_mpc(cloud, "DELETE", query="?task_id=7")).status for _ in range(3)]
    assert statuses == [403, 403, 429]
    cloud.state.now = lambda: NOON
    assert (await call_mpc(cloud)).status == 429
    cloud.state.now = lambda: NOON + timedelta(seconds=0.7)
    assert (await call_mpc(cloud)).status == 200
    assert (await call_mpc(cloud)).status == 429
    cloud.throttle = {"ivs"}
    assert (await call_mpc(cloud)).status == 200


async def test_a_locked_key_is_rejected_for_five_minutes(cloud):
    for _ in range(5):
        response = await call_mpc(cloud, secret="wrong")
        assert (response.status, response.code) == (401, "APIGW.0301")
        assert "canonicalRequest:GET|" in response.content["error_msg"]
    response = await call_mpc(cloud)
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert response.content["error_msg"].endswith("AK access failed to reach the limit,forbidden.")
    cloud.state.now = lambda: NOON + timedelta(minutes=5)
    assert (await call_mpc(cloud)).status == 200


@pytest.mark.parametrize("minutes", [-16, 16])
async def test_a_skewed_clock_is_an_error_and_can_be_corrected(cloud, minutes):
    response = await call_mpc(cloud, at=NOON + timedelta(minutes=minutes))
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert response.content["error_msg"].endswith("signature expired")
    date = parsedate_to_datetime(response.headers["Date"])
    assert date == NOON
    assert (await call_mpc(cloud, at=date)).status == 200
    assert (await call_mpc(cloud, at=NOON + timedelta(minutes=14))).status == 200


async def test_every_response_has_the_date_of_the_clouds_clock(cloud):
    for target in ("/bucket/key", "/v3/projects", "/openstack/latest/securitykey", "/getImages"):
        _, headers, _ = await send(cloud, "GET", target)
        assert headers["Date"] == "Thu, 01 Jan 2026 12:00:00 GMT"


async def test_a_signed_body_beyond_the_limit_is_rejected(cloud, monkeypatch):
    assert gateway.MAX_SIGNED_BODY_BYTES == 12 * 2**20
    monkeypatch.setattr(gateway, "MAX_SIGNED_BODY_BYTES", 2**19)
    response = await call_mpc(cloud, "POST", {"user_data": "x" * 2**18})
    assert (response.status, response.code) == (400, "MPC.10202")
    response = await call_mpc(cloud, "POST", {"user_data": "x" * 2**19})
    assert (response.status, response.code) == (413, "APIGW.0201")


async def test_other_content_than_json_is_rejected(cloud):
    target, body = THUMBNAILS.format(project=cloud.project_id), b"{}"
    headers = {**signed(cloud, "POST", target, body), "Content-Type": "text/plain"}
    response = await send_json(cloud, "POST", target, {}, headers)
    assert (response.status, response.code) == (400, "MPC.10205")
    headers["Content-Type"] = "application/json; charset=utf-8"
    response = await send_json(cloud, "POST", target, {}, headers)
    assert (response.status, response.code) == (400, "MPC.10202")


async def test_an_unknown_api_is_an_error(cloud):
    target = f"/v1/{cloud.project_id}/transcodings"
    for headers in (signed(cloud, "GET", target), {"X-Auth-Token": "nonsense"}):
        response = await send_json(cloud, "GET", target, headers=headers)
        known = "Authorization" in headers
        assert (response.status, response.code) == (
            (404, "APIGW.0101") if known else (401, "APIGW.0301")
        )


async def test_each_project_has_its_own_tasks(cloud):
    cloud.add_object("videos", "clip.mp4", b"no video")
    response = await call_mpc(cloud, project=OTHER)
    assert (response.status, response.code) == (403, "MPC.10208")
    cloud.add_project(OTHER, "cn-north-4")
    made = (await call_mpc(cloud, "POST", snapshot(cloud))).content["task_id"]

    async def seen(project, query=""):
        content = (await call_mpc(cloud, project=project, query=query)).content
        return [(task["task_id"], task["status"]) for task in content["task_array"]]

    assert [task_id for task_id, _ in await seen(cloud.project_id)] == [made]
    assert await seen(OTHER) == []
    assert await seen(OTHER, f"?task_id={made}") == [(made, "NO_TASK")]
    response = await call_mpc(cloud, "DELETE", project=OTHER, query=f"?task_id={made}")
    assert (response.status, response.code) == (403, "MPC.10211")
    cloud.remove_project(cloud.project_id)
    assert (await call_mpc(cloud)).code == "MPC.10208"


@pytest.mark.parametrize("role", ["source", "target"])
async def test_a_forbidden_bucket_is_rejected_immediately(cloud, role):
    cloud.add_object("videos", "clip.mp4", b"no video")
    cloud.add_object("closed", "clip.mp4", b"no video")
    cloud.forbid_bucket("closed")
    for sync in (0, 1):
        response = await call_mpc(cloud, "POST", snapshot(cloud, sync=sync, **{role: "closed"}))
        assert (response.status, response.code) == (403, "MPC.10209")
        assert "no permission" in response.content["error_msg"]
    cloud.permit_bucket("closed")
    assert (await call_mpc(cloud, "POST", snapshot(cloud, **{role: "closed"}))).status == 202


@pytest.mark.parametrize(
    ("bucket", "message"), [("videos", "MPC.10052: no perm"), ("pictures", "MPC.10209: no perm")]
)
async def test_a_bucket_that_is_forbidden_meanwhile_fails_the_task(
    cloud, clock_clip, bucket, message
):
    cloud.state.job_seconds = 0.3
    cloud.add_object("videos", "clip.mp4", clock_clip.path)
    made = (await call_mpc(cloud, "POST", snapshot(cloud))).content["task_id"]
    cloud.forbid_bucket(bucket)
    async with asyncio.timeout(10):
        while True:
            response = await call_mpc(cloud, query=f"?task_id={made}")
            (task,) = response.content["task_array"]
            if task["status"] not in {"WAITING", "PROCESSING"}:
                break
            await asyncio.sleep(0.02)
    assert task["status"] == "FAILED"
    assert task["description"].startswith(message)
    assert cloud.object_names("pictures") == []
