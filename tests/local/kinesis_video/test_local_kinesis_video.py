import asyncio
import base64
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from local_cloud_calls import (
    SECONDS,
    boto,
    brightness,
    call,
    error_of,
    send,
    signed_headers,
    write_video,
)
from PIL import Image

from vidkit.local import LocalCloud
from vidkit.local.kinesis_video.state import KinesisVideoState

T0 = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
STREAM = "front-door"


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video") / "clip.mp4")


@pytest.fixture
async def cloud(video):
    async with LocalCloud() as running:
        running.add_stream(STREAM, video, start_timestamp=T0)
        yield running


@pytest.fixture
def streams(cloud):
    with boto(cloud, "kinesisvideo") as client:
        yield client


@pytest.fixture
async def archive(cloud, streams):
    """The archived-media client on the stream's data endpoint."""
    endpoint = (await data_endpoint(streams, StreamName=STREAM))["DataEndpoint"]
    with boto(cloud, "kinesis-video-archived-media", endpoint_url=endpoint) as client:
        yield client


async def data_endpoint(streams, **named):
    return await call(streams.get_data_endpoint, APIName="GET_IMAGES", **named)


def request(**changes):
    members = {
        "StreamName": STREAM,
        "ImageSelectorType": "SERVER_TIMESTAMP",
        "StartTimestamp": T0,
        "EndTimestamp": T0 + timedelta(seconds=SECONDS - 1),
        "SamplingInterval": 1000,
        "Format": "JPEG",
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


def grey(image):
    picture = Image.open(io.BytesIO(image)).convert("L")
    return picture.getpixel((picture.width // 2, picture.height // 2))


def content(image):
    return base64.b64decode(image["ImageContent"])


async def test_the_data_endpoint_is_the_streams_own_and_stable(cloud, streams, video):
    first = (await data_endpoint(streams, StreamName=STREAM))["DataEndpoint"]
    arn = cloud.state.of(KinesisVideoState).streams[STREAM].arn
    assert (await data_endpoint(streams, StreamARN=arn))["DataEndpoint"] == first
    assert first.startswith(f"{cloud.endpoint}/data/")
    cloud.add_stream("back-door", video, start_timestamp=T0)
    assert (await data_endpoint(streams, StreamName="back-door"))["DataEndpoint"] != first


async def test_each_api_has_a_data_endpoint_of_its_own(cloud, streams):
    apis = streams.meta.service_model.shape_for("APIName").enum
    endpoints = {
        api: (await call(streams.get_data_endpoint, APIName=api, StreamName=STREAM))["DataEndpoint"]
        for api in apis
    }
    assert {"GET_IMAGES", "LIST_FRAGMENTS", "PUT_MEDIA", "GET_CLIP"} <= endpoints.keys()
    assert len(set(endpoints.values())) == len(apis)
    for api, endpoint in endpoints.items():
        with boto(cloud, "kinesis-video-archived-media", endpoint_url=endpoint) as archive:
            response = await call(archive.get_images, **request())
        assert ("Images" in response) == (api == "GET_IMAGES")
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"StreamName": "nobody"}, (404, "ResourceNotFoundException")),
        (
            {"StreamARN": "arn:aws:kinesisvideo:us-east-1:1:stream/nobody/1"},
            (404, "ResourceNotFoundException"),
        ),
        ({}, (400, "InvalidArgumentException")),
        (
            {
                "StreamName": STREAM,
                "StreamARN": "arn:aws:kinesisvideo:us-east-1:1:stream/front-door/1",
            },
            (400, "InvalidArgumentException"),
        ),
        ({"StreamName": "a b"}, (400, "InvalidArgumentException")),
        ({"StreamName": STREAM, "APIName": "GET_ALL"}, (400, "InvalidArgumentException")),
    ],
)
async def test_data_endpoint_errors(streams, parameters, message):
    parameters = {"APIName": "GET_IMAGES", **parameters}
    assert (await error_of(streams.get_data_endpoint, **parameters))[:2] == message


async def test_images_are_the_frames_on_screen(archive):
    response = await call(archive.get_images, **request(FormatConfig={"JPEGQuality": "95"}))
    images = response["Images"]
    assert [image["TimeStamp"] for image in images] == [
        T0 + timedelta(seconds=second) for second in range(SECONDS)
    ]
    assert [grey(content(image)) for image in images] == [
        pytest.approx(brightness(second), abs=4) for second in range(SECONDS)
    ]
    assert "NextToken" not in response


