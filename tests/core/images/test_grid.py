from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from vidkit.images.grid import MAX_WINDOW_MILLIS, PAGE_SIZE, windows
from vidkit.models.timestamps import from_millis, to_millis

starts = st.integers(0, 4_000_000_000_000)
intervals = st.integers(200, 20_000) | st.integers(200, 4_000_000)


@given(
    start=starts,
    points=st.integers(0, 400),
    rest=st.integers(0, 10_000_000),
    interval=intervals,
    page_size=st.integers(1, PAGE_SIZE),
)
def test_every_sampling_point_is_asked_for_exactly_once(start, points, rest, interval, page_size):
    end = start + points * interval + rest % interval
    wanted = list(range(start, end + 1, interval))
    cut = list(windows(start, end, interval, page_size=page_size))

    # Whether the service includes the end of a range or not.
    for inclusive in (True, False):
        asked = [
            point
            for window in cut
            for point in range(window.start, window.end + inclusive, interval)
        ]
        assert asked == wanted

    for window, following in zip(cut, [*cut[1:], None], strict=True):
        assert window.end - window.start <= MAX_WINDOW_MILLIS
        assert len(range(window.start, window.end, interval)) <= page_size
        assert window.following == (following.start if following else None)


@given(start=starts, points=st.integers(1, 200), interval=intervals, data=st.data())
def test_from_any_windows_begin_on_the_windows_are_the_same(start, points, interval, data):
    end = start + points * interval
    cut = list(windows(start, end, interval))
    at = data.draw(st.integers(0, len(cut) - 1))
    assert list(windows(cut[at].start, end, interval)) == cut[at:]


def test_an_hour_at_a_second_is_145_pages():
    cut = list(windows(0, 3_600_000, 1000))
    assert len(cut) == 145
    assert cut[0].end == 24_001


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda n: timezone(timedelta(minutes=n))),
    )
)
def test_moments_keep_their_milliseconds(moment):
    cut = moment.astimezone(UTC)
    cut -= timedelta(microseconds=cut.microsecond % 1000)
    assert from_millis(to_millis(moment)) == cut
