from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from botocore.client import Config
from local_cloud_calls import SECONDS, boto, call, error_of, write_video

from vidkit.local import LocalCloud

T0 = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
SKEW = timedelta(minutes=-3, milliseconds=7)
STREAM, DAY = "front-door", "day"


def second(number):
    return T0 + timedelta(seconds=number)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video") / "clip.mp4")


@pytest.fixture
async def cloud(video):
    async with LocalCloud() as running:
        running.add_stream(STREAM, video, start_timestamp=T0)
        running.add_stream(
            DAY,
            video,
            start_timestamp=T0,
            duration=timedelta(days=1),
            gaps=[(second(3), second(60)), (second(70), second(80))],
            audio_only=[(second(60), second(66))],
            producer_offset=SKEW,
        )
        yield running


@pytest.fixture
async def archive(cloud):
    """Asks of each stream at its own data endpoint."""
    # The cloud, not botocore, must reject values out of range.
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    with (
        boto(cloud, "kinesis-video-archived-media", config=config) as client,
        boto(cloud, "kinesisvideo") as kvs,
    ):

        async def endpoint(stream, api="LIST_FRAGMENTS"):
            return (await call(kvs.get_data_endpoint, StreamName=stream, APIName=api))[
                "DataEndpoint"
            ]

        client.endpoints = {name: await endpoint(name) for name in (STREAM, DAY)}
        client.wrong = await endpoint(STREAM, "GET_IMAGES")
        client.at = client.endpoints[STREAM]
        client.meta.events.register(
            "before-call.kinesis-video-archived-media",
            lambda params, **_: params.update(url=client.at + params["url_path"]),
        )
        yield client


def request(start, end, *, clock="SERVER_TIMESTAMP", stream=STREAM, **changes):
    times = {"StartTimestamp": start, "EndTimestamp": end}
    selector = {"FragmentSelectorType": clock, "TimestampRange": times}
    return {"StreamName": stream, "FragmentSelector": selector, **changes}


async def fragments(archive, *arguments, **named):
    archive.at = archive.endpoints[named.get("stream", STREAM)]
    response = await call(archive.list_fragments, **request(*arguments, **named))
    assert "NextToken" not in response
    return sorted(response["Fragments"], key=lambda fragment: fragment["ServerTimestamp"])


def starts(found, name="ServerTimestamp"):
    return [(fragment[name] - T0) / timedelta(seconds=1) for fragment in found]


async def test_a_file_is_listed_in_fragments_of_two_seconds(archive, video):
    first, last = await fragments(archive, T0, second(SECONDS))
    assert first.keys() == {
        "FragmentNumber",
        "FragmentSizeInBytes",
        "ProducerTimestamp",
        "ServerTimestamp",
        "FragmentLengthInMilliseconds",
    }
    assert starts([first, last]) == [0, 2]
    assert [each["FragmentLengthInMilliseconds"] for each in (first, last)] == [2000, 2000]
    assert len(first["FragmentNumber"]) == 47
    assert int(first["FragmentNumber"]) < int(last["FragmentNumber"])
    assert first["ProducerTimestamp"] == first["ServerTimestamp"]
    assert first == (await fragments(archive, T0, T0))[0]
    half = video.stat().st_size / 2
    assert half * 0.7 < first["FragmentSizeInBytes"] < half * 1.3 + 20_000


async def test_fragments_are_cut_at_gaps(archive):
    found = await fragments(archive, T0, second(84), stream=DAY)
    assert starts(found) == [0, 2, 60, 62, 64, 66, 68, 80, 82, 84]
    assert [each["FragmentLengthInMilliseconds"] for each in found[:4]] == [2000, 1000, 2000, 2000]
    silent, pictured = found[2]["FragmentSizeInBytes"], found[6]["FragmentSizeInBytes"]
    assert 0 < silent < pictured


async def test_fragments_that_start_in_the_range_are_listed_both_ends_included(archive):
    async def within(start, end):
        return starts(await fragments(archive, start, end, stream=DAY))

    assert await within(second(60), second(64)) == [60, 62, 64]
    millisecond = timedelta(milliseconds=1)
    assert await within(second(60) + millisecond, second(64) - millisecond) == [62]
    assert await within(second(64), second(64)) == [64]
    assert await within(second(3), second(60) - millisecond) == []
    assert await within(second(-100), second(-1)) == []
    assert await within(second(86_398), second(100_000)) == [86_398]


