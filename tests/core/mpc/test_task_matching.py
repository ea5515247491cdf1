"""By what a create finds its own task: candidates, clocks, the order of pages. All pure."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import DecodeError
from vidkit.errors import service_error
from vidkit.mpc import ListThumbnailsTaskResponse, ObsObjInfo, TaskObject, ThumbTask
from vidkit.mpc.clock_bounds import ClockBounds
from vidkit.mpc.error_codes import MEANINGS, code_in, explained
from vidkit.mpc.task_matching import RequestedTask, match_task, new_marker
from vidkit.mpc.task_search import PageOrder

T0 = datetime(2026, 1, 1, 12, tzinfo=UTC)
SURE = T0 - timedelta(seconds=5)
POSSIBLE = T0 - timedelta(minutes=2)
PLACES = ["in/a.mp4", "in/b.mp4"]
FOLDERS = ["out", "out/x", "output", ""]


def place(name):
    return ObsObjInfo(bucket="b", location="cn-north-4", object=name)


def wanted(*, marked=False, user_data="u", input="in/a.mp4", output="out"):
    return RequestedTask(user_data, marked, place(input), place(output))


def told(name):
    return TaskObject(bucket="b", location="cn-north-4", object=name)


def a_task(task_id="1", user_data="u", **members):
    own = {"create_time": T0, "input": told("in/a.mp4"), "output": told("out/4f1c")}
    return ThumbTask(task_id=task_id, user_data=user_data, **(own | members))


def verdict(own, tasks, others=()):
    return match_task(own, tasks, surely_after=SURE, perhaps_after=POSSIBLE, others=others)


places = st.none() | st.sampled_from(PLACES).map(told) | st.just(TaskObject(bucket="c"))
folders = st.none() | st.sampled_from(FOLDERS).map(told)
tasks = st.lists(
    st.builds(
        ThumbTask,
        task_id=st.none() | st.sampled_from("123456"),
        user_data=st.none() | st.sampled_from(["u", "v", "vidkit-m"]),
        create_time=st.none()
        | st.integers(-600, 60).map(lambda seconds: T0 + timedelta(seconds=seconds)),
        input=places,
        output=folders,
        status=st.sampled_from(["WAITING", "FAILED", "CANCELED", "RESTING"]),
    ),
    max_size=8,
    # One id is one task.
    unique_by=lambda task: task.task_id,
)
owns = st.builds(
    wanted,
    marked=st.booleans(),
    user_data=st.sampled_from(["u", "vidkit-m"]),
    input=st.sampled_from(PLACES),
    output=st.sampled_from([name for name in FOLDERS if name]),
)
claims = st.sets(st.sampled_from("123456"))


@given(owns, tasks, claims)
def test_an_adopted_task_is_ours_by_every_sign_there_is(own, found, others):
    task = verdict(own, found, others).task
    if task is None:
        return
    assert task in found
    assert task.user_data == own.user_data
    if own.marked:
        return
    assert task.task_id not in others
    assert task.create_time >= SURE
    if task.input is not None and task.input.object is not None:
        assert task.input.object == own.input.object
    if task.output is not None:
        assert f"{task.output.object}/".startswith(f"{own.output.object}/")


@given(owns, tasks, claims)
def test_there_is_one_task_or_doubt_or_nothing_and_never_two_of_them(own, found, others):
    told = verdict(own, found, others)
    assert told.task is None or told.unclear == ()
    possible = {
        task.task_id
        for task in found
        if own.fits(task)
        and (
            own.marked
            or (
                task.task_id not in others
                and (task.create_time is None or task.create_time >= POSSIBLE)
            )
        )
    }
    adopted = {told.task.task_id} if told.task else set()
    # Whatever may be ours is either adopted or told; so "nothing" is never a guess.
    assert adopted | set(told.unclear) == possible
    assert len(possible) < 2 or told.task is None


@given(owns, tasks, claims, st.randoms())
def test_order_and_repetition_change_nothing(own, found, others, random):
    again = [*found, *random.sample(found, len(found))]
    random.shuffle(again)
    assert verdict(own, again, others) == verdict(own, found, others)


@given(tasks, claims)
def test_a_marker_is_stronger_than_all_else(found, others):
    """Neither time nor place nor anybody's claim keeps a marked task from its create."""
    own = wanted(marked=True, user_data="vidkit-mine", input="in/b.mp4")
    mine = a_task("77", "vidkit-mine", create_time=None, input=told("in/a.mp4"))
    assert verdict(own, [*found, mine], {*others, "77"}).task == mine
    assert verdict(own, found, others).task is None


@pytest.mark.parametrize(
    ("task", "adopted", "unclear"),
    [
        (a_task(), True, False),
        (a_task(create_time=SURE), True, False),
        (a_task(create_time=SURE - timedelta(seconds=1)), False, True),
        (a_task(create_time=POSSIBLE), False, True),
        (a_task(create_time=POSSIBLE - timedelta(seconds=1)), False, False),
        (a_task(create_time=None), False, True),
        (a_task(input=None, output=None), True, False),
        (a_task(input=TaskObject(bucket="c", object="in/a.mp4")), False, False),
        (a_task(input=TaskObject(location="cn-north-1", object="in/a.mp4")), False, False),
        (a_task(input=told("in/a.mp4/b")), False, False),
        (a_task(output=told("out")), True, False),
        (a_task(output=told("/out/")), True, False),
        (a_task(output=told("output")), False, False),
        (a_task(user_data="U"), False, False),
        (a_task(user_data=None), False, False),
        (a_task(task_id=None), False, False),
    ],
)
def test_single_candidates(task, adopted, unclear):
    found = verdict(wanted(), [task])
    assert (found.task is not None, bool(found.unclear)) == (adopted, unclear)


