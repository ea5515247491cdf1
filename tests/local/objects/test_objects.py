import base64
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.client import Config
from local_cloud_calls import boto, call, error_of, send, signed_headers

from vidkit.local import LocalCloud

BUCKET = "my-bucket"
NAMES = ["a.txt", "dir/a b+c.txt", "dir/sub/d.txt", "dir/ü~(1)*.txt", "z"]


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.fixture
async def s3(cloud):
    with boto(cloud, "s3") as client:
        await call(client.create_bucket, Bucket=BUCKET)
        yield client


async def put(s3, name="key", body=b"content", **members):
    return await call(s3.put_object, Bucket=BUCKET, Key=name, Body=body, **members)


async def get(s3, name="key", **members):
    response = await call(s3.get_object, Bucket=BUCKET, Key=name, **members)
    return response, await call(response["Body"].read)


@pytest.mark.parametrize("name", NAMES)
async def test_a_stored_object_is_returned(cloud, s3, name):
    stored = await put(s3, name, b"content", ContentType="video/mp4", Metadata={"one": "two"})
    response, body = await get(s3, name)
    assert body == b"content" == cloud.read_object(BUCKET, name)
    assert response["ETag"] == stored["ETag"] == '"9a0364b9e99bb480dd25e1f0284c8555"'
    assert (response["ContentType"], response["Metadata"]) == ("video/mp4", {"one": "two"})
    assert abs(datetime.now(UTC) - response["LastModified"]) < timedelta(seconds=30)
    head = await call(s3.head_object, Bucket=BUCKET, Key=name)
    assert (head["ContentLength"], head["ETag"]) == (7, stored["ETag"])


async def test_files_of_the_cloud_can_be_downloaded(cloud, s3, tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(bytes(range(256)) * 3000)
    cloud.add_object(BUCKET, "a.bin", file)
    _, body = await get(s3, "a.bin")
    assert body == file.read_bytes()
    listed = await call(s3.list_objects_v2, Bucket=BUCKET)
    assert listed["Contents"][0]["Size"] == 768_000
    file.unlink()
    error = await error_of(s3.get_object, Bucket=BUCKET, Key="a.bin")
    assert error[:2] == (404, "NoSuchKey")
    listed = await call(s3.list_objects_v2, Bucket=BUCKET)
    assert listed["Contents"][0]["Size"] == 0


@pytest.mark.parametrize("megabytes", [1, 13])
async def test_files_are_uploaded_and_downloaded_completely(cloud, s3, tmp_path, megabytes):
    source, target = tmp_path / "a.bin", tmp_path / "b.bin"
    source.write_bytes(b"0123456789abcdef" * (megabytes * 2**16))
    config = TransferConfig(max_concurrency=2)
    await call(
        s3.upload_file,
        str(source),
        BUCKET,
        "up",
        Config=config,
        ExtraArgs={"ContentType": "video/mp4"},
    )
    await call(s3.download_file, BUCKET, "up", str(target), Config=config)
    assert target.read_bytes() == source.read_bytes()
    assert (await call(s3.head_object, Bucket=BUCKET, Key="up"))["ContentType"] == "video/mp4"
    used = {c.operation for c in cloud.calls}
    assert ("CompleteMultipartUpload" in used) is (megabytes > 8)


async def test_uploads_without_a_known_length_are_stored(cloud, s3, tmp_path):
    source = tmp_path / "a.bin"
    source.write_bytes(b"x" * 100_000)
    with source.open("rb") as file:
        await put(s3, "file", file)
    assert cloud.read_object(BUCKET, "file") == b"x" * 100_000


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256", "CRC64NVME"])
async def test_checksums_of_clients_are_accepted(cloud, s3, algorithm):
    if algorithm == "CRC64NVME":
        checksum = {"ChecksumCRC64NVME": "AAAAAAAAAAA="}
    else:
        checksum = {"ChecksumAlgorithm": algorithm}
    await put(s3, **checksum)
    assert cloud.read_object(BUCKET, "key") == b"content"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"ChecksumCRC32": "AAAAAA=="}, "BadDigest"),
        ({"ContentMD5": base64.b64encode(b"0" * 16).decode()}, "BadDigest"),
        ({"ContentMD5": "?"}, "InvalidDigest"),
    ],
)
async def test_a_wrong_checksum_is_rejected(cloud, s3, members, code):
    error = await error_of(s3.put_object, Bucket=BUCKET, Key="key", Body=b"content", **members)
    assert error[:2] == (400, code)
    assert cloud.object_names(BUCKET) == []


