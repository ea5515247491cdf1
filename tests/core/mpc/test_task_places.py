"""Whether a task's OBS objects can be those that a create requested."""

from datetime import UTC, datetime

import pytest

from vidkit.mpc import ObsObjInfo, TaskObject, ThumbTask
from vidkit.mpc.parameters import CreateThumbnailsTaskRequest
from vidkit.mpc.task_matching import RequestedTask, match_task, new_marker

T0 = datetime(2026, 1, 1, 12, tzinfo=UTC)


def matches(requested, reported, *, folder=False):
    """Whether a reported object can be the requested one, as a video or as a folder."""
    own = ObsObjInfo(bucket="b", location="cn-north-4", object="x")
    place = ObsObjInfo(bucket="b", location="cn-north-4", object=requested)
    wanted = RequestedTask("u", False, *((own, place) if folder else (place, own)))
    members = {"output" if folder else "input": reported}
    return wanted.matches(ThumbTask(task_id="1", user_data="u", **members))


def place(name, **members):
    return TaskObject(**({"bucket": "b", "location": "cn-north-4", "object": name} | members))


@pytest.mark.parametrize(
    ("requested", "reported", "as_video", "as_folder"),
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
def test_the_output_may_be_below_the_requested_folder(requested, reported, as_video, as_folder):
    assert matches(requested, place(reported)) is as_video
    assert matches(requested, place(reported), folder=True) is as_folder


def test_missing_members_match_everything():
    for folder in (False, True):
        assert matches("a", None, folder=folder)
        assert matches("a", TaskObject(), folder=folder)
        assert matches("a", place("a", bucket=None, location=None), folder=folder)
        assert not matches("a", place("a", bucket="c"), folder=folder)
        assert not matches("a", place("a", location="cn-east-3"), folder=folder)
        assert not matches("a", place(None, bucket="c"), folder=folder)


def request(**members):
    return CreateThumbnailsTaskRequest(
        input={"bucket": "b", "location": "cn-north-4", "object": "in.mp4"},
        output={"bucket": "c", "location": "cn-north-4", "object": "out"},
        thumbnail_para={"type": "DOTS", "dots": [0]},
        **members,
    )


def test_the_requested_task_has_the_properties_of_its_request():
    create_request = request(user_data="mine")
    wanted = RequestedTask.of(create_request, marked=False)
    assert wanted == RequestedTask("mine", False, create_request.input, create_request.output)
    assert wanted.key == ("mine", "b", "in.mp4", "c", "out")
    assert RequestedTask.of(request(), marked=True) == RequestedTask(
        "", True, create_request.input, create_request.output
    )


def test_a_marker_is_new_or_that_of_a_token():
    assert new_marker("t") == new_marker("t") == "vidkit-t"
    assert new_marker() != new_marker()
    assert len(new_marker()) == len("vidkit-") + 32


def test_a_task_created_exactly_at_the_certain_time_is_adopted():
    wanted = RequestedTask.of(request(user_data="u"), marked=False)
    task = ThumbTask(task_id="1", user_data="u", create_time=T0)
    assert match_task(wanted, [task], certain_from=T0, possible_from=T0).task == task
