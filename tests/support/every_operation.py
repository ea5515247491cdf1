"""Every public operation of every client, ready to be called against the local cloud."""

import itertools
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import collection_calls
from job_kinds import BOX, FACE, MATCHES, VIDEO
from stream_processor_examples import CONNECTED_HOME, FACE_SEARCH, after, at_fragment

from vidkit import S3Video, VidKit
from vidkit.local import LocalCloud
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.rekognition import CompletionChannel, StreamProcessorDataSharingPreference

KINDS = {
    "label_detection": [{"Timestamp": 0, "Label": {"Name": "Car", "Confidence": 99.0}}],
    "face_detection": [{"Timestamp": 40, "Face": FACE}],
    "face_search": [{"Timestamp": 0, "Person": {"Index": 0}, "FaceMatches": MATCHES}],
    "person_tracking": [{"Timestamp": 0, "Person": {"Index": 0, "BoundingBox": BOX}}],
    "celebrity_recognition": [{"Timestamp": 0, "Celebrity": {"Name": "A", "Id": "x1"}}],
    "content_moderation": [
        {"Timestamp": 0, "ModerationLabel": {"Name": "Weapons", "Confidence": 99.0}}
    ],
    "segment_detection": [],
    "text_detection": [
        {"Timestamp": 0, "TextDetection": {"DetectedText": "EXIT", "Type": "WORD", "Id": 0}}
    ],
}
_NEEDED = {
    "face_search": {"collection_id": "staff"},
    "segment_detection": {"segment_types": ["SHOT"]},
}
_PLACE = ObsObjInfo(bucket="bucket", location="cn-north-4", object="clip.mp4")
# A task over it is queued for an hour, so that it can be canceled however busy this machine is.
_SLOW = ObsObjInfo(bucket="bucket", location="cn-north-4", object="slow.mp4")
_OUT = ObsObjInfo(bucket="bucket", location="cn-north-4", object="out")
_SHOT = {
    "input": _PLACE,
    "output": _OUT,
    "thumbnail_para": ThumbnailPara(type="DOTS", dots=[1], max_length=240),
}


@dataclass(slots=True)
class Scene:
    """What the operations work on; the same for all of them."""

    cloud: LocalCloud
    kit: VidKit
    range: dict[str, Any]
    policy: str = ""
    channel: str = ""
    job_ids: dict[str, str] = field(default_factory=dict[str, str])
    task_id: str = ""
    task_token: str = ""
    ends: CompletionChannel | None = None
    folder: Path = Path()
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def fresh(self) -> str:
        """A name that nothing has yet."""
        return f"n{next(self.numbers)}"


Call = Callable[[VidKit, Scene], Awaitable[Any]]


async def set_up(cloud: LocalCloud, kit: VidKit, t0: Any, folder: Path) -> Scene:
    """Make one of everything."""
    for kind, items in KINDS.items():
        if items:
            cloud.script_results(kind, "bucket", "clip.mp4", items)
    cloud.add_collection("staff")
    collection_calls.show_people(cloud)
    cloud.add_collection(collection_calls.COLLECTION)
    cloud.add_object("bucket", "slow.mp4", cloud.read_object("bucket", "clip.mp4"))
    cloud.time_job("bucket", "slow.mp4", 3600)
    scene = Scene(
        cloud,
        kit,
        {
            "stream_name": "front-door",
            "start_timestamp": t0,
            "end_timestamp": t0 + timedelta(seconds=2),
            "sampling_interval": timedelta(milliseconds=500),
            "max_results": 2,
            "width_pixels": 32,
            "height_pixels": 18,
        },
        folder=folder,
    )
    policy = await kit.ivs.create_playback_restriction_policy(name="scene")
    scene.policy = policy.arn
    made = await kit.ivs.create_channel(name="scene")
    scene.channel = made.channel.arn
    cloud.go_live(scene.channel)
    cloud.end_stream(scene.channel)
    await kit.rekognition.create_stream_processor("scene", **CONNECTED_HOME)
    for kind in KINDS:
        job = await _start(kit, kind)
        scene.job_ids[kind] = job.id
        await job.result()
    job = await kit.mpc.create_thumbnails_task(**_SHOT)
    scene.task_id, scene.task_token = job.id, job.token
    await job.result()
    scene.ends = await _ensure_queue(kit, scene)
    return scene