async def put_chunked(cloud, body, **headers):
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
        **headers,
    }
    target = f"/{BUCKET}/key"
    signed = signed_headers(cloud, "PUT", target, body, service="s3", headers=headers)
    return await send(cloud, "PUT", target, body, signed)


def chunked(content, checksum):
    response = base64.b64encode(checksum.to_bytes(4, "big")).decode()
    return b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % (
        len(content),
        content,
        response.encode(),
    )


async def test_aws_chunked_bodies_are_decoded(cloud, s3):
    body = chunked(b"content", zlib.crc32(b"content"))
    status, _, _ = await put_chunked(cloud, body, **{"X-Amz-Decoded-Content-Length": "7"})
    assert status == 200
    assert cloud.read_object(BUCKET, "key") == b"content"
    body = chunked(b"content", 1)
    _, _, response_body = await put_chunked(cloud, body, **{"X-Amz-Decoded-Content-Length": "7"})
    assert b"<Code>BadDigest</Code>" in response_body
    body = chunked(b"content", zlib.crc32(b"content"))
    _, _, response_body = await put_chunked(cloud, body, **{"X-Amz-Decoded-Content-Length": "8"})
    assert b"<Code>IncompleteBody</Code>" in response_body
    _, _, response_body = await put_chunked(cloud, b"zz", **{"X-Amz-Decoded-Content-Length": "7"})
    assert b"<Code>InvalidRequest</Code>" in response_body


async def test_compressed_bodies_are_stored_as_they_were_sent(cloud, s3):
    packed = zlib.compress(b"content")
    await put(s3, body=packed, ContentEncoding="deflate")
    assert cloud.read_object(BUCKET, "key") == packed


@pytest.mark.parametrize(
    ("asked", "expected", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("lines=1-2", b"0123456789", None),
    ],
)
async def test_ranges(s3, asked, expected, content_range):
    await put(s3, body=b"0123456789")
    response, body = await get(s3, Range=asked)
    assert body == expected
    assert response.get("ContentRange") == content_range
    assert response["ResponseMetadata"]["HTTPStatusCode"] == (206 if content_range else 200)


async def test_a_range_beyond_the_end_is_rejected(s3):
    await put(s3, body=b"0123456789")
    error = await error_of(s3.get_object, Bucket=BUCKET, Key="key", Range="bytes=10-")
    assert error[:2] == (416, "InvalidRange")


async def test_missing_objects_and_buckets_are_not_found(s3):
    assert (await error_of(s3.get_object, Bucket=BUCKET, Key="x"))[:2] == (404, "NoSuchKey")
    assert (await error_of(s3.head_object, Bucket=BUCKET, Key="x"))[:2] == (404, "404")
    for function in (s3.list_objects_v2, s3.delete_bucket):
        assert (await error_of(function, Bucket="nobodys"))[:2] == (404, "NoSuchBucket")
    assert (await error_of(s3.head_bucket, Bucket="nobodys"))[:2] == (404, "404")
    error = await error_of(s3.put_object, Bucket="nobodys", Key="x", Body=b"")
    assert error[:2] == (404, "NoSuchBucket")


async def test_objects_are_deleted(cloud, s3):
    await put(s3)
    for _ in range(2):
        await call(s3.delete_object, Bucket=BUCKET, Key="key")
    assert cloud.object_names(BUCKET) == []
    await call(s3.head_bucket, Bucket=BUCKET)


async def test_buckets_are_created_and_deleted(cloud, s3):
    cloud.add_object("another", "key", b"")
    listed = await call(s3.list_buckets)
    assert [bucket["Name"] for bucket in listed["Buckets"]] == ["another", BUCKET]
    assert (await error_of(s3.delete_bucket, Bucket="another"))[:2] == (409, "BucketNotEmpty")
    await call(s3.delete_bucket, Bucket=BUCKET)
    assert (await error_of(s3.head_bucket, Bucket=BUCKET))[:2] == (404, "404")
    assert (await error_of(s3.create_bucket, Bucket="Not_Valid"))[:2] == (400, "InvalidBucketName")


async def listed(s3, **parameters):
    return await call(s3.list_objects_v2, Bucket=BUCKET, **parameters)


async def test_lists(cloud, s3):
    for name in NAMES:
        cloud.add_object(BUCKET, name, name.encode())
    cloud.add_object("another", "b.txt", b"")
    page = await listed(s3)
    assert [entry["Key"] for entry in page["Contents"]] == sorted(NAMES)
    assert [entry["Size"] for entry in page["Contents"]] == [len(n.encode()) for n in sorted(NAMES)]
    assert (page["KeyCount"], page["IsTruncated"]) == (5, False)
    page = await listed(s3, Prefix="dir/")
    assert [entry["Key"] for entry in page["Contents"]] == sorted(NAMES)[1:4]
    page = await listed(s3, StartAfter="dir/sub/d.txt")
    assert [entry["Key"] for entry in page["Contents"]] == sorted(NAMES)[3:]
    page = await listed(s3, Delimiter="/")
    assert [entry["Key"] for entry in page["Contents"]] == ["a.txt", "z"]
    assert page["CommonPrefixes"] == [{"Prefix": "dir/"}]
    assert (await listed(s3, MaxKeys=0))["KeyCount"] == 0


