"""A clock that differs from AWS's: requests are signed anew with the date of the response."""

from datetime import UTC, datetime, timedelta

import pytest

from vidkit import AuthError, AwsConfig, RetryPolicy, S3Video
from vidkit.transports.aws.clock import _server_date
from vidkit.transports.aws.transport import AwsTransport
from vidkit.transports.base import AwsRequest, HttpResponse

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOW_HEADER = "Thu, 01 Jan 2026 12:00:00 GMT"


async def rekognition(kit, _):
    await kit.rekognition.list_stream_processors()


async def ivs(kit, _):
    await kit.ivs.list_channels().collect()


async def images(kit, t0):
    await kit.images.list_fragments(
        stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + timedelta(seconds=1)
    ).collect()


def count(cloud):
    return len(cloud.calls)


@pytest.mark.parametrize("seconds", [7200, -7200])
@pytest.mark.parametrize("call", [rekognition, ivs, images])
async def test_a_wrong_clock_is_corrected_once_and_for_all(cloud, t0, call, seconds):
    cloud.inject("skewed_clock", seconds=seconds)
    async with cloud.kit(retry=RetryPolicy.none()) as kit:
        await call(kit, t0)
        first = [one.status for one in cloud.calls]
        assert sum(status >= 400 for status in first) == 1
        await call(kit, t0)
        assert all(one.status < 400 for one in cloud.calls[len(first) :])
        # The clock is put right.
        cloud.uninject()
        before = count(cloud)
        await call(kit, t0)
        assert sum(one.status >= 400 for one in cloud.calls[before:]) == 1


@pytest.mark.parametrize(
    "sent", [AwsRequest("sns", "CreateTopic", {"Name": "t"}), AwsRequest("sqs", "ListQueues", {})]
)
async def test_the_date_is_corrected_in_every_protocol(cloud, sent):
    config = AwsConfig(
        region=cloud.region,
        access_key_id=cloud.access_key_id,
        secret_access_key=cloud.secret_access_key,
        endpoint_url=cloud.endpoint,
    )
    cloud.inject("skewed_clock", seconds=7200)
    transport = AwsTransport(config)
    try:
        assert (await transport.send(sent)).ok
    finally:
        await transport.close()


async def test_a_clock_that_is_wrong_for_a_moment_does_not_end_the_watching_of_a_job(cloud):
    async with cloud.kit(retry=RetryPolicy.none()) as kit:
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        cloud.inject("skewed_clock", operation="GetLabelDetection", times=1)
        await job
    assert any(one.fault == "skewed_clock" for one in cloud.calls)


async def test_a_create_with_a_wrong_date_is_carried_out_once(cloud):
    cloud.inject("skewed_clock", seconds=7200)
    async with cloud.kit(retry=RetryPolicy.none()) as kit:
        await kit.ivs.create_playback_restriction_policy(name="x")
        assert len(await kit.ivs.list_playback_restriction_policies().collect()) == 1


async def test_a_date_that_stays_rejected_is_an_auth_error_soon(scripted):
    error = {"__type": "InvalidSignatureException", "message": "Signature expired"}
    scripted.json(error, status=403, Date=NOW_HEADER)
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        with pytest.raises(AuthError):
            await kit.ivs.list_channels().collect()
    assert len(scripted.requests) <= 3


@pytest.mark.parametrize(
    ("code", "status", "minutes", "is_skewed"),
    [
        ("InvalidSignatureException", 400, 5, True),
        ("InvalidSignatureException", 403, -5, True),
        ("SignatureDoesNotMatch", 403, 5, True),
        ("RequestTimeTooSkewed", 403, 60, True),
        ("InvalidSignatureException", 403, 4, False),
        ("ValidationException", 400, 60, False),
        ("ThrottlingException", 429, 60, False),
        ("x", 500, 60, False),
        ("x", 200, 60, False),
    ],
)
def test_a_rejection_is_for_the_date_when_the_clocks_differ(code, status, minutes, is_skewed):
    response = HttpResponse(status, b'{"__type": "%s"}' % code.encode(), {"date": NOW_HEADER})
    found = _server_date(response, NOW - timedelta(minutes=minutes))
    assert found == (NOW if is_skewed else None)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_without_a_date_nothing_is_corrected(date):
    headers = {} if date is None else {"date": date}
    assert _server_date(HttpResponse(403, b"", headers), NOW - timedelta(days=1)) is None
