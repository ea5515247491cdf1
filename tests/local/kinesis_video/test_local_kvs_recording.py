"""The media of a stream: laws, against a model that checks each millisecond."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples
from local_cloud_calls import SECONDS, write_video

from vidkit.local.kinesis_video.recording import Recording
from vidkit.local.kinesis_video.service import KinesisVideoService
from vidkit.local.kinesis_video.spans import Spans
from vidkit.local.kinesis_video.state import KinesisVideoState, Stream
from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.protocol.wire import Request
from vidkit.local.runtime.state import Identity, State

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
ORIGIN = round(T0.timestamp() * 1000)
MS = timedelta(milliseconds=1)


def near(first, last):
    """Milliseconds on quarters of a second and beside them, so that edges meet."""
    quarters = st.integers(first // 250, last // 250)
    return st.builds(lambda n, beside: 250 * n + beside, quarters, st.sampled_from([0, 0, -1, 1]))


spans = st.lists(
    st.tuples(near(-3000, 14_000), st.just(0) | near(250, 5000)).map(lambda s: (s[0], sum(s))),
    max_size=5,
)


def at(milliseconds):
    return T0 + milliseconds * MS


def to_times(spans):
    return [(at(start), at(end)) for start, end in spans]


def within(spans, moment):
    return any(start <= moment < end for start, end in spans)


@given(spans, near(-4000, 20_000), near(250, 9000))
@settings(deadline=None)
def test_spans_are_the_set_of_their_milliseconds(given_spans, start, length):
    found, end = Spans(given_spans), start + length
    inside = {n for first, last in given_spans for n in range(first, last)}
    window = set(range(start, end))
    edges = {edge + n for span in given_spans for edge in span for n in (-1, 0, 1)}
    assert {n for n in edges if n in found} == edges & inside
    assert found.covered(start, end) == len(window & inside)
    holes = found.between(start, end)
    assert {n for first, last in holes for n in range(first, last)} == window - inside
    assert sum(last - first for first, last in holes) == len(window - inside)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("video") / "clip.mp4")


def answer_of(service, state, stream, call, **members):
    """The complete response, page by page, from the service itself."""

    async def ask(path, body):
        request = Request("POST", path, (), {"Host": "h"}, json.dumps(body).encode())
        result = await service.handle(service.operation(request), request)
        assert result.status == 200
        return json.loads(result.body)

    async def pages():
        api = {"getImages": "GET_IMAGES", "listFragments": "LIST_FRAGMENTS"}[call]
        response = await ask("/getDataEndpoint", {"StreamName": stream.name, "APIName": api})
        path = response["DataEndpoint"].removeprefix("http://h") + f"/{call}"
        more, found = {}, []
        while True:
            page = await ask(path, {"StreamName": stream.name, **members, **more})
            found.append(page.get("Images") or page.get("Fragments") or [])
            if "NextToken" not in page:
                return found
            more = {"NextToken": page["NextToken"]}

    state.of(KinesisVideoState).streams[stream.name] = stream
    return asyncio.run(pages())


@given(
    gaps=spans,
    audio_only=spans,
    duration=st.none() | near(250, 12_000),
    offset=near(-5000, 5000),
    fragment=near(250, 5000),
    by_producer=st.booleans(),
    start=near(-2000, 9000),
    length=near(250, 15_000),
    interval=st.just(250) | near(250, 2500),
    page=st.integers(1, 100),
)
@settings(max_examples=examples(40), deadline=None)
def test_each_point_is_what_was_recorded_and_fragments_are_all_of_it(
    video, gaps, audio_only, duration, offset, fragment, by_producer, start, length, interval, page
):
    state = State(Identity())
    stream = make_stream(
        state.identity,
        "door",
        video,
        start_timestamp=T0,
        duration=None if duration is None else duration * MS,
        gaps=to_times(gaps),
        audio_only=to_times(audio_only),
        producer_offset=offset * MS,
        fragment_duration=fragment * MS,
    )
    service = KinesisVideoService(state)
    total = SECONDS * 1000 if duration is None else duration
    clock = "PRODUCER_TIMESTAMP" if by_producer else "SERVER_TIMESTAMP"
    shift = offset if by_producer else 0
    images = answer_of(
        service,
        state,
        stream,
        "getImages",
        ImageSelectorType=clock,
        StartTimestamp=(ORIGIN + start + shift) / 1000,
        EndTimestamp=(ORIGIN + start + shift + length) / 1000,
        SamplingInterval=interval,
        Format="JPEG",
        MaxResults=page,
    )
    assert all(len(each) <= min(page, 25) for each in images)
    response = [
        (round(item["TimeStamp"] * 1000) - ORIGIN - shift, item.get("Error", "IMAGE"))
        for each in images
        for item in each
    ]

    def expected(moment):
        if not 0 <= moment < total or within(gaps, moment):
            return "NO_MEDIA"
        return "MEDIA_ERROR" if within(audio_only, moment) else "IMAGE"

    points = range(start, start + length + 1, interval)
    assert response == [(point, expected(point)) for point in points]

    listed = answer_of(
        service,
        state,
        stream,
        "listFragments",
        FragmentSelector={
            "FragmentSelectorType": clock,
            "TimestampRange": {
                "StartTimestamp": (ORIGIN + shift) / 1000,
                "EndTimestamp": (ORIGIN + shift + total - 1) / 1000,
            },
        },
        MaxResults=page,
    )
    pieces = [item for each in listed for item in each]
    listed_time = [0] * total
    for item in pieces:
        begin = round(item["ServerTimestamp"] * 1000) - ORIGIN
        assert 0 <= begin <= begin + item["FragmentLengthInMilliseconds"] <= total
        for n in range(begin, begin + item["FragmentLengthInMilliseconds"]):
            listed_time[n] += 1
    recorded = [1] * total
    for first, last in gaps:
        for n in range(max(first, 0), min(last, total)):
            recorded[n] = 0
    assert listed_time == recorded
    assert all(0 < item["FragmentLengthInMilliseconds"] <= fragment for item in pieces)
    assert all(
        round((item["ProducerTimestamp"] - item["ServerTimestamp"]) * 1000) == offset
        for item in pieces
    )
    in_time = sorted(pieces, key=lambda item: item["ServerTimestamp"])
    numbers = [item["FragmentNumber"] for item in in_time]
    assert numbers == sorted(set(numbers), key=int)
    assert len(pieces) < 2 or pieces != in_time


@given(
    gaps=spans,
    duration=near(250, 20_000),
    fragment=near(250, 4000),
    first=near(-4000, 22_000),
    last=near(-4000, 22_000),
)
@settings(deadline=None)
def test_fragments_are_counted_by_where_they_start(gaps, duration, fragment, first, last):
    stream = Stream(
        "door",
        "arn",
        None,
        T0,
        duration=duration * MS,
        gaps=tuple(to_times(gaps)),
        fragment_duration=fragment * MS,
    )
    recording = Recording(stream, None)
    count = recording.count_until(ORIGIN + 10**9)
    starts = [recording.fragment(number).start - ORIGIN for number in range(count)]
    assert starts == sorted(set(starts))
    for moment in (first, last, *starts[:50]):
        for at in (moment - 1, moment):
            assert recording.count_until(ORIGIN + at) == sum(start <= at for start in starts)