@pytest.mark.parametrize("delimiter", ["", "/"])
async def test_lists_continue_from_a_token(cloud, s3, delimiter):
    for name in NAMES:
        cloud.add_object(BUCKET, name, b"")
    seen, token = [], {}
    while True:
        page = await listed(s3, MaxKeys=1, Delimiter=delimiter, **token)
        seen += [entry["Key"] for entry in page.get("Contents", ())]
        seen += [entry["Prefix"] for entry in page.get("CommonPrefixes", ())]
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert seen == (["a.txt", "dir/", "z"] if delimiter else sorted(NAMES))


@pytest.mark.parametrize("query", ["max-keys=many", "continuation-token=%3F"])
async def test_lists_reject_invalid_parameters(cloud, s3, query):
    target = f"/{BUCKET}?list-type=2&{query}"
    headers = signed_headers(cloud, "GET", target, service="s3")
    status, _, body = await send(cloud, "GET", target, b"", headers)
    assert status == 400
    assert b"<Code>InvalidArgument</Code>" in body


async def test_multipart_uploads_are_checked(cloud, s3):
    named = {"Bucket": BUCKET, "Key": "key"}
    upload = (await call(s3.create_multipart_upload, **named))["UploadId"]
    parts = []
    for number in (1, 2):
        part = await call(
            s3.upload_part, **named, UploadId=upload, PartNumber=number, Body=b"x" * 10
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"]})

    async def complete(listed):
        return await error_of(
            s3.complete_multipart_upload,
            **named,
            UploadId=upload,
            MultipartUpload={"Parts": listed},
        )

    assert (await complete(parts))[1] == "EntityTooSmall"
    assert (await complete(parts[::-1]))[1] == "InvalidPartOrder"
    assert (await complete([{"PartNumber": 1, "ETag": '"0"'}]))[1] == "InvalidPart"
    target = f"/{BUCKET}/key?uploadId={upload}"
    headers = signed_headers(cloud, "POST", target, b"<x", service="s3")
    _, _, body = await send(cloud, "POST", target, b"<x", headers)
    assert b"<Code>MalformedXML</Code>" in body
    error = await error_of(s3.upload_part, **named, UploadId=upload, PartNumber=10_001, Body=b"")
    assert error[1] == "InvalidArgument"
    await call(s3.abort_multipart_upload, **named, UploadId=upload)
    error = await error_of(s3.upload_part, **named, UploadId=upload, PartNumber=1, Body=b"")
    assert error[:2] == (404, "NoSuchUpload")
    assert cloud.object_names(BUCKET) == []


async def test_copies_and_long_keys_are_rejected(cloud, s3):
    await put(s3)
    error = await error_of(
        s3.copy_object, Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "key"}
    )
    assert error[:2] == (501, "NotImplemented")
    error = await error_of(s3.put_object, Bucket=BUCKET, Key="k" * 1025, Body=b"")
    assert error[:2] == (400, "KeyTooLongError")


async def test_a_presigned_address_is_served_without_headers(cloud, s3):
    await put(s3, "a b.txt")
    options = {"config": Config(signature_version="s3v4", s3={"addressing_style": "path"})}
    with boto(cloud, "s3", **options) as client:
        url = client.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "a b.txt"})
    target = url.removeprefix(cloud.endpoint)
    status, _, body = await send(cloud, "GET", target)
    assert (status, body) == (200, b"content")
    status, _, body = await send(cloud, "GET", target[:-1] + ("0" if target[-1] != "0" else "1"))
    assert status == 403
    assert b"SignatureDoesNotMatch" in body


async def test_clients_of_another_region_sign_again_for_the_correct_one(cloud, s3):
    await put(s3)
    with boto(cloud, "s3", region_name="eu-west-1") as stranger:
        _, body = await get(stranger)
    assert body == b"content"
    assert "AuthorizationHeaderMalformed" in {c.code for c in cloud.calls}


async def test_uploads_survive_a_changed_file_on_disk(cloud, s3, tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"one")
    await call(s3.upload_file, str(file), BUCKET, "a")
    file.write_bytes(b"two")
    assert cloud.read_object(BUCKET, "a") == b"one"
