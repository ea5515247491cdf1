"""How a range is cut into listing ranges and windows."""

import pytest

from vidkit import DecodeError
from vidkit.images.fragments import Fragment
from vidkit.images.grid import Grid, windows
from vidkit.images.windows.gaps import ListingRange, covered_windows, listing_ranges, recorded_spans


def cut(grid, *, begin=None, page_size=25):
    begin = grid.start if begin is None else begin
    return [(each.first, each.last) for each in listing_ranges(grid, begin, page_size=page_size)]


def test_a_listing_range_is_an_hour_of_complete_windows():
    # 3,600 points are 144 windows of 25 points, or 514 windows of 7 points and two points more.
    assert cut(Grid(0, 7_200_000, 1000)) == [
        (0, 3_599_000),
        (3_600_000, 7_199_000),
        (7_200_000, 7_200_000),
    ]
    assert cut(Grid(0, 7_000_000, 1000), page_size=7)[0] == (0, 3_597_000)


def test_points_that_make_no_window_in_an_hour_are_listed_together():
    # Six points in an hour, whatever a page could hold.
    assert cut(Grid(0, 7_200_000, 600_000)) == [
        (0, 3_000_000),
        (3_600_000, 6_600_000),
        (7_200_000, 7_200_000),
    ]
    assert cut(Grid(0, 7_200_000, 600_000), page_size=6)[0] == (0, 3_000_000)


def test_points_that_are_hours_apart_are_listed_one_by_one():
    assert cut(Grid(0, 20_000_000, 10_000_000)) == [
        (0, 0),
        (10_000_000, 10_000_000),
        (20_000_000, 20_000_000),
    ]


def test_a_range_can_be_one_point():
    assert cut(Grid(5000, 5000, 1000)) == [(5000, 5000)]
    assert cut(Grid(0, 5000, 1000), begin=5000) == [(5000, 5000)]


@pytest.mark.parametrize(
    ("interval", "points"), [(299_999, 2), (300_000, 1), (149_999, 3), (150_000, 2), (1, 25)]
)
def test_a_window_spans_as_much_as_one_request_may(interval, points):
    first = next(windows(0, 10**7, interval))
    assert first.points == points
    assert first.end - first.start <= 300_000


@pytest.mark.parametrize(("last", "results"), [(0, 61), (500, 62), (60_000, 121), (10**9, 1000)])
def test_as_many_fragments_are_asked_for_as_there_can_be(last, results):
    assert ListingRange(0, last).max_results == results


def test_what_is_covered_is_asked_for_in_pages():
    grid = Grid(0, 100_000, 1000)
    found = list(
        covered_windows(ListingRange(0, 50_000), [(0, 8500), (20_000, 99_000)], grid, page_size=4)
    )
    assert [(window.start, window.last) for window in found] == [
        (0, 3000),
        (4000, 7000),
        (8000, 8000),
        *((start, min(start + 3000, 50_000)) for start in range(20_000, 50_001, 4000)),
    ]
    # The range continues after the covered points, and the last window says so.
    assert found[2].following == 9000
    assert found[-1].following == 51_000


def test_a_fragment_without_a_timestamp_is_an_invalid_response():
    with pytest.raises(DecodeError) as caught:
        recorded_spans([Fragment()], "SERVER_TIMESTAMP")
    assert (caught.value.service, caught.value.operation) == ("images", "ListFragments")
    assert "no SERVER_TIMESTAMP" in caught.value.message