def test_markers_are_new_each_time_or_follow_from_a_token():
    assert len({new_marker() for _ in range(100)}) == 100
    assert new_marker("t") == new_marker("t") == "vidkit-t"


# Clocks.


class Ticks:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_the_service_tells_what_time_it_is():
    ticks = Ticks()
    clock = ClockBounds(monotonic=ticks, wall=lambda: T0)
    began = clock.now()
    ticks.now += 30
    # As long as nobody has told the time, this machine's own is taken, with more tolerance.
    assert clock.at(began) == T0 - timedelta(seconds=30)
    assert clock.perhaps_after(began) == T0 - timedelta(minutes=20, seconds=30)
    elsewhere = T0 + timedelta(days=400)
    clock.hear(format_datetime(elsewhere, usegmt=True))
    assert clock.at(began) == elsewhere - timedelta(seconds=30)
    assert clock.at(began) - clock.surely_after(began) < timedelta(seconds=10)
    assert clock.perhaps_after(began) == elsewhere - timedelta(minutes=2, seconds=30)
    ticks.now += 3600
    assert clock.at(began) == elsewhere - timedelta(seconds=30)


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "yesterday",
        "Thu, 99 Jan 2026 12:00:00 GMT",
        "\x00",
        "1",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Thu, 01 Jan 0100 00:00:00 GMT",
    ],
)
def test_a_date_that_is_none_tells_nothing(date):
    clock = ClockBounds(monotonic=Ticks(), wall=lambda: T0)
    clock.hear(date)
    assert clock.at(1000.0) == T0
    assert clock.at(1060.0) == T0 + timedelta(minutes=1)


def test_a_date_without_a_zone_is_utc():
    clock = ClockBounds(monotonic=Ticks())
    clock.hear("Thu, 01 Jan 2026 12:00:00 -0000")
    assert clock.at(1000.0) == T0


# Pages.


@cache
def many_tasks():
    times = [T0 + timedelta(seconds=number) for number in range(1500)]
    return [ThumbTask(task_id=str(number), create_time=time) for number, time in enumerate(times)]


class Service:
    """Pages of tasks in some order, with a total that means something or nothing."""

    def __init__(self, count, *, oldest_first=True, total=None):
        self.tasks = many_tasks()[:count]
        if not oldest_first:
            self.tasks.reverse()
        self.total = count if total is None else total

    def page(self, number):
        items = self.tasks[number * 100 : (number + 1) * 100]
        return ListThumbnailsTaskResponse(
            task_array=items,
            is_truncated=int((number + 1) * 100 < len(self.tasks)),
            total=self.total,
            page=number,
        )


def numbers(service):
    order, read = PageOrder(), []
    number = 0
    while number is not None:
        read.append(number)
        number = order.following(service.page(number))
    return read


@given(st.integers(0, 1500), st.booleans(), st.none() | st.integers(0, 2500))
def test_every_page_is_read_once_in_whatever_order(count, oldest_first, total):
    read = numbers(Service(count, oldest_first=oldest_first, total=total))
    pages = max(1, -(-count // 100))
    assert [number for number in sorted(read) if number < pages] == list(range(pages))
    assert len(read) == len(set(read))
    # A total that is too large costs one page that is not there, and those between.
    if total is None:
        assert len(read) == pages


@pytest.mark.parametrize(
    ("service", "order"),
    [
        (Service(450), [0, 4, 3, 2, 1]),
        (Service(450, oldest_first=False), [0, 1, 2, 3, 4]),
        (Service(450, total=100), [0, 1, 2, 3, 4]),
        (Service(450, total=300), [0, 2, 3, 4, 1]),
        (Service(100), [0]),
    ],
)
def test_the_newest_pages_are_read_as_early_as_can_be_told(service, order):
    assert numbers(service) == order


def test_pages_without_end_are_an_error():
    page = ListThumbnailsTaskResponse(task_array=[a_task()], is_truncated=1, page=50_000)
    with pytest.raises(DecodeError, match="more tasks"):
        PageOrder().following(page)


# Codes.


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MPC.10067: the input has no video stream.", "MPC.10067"),
        ("failed [MPC.363011005]", "MPC.363011005"),
        ("APIG.0308 slow down", "APIG.0308"),
        ("MPC is closed", None),
        ("XMPC.10067", None),
        ("", None),
        (None, None),
    ],
)
def test_a_code_is_found_in_a_description(text, code):
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        ("MPC.10053", None, "the input file does not exist"),
        ("MPC.10053", "", "the input file does not exist"),
        ("MPC.10053", "MPC.10053: Failed.", "MPC.10053: Failed. (the input file does not exist)"),
        ("MPC.10053", "no such file: a.mp4", "no such file: a.mp4"),
        ("APIG.0308", "no message given", "no message given (too many requests in a short time)"),
        ("MPC.1", None, None),
        (None, "Failed.", "Failed."),
    ],
)
def test_a_text_that_says_nothing_is_explained(code, text, message):
    assert explained(code, text) == message


def test_every_known_code_has_a_class_of_its_own_kind():
    assert all(code_in(code) == code for code in MEANINGS)
    error = service_error(code="MPC.10050", status=400, message=None)
    assert error.retryable
    assert error.ambiguous
