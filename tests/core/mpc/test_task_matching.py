"""How a create finds its own task: candidates, clocks, the order of pages. All pure."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit import DecodeError
from vidkit.errors import service_error
from vidkit.mpc import ListThumbnailsTaskResponse, ObsObjInfo, TaskObject, ThumbTask
from vidkit.mpc.clock_bounds import EARLIEST, LATEST, ClockBounds, ServiceMoment
from vidkit.mpc.error_codes import MEANINGS, code_in, explained
from vidkit.mpc.task_matching import RequestedTask, match_task, new_marker
from vidkit.mpc.task_search import PageOrder

T0 = datetime(2026, 1, 1, 12, tzinfo=UTC)
CERTAIN_FROM = T0 - timedelta(seconds=5)
POSSIBLE_FROM = T0 - timedelta(minutes=2)
PLACES = ["in/a.mp4", "in/b.mp4"]
FOLDERS = ["out", "out/x", "output", ""]


def requested_object(name):
    return ObsObjInfo(bucket="b", location="cn-north-4", object=name)


def requested(*, marked=False, user_data="u", input="in/a.mp4", output="out"):
    return RequestedTask(user_data, marked, requested_object(input), requested_object(output))


def reported_object(name):
    return TaskObject(bucket="b", location="cn-north-4", object=name)


def a_task(task_id="1", user_data="u", **members):
    own = {
        "create_time": T0,
        "input": reported_object("in/a.mp4"),
        "output": reported_object("out/4f1c"),
    }
    return ThumbTask(task_id=task_id, user_data=user_data, **(own | members))


def matched(own, tasks, claimed=()):
    return match_task(
        own, tasks, certain_from=CERTAIN_FROM, possible_from=POSSIBLE_FROM, claimed=claimed
    )


places = st.none() | st.sampled_from(PLACES).map(reported_object) | st.just(TaskObject(bucket="c"))
folders = st.none() | st.sampled_from(FOLDERS).map(reported_object)
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
    requested,
    marked=st.booleans(),
    user_data=st.sampled_from(["u", "vidkit-m"]),
    input=st.sampled_from(PLACES),
    output=st.sampled_from([name for name in FOLDERS if name]),
)
claims = st.sets(st.sampled_from("123456"))


@given(owns, tasks, claims)
def test_an_adopted_task_matches_in_every_member(own, found, claimed):
    task = matched(own, found, claimed).task
    if task is None:
        return
    assert task in found
    assert task.user_data == own.user_data
    if own.marked:
        return
    assert task.task_id not in claimed
    assert task.create_time >= CERTAIN_FROM
    if task.input is not None and task.input.object is not None:
        assert task.input.object == own.input.object
    if task.output is not None:
        assert f"{task.output.object}/".startswith(f"{own.output.object}/")


@given(owns, tasks, claims)
def test_a_match_is_one_task_or_ambiguous_or_empty(own, found, claimed):
    match = matched(own, found, claimed)
    assert match.task is None or match.ambiguous_ids == ()
    possible = {
        task.task_id
        for task in found
        if own.matches(task)
        and (
            own.marked
            or (
                task.task_id not in claimed
                and (task.create_time is None or task.create_time >= POSSIBLE_FROM)
            )
        )
    }
    adopted = {match.task.task_id} if match.task else set()
    # Every possible task is either adopted or ambiguous; so an empty match is never a guess.
    assert adopted | set(match.ambiguous_ids) == possible
    assert len(possible) < 2 or match.task is None


@given(owns, tasks, claims, st.randoms())
def test_order_and_repetition_change_nothing(own, found, claimed, random):
    again = [*found, *random.sample(found, len(found))]
    random.shuffle(again)
    assert matched(own, again, claimed) == matched(own, found, claimed)


@given(tasks, claims)
def test_a_marker_decides_alone(found, claimed):
    """A marked task belongs to its create whatever its time, its objects and other claims."""
    own = requested(marked=True, user_data="vidkit-mine", input="in/b.mp4")
    mine = a_task("77", "vidkit-mine", create_time=None, input=reported_object("in/a.mp4"))
    assert matched(own, [*found, mine], {*claimed, "77"}).task == mine
    assert matched(own, found, claimed).task is None


@pytest.mark.parametrize(
    ("task", "adopted", "unclear"),
    [
        (a_task(), True, False),
        (a_task(create_time=CERTAIN_FROM), True, False),
        (a_task(create_time=CERTAIN_FROM - timedelta(seconds=1)), False, True),
        (a_task(create_time=POSSIBLE_FROM), False, True),
        (a_task(create_time=POSSIBLE_FROM - timedelta(seconds=1)), False, False),
        (a_task(create_time=None), False, True),
        (a_task(input=None, output=None), True, False),
        (a_task(input=TaskObject(bucket="c", object="in/a.mp4")), False, False),
        (a_task(input=TaskObject(location="cn-north-1", object="in/a.mp4")), False, False),
        (a_task(input=reported_object("in/a.mp4/b")), False, False),
        (a_task(output=reported_object("out")), True, False),
        (a_task(output=reported_object("/out/")), True, False),
        (a_task(output=reported_object("output")), False, False),
        (a_task(user_data="U"), False, False),
        (a_task(user_data=None), False, False),
        (a_task(task_id=None), False, False),
    ],
)
def test_single_candidates(task, adopted, unclear):
    found = matched(requested(), [task])
    assert (found.task is not None, bool(found.ambiguous_ids)) == (adopted, unclear)


def test_markers_are_new_each_time_or_follow_from_a_token():
    assert len({new_marker() for _ in range(100)}) == 100
    assert new_marker("t") == new_marker("t") == "vidkit-t"


# Clocks.


class Ticks:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_the_clock_follows_the_services_date():
    ticks = Ticks()
    clock = ClockBounds(monotonic=ticks)
    began, moment = clock.now(), ServiceMoment(clock)
    ticks.now += 30
    # Without a Date nothing is known: any task is possible, and none is certain.
    assert clock.server_time_at(began) is None
    assert (moment.possible_from(), moment.certain_from()) == (EARLIEST, LATEST)
    elsewhere = T0 + timedelta(days=400)
    clock.observe_date(format_datetime(elsewhere, usegmt=True))
    assert clock.server_time_at(began) == elsewhere - timedelta(seconds=30)
    assert clock.server_time_at(began) - moment.certain_from() < timedelta(seconds=10)
    assert moment.possible_from() == elsewhere - timedelta(minutes=2, seconds=30)
    ticks.now += 3600
    assert clock.server_time_at(began) == elsewhere - timedelta(seconds=30)


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
def test_an_invalid_date_is_ignored(date):
    clock = ClockBounds(monotonic=Ticks())
    clock.observe_date(date)
    assert clock.server_time_at(1000.0) is None
    clock.observe_date(format_datetime(T0, usegmt=True))
    clock.observe_date(date)
    assert clock.server_time_at(1060.0) == T0 + timedelta(minutes=1)


def test_a_date_without_a_zone_is_utc():
    clock = ClockBounds(monotonic=Ticks())
    clock.observe_date("Thu, 01 Jan 2026 12:00:00 -0000")
    assert clock.server_time_at(1000.0) == T0


# Pages.


@cache
def many_tasks():
    times = [T0 + timedelta(seconds=number) for number in range(1500)]
    return [ThumbTask(task_id=str(number), create_time=time) for number, time in enumerate(times)]


class Service:
    """Pages of tasks in some order, with a total that is correct or not."""

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
        number = order.next_page(service.page(number))
    return read


@given(st.integers(0, 1500), st.booleans(), st.none() | st.integers(0, 2500))
def test_every_page_is_read_once_in_whatever_order(count, oldest_first, total):
    read = numbers(Service(count, oldest_first=oldest_first, total=total))
    pages = max(1, -(-count // 100))
    assert [number for number in sorted(read) if number < pages] == list(range(pages))
    assert len(read) == len(set(read))
    # A total that is too large costs requests for pages that do not exist.
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
def test_the_newest_pages_are_read_as_early_as_possible(service, order):
    assert numbers(service) == order


def test_too_many_pages_are_an_error():
    page = ListThumbnailsTaskResponse(task_array=[a_task()], is_truncated=1, page=50_000)
    with pytest.raises(DecodeError, match="more tasks"):
        PageOrder().next_page(page)


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
def test_a_generic_message_is_explained(code, text, message):
    assert explained(code, text) == message


def test_every_known_code_is_recognized():
    assert all(code_in(code) == code for code in MEANINGS)
    error = service_error(code="MPC.10050", status=400, message=None)
    assert error.retryable
    assert error.ambiguous
