"""The video that the local cloud serves: a rendered clip, or the user's own."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _options import (
    Options,
    Plan,
    SnapshotPlan,
    StreamPlan,
    chosen_interval,
    frame_size,
)

from vidkit import S3Video
from vidkit.local import Identity, ScriptedLabel
from vidkit.local.clips import RenderedClip, render_clip
from vidkit.local.video.media import probe
from vidkit.mpc import ObsObjInfo

START = datetime(2026, 1, 1, tzinfo=UTC)
STREAM = "front-door"
BUCKET = "videos"


@dataclass(frozen=True, slots=True)
class LocalVideo:
    """A video file for the local cloud, and the labels that are scripted for it."""

    path: Path
    key: str
    plan: Plan
    labels: list[ScriptedLabel]


def render(options: Options, path: Path) -> LocalVideo:
    """Render a clip of several scenes with a clock in every frame (blocking)."""
    clip = render_clip(path, duration=options.seconds)
    title = f"Rendered clip, {len(clip.scenes)} scenes"
    length = timedelta(seconds=clip.duration)
    plan = _local_plan(options, title, path.name, length, (clip.width, clip.height))
    return LocalVideo(path, path.name, plan, _scripted(clip))


def own_video(options: Options, path: Path) -> LocalVideo:
    """Read the user's own video (blocking).

    Raises:
        NotAVideoError: the file is not a video.
    """
    info = probe(path)
    name = path.name.encode(errors="replace").decode()
    length = timedelta(seconds=info.duration)
    key = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    plan = _local_plan(options, name, key, length, (info.width, info.height))
    return LocalVideo(path, key, plan, [])


def _local_plan(
    options: Options, title: str, key: str, length: timedelta, size: tuple[int, int]
) -> Plan:
    def place(name: str) -> ObsObjInfo:
        return ObsObjInfo(bucket=BUCKET, location=Identity().huawei_region, object=name)

    return Plan(
        title=title,
        stream=StreamPlan(
            name=STREAM,
            start=START,
            length=length,
            interval=options.interval or chosen_interval(length),
            size=frame_size(*size),
        ),
        video=S3Video(BUCKET, key),
        policy_name="vidkit-demo",
        snapshots=SnapshotPlan.over(length, input=place(key), output=place("out")),
        one_video=True,
    )


def _scripted(clip: RenderedClip) -> list[ScriptedLabel]:
    """Return each scene's labels, each for as long as its scene lasts."""
    return [
        ScriptedLabel(
            label,
            timedelta(milliseconds=scene.start_ms),
            confidence=99 - 11 * place - number,
            duration=timedelta(milliseconds=scene.end_ms - scene.start_ms),
        )
        for number, scene in enumerate(clip.scenes)
        for place, label in enumerate(scene.labels)
    ]