async def _start(kit: VidKit, kind: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return await getattr(kit.rekognition, f"start_{kind}")(VIDEO, **_NEEDED.get(kind, {}))


async def _get(kit: VidKit, scene: Scene, kind: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pager = getattr(kit.rekognition, f"get_{kind}")(scene.job_ids[kind])
    return await pager.collect()


def _starting(kind: str) -> Call:
    async def call(kit: VidKit, _: Scene) -> Any:
        return await _start(kit, kind)

    return call


def _getting(kind: str) -> Call:
    async def call(kit: VidKit, scene: Scene) -> Any:
        return await _get(kit, scene, kind)

    return call


async def _delete_policy(kit: VidKit, scene: Scene) -> None:
    made = await kit.ivs.create_playback_restriction_policy(name=scene.fresh())
    await kit.ivs.delete_playback_restriction_policy(made.arn)


async def _delete_channel(kit: VidKit, scene: Scene) -> None:
    made = await kit.ivs.create_channel(name=scene.fresh())
    await kit.ivs.delete_channel(made.channel.arn)


async def _stop_stream(kit: VidKit, scene: Scene) -> None:
    made = await kit.ivs.create_channel(name=scene.fresh())
    scene.cloud.go_live(made.channel.arn)
    await kit.ivs.stop_stream(made.channel.arn)


async def _processor(kit: VidKit, scene: Scene) -> None:
    name = scene.fresh()
    await kit.rekognition.create_stream_processor(name, **FACE_SEARCH)
    await kit.rekognition.start_stream_processor(name)
    await kit.rekognition.wait_for_status(name, "RUNNING", timeout=20)
    await kit.rekognition.stop_stream_processor(name)
    await kit.rekognition.wait_for_status(name, "STOPPED", timeout=20)
    await kit.rekognition.delete_stream_processor(name)


async def _labelling(kit: VidKit, scene: Scene) -> None:
    name = scene.fresh()
    await kit.rekognition.create_stream_processor(name, **CONNECTED_HOME)
    await kit.rekognition.start_stream_processor(
        name, start_selector=at_fragment(), stop_selector=after(1)
    )


async def _update_processor(kit: VidKit, scene: Scene) -> None:
    name = scene.fresh()
    await kit.rekognition.create_stream_processor(name, **CONNECTED_HOME)
    await kit.rekognition.update_stream_processor(
        name,
        data_sharing_preference_for_update=StreamProcessorDataSharingPreference(opt_in=False),
    )


async def _create_slow_task(kit: VidKit, scene: Scene) -> Any:
    wanted = {**_SHOT, "input": _SLOW, "user_data": scene.fresh()}
    return await kit.mpc.create_thumbnails_task(**wanted)


async def _cancel_task(kit: VidKit, scene: Scene) -> None:
    job = await _create_slow_task(kit, scene)
    await kit.mpc.delete_thumbnails_task(job.id)


async def _run_jobs(kit: VidKit, _: Scene) -> None:
    def start() -> Awaitable[Any]:
        return kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))

    outcomes = [o async for o in kit.run_jobs([start, start, start], max_in_flight=2)]
    assert len(outcomes) == 3


def _ensure_queue(kit: VidKit, scene: Scene) -> Awaitable[CompletionChannel]:
    role = "arn:aws:iam::123456789012:role/rekognition"
    return kit.rekognition.ensure_completion_queue(scene.fresh(), role_arn=role)


def _check_queue(kit: VidKit, scene: Scene) -> Awaitable[Any]:
    assert scene.ends
    return kit.rekognition.check_completion_queue(
        scene.ends.queue_url, notification_channel=scene.ends.notification_channel
    )


