"""Every sampling point exactly once, in order, whatever the service and the network do."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fake_archived_media import FakeArchivedMedia, moment, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples

from vidkit import VidKitError
from vidkit.images.rate_limits import StreamRateLimits
from vidkit.models.timestamps import to_millis

START = 1_777_636_800_000
HOUR = 3_600_000


class NoLimit:
    async def acquire(self, *_, **__):
        pass

    async def acquire_look_up(self, *_):
        pass

    def slow_down(self, _):
        pass


@st.composite
def recordings(draw, length):
    """Fragments with gaps between them: small ones that count as none, and large ones."""
    fragments, at = [], START - draw(st.integers(0, 25_000))
    hole = st.just(0) | st.integers(0, 500) | st.integers(501, 90_000) | st.just(2 * HOUR)
    for _ in range(draw(st.integers(0, 25))):
        size = draw(st.integers(0, 20_000))
        fragments.append((at, size))
        at += size + draw(hole)
        if at > START + length + 10_000:
            break
    return fragments


ranges = st.one_of(
    st.tuples(st.integers(200, 3000), st.integers(0, 200)),
    st.tuples(st.sampled_from([200, 1000, 1001, 12_499, 12_500, 12_501]), st.integers(0, 120)),
    st.tuples(st.integers(3000, 400_000), st.integers(0, 60)),
    st.tuples(st.integers(HOUR - 2, 3 * HOUR), st.integers(0, 10)),
)


@st.composite
def cases(draw):
    interval, points = draw(ranges)
    length = points * interval + draw(st.integers(0, interval - 1))
    archive = FakeArchivedMedia(
        fragments=draw(recordings(length)),
        listed_length=draw(st.sampled_from([1, 0.75, 0])),
        skew=draw(st.sampled_from([0, 0, -86_400_123, 17])),
        page_size=draw(st.sampled_from([25, 25, 1, 2, 7])),
        fragment_page_size=draw(st.sampled_from([1000, 3])),
        end_counted=draw(st.booleans()),
        empty_last_pages=draw(st.booleans()),
        faults=draw(st.sampled_from([0, 0.1, 0.4])),
        attempts=draw(st.sampled_from([1, 2, 6])),
        most_faults=draw(st.integers(0, 30)),
        seed=draw(st.integers(0, 1000)),
    )
    asked = {
        "stream_name": "s",
        "sampling_interval": timedelta(milliseconds=interval),
        "max_results": draw(st.just(25) | st.integers(1, 25)),
        "concurrency": draw(st.integers(1, 64)),
        "image_selector_type": draw(st.sampled_from(["SERVER_TIMESTAMP", "PRODUCER_TIMESTAMP"])),
        "skip_gaps": draw(st.booleans()),
    }
    return archive, asked, interval, length


def expected_points(archive, start, end, interval, *, skip_gaps, shift):
    grid = range(start, end + 1, interval)
    if not skip_gaps:
        return list(grid)
    joined, last = [], None
    for begin, _ in sorted(archive.fragments):
        # The longest fragment that the service accepts: listed lengths are too short.
        length = 20_000
        if last is not None and last < begin <= last + 500:
            joined.append((last, begin - last))
        last = begin + length if last is None else max(last, begin + length)
        joined.append((begin, length))
    return [
        point
        for point in grid
        if any(begin <= point - shift <= begin + length for begin, length in joined)
    ]


async def read_all(archive, asked, start, end, go_on):
    """All images, page by page; after a failure, the iterator or a token continues."""
    pages_read = []
    async with archive.kit() as kit:
        kit._caller.runtime._shared[StreamRateLimits] = NoLimit()
        pager = kit.images.get_images(
            start_timestamp=moment(start), end_timestamp=moment(end), **asked
        )
        pages = pager.pages()
        for _ in range(500):
            try:
                pages_read.append(await anext(pages))
            except StopAsyncIteration:
                return pages_read
            except VidKitError as error:
                if go_on == "by token":
                    pages = pager.pages(token=error.next_token or "none was given")
    raise AssertionError("it does not end")


@given(case=cases(), go_on=st.sampled_from(["the same", "by token"]))
@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_sampling_point_comes_exactly_once_in_order(case, go_on):
    archive, asked, interval, length = case
    shift = archive.skew if asked["image_selector_type"] == "PRODUCER_TIMESTAMP" else 0
    start, end = START + shift, START + shift + length
    pages = run(read_all(archive, asked, start, end, go_on))
    images = [image for page in pages for image in page.items]
    wanted = expected_points(
        archive, start, end, interval, skip_gaps=asked["skip_gaps"], shift=shift
    )
    assert [to_millis(image.timestamp) for image in images] == wanted
    for point in range(start, end + 1, interval):
        if any(s <= point - shift <= s + length for s, length in archive.fragments):
            assert point in wanted
    for image, point in zip(images, wanted, strict=True):
        recorded = any(s <= point - shift <= s + length for s, length in archive.fragments)
        assert image.content == (b"%d" % point if recorded else None)
        assert image.error == (None if recorded else "NO_MEDIA")
    assert set(archive.asked) == set(wanted)
    assert pages[-1].next_token is None
    assert all(len(page.items) <= asked["max_results"] for page in pages)
    assert archive.most_under_way <= asked["concurrency"]
    if not archive.faults:
        # Nothing is requested twice, and endpoints are looked up once for each API.
        assert sorted(archive.asked) == wanted
        assert archive.calls.count("GetDataEndpoint") <= 2


@given(case=cases(), data=st.data())
@settings(max_examples=examples(50), deadline=None)
def test_from_any_token_the_rest_comes(case, data):
    archive, asked, _, length = case
    archive.faults = 0
    shift = archive.skew if asked["image_selector_type"] == "PRODUCER_TIMESTAMP" else 0
    start, end = START + shift, START + shift + length

    async def work():
        async with archive.kit() as kit:
            kit._caller.runtime._shared[StreamRateLimits] = NoLimit()
            pager = kit.images.get_images(
                start_timestamp=moment(start), end_timestamp=moment(end), **asked
            )
            pages = [page async for page in pager.pages()]
            index = data.draw(st.integers(0, len(pages) - 1))
            token = pages[index].next_token
            rest = [] if token is None else [page async for page in pager.pages(token=token)]
            return pages[index + 1 :], rest, await pager

    wanted, rest, first = run(work())
    assert [i for page in rest for i in page.items] == [i for page in wanted for i in page.items]
    assert len(first.items) <= asked["max_results"]


def read(archive, *, seconds, interval=1000, **asked):
    async def work():
        async with archive.kit() as kit:
            return await kit.images.get_images(
                stream_name="s",
                start_timestamp=moment(START),
                end_timestamp=moment(START + seconds * 1000),
                sampling_interval=timedelta(milliseconds=interval),
                **asked,
            ).collect()

    return run(work())


def test_a_camera_that_records_for_minutes_costs_minutes_of_calls():
    """A day of which five minutes were recorded three times."""
    recorded = [9 * HOUR, 13 * HOUR - 60_000, 20 * HOUR + 7]
    fragments = [(START + begin + 2000 * n, 2000) for begin in recorded for n in range(150)]
    archive = FakeArchivedMedia(fragments=fragments, fragment_page_size=1000, throttle=True)
    images = read(archive, seconds=86_399, skip_gaps=True)
    # A last fragment may be 18 s longer than it is listed.
    assert len(images) == len(archive.asked) == 319 + 319 + 318
    assert sum(image.content is not None for image in images) == 301 + 301 + 300
    # 3,457 without skip_gaps; one more where the end of an hour or of a span cuts a page short.
    assert archive.calls.count("GetImages") <= 3 * 13 + 2
    assert archive.calls.count("ListFragments") == 24
    assert archive.throttled == []


@pytest.mark.parametrize("listed_length", [1, 0.75, 0])
def test_nothing_recorded_is_left_out_whatever_lengths_are_listed(listed_length):
    fragments = [(START, 4000), (START + 60_000, 20_000), (START + 80_000, 8000)]
    archive = FakeArchivedMedia(fragments=fragments, listed_length=listed_length)
    images = read(archive, seconds=200, skip_gaps=True)
    assert sum(image.content is not None for image in images) == 5 + 29
    assert len(images) == 21 + 41


def test_a_range_without_fragments_gives_nothing_and_asks_for_no_image():
    archive = FakeArchivedMedia()
    assert read(archive, seconds=7200, skip_gaps=True) == []
    assert set(archive.calls) == {"GetDataEndpoint", "ListFragments"}

    async def work():
        async with archive.kit() as kit:
            pager = kit.images.get_images(
                stream_name="s",
                start_timestamp=moment(START),
                end_timestamp=moment(START),
                skip_gaps=True,
            )
            return await pager, await pager.first(), [page async for page in pager.pages()]

    page, first, pages = run(work())
    assert (page.items, page.next_token, first) == ((), None, None)
    assert pages == [page]


def test_fragments_are_listed_ahead_of_need_and_no_farther():
    fragments = [(START + 2000 * n, 2000) for n in range(4 * 1800)]
    archive = FakeArchivedMedia(fragments=fragments, fragment_page_size=1000)

    async def work():
        async with archive.kit() as kit:
            pages = kit.images.get_images(
                stream_name="s",
                start_timestamp=moment(START),
                end_timestamp=moment(START + 4 * HOUR),
                sampling_interval=timedelta(seconds=10),
                skip_gaps=True,
                concurrency=2,
            ).pages()
            await anext(pages)
            await asyncio.sleep(100)
            early = len({start for start, _ in archive.listed})
            while "ListFragments" not in archive.calls[-8:] or len(archive.listed) < 6:
                await anext(pages)
            return early

    assert run(work()) == 2


def test_at_the_first_moments_there_are_no_fragments_before():
    archive = FakeArchivedMedia()

    async def work():
        async with archive.kit() as kit:
            return await kit.images.get_images(
                stream_name="s",
                start_timestamp=datetime.min.replace(tzinfo=UTC),
                end_timestamp=datetime.min.replace(tzinfo=UTC, second=3),
                skip_gaps=True,
            ).collect()

    assert run(work()) == []