async def test_times_outside_the_video_have_no_media(archive):
    response = await call(
        archive.get_images,
        **request(
            StartTimestamp=T0 - timedelta(seconds=1), EndTimestamp=T0 + timedelta(seconds=SECONDS)
        ),
    )
    assert [image.get("Error") for image in response["Images"]] == [
        "NO_MEDIA",
        *[None] * SECONDS,
        "NO_MEDIA",
    ]
    assert all(("Error" in image) != ("ImageContent" in image) for image in response["Images"])


async def test_the_last_millisecond_counts(archive):
    edge = T0 + timedelta(seconds=1)
    response = await call(
        archive.get_images,
        **request(StartTimestamp=edge - timedelta(milliseconds=1), EndTimestamp=edge, Format="PNG"),
    )
    assert grey(content(response["Images"][0])) == pytest.approx(brightness(0), abs=4)
    response = await call(
        archive.get_images, **request(StartTimestamp=edge, EndTimestamp=edge, Format="PNG")
    )
    assert len(response["Images"]) == 1
    assert grey(content(response["Images"][0])) == pytest.approx(brightness(1), abs=4)


async def test_the_default_interval_is_three_seconds(archive):
    response = await call(archive.get_images, **request(SamplingInterval=None))
    stamps = [image["TimeStamp"] for image in response["Images"]]
    assert stamps == [T0, T0 + timedelta(seconds=3)]


async def test_format_and_size(archive):
    response = await call(
        archive.get_images, **request(Format="PNG", WidthPixels=40, HeightPixels=60, MaxResults=1)
    )
    picture = Image.open(io.BytesIO(content(response["Images"][0])))
    assert (picture.format, picture.size) == ("PNG", (40, 60))
    response = await call(archive.get_images, **request(MaxResults=1))
    picture = Image.open(io.BytesIO(content(response["Images"][0])))
    assert (picture.format, picture.size) == ("JPEG", (64, 48))


async def test_pages_hold_twenty_five_images_at_the_most(archive):
    parameters = request(
        EndTimestamp=T0 + timedelta(seconds=12), SamplingInterval=200, MaxResults=100
    )
    sizes, stamps, token = [], [], None
    while token or not sizes:
        page = await call(
            archive.get_images, **parameters, **({"NextToken": token} if token else {})
        )
        sizes.append(len(page["Images"]))
        stamps += [image["TimeStamp"] for image in page["Images"]]
        token = page.get("NextToken")
    assert sizes == [25, 25, 11]
    assert stamps == [T0 + timedelta(milliseconds=200 * index) for index in range(61)]


async def test_a_token_is_bound_to_its_request(archive):
    token = (await call(archive.get_images, **request(MaxResults=1)))["NextToken"]
    page = await call(archive.get_images, **request(MaxResults=2, NextToken=token))
    assert [image["TimeStamp"] for image in page["Images"]] == [
        T0 + timedelta(seconds=1),
        T0 + timedelta(seconds=2),
    ]
    for changes in (
        {"Format": "PNG"},
        {"StartTimestamp": T0 - timedelta(seconds=1)},
        {"NextToken": "AAAA" + token[4:-4] + "AAAA"},
        {"NextToken": "A"},
    ):
        error = await error_of(archive.get_images, **{**request(NextToken=token), **changes})
        assert error[:2] == (400, "InvalidArgumentException")


@pytest.mark.parametrize(
    ("changes", "expected_message"),
    [
        ({"StreamName": None}, "StreamName"),
        ({"StreamARN": "arn:aws:kinesisvideo:us-east-1:1:stream/front-door/1"}, "StreamARN"),
        ({"StreamName": "x" * 257}, "StreamName"),
        ({"EndTimestamp": T0 + timedelta(seconds=300, milliseconds=1)}, "300 seconds"),
        ({"EndTimestamp": T0 - timedelta(milliseconds=1)}, "EndTimestamp"),
        ({"SamplingInterval": 199}, "SamplingInterval"),
        ({"MaxResults": 101}, "MaxResults"),
        ({"Format": "GIF"}, "Format"),
        ({"ImageSelectorType": "WALL_CLOCK"}, "ImageSelectorType"),
        ({"FormatConfig": {"JPEGQuality": "0"}}, "JPEGQuality"),
        ({"FormatConfig": {"JPEGQuality": "101"}}, "JPEGQuality"),
        ({"FormatConfig": {"JPEGQuality": "high"}}, "JPEGQuality"),
        ({"FormatConfig": {"PNGQuality": "1"}}, "FormatConfig"),
        ({"FormatConfig": {}}, "FormatConfig"),
        ({"WidthPixels": 100}, "HeightPixels"),
        ({"HeightPixels": 100}, "WidthPixels"),
        ({"WidthPixels": 3841, "HeightPixels": 100}, "WidthPixels"),
        ({"WidthPixels": 100, "HeightPixels": 2161}, "HeightPixels"),
        ({"NextToken": "?"}, "NextToken"),
    ],
    ids=str,
)
async def test_documented_limits(archive, changes, expected_message):
    status, code, message = await error_of(archive.get_images, **request(**changes))
    assert (status, code) == (400, "InvalidArgumentException")
    assert expected_message in message


