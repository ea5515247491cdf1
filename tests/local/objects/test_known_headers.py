"""Headers and parameters of S3 requests: served, without effect, or an error that names them."""

import pytest
from botocore.client import Config
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.runtime.state import Identity

KEY = {"Bucket": "bucket", "Key": "key"}
CONTENT = {
    "CacheControl": "max-age=60",
    "ContentDisposition": 'attachment; filename="a.mp4"',
    "ContentEncoding": "identity",
    "ContentLanguage": "de",
}


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        running.add_object("bucket", "key", b"content")
        yield running


@pytest.fixture
def s3(cloud):
    options = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}
    retries = {"total_max_attempts": 1}
    with boto(cloud, "s3", config=Config(**options, retries=retries)) as client:
        yield client


@pytest.mark.parametrize(
    ("operation", "members", "header"),
    [
        ("put_object", {"Tagging": "a=b"}, "x-amz-tagging"),
        ("put_object", {"ACL": "public-read"}, "x-amz-acl"),
        ("put_object", {"StorageClass": "GLACIER"}, "x-amz-storage-class"),
        ("put_object", {"ServerSideEncryption": "aws:kms"}, "x-amz-server-side-encryption"),
        ("put_object", {"WebsiteRedirectLocation": "/"}, "x-amz-website-redirect-location"),
        ("put_object", {"GrantRead": "id=1"}, "x-amz-grant-read"),
        ("create_multipart_upload", {"Tagging": "a=b"}, "x-amz-tagging"),
        ("delete_object", {"IfMatch": '"a"'}, "if-match"),
        ("copy_object", {"CopySource": "bucket/key"}, "x-amz-copy-source"),
    ],
)
async def test_a_header_that_is_not_served_is_named(cloud, s3, operation, members, header):
    body = {"Body": b"new"} if operation == "put_object" else {}
    status, code, message = await error_of(getattr(s3, operation), **KEY, **body, **members)
    assert (status, code) == (501, "NotImplemented")
    assert f"The header {header} of " in message
    assert cloud.read_object("bucket", "key") == b"content"


@pytest.mark.parametrize("name", ["If-Range", "x-amz-new-feature", "x-amz-meta-a"])
async def test_a_header_of_reading_that_is_not_known_is_named(cloud, name):
    headers = signed_headers(cloud, "GET", "/bucket/key", service="s3", headers={name: "a"})
    status, _, body = await send(cloud, "GET", "/bucket/key", b"", headers)
    assert status == 501
    assert f"The header {name.lower()} of GetObject is not served here.".encode() in body


async def test_headers_without_effect_are_accepted(cloud):
    harmless = {
        "amz-sdk-invocation-id": "1",
        "amz-sdk-request": "attempt=1",
        "X-Amzn-Trace-Id": "Root=1",
        "x-amz-user-agent": "aws-sdk-js",
        "x-amz-checksum-mode": "ENABLED",
        "x-amz-checksum-xxhash3": "AAAA",
        "x-amz-request-payer": "requester",
        "x-amz-acl": "private",
        "x-amz-storage-class": "STANDARD",
        "x-amz-server-side-encryption": "AES256",
    }
    for method in ("PUT", "GET", "DELETE"):
        headers = signed_headers(cloud, method, "/bucket/key", service="s3", headers=harmless)
        status, _, body = await send(cloud, method, "/bucket/key", b"", headers)
        assert status in {200, 204}, body


async def test_the_expected_owner_is_compared(cloud, s3):
    owner = cloud.identity.account_id
    await call(s3.head_bucket, Bucket="bucket", ExpectedBucketOwner=owner)
    error = await error_of(s3.get_object, **KEY, ExpectedBucketOwner="999999999999")
    assert error[:2] == (403, "AccessDenied")


async def test_content_headers_are_kept_with_the_object(s3):
    await call(s3.put_object, **KEY, Body=b"content", **CONTENT)
    for read in (s3.get_object, s3.head_object):
        found = await call(read, **KEY)
        assert {name: found.get(name) for name in CONTENT} == CONTENT
    upload = (await call(s3.create_multipart_upload, **KEY, CacheControl="no-store"))["UploadId"]
    part = await call(s3.upload_part, **KEY, UploadId=upload, PartNumber=1, Body=b"parts")
    listed = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    await call(s3.complete_multipart_upload, **KEY, UploadId=upload, MultipartUpload=listed)
    assert (await call(s3.head_object, **KEY))["CacheControl"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "kept"), [("aws-chunked", None), ("gzip,aws-chunked", "gzip"), ("gzip", "gzip")]
)
async def test_the_framing_of_an_upload_is_no_encoding_of_the_object(cloud, s3, sent, kept):
    extra = {"Content-Encoding": sent}
    headers = signed_headers(cloud, "PUT", "/bucket/key", b"a", service="s3", headers=extra)
    status, _, _ = await send(cloud, "PUT", "/bucket/key", b"a", headers)
    assert status == 200
    assert (await call(s3.head_object, **KEY)).get("ContentEncoding") == kept


def presigned(s3, operation="get_object", **members):
    return s3.generate_presigned_url(operation, {**KEY, **members})