async def _wait_by_queue(kit: VidKit, scene: Scene) -> None:
    assert scene.ends
    channel = scene.ends.notification_channel
    async with kit.rekognition.completion_queue(
        scene.ends.queue_url, linger=0.01, wait_seconds=1
    ) as queue:
        # A job of another program, whose notification the queue gives back.
        other = await kit.rekognition.start_label_detection(VIDEO, notification_channel=channel)
        await other.result()
        job = await kit.rekognition.start_label_detection(
            VIDEO, notification_channel=channel, completion=queue
        )
        await job.result()


async def _save(kit: VidKit, scene: Scene) -> Any:
    target = tempfile.mkdtemp(dir=scene.folder)
    return await kit.images.save_images(target, **scene.range)


def _fragments(scene: Scene) -> dict[str, Any]:
    times = {
        "StartTimestamp": scene.range["start_timestamp"],
        "EndTimestamp": scene.range["end_timestamp"],
    }
    selector = {"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": times}
    return {"StreamName": "front-door", "FragmentSelector": selector}


async def _collected(pages: AsyncIterator[Any]) -> list[Any]:
    return [page async for page in pages]


OPERATIONS: dict[str, Call] = {
    "images.get_images": lambda kit, s: kit.images.get_images(**s.range).collect(),
    "images.save_images": _save,
    "images.list_fragments": lambda kit, s: kit.images.list_fragments(
        stream_name="front-door",
        start_timestamp=s.range["start_timestamp"],
        end_timestamp=s.range["end_timestamp"],
    ).collect(),
    **{f"rekognition.start_{kind}": _starting(kind) for kind in KINDS},
    **{f"rekognition.get_{kind}": _getting(kind) for kind in KINDS},
    "images.call": lambda kit, s: kit.images.call("ListFragments", _fragments(s)),
    "images.call_pages": lambda kit, s: _collected(
        kit.images.call_pages("ListFragments", _fragments(s))
    ),
    "rekognition.call": lambda kit, _: kit.rekognition.call(
        "DescribeStreamProcessor", {"Name": "scene"}
    ),
    "rekognition.call_pages": lambda kit, _: _collected(
        kit.rekognition.call_pages("ListStreamProcessors", {"MaxResults": 1})
    ),
    "rekognition.describe_stream_processor": lambda kit, _: (
        kit.rekognition.describe_stream_processor("scene")
    ),
    "rekognition.list_stream_processors": lambda kit, _: (
        kit.rekognition.list_stream_processors().collect()
    ),
    "rekognition.create_stream_processor": _processor,
    "rekognition.start_stream_processor": _labelling,
    "rekognition.update_stream_processor": _update_processor,
    "rekognition.ensure_completion_queue": _ensure_queue,
    "rekognition.check_completion_queue": _check_queue,
    "rekognition.completion_queue": _wait_by_queue,
    "ivs.call": lambda kit, s: kit.ivs.call("ListTagsForResource", {"resourceArn": s.channel}),
    "ivs.call_pages": lambda kit, _: _collected(
        kit.ivs.call_pages("ListPlaybackRestrictionPolicies")
    ),
    **{f"rekognition.{name}": call for name, call in collection_calls.OPERATIONS.items()},
    "ivs.create_playback_restriction_policy": lambda kit, s: (
        kit.ivs.create_playback_restriction_policy(name=s.fresh())
    ),
    "ivs.get_playback_restriction_policy": lambda kit, s: kit.ivs.get_playback_restriction_policy(
        s.policy
    ),
    "ivs.update_playback_restriction_policy": lambda kit, s: (
        kit.ivs.update_playback_restriction_policy(s.policy, allowed_countries=["DE"])
    ),
    "ivs.delete_playback_restriction_policy": _delete_policy,
    "ivs.list_playback_restriction_policies": lambda kit, _: (
        kit.ivs.list_playback_restriction_policies(max_results=2).collect(limit=5)
    ),
    "ivs.ensure_playback_restriction_policy": lambda kit, s: (
        kit.ivs.ensure_playback_restriction_policy(name=s.fresh(), allowed_countries=["AT"])
    ),
    "ivs.apply_policy": lambda kit, s: kit.ivs.apply_policy(
        s.policy, channels=[s.channel], rate=1000
    ),
    "ivs.detach_policy": lambda kit, s: kit.ivs.detach_policy(channels=[s.channel], rate=1000),
    "ivs.create_channel": lambda kit, s: kit.ivs.create_channel(name=s.fresh()),
    "ivs.get_channel": lambda kit, s: kit.ivs.get_channel(s.channel),
    "ivs.batch_get_channel": lambda kit, s: kit.ivs.batch_get_channel([s.channel]),
    "ivs.list_channels": lambda kit, _: kit.ivs.list_channels(max_results=2).collect(limit=5),
    "ivs.update_channel": lambda kit, s: kit.ivs.update_channel(s.channel, authorized=True),
    "ivs.delete_channel": _delete_channel,
    "ivs.get_stream_session": lambda kit, s: kit.ivs.get_stream_session(s.channel),
    "ivs.list_stream_sessions": lambda kit, s: kit.ivs.list_stream_sessions(s.channel).collect(),
    "ivs.stop_stream": _stop_stream,
    "ivs.tag_resource": lambda kit, s: kit.ivs.tag_resource(s.channel, {"a": "b"}),
    "ivs.untag_resource": lambda kit, s: kit.ivs.untag_resource(s.channel, ["a"]),
    "ivs.list_tags_for_resource": lambda kit, s: kit.ivs.list_tags_for_resource(s.channel),
    "mpc.call": lambda kit, _: kit.mpc.call(
        "GET", "/v1/{project_id}/thumbnails", query={"size": 1}
    ),
    "mpc.create_thumbnails_task": lambda kit, s: kit.mpc.create_thumbnails_task(
        **_SHOT, user_data=s.fresh()
    ),
    "mpc.list_thumbnails_task": lambda kit, _: kit.mpc.list_thumbnails_task(size=1).collect(
        limit=3
    ),
    "mpc.get_thumbnails_task": lambda kit, s: kit.mpc.get_thumbnails_task(s.task_id),
    "mpc.delete_thumbnails_task": _cancel_task,
    "run_jobs": _run_jobs,
}
"""By client and method."""

