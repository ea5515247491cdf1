"""Windows that are skipped because all their images are saved."""

import asyncio

import pytest

from vidkit.images.grid import Grid, windows
from vidkit.images.windows import window_source as source_module
from vidkit.images.windows.window_source import KnownWindows, UnsavedWindows

GRID = Grid(0, 99_500, 1000)


def source(saved, *, page_size=10):
    known = KnownWindows(windows(GRID.start, GRID.end, GRID.interval, page_size=page_size), 0)
    return UnsavedWindows(known, saved.__contains__, GRID.interval)


async def taken(unsaved):
    """All windows that are returned, and how many points were skipped before each."""
    found = []
    while True:
        while (window := unsaved.take()) is not None:
            found.append((window.start, unsaved.skipped_before(window)))
        if not await unsaved.find_more():
            return found


async def test_a_window_is_left_out_when_all_of_it_is_saved():
    saved = {
        *range(10_000, 20_000, 1000),
        *range(30_000, 49_000, 1000),
        *range(90_000, 99_001, 1000),
    }
    unsaved = source(saved)
    assert await taken(unsaved) == [
        (0, 0),
        (20_000, 10),
        # The last point of the fifth window is not saved.
        (40_000, 20),
        (50_000, 20),
        (60_000, 20),
        (70_000, 20),
        (80_000, 20),
    ]
    assert unsaved.skipped == 30
    assert unsaved.position == 90_000


async def test_the_first_and_the_last_point_count():
    everything = set(range(0, 100_000, 1000))
    for missing in (0, 9000, 90_000, 99_000):
        found = await taken(source(everything - {missing}))
        assert [start for start, _ in found] == [missing // 10_000 * 10_000]


async def test_what_lies_between_the_points_is_not_asked_about():
    asked = []

    def is_saved(point):
        asked.append(point)
        return True

    unsaved = UnsavedWindows(KnownWindows(windows(0, 9_999, 1000), 0), is_saved, 1000)
    assert await taken(unsaved) == []
    assert asked == list(range(0, 10_000, 1000))
    assert unsaved.skipped == 10


async def test_a_long_range_that_is_saved_does_not_block_the_loop(monkeypatch):
    monkeypatch.setattr(source_module, "_MAX_SKIPPED_AT_ONCE", 3)
    unsaved = source(set(range(0, 80_000, 1000)))
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.ensure_future(other())
    # Three windows at once: then none is known for now, but it is not the end.
    assert unsaved.take() is None
    assert unsaved.skipped == 30
    assert await unsaved.find_more()
    assert turns == 1
    assert unsaved.take() is None
    assert unsaved.skipped == 60
    assert await unsaved.find_more()
    assert [window.start for window in iter(unsaved.take, None)] == [80_000, 90_000]
    assert not await unsaved.find_more()
    assert not await unsaved.find_more()
    task.cancel()


async def test_that_nothing_is_known_yet_is_no_pause(monkeypatch):
    monkeypatch.setattr(source_module, "_MAX_SKIPPED_AT_ONCE", 3)
    unsaved = source(set(), page_size=25)
    assert [window.start for window in iter(unsaved.take, None)] == [0, 25_000, 50_000, 75_000]
    assert not await unsaved.find_more()


async def test_a_window_is_asked_for_once():
    unsaved = source(set())
    assert unsaved.position == 0
    window = unsaved.take()
    assert unsaved.skipped_before(window) == 0
    with pytest.raises(KeyError):
        unsaved.skipped_before(window)
    assert unsaved.close() == []


def test_a_grid_knows_how_many_points_lie_before_one():
    grid = Grid(7000, 20_000, 500)
    assert [grid.index_of(point) for point in (7000, 7500, 20_000)] == [0, 1, 26]
    assert grid.index_of(20_000) + 1 == len(grid)
    assert isinstance(grid.index_of(7500), int)
    assert grid.last == 20_000
    assert [7000 in grid, 20_000 in grid, 6500 in grid, 20_500 in grid, 7001 in grid] == [
        True,
        True,
        False,
        False,
        False,
    ]
