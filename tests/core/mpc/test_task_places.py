"""Whether a task's places can be those that a create asked for."""

from datetime import UTC, datetime

import pytest

from vidkit.mpc import ObsObjInfo, TaskObject, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest
from vidkit.mpc.task_matching import RequestedTask, match_task, new_marker

T0 = datetime(2026, 1, 1, 12, tzinfo=UTC)


def fits(asked, told, *, folder=False):
    """Whether a place that is told can be the one asked for, as a video or as a folder."""
    own = ObsObjInfo(bucket="b", location="cn-north-4", object="x")
    place = ObsObjInfo(bucket="b", location="cn-north-4", object=asked)
    wanted = RequestedTask("u", False, *((own, place) if folder else (place, own)))
    others = {"output" if folder else "input": told}
    return wanted.fits(ThumbTask(task_id="1", user_data="u", **others))


def place(name, **members):
    return TaskObject(**({"bucket": "b", "location": "cn-north-4", "object": name} | members))


@pytest.mark.parametrize(
    ("asked", "told", "as_video", "as_folder"),
    [
        ("a/b", "a/b", True, True),
        ("/a/b/", "a/b", True, True),
        ("a/b", "/a/b/", True, True),
        ("a/b", "a/b/c", False, True),
        ("a/b/c", "a/b", False, False),
        ("a/b", "a/bc", False, False),
        ("a/b", "a", False, False),
        ("Xa", "a", False, False),
        ("a", "Xa", False, False),
        (" a", "a", False, False),
        ("/", "a", False, True),
        ("a", None, True, True),
    ],
)
def test_a_folder_may_be_below_the_one_that_was_asked_for(asked, told, as_video, as_folder):
    assert fits(asked, place(told)) is as_video
    assert fits(asked, place(told), folder=True) is as_folder


def test_what_is_not_told_is_no_difference():
    for folder in (False, True):
        assert fits("a", None, folder=folder)
        assert fits("a", TaskObject(), folder=folder)
        assert fits("a", place("a", bucket=None, location=None), folder=folder)
        assert not fits("a", place("a", bucket="c"), folder=folder)
        assert not fits("a", place("a", location="cn-east-3"), folder=folder)
        assert not fits("a", place(None, bucket="c"), folder=folder)


def request(**members):
    return CreateThumbnailsTaskRequest(
        input={"bucket": "b", "location": "cn-north-4", "object": "in.mp4"},
        output={"bucket": "c", "location": "cn-north-4", "object": "out"},
        thumbnail_para={"type": "DOTS", "dots": [0]},
        **members,
    )


def test_what_is_wanted_is_what_was_asked_for():
    asked = request(user_data="mine")
    wanted = RequestedTask.of(asked, marked=False)
    assert wanted == RequestedTask("mine", False, asked.input, asked.output)
    assert wanted.key == ("mine", "b", "in.mp4", "c", "out")
    assert RequestedTask.of(request(), marked=True) == RequestedTask(
        "", True, asked.input, asked.output
    )


def test_a_marker_is_new_or_that_of_a_token():
    assert new_marker("t") == new_marker("t") == "vidkit-t"
    assert new_marker() != new_marker()
    assert len(new_marker()) == len("vidkit-") + 32


def test_the_moment_from_which_on_a_task_is_surely_later_belongs_to_it():
    wanted = RequestedTask.of(request(user_data="u"), marked=False)
    task = ThumbTask(task_id="1", user_data="u", create_time=T0)
    assert match_task(wanted, [task], surely_after=T0, perhaps_after=T0).task == task
