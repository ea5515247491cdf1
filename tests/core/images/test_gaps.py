"""Which sampling points lie where media was recorded; how saved images are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import DecodeError
from vidkit._internal.part_files import part_name
from vidkit.images.fragments import Fragment
from vidkit.images.grid import Grid
from vidkit.images.saving.file_names import file_name, is_part_name, timestamp_parser
from vidkit.images.windows.gaps import ListingRange, covered_windows, listing_ranges, recorded_spans
from vidkit.models.timestamps import from_millis


def fragment(start, length=1000, **members):
    return Fragment(
        server_timestamp=from_millis(start),
        producer_timestamp=from_millis(start + 7),
        fragment_length_in_milliseconds=length,
        **members,
    )


def spans(*fragments, by="SERVER_TIMESTAMP"):
    return recorded_spans(fragments, by)


def test_fragments_that_follow_one_another_are_one_span():
    found = spans(fragment(4000), fragment(0), fragment(2000, 1500), fragment(1000))
    assert found == [(0, 24_000)]
    # 500 ms are jitter of the server timestamps, 501 ms are a gap.
    assert spans(fragment(0), fragment(20_500)) == [(0, 40_500)]
    assert spans(fragment(0), fragment(20_501)) == [(0, 20_000), (20_501, 40_501)]


def test_a_long_fragment_holds_the_short_ones_within_it():
    assert spans(fragment(0, 90_000), fragment(1000), fragment(2000)) == [(0, 90_000)]


def test_spans_are_on_the_clock_that_was_asked_for():
    assert spans(fragment(0), by="PRODUCER_TIMESTAMP") == [(7, 20_007)]
    with pytest.raises(DecodeError, match="PRODUCER_TIMESTAMP"):
        spans(Fragment(server_timestamp=from_millis(0)), by="PRODUCER_TIMESTAMP")


@pytest.mark.parametrize("length", [None, -3, 0, 1000, 3000, 20_000])
def test_a_fragment_may_be_as_long_as_any_whatever_length_is_listed(length):
    """The length lacks the time of the last frame, and can be 0 for seconds of video."""
    assert spans(fragment(5, length)) == [(5, 20_005)]


def test_both_ends_of_a_fragment_count():
    grid = Grid(0, 10_000, 1000)
    listing_range = ListingRange(0, 10_000)

    def points(start, end):
        return [
            point
            for window in covered_windows(listing_range, [(start, end)], grid, page_size=3)
            for point in range(window.start, window.end, 1000)
        ]

    assert points(2000, 4000) == [2000, 3000, 4000]
    assert points(2001, 3999) == [3000]
    assert points(2001, 2999) == []
    assert points(-500, 0) == [0]
    assert points(9_001, 99_999) == [10_000]


def test_what_begins_just_after_a_listing_range_is_listed_with_it():
    """It may join the span before it, so that the last point lies within."""
    listing_range = ListingRange(0, 3_600_000)
    assert listing_range.listed_from == -60_000
    assert listing_range.listed_until == 3_600_500


@given(
    start=st.integers(0, 10**13),
    interval=st.integers(200, 10**7),
    points=st.integers(1, 2000),
    page_size=st.integers(1, 25),
    data=st.data(),
)
def test_listing_ranges_hold_every_sampling_point_once(start, interval, points, page_size, data):
    grid = Grid(start, start + points * interval - 1, interval)
    begin = start + data.draw(st.integers(0, points - 1)) * interval
    cut = list(listing_ranges(grid, begin, page_size=page_size))
    held = [point for s in cut for point in range(s.first, s.last + 1, interval)]
    assert held == list(range(begin, grid.end + 1, interval))
    assert all(s.last - s.first <= 3_600_000 for s in cut)
    assert all(1 <= s.max_results <= 1000 for s in cut)
    # Only the last one can cut a window short.
    if interval <= 60_000:
        assert all(((s.last - s.first) // interval + 1) % page_size == 0 for s in cut[:-1])


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999), st.sampled_from(["JPEG", "PNG"]))
def test_names_tell_their_time_and_are_good_everywhere(millis, kind):
    name = file_name(millis, kind)
    assert timestamp_parser(kind)(name) == millis
    assert timestamp_parser("PNG" if kind == "JPEG" else "JPEG")(name) is None
    assert set(name) <= set("0123456789-T.Zjpgn")
    part = part_name(name, "0123456789abcdef")
    assert is_part_name(part)
    assert not is_part_name(name)
    assert timestamp_parser(kind)(part) is None


@given(st.lists(st.integers(-62_135_596_800_000, 253_402_300_799_999), unique=True))
def test_names_sort_as_their_times(times):
    names = [file_name(time, "JPEG") for time in sorted(times)]
    assert names == sorted(names)
    assert len(set(names)) == len(times)


@pytest.mark.parametrize(
    "name",
    [
        "2026-02-30T00-00-00.000Z.jpg",
        "2026-01-01T24-00-01.000Z.jpg",
        "2026-01-01T00:00:00.000Z.jpg",
        "2026-01-01T00-00-00.000Z.jpg\n",
        "x2026-01-01T00-00-00.000Z.jpg",
        "٢026-01-01T00-00-00.000Z.jpg",
        "2026-01-01T00-00-00.000Z.jpeg",
        "",
    ],
)
def test_other_names_tell_no_time(name):
    assert timestamp_parser("JPEG")(name) is None
