import json
import logging
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from local_cloud_calls import boto, call, error_of, huawei_headers, send, signed_headers

from vidkit.local import LocalCloud, RecordedCall

LIST_POLICIES = "/ListPlaybackRestrictionPolicies"


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as running:
        yield running


@pytest.mark.parametrize("service", ["ivs", "kinesisvideo", "rekognition", "s3"])
async def test_boto3_with_a_wrong_secret_unknown_key_or_late_clock_is_rejected(cloud, service):
    operation, parameters = {
        "ivs": ("list_playback_restriction_policies", {}),
        "kinesisvideo": ("get_data_endpoint", {"StreamName": "s", "APIName": "GET_IMAGES"}),
        "rekognition": ("get_label_detection", {"JobId": "j"}),
        "s3": ("list_objects_v2", {"Bucket": "bucket"}),
    }[service]
    s3, status = service == "s3", 400 if service == "rekognition" else 403
    with boto(cloud, service, aws_secret_access_key="wrong") as client:
        error = await error_of(getattr(client, operation), **parameters)
        assert error[:2] == (status, "SignatureDoesNotMatch" if s3 else "InvalidSignatureException")
        assert error[2].startswith("The request signature we calculated does not match")
    with boto(cloud, service, aws_access_key_id="AKIAUNKNOWN") as client:
        error = await error_of(getattr(client, operation), **parameters)
        assert error[:2] == (status, "InvalidAccessKeyId" if s3 else "UnrecognizedClientException")
    with boto(cloud, service) as client:
        cloud.state.now = lambda: datetime.now(UTC) + timedelta(minutes=20)
        error = await error_of(getattr(client, operation), **parameters)
        assert error[:2] == (status, "RequestTimeTooSkewed" if s3 else "InvalidSignatureException")
    if not s3:  # S3 clients read the correct region in the error response and sign again.
        cloud.state.now = lambda: datetime.now(UTC)
        with boto(cloud, service, region_name="eu-west-1") as client:
            error = await error_of(getattr(client, operation), **parameters)
            assert error[:2] == (status, "InvalidSignatureException")


