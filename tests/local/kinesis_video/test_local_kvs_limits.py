import asyncio
import json
from datetime import UTC, datetime

import pytest
from local_cloud_calls import boto, call, error_of, write_video

from vidkit.local import LocalCloud
from vidkit.local.kinesis_video.limits import KinesisVideoThrottle
from vidkit.local.kinesis_video.service import KinesisVideoService
from vidkit.local.kinesis_video.state import KinesisVideoState
from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.state import Identity, State

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
STREAM = "front-door"


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return KinesisVideoThrottle(clock)


def refused(fault):
    return (fault.code, fault.status) == ("ClientLimitExceededException", 400)


def taken(take, *arguments):
    """The number of calls before one is throttled."""
    for count in range(1000):
        try:
            take(*arguments)
        except ApiError as fault:
            if refused(fault):
                return count
            raise
    raise AssertionError("there is no limit")


def test_images_are_limited_by_media_points_when_many_are_requested(limits, clock):
    assert taken(limits.take_images, "a", 100) == 5
    assert taken(limits.take_images, "b", 25) == 20
    clock.now += 0.25
    assert taken(limits.take_images, "a", 25) == 5


def test_images_are_limited_by_metadata_points_when_few_are_requested(limits, clock):
    assert taken(limits.take_images, "a", 1) == 10_000 // 401
    clock.now += 1
    assert taken(limits.take_images, "a", 10) == 10_000 // 410


def test_fragments_and_images_share_a_streams_metadata(limits):
    assert taken(limits.take_fragments, "a", 1000) == 10
    assert taken(limits.take_images, "a", 1) == 0
    limits.take_images("b", 1)
    assert taken(limits.take_fragments, "b", 1000) == 9


def test_a_throttled_request_takes_from_neither_bucket(limits, clock):
    assert taken(limits.take_images, "a", 100) == 5  # 2,500 of the metadata
    for _ in range(50):
        assert taken(limits.take_images, "a", 100) == 0
    assert taken(limits.take_fragments, "a", 500) == 15
    clock.now += 0.1  # 1,000 points of metadata and 50 of media
    assert taken(limits.take_fragments, "a", 700) == 1
    assert taken(limits.take_images, "a", 25) == 0
    clock.now += 0.02
    assert taken(limits.take_images, "a", 50) == 1


def test_endpoints_are_limited_by_stream_and_by_account(limits, clock):
    assert taken(limits.take_endpoint, "a") == 5
    for number in range(59):
        assert taken(limits.take_endpoint, f"b{number}") == 5
    assert taken(limits.take_endpoint, "c") == 0
    clock.now += 0.2
    assert taken(limits.take_endpoint, "a") == 1


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "clip.mp4")


class Service:
    """The service itself, with a clock that stands."""

    def __init__(self, video, clock):
        self.state = State(Identity(), throttle=frozenset({"images"}))
        stream = make_stream(self.state.identity, STREAM, video, start_timestamp=T0)
        self.state.of(KinesisVideoState).streams[STREAM] = stream
        self.service = KinesisVideoService(self.state, KinesisVideoThrottle(clock))
        self.paths = {}

    async def ask(self, path, **members):
        body = json.dumps({"StreamName": STREAM, **members}).encode()
        request = Request("POST", path, (), {"Host": "h"}, body)
        operation = self.service.operation(request)
        return json.loads((await self.service.handle(operation, request)).body)

    async def endpoint(self, api):
        response = await self.ask("/getDataEndpoint", APIName=api)
        return response["DataEndpoint"].removeprefix("http://h")

    async def images(self, path, **changes):
        members = {
            "ImageSelectorType": "SERVER_TIMESTAMP",
            "StartTimestamp": T0.timestamp(),
            "EndTimestamp": T0.timestamp() + 1,
            "Format": "JPEG",
        }
        return await self.ask(f"{path}/getImages", **members | changes)

    async def fragments(self, path, **changes):
        times = {"StartTimestamp": T0.timestamp(), "EndTimestamp": T0.timestamp() + 60}
        selector = {"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": times}
        return await self.ask(f"{path}/listFragments", FragmentSelector=selector, **changes)


async def count(ask, *arguments, **members):
    """The number of requests before one is throttled."""
    for number in range(1000):
        try:
            await ask(*arguments, **members)
        except ApiError as fault:
            if refused(fault):
                return number
            raise
    raise AssertionError("there is no limit")


async def test_a_request_costs_the_points_of_what_it_requests(video, clock):
    cloud = Service(video, clock)
    path = await cloud.endpoint("GET_IMAGES")
    assert await count(cloud.images, path) == 20
    clock.now += 1
    assert await count(cloud.images, path, MaxResults=100) == 5
    clock.now += 1
    assert await count(cloud.images, path, MaxResults=1) == 24
    clock.now += 1
    path = await cloud.endpoint("LIST_FRAGMENTS")
    assert await count(cloud.fragments, path) == 100
    clock.now += 1
    assert await count(cloud.fragments, path, MaxResults=1000) == 10
    clock.now += 1
    assert await count(cloud.endpoint, "GET_IMAGES") == 5
    cloud.state.throttle = False
    await asyncio.gather(*(cloud.endpoint("GET_IMAGES") for _ in range(20)))


async def test_an_invalid_request_costs_nothing(video, clock):
    cloud = Service(video, clock)
    images = await cloud.endpoint("GET_IMAGES")
    fragments = await cloud.endpoint("LIST_FRAGMENTS")
    for _ in range(30):
        with pytest.raises(ApiError, match="JPEGQuality"):
            await cloud.images(images, MaxResults=100, FormatConfig={"JPEGQuality": "no"})
        with pytest.raises(ApiError, match="NextToken"):
            await cloud.fragments(fragments, MaxResults=1000, NextToken="no")
        assert "Images" not in await cloud.images(fragments, MaxResults=100)
    assert await count(cloud.images, images, MaxResults=100) == 5


async def test_boto3_gets_the_services_error_responses(video):
    async with LocalCloud(throttle={"images"}) as cloud:
        cloud.add_stream(STREAM, video, start_timestamp=T0)
        with boto(cloud, "kinesisvideo") as streams:
            response = await call(
                streams.get_data_endpoint, StreamName=STREAM, APIName="GET_IMAGES"
            )
        with boto(
            cloud, "kinesis-video-archived-media", endpoint_url=response["DataEndpoint"]
        ) as archive:
            request = {
                "StreamName": STREAM,
                "ImageSelectorType": "SERVER_TIMESTAMP",
                "StartTimestamp": T0,
                "EndTimestamp": T0,
                "Format": "JPEG",
                "MaxResults": 100,
            }
            status, code, message = await error_of(ask_for_more, archive=archive, request=request)
    assert (status, code) == (400, "ClientLimitExceededException")
    assert "points" in message


def ask_for_more(*, archive, request):
    # 100 points each, of which 500 come back in a second: a hundred calls cannot all be served.
    for _ in range(100):
        archive.get_images(**request)
