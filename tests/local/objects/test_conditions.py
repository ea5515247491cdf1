"""Conditional requests: the rules, and boto3's calls."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from local_cloud_calls import boto, call, error_of

from vidkit.local import LocalCloud
from vidkit.local.objects.conditions import check_read, check_write
from vidkit.local.protocol.wire import ApiError

STORED = datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
BEFORE, SAME = "Fri, 01 May 2026 11:59:59 GMT", "Fri, 01 May 2026 12:00:00 GMT"
KEY = {"Bucket": "bucket", "Key": "key"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "modified"),
        ({"if-match": '"a"'}, "modified"),
        ({"if-match": "a"}, "modified"),
        ({"if-match": '"b", "a"'}, "modified"),
        ({"if-match": "*"}, "modified"),
        ({"if-match": '"b"'}, "PreconditionFailed"),
        ({"if-unmodified-since": SAME}, "modified"),
        ({"if-unmodified-since": BEFORE}, "PreconditionFailed"),
        ({"if-match": '"a"', "if-unmodified-since": BEFORE}, "modified"),
        ({"if-none-match": '"a"'}, "not modified"),
        ({"if-none-match": 'W/"a"'}, "not modified"),
        ({"if-none-match": "*"}, "not modified"),
        ({"if-none-match": '"b"'}, "modified"),
        ({"if-modified-since": SAME}, "not modified"),
        ({"if-modified-since": BEFORE}, "modified"),
        ({"if-modified-since": "Fri, 01 May 2026 12:00:00 -0000"}, "not modified"),
        ({"if-modified-since": "yesterday"}, "modified"),
        ({"if-none-match": '"b"', "if-modified-since": SAME}, "modified"),
        ({"if-match": '"b"', "if-none-match": '"a"'}, "PreconditionFailed"),
    ],
)
def test_conditions_of_reading(headers, expected):
    try:
        found = check_read(headers, etag='"a"', modified=STORED)
    except ApiError as error:
        found = error.code
    assert found == expected


@pytest.mark.parametrize(
    ("headers", "etag", "code"),
    [
        ({}, '"a"', None),
        ({"if-none-match": "*"}, None, None),
        ({"if-none-match": "*"}, '"a"', "PreconditionFailed"),
        ({"if-none-match": '"a"'}, None, "NotImplemented"),
        ({"if-match": '"a"'}, '"a"', None),
        ({"if-match": "*"}, '"a"', None),
        ({"if-match": '"b"'}, '"a"', "PreconditionFailed"),
        ({"if-match": '"a"'}, None, "NoSuchKey"),
    ],
)
def test_conditions_of_writing(headers, etag, code):
    found = None
    try:
        check_write(headers, etag=etag)
    except ApiError as error:
        found = error.code
    assert found == code


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        running.add_object("bucket", "key", b"content")
        yield running


@pytest.fixture
def s3(cloud):
    with boto(cloud, "s3") as client:
        yield client


async def test_an_object_is_read_on_conditions(s3):
    etag = (await call(s3.head_object, **KEY))["ETag"]
    found = await call(s3.get_object, **KEY, IfMatch=etag, IfNoneMatch='"b"')
    assert await call(found["Body"].read) == b"content"
    assert (await error_of(s3.get_object, **KEY, IfNoneMatch=etag))[0] == 304
    assert (await error_of(s3.head_object, **KEY, IfNoneMatch=etag))[0] == 304
    error = await error_of(s3.get_object, **KEY, IfMatch='"b"')
    assert error[:2] == (412, "PreconditionFailed")
    past = datetime.now(UTC) - timedelta(days=1)
    error = await error_of(s3.get_object, **KEY, IfUnmodifiedSince=past)
    assert error[:2] == (412, "PreconditionFailed")


async def test_an_object_is_written_on_conditions(cloud, s3):
    etag = (await call(s3.head_object, **KEY))["ETag"]
    error = await error_of(s3.put_object, **KEY, Body=b"x", IfNoneMatch="*")
    assert error[:2] == (412, "PreconditionFailed")
    error = await error_of(s3.put_object, **KEY, Body=b"x", IfMatch='"b"')
    assert error[:2] == (412, "PreconditionFailed")
    error = await error_of(s3.put_object, Bucket="bucket", Key="new", Body=b"x", IfMatch=etag)
    assert error[:2] == (404, "NoSuchKey")
    assert cloud.read_object("bucket", "key") == b"content"
    assert cloud.object_names("bucket") == ["key"]
    await call(s3.put_object, **KEY, Body=b"newer", IfMatch=etag)
    await call(s3.put_object, Bucket="bucket", Key="new", Body=b"x", IfNoneMatch="*")
    assert cloud.read_object("bucket", "key") == b"newer"


async def test_one_of_many_creates_the_object(cloud, s3):
    async def create(number):
        named = {"Bucket": "bucket", "Key": "lock", "Body": b"%d" % number}
        try:
            await call(s3.put_object, **named, IfNoneMatch="*")
        except s3.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return number

    found = await asyncio.gather(*map(create, range(8)))
    (winner,) = [each for each in found if isinstance(each, int)]
    assert cloud.read_object("bucket", "lock") == b"%d" % winner
    assert found.count("PreconditionFailed") == 7


async def test_one_of_many_replaces_the_object(cloud, s3):
    etag = (await call(s3.head_object, **KEY))["ETag"]

    async def replace(number):
        try:
            await call(s3.put_object, **KEY, Body=b"%d" % number, IfMatch=etag)
        except s3.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return number

    found = await asyncio.gather(*map(replace, range(8)))
    (winner,) = [each for each in found if isinstance(each, int)]
    assert cloud.read_object("bucket", "key") == b"%d" % winner


async def test_an_upload_is_completed_on_conditions(cloud, s3):
    upload = (await call(s3.create_multipart_upload, **KEY))["UploadId"]
    part = await call(s3.upload_part, **KEY, UploadId=upload, PartNumber=1, Body=b"parts")
    listed = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    complete = {**KEY, "UploadId": upload, "MultipartUpload": listed}
    error = await error_of(s3.complete_multipart_upload, **complete, IfNoneMatch="*")
    assert error[:2] == (412, "PreconditionFailed")
    error = await error_of(s3.complete_multipart_upload, **complete, MpuObjectSize=6)
    assert error[:2] == (400, "InvalidRequest")
    assert cloud.read_object("bucket", "key") == b"content"
    etag = (await call(s3.head_object, **KEY))["ETag"]
    await call(s3.complete_multipart_upload, **complete, IfMatch=etag, MpuObjectSize=5)
    assert cloud.read_object("bucket", "key") == b"parts"
