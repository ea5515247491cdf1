"""Calls by the service's own names on moto's server, a second implementation."""

from datetime import UTC

import pytest

from vidkit import AwsConfig, ConflictError, NotFoundError, VidKit


@pytest.fixture
async def kit(moto_server):
    aws = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=moto_server
    )
    async with VidKit(aws=aws) as kit:
        yield kit


async def test_streams_are_created_described_listed_and_deleted(kit):
    arns = {}
    for name in ("front-door", "garage"):
        response = await kit.images.call("CreateStream", {"StreamName": name})
        arns[name] = response["StreamARN"]
    with pytest.raises(ConflictError):
        await kit.images.call("CreateStream", {"StreamName": "garage"})
    stream = (await kit.images.call("DescribeStream", {"StreamName": "garage"}))["StreamInfo"]
    assert stream["StreamARN"] == arns["garage"]
    assert stream["CreationTime"].tzinfo is UTC
    pages = [page async for page in kit.images.call_pages("ListStreams")]
    assert {one["StreamName"] for one in pages[0]["StreamInfoList"]} == set(arns)
    assert await kit.images.call("DeleteStream", {"StreamARN": arns["garage"]}) == {}
    with pytest.raises(NotFoundError):
        await kit.images.call("DescribeStream", {"StreamName": "garage"})


async def test_pictures_are_looked_at(kit):
    picture = {"Image": {"Bytes": b"picture"}}
    labels = await kit.rekognition.call("DetectLabels", picture)
    assert labels["Labels"][0]["Confidence"] > 0
    texts = await kit.rekognition.call("DetectText", picture)
    assert texts["TextDetections"]