COVERED_ELSEWHERE = {
    # Called by the entries above, which need several operations to get anywhere.
    "rekognition.delete_stream_processor",
    "rekognition.stop_stream_processor",
    "rekognition.wait_for_status",
}


async def _watch(kit: VidKit, scene: Scene) -> None:
    assert [status async for status in kit.resume(scene.task_token).watch()] == ["SUCCEEDED"]


async def _cancel_job(kit: VidKit, scene: Scene) -> None:
    job = await _create_slow_task(kit, scene)
    await job.cancel()


async def _pages(kit: VidKit, _: Scene) -> None:
    async for page in kit.mpc.list_thumbnails_task(size=100).pages():
        assert page.items


HANDLES: dict[str, Call] = {
    "Job.cancel": _cancel_job,
    "Job.result": lambda kit, s: kit.resume(s.task_token).result(),
    "Job.status": lambda kit, s: kit.resume(s.task_token).status(),
    "Job.watch": _watch,
    "AsyncPager.collect": lambda kit, _: kit.ivs.list_channels().collect(),
    "AsyncPager.first": lambda kit, _: kit.ivs.list_channels().first(),
    "AsyncPager.pages": _pages,
    "AsyncPager.to_jsonl": lambda kit, s: kit.mpc.list_thumbnails_task(size=100).to_jsonl(
        s.folder / f"{s.fresh()}.jsonl"
    ),
}
"""What waits besides: the methods of the things that operations return."""