async def test_timestamps_of_the_producer_are_requested_and_returned(archive):
    found = await fragments(
        archive, second(60) + SKEW, second(62) + SKEW, clock="PRODUCER_TIMESTAMP", stream=DAY
    )
    assert starts(found) == [60, 62]
    assert [each["ProducerTimestamp"] - each["ServerTimestamp"] for each in found] == [SKEW] * 2


async def test_a_day_comes_in_pages_in_no_order(archive):
    archive.at = archive.endpoints[DAY]

    def all_pages():
        pages = archive.get_paginator("list_fragments").paginate(
            **request(second(67_000), second(86_399), stream=DAY, MaxResults=1000)
        )
        return [[each["ServerTimestamp"] for each in page["Fragments"]] for page in pages]

    pages = await call(all_pages)
    assert [len(page) for page in pages] == [1000] * 9 + [700]
    assert all(page != sorted(page) for page in pages)
    assert all(min(later) < max(page) for page, later in pairwise(pages))
    response = sorted(moment for page in pages for moment in page)
    assert response == [second(67_000 + 2 * number) for number in range(9700)]


async def test_a_token_contains_its_selector(archive):
    archive.at = archive.endpoints[DAY]
    asked = request(second(80), second(400), stream=DAY)
    first = await call(archive.list_fragments, **asked)
    assert len(first["Fragments"]) == 100
    token = first["NextToken"]
    second_page = await call(archive.list_fragments, **asked, NextToken=token)
    alone = {"StreamName": DAY, "NextToken": token}
    assert (await call(archive.list_fragments, **alone))["Fragments"] == second_page["Fragments"]
    few = await call(archive.list_fragments, **alone, MaxResults=7)
    assert few["Fragments"] == second_page["Fragments"][:7]
    other = request(second(80), second(401), stream=DAY)
    for wrong in (
        {**other, "NextToken": token},
        {**alone, "NextToken": f"{token[:9]}{'B' if token[9] == 'A' else 'A'}{token[10:]}"},
        {**alone, "NextToken": token[:-8]},
        {**alone, "NextToken": "A"},
        {**alone, "NextToken": "AAAA"},
    ):
        error = await error_of(archive.list_fragments, **wrong)
        assert error[:2] == (400, "InvalidArgumentException")
        assert "NextToken" in error[2]


async def test_a_token_of_another_stream_is_rejected(archive):
    archive.at = archive.endpoints[DAY]
    page = await call(archive.list_fragments, **request(T0, second(400), stream=DAY))
    archive.at = archive.endpoints[STREAM]
    error = await error_of(archive.list_fragments, StreamName=STREAM, NextToken=page["NextToken"])
    assert error[:2] == (400, "InvalidArgumentException")


@pytest.mark.parametrize(
    ("changes", "expected_message"),
    [
        ({"FragmentSelector": None}, "FragmentSelector"),
        ({"StreamName": None}, "StreamName"),
        ({"StreamARN": "arn:aws:kinesisvideo:us-east-1:1:stream/front-door/1"}, "StreamARN"),
        ({"MaxResults": 0}, "MaxResults"),
        ({"MaxResults": 1001}, "MaxResults"),
        (request(T0, T0, clock="WALL_CLOCK"), "FragmentSelectorType"),
        (request(T0, T0 - timedelta(milliseconds=1)), "EndTimestamp"),
    ],
    ids=str,
)
async def test_limits_of_the_model(archive, changes, expected_message):
    members = {**request(T0, second(4)), **changes}
    given = {name: value for name, value in members.items() if value is not None}
    status, code, message = await error_of(archive.list_fragments, **given)
    assert (status, code) == (400, "InvalidArgumentException")
    assert expected_message in message


async def test_no_other_endpoint_lists_fragments(cloud, archive):
    for endpoint in (cloud.endpoint, archive.wrong, archive.endpoints[DAY]):
        archive.at = endpoint
        error = await error_of(archive.list_fragments, **request(T0, second(4)))
        assert error[:2] == (404, "ResourceNotFoundException")