async def fetch(cloud, url, method="GET", body=b"", **headers):
    return await send(cloud, method, url.removeprefix(cloud.endpoint), body, headers)


async def test_a_request_can_replace_headers_of_its_response(cloud, s3):
    url = presigned(s3, ResponseContentDisposition="inline", ResponseContentType="text/plain")
    status, headers, body = await fetch(cloud, url)
    assert (status, body) == (200, b"content")
    assert headers["Content-Disposition"] == "inline"
    assert headers["Content-Type"] == "text/plain"
    status, _, body = await fetch(cloud, presigned(s3, ResponseContentType="a\r\nX-Evil: b"))
    assert status == 400
    assert b"control character" in body


def with_headers_in_the_query(s3, operation, **headers):
    """A presigned URL with headers in its query, as the AWS SDK for JavaScript makes it."""

    def hoist(request, **_):
        query = "&".join(f"{name}={value}" for name, value in headers.items())
        request.url += f"{'&' if '?' in request.url else '?'}{query}"

    event = f"before-sign.s3.{operation}"
    s3.meta.events.register(event, hoist)
    try:
        method = {"GetObject": "get_object", "PutObject": "put_object"}[operation]
        return presigned(s3, method)
    finally:
        s3.meta.events.unregister(event, hoist)


async def test_headers_in_the_query_of_a_presigned_url_count(cloud, s3):
    url = with_headers_in_the_query(s3, "GetObject", **{"x-amz-checksum-mode": "ENABLED"})
    assert (await fetch(cloud, url))[0] == 200
    # The checksum of an empty body, which the AWS SDK for JavaScript puts there.
    checksum = {"x-amz-checksum-crc32": "AAAAAA%3D%3D", "x-amz-sdk-checksum-algorithm": "CRC32"}
    hoisted = {"x-amz-meta-one": "two", "x-amz-storage-class": "STANDARD", **checksum}
    url = with_headers_in_the_query(s3, "PutObject", **hoisted)
    assert (await fetch(cloud, url, "PUT", b"new"))[0] == 200
    assert (await call(s3.head_object, **KEY))["Metadata"] == {"one": "two"}
    for name, value in (("x-amz-acl", "public-read"), ("X-Amz-New", "a")):
        url = with_headers_in_the_query(s3, "PutObject", **{name: value})
        status, _, body = await fetch(cloud, url, "PUT", b"newer")
        assert (status, b"NotImplemented" in body) == (501, True)
        assert f"The header {name.lower()} of".encode() in body
    url = with_headers_in_the_query(s3, "PutObject", **{"x-amz-meta-one": "a%0d%0aX-Evil: b"})
    assert (await fetch(cloud, url, "PUT", b"newer"))[0] == 400
    assert cloud.read_object("bucket", "key") == b"new"


@pytest.mark.parametrize(
    ("operation", "members", "named"),
    [
        ("list_buckets", {"MaxBuckets": 1}, "max-buckets"),
        ("list_buckets", {"Prefix": "a"}, "prefix"),
        ("get_bucket_versioning", {"Bucket": "bucket"}, "versioning"),
        ("list_objects", {"Bucket": "bucket"}, "/bucket?encoding-type"),
        ("get_object", {**KEY, "VersionId": "1"}, "versionId"),
    ],
)
async def test_a_parameter_that_is_not_served_is_named(s3, operation, members, named):
    status, code, message = await error_of(getattr(s3, operation), **members)
    assert (status, code) == (501, "NotImplemented")
    assert named in message


async def test_head_serves_ranges(s3):
    found = await call(s3.head_object, **KEY, Range="bytes=1-3")
    assert (found["ContentLength"], found["ContentRange"]) == (3, "bytes 1-3/7")


async def test_lists_contain_owners_on_request(cloud, s3):
    plain = await call(s3.list_objects_v2, Bucket="bucket")
    assert "Owner" not in plain["Contents"][0]
    found = await call(s3.list_objects_v2, Bucket="bucket", FetchOwner=True)
    assert found["Contents"][0]["Owner"]["ID"] == cloud.identity.account_id


async def test_buckets_are_created_in_the_region_of_the_cloud():
    async with LocalCloud(identity=Identity(region="eu-west-1")) as cloud:
        with boto(cloud, "s3") as s3:
            here = {"LocationConstraint": "eu-west-1"}
            await call(s3.create_bucket, Bucket="here", CreateBucketConfiguration=here)
            other = {"LocationConstraint": "eu-north-1"}
            error = await error_of(
                s3.create_bucket, Bucket="other", CreateBucketConfiguration=other
            )
            assert error[:2] == (400, "IllegalLocationConstraintException")
            tags = {"LocationConstraint": "eu-west-1", "Tags": [{"Key": "a", "Value": "b"}]}
            error = await error_of(s3.create_bucket, Bucket="tags", CreateBucketConfiguration=tags)
            assert error[:2] == (501, "NotImplemented")
            assert "Tags of CreateBucket" in error[2]
            listed = await call(s3.list_buckets)
    assert [bucket["Name"] for bucket in listed["Buckets"]] == ["here"]