async def test_an_unsigned_request_is_rejected_in_the_services_words(cloud):
    status, headers, body = await send(cloud, "POST", "/getImages", b"{}")
    assert (status, headers["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")
    assert json.loads(body) == {"message": "The request is not signed."}
    status, headers, _ = await send(cloud, "POST", LIST_POLICIES, b"{}")
    assert (status, headers["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")
    target = {"X-Amz-Target": "RekognitionService.GetLabelDetection"}
    status, headers, body = await send(cloud, "POST", "/", b"{}", target)
    assert (status, headers["Content-Type"]) == (400, "application/x-amz-json-1.1")
    assert json.loads(body)["__type"] == "MissingAuthenticationTokenException"
    status, _, body = await send(cloud, "GET", "/bucket/key")
    assert status == 403
    assert b"<Code>AccessDenied</Code>" in body
    status, _, body = await send(cloud, "GET", f"/v1/{cloud.project_id}/thumbnails")
    assert (status, json.loads(body)["error_code"]) == (401, "APIGW.0301")


async def test_a_changed_body_is_rejected(cloud):
    body = b'{"maxResults":1}'
    headers = signed_headers(cloud, "POST", LIST_POLICIES, body, service="ivs")
    assert (await send(cloud, "POST", LIST_POLICIES, body, headers))[0] == 200
    status, response_headers, _ = await send(
        cloud, "POST", LIST_POLICIES, b'{"maxResults":2}', headers
    )
    assert (status, response_headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")


async def test_a_request_signed_for_another_service_is_rejected(cloud):
    headers = signed_headers(cloud, "POST", LIST_POLICIES, b"{}", service="rekognition")
    status, response_headers, body = await send(cloud, "POST", LIST_POLICIES, b"{}", headers)
    assert (status, response_headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")
    assert "service" in json.loads(body)["message"]


async def test_an_unknown_service_is_an_error(cloud):
    with boto(cloud, "dynamodb") as dynamodb:
        status, code, message = await error_of(dynamodb.list_tables)
    assert (status, code) == (404, "UnknownOperationException")
    assert "'dynamodb'" in message
    assert cloud.calls[-1].service == "unknown"


async def test_unknown_operations_are_rejected(cloud):
    with boto(cloud, "ivs") as ivs:
        assert (await error_of(ivs.list_streams))[:2] == (404, "UnknownOperationException")
    with boto(cloud, "kinesisvideo") as kinesis_video:
        error = await error_of(kinesis_video.list_streams)
        assert error[:2] == (404, "UnknownOperationException")
    with boto(cloud, "rekognition") as rekognition:
        error = await error_of(rekognition.describe_projects)
        assert error[:2] == (400, "UnknownOperationException")
    with boto(cloud, "s3") as s3:
        error = await error_of(s3.get_bucket_acl, Bucket="bucket")
        assert error[:2] == (501, "NotImplemented")
    target = f"/v1/{cloud.project_id}/transcodings"
    status, _, body = await send(cloud, "GET", target, b"", huawei_headers(cloud, target))
    assert status == 404
    assert json.loads(body)["error_code"] == "APIGW.0101"
    assert json.loads(body)["request_id"]


async def test_a_wrong_project_is_rejected(cloud):
    other = "/v1/ffffffffffffffffffffffffffffffff/thumbnails"
    status, _, body = await send(cloud, "GET", other, b"", huawei_headers(cloud, other))
    assert (status, json.loads(body)["error_code"]) == (403, "MPC.10208")
    own = f"/v1/{cloud.project_id}/thumbnails"
    assert (await send(cloud, "GET", own, b"", huawei_headers(cloud, own)))[0] == 200
    headers = huawei_headers(cloud, own, **{"X-Project-Id": "f" * 32})
    assert (await send(cloud, "GET", own, b"", headers))[0] == 403


async def test_every_response_has_a_request_id(cloud):
    ids = {
        (await send(cloud, "POST", "/getImages"))[1]["x-amzn-RequestId"],
        (await send(cloud, "POST", LIST_POLICIES))[1]["x-amzn-RequestId"],
        (await send(cloud, "GET", "/bucket/key"))[1]["x-amz-request-id"],
        (await send(cloud, "GET", f"/v1/{cloud.project_id}/thumbnails"))[1]["X-Request-Id"],
    }
    assert len(ids) == 4
    with boto(cloud, "ivs") as ivs:
        response = await call(ivs.list_playback_restriction_policies)
    assert response["ResponseMetadata"]["RequestId"]


async def test_connections_are_kept_alive(cloud):
    reused = 0

    async def count(*_):
        nonlocal reused
        reused += 1

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(count)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        for path in ("/bucket/key", LIST_POLICIES, "/_local/calls", "/bucket/key"):
            async with session.get(cloud.endpoint + path) as response:
                await response.read()
    assert reused == 3


async def test_every_call_is_recorded(cloud):
    with boto(cloud, "ivs") as ivs:
        await call(ivs.list_playback_restriction_policies, maxResults=5)
        await error_of(ivs.get_playback_restriction_policy, arn="nonsense")
        await error_of(ivs.list_streams)
    with boto(cloud, "ivs", aws_secret_access_key="wrong") as ivs:
        await error_of(ivs.list_playback_restriction_policies)
    assert [(c.service, c.operation, c.status, c.code) for c in cloud.calls] == [
        ("ivs", "ListPlaybackRestrictionPolicies", 200, None),
        ("ivs", "GetPlaybackRestrictionPolicy", 400, "ValidationException"),
        ("ivs", "POST /ListStreams", 404, "UnknownOperationException"),
        ("ivs", "ListPlaybackRestrictionPolicies", 403, "InvalidSignatureException"),
    ]
    first = cloud.calls[0]
    assert isinstance(first, RecordedCall)
    assert datetime.now(UTC) - first.started < timedelta(seconds=30)
    assert 0 < first.seconds < 30


async def test_of_many_calls_the_last_ones_are_kept():
    async with LocalCloud(recorded_calls=20) as cloud, aiohttp.ClientSession() as session:
        kept = []
        for number in range(45):
            async with session.get(f"{cloud.endpoint}/bucket/{number}") as response:
                await response.read()
            kept.append(len(cloud.calls))
            assert cloud.calls[-1].operation == cloud.calls[0].operation
        # A tenth is dropped at a time.
        assert kept[:23] == [*range(1, 21), 19, 20, 19]
        assert {*kept[20:]} == {19, 20}
        times = [call.started for call in cloud.calls]
    assert times == sorted(times)


@pytest.mark.parametrize("most", [0, -1])
def test_some_calls_are_recorded(most):
    with pytest.raises(ValueError, match="recorded_calls"):
        LocalCloud(recorded_calls=most)


async def test_a_failure_inside_a_service_is_its_internal_error(cloud, caplog, monkeypatch):
    from vidkit.local.ivs.service import IvsService
    from vidkit.local.kinesis_video.service import KinesisVideoService
    from vidkit.local.mpc.service import MpcService
    from vidkit.local.objects.service import ObjectsService
    from vidkit.local.rekognition.service import RekognitionService

    async def fail(*_):
        raise ZeroDivisionError("a secret of the inside")

    for service in (
        IvsService,
        KinesisVideoService,
        MpcService,
        ObjectsService,
        RekognitionService,
    ):
        monkeypatch.setattr(service, "handle", fail)
    response = []
    with caplog.at_level(logging.ERROR, "vidkit.local"):
        with boto(cloud, "ivs") as ivs:
            response.append(await error_of(ivs.list_playback_restriction_policies))
        with boto(cloud, "kinesisvideo") as kinesis_video:
            response.append(
                await error_of(
                    kinesis_video.get_data_endpoint, StreamName="s", APIName="GET_IMAGES"
                )
            )
        with boto(cloud, "s3") as s3:
            response.append(await error_of(s3.list_objects_v2, Bucket="bucket"))
        with boto(cloud, "rekognition") as rekognition:
            response.append(await error_of(rekognition.get_label_detection, JobId="j"))
        target = f"/v1/{cloud.project_id}/thumbnails"
        status, _, body = await send(cloud, "GET", target, b"", huawei_headers(cloud, target))
    assert [(status, code) for status, code, _ in response] == [
        (500, "InternalServerException"),
        (500, "InternalFailure"),
        (500, "InternalError"),
        (500, "InternalServerError"),
    ]
    assert (status, json.loads(body)["error_code"]) == (500, "MPC.10212")
    assert "secret of the inside" not in f"{response}{body}"
    assert len(caplog.records) == 5
    assert all("ZeroDivisionError" in (r.exc_text or "") for r in caplog.records)


async def test_a_body_beyond_the_limit_is_rejected(cloud, monkeypatch):
    from vidkit.local.server import http_server

    monkeypatch.setattr(http_server, "MAX_BODY_BYTES", 1000)
    async with LocalCloud() as small:
        with boto(small, "s3") as s3:
            await call(s3.create_bucket, Bucket="bucket")
            error = await error_of(s3.put_object, Bucket="bucket", Key="k", Body=b"x" * 2000)
            assert error[1] == "EntityTooLarge"
        status, _, body = await send(
            small, "POST", f"/v1/{small.project_id}/thumbnails", b"x" * 2000
        )
        assert (status, json.loads(body)["error_code"]) == (413, "APIGW.0201")
        status, headers, _ = await send(small, "POST", LIST_POLICIES, b"x" * 2000)
        assert (status, headers["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException")