async def test_three_hundred_seconds_are_within_the_limit(archive):
    page = await call(
        archive.get_images,
        **request(EndTimestamp=T0 + timedelta(seconds=300), SamplingInterval=60_000),
    )
    assert len(page["Images"]) == 6


async def test_the_servers_own_url_returns_no_images(cloud):
    with boto(cloud, "kinesis-video-archived-media") as regional:
        response = await call(regional.get_images, **request())
    assert set(response) == {"ResponseMetadata"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    headers = signed_headers(cloud, "GET", "/getImages", service="kinesisvideo")
    assert (await send(cloud, "GET", "/getImages", b"", headers))[0] == 404
    headers = signed_headers(cloud, "POST", "/getImages", b"{}", service="kinesisvideo")
    status, _, body = await send(cloud, "POST", "/getImages", b"{}", headers)
    assert (status, len(body)) == (200, 90)
    assert body == (
        b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},'
        b'"Version":"1.0"}'
    )


async def test_the_data_endpoint_of_another_stream_is_not_found(cloud, archive, video):
    cloud.add_stream("back-door", video, start_timestamp=T0)
    error = await error_of(archive.get_images, **request(StreamName="back-door"))
    assert error[:2] == (404, "ResourceNotFoundException")


async def test_errors_have_the_services_codes(cloud, streams):
    endpoint = (await data_endpoint(streams, StreamName=STREAM))["DataEndpoint"]
    target = f"{endpoint.removeprefix(cloud.endpoint)}/getImages"
    body = json.dumps(
        {
            "StreamName": "nobody",
            "ImageSelectorType": "SERVER_TIMESTAMP",
            "StartTimestamp": 1,
            "EndTimestamp": 2,
            "Format": "JPEG",
        }
    ).encode()
    headers = signed_headers(cloud, "POST", target, body, service="kinesisvideo")
    status, response_headers, response_body = await send(cloud, "POST", target, body, headers)
    assert status == 404
    assert response_headers["x-amzn-ErrorType"].startswith("ResourceNotFoundException:http")
    assert set(json.loads(response_body)) == {"Message"}


@pytest.mark.parametrize(
    ("stamp", "accepted"),
    [
        (T0.timestamp(), True),
        (T0.isoformat(), True),
        ("2026-05-01T12:00:00.123Z", True),
        ("2026-05-01T12:00:00.123", True),
        ("yesterday", False),
        (1e300, False),
        (True, False),
        ([], False),
    ],
    ids=str,
)
async def test_timestamps_are_numbers_or_iso_text(cloud, streams, stamp, accepted):
    endpoint = (await data_endpoint(streams, StreamName=STREAM))["DataEndpoint"]
    target = f"{endpoint.removeprefix(cloud.endpoint)}/getImages"
    members = request(StartTimestamp=stamp, EndTimestamp=stamp)
    body = json.dumps(members).encode()
    headers = signed_headers(cloud, "POST", target, body, service="kinesisvideo")
    status, _, response_body = await send(cloud, "POST", target, body, headers)
    assert status == (200 if accepted else 400)
    if accepted:
        assert json.loads(response_body)["Images"][0]["TimeStamp"] == T0.timestamp()


async def test_a_file_that_is_no_video_is_a_media_error(cloud, streams, tmp_path):
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    cloud.add_stream("text", text, start_timestamp=T0)
    endpoint = (await data_endpoint(streams, StreamName="text"))["DataEndpoint"]
    with boto(cloud, "kinesis-video-archived-media", endpoint_url=endpoint) as archive:
        response = await call(archive.get_images, **request(StreamName="text"))
    assert [image["Error"] for image in response["Images"]] == ["MEDIA_ERROR"] * SECONDS


async def test_a_burst_is_served_completely(archive):
    pages = await asyncio.gather(
        *(call(archive.get_images, **request(SamplingInterval=500)) for _ in range(12))
    )
    assert [len(page["Images"]) for page in pages] == [7] * 12
