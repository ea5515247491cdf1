"""The command line of the demo, and the plan that results from it."""

import argparse
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vidkit import S3Video
from vidkit.mpc import ObsObjInfo

SHORTEST_INTERVAL = 0.2
"""In seconds; Kinesis Video accepts no shorter interval."""

_MOST_FRAMES = 120
_MOST_SNAPSHOTS = 12
_LONGEST_SNAPSHOT_INTERVAL = 100
_INTERVALS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_LARGEST_FRAME = 1920

_CLOUD_HELP = """\
By default everything runs against the local cloud on loopback: nothing leaves this machine and no
account is needed. With --cloud the same steps run against the real services, on your existing
resources. Each step runs when its options are given:

  images      --stream NAME --start ISO [--length SECONDS]
  jobs        --bucket BUCKET --object KEY        (billed by the minute of video)
  policy      --policy NAME                       (created or updated in the account)
  snapshots   --obs-bucket BUCKET --obs-object KEY [--obs-output FOLDER]

AWS credentials are resolved as by boto3; the region comes from --region, AWS_REGION or the
profile. Huawei Cloud credentials come from HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and
HUAWEICLOUD_SDK_PROJECT_ID, the region from --huawei-region.
"""


class Options(argparse.Namespace):
    """The command line, typed."""

    video: Path | None
    output: Path
    interval: timedelta | None
    seconds: float
    cloud: bool
    region: str | None
    stream: str | None
    start: datetime | None
    length: timedelta | None
    bucket: str | None
    object: str | None
    policy: str | None
    obs_bucket: str | None
    obs_object: str | None
    obs_output: str
    huawei_region: str
    huawei_endpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPlan:
    """Which images to get from which stream."""

    name: str
    start: datetime
    length: timedelta
    interval: timedelta
    size: tuple[int, int] | None = None

    @property
    def points(self) -> int:
        """The number of sampling points."""
        return max(1, math.ceil(self.length / self.interval))


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPlan:
    """Which snapshots to take, and where; times are whole seconds, as in MPC."""

    input: ObsObjInfo
    output: ObsObjInfo
    seconds: int
    every: int

    @classmethod
    def over(cls, length: timedelta, *, input: ObsObjInfo, output: ObsObjInfo) -> "SnapshotPlan":
        """Plan about a dozen snapshots, within MPC's limits."""
        seconds = math.ceil(length.total_seconds())
        every = min(_LONGEST_SNAPSHOT_INTERVAL, max(1, math.ceil(seconds / _MOST_SNAPSHOTS)))
        return cls(input=input, output=output, seconds=seconds, every=every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps of a run; a step that is None is skipped.

    Attributes:
        title: the heading of the pictures.
        stream: the images to get.
        video: the stored video that the jobs analyse.
        policy_name: the name of the playback restriction policy.
        snapshots: the snapshots to take.
        one_video: whether images and jobs are of the same video.
    """

    title: str
    stream: StreamPlan | None
    video: S3Video | None
    policy_name: str | None
    snapshots: SnapshotPlan | None
    one_video: bool


def parse_options(arguments: list[str] | None = None) -> Options:
    """Read the command line; invalid options end the program with status 2."""
    parser = _parser()
    options = parser.parse_args(arguments, Options())
    cloud_only = {
        "--stream": options.stream,
        "--start": options.start,
        "--bucket": options.bucket,
        "--object": options.object,
        "--policy": options.policy,
        "--obs-bucket": options.obs_bucket,
        "--obs-object": options.obs_object,
    }
    given = [name for name, value in cloud_only.items() if value is not None]
    if not options.cloud:
        if given:
            parser.error(f"{given[0]} goes with --cloud")
        return options
    if options.video is not None:
        parser.error("VIDEO is for the local cloud; with --cloud name existing resources")
    for first, second in (("stream", "start"), ("bucket", "object"), ("obs_bucket", "obs_object")):
        if (getattr(options, first) is None) != (getattr(options, second) is None):
            pair = (f"--{name.replace('_', '-')}" for name in (first, second))
            parser.error(f"{' and '.join(pair)} go together")
    if not given:
        parser.error("--cloud needs something to do: --stream, --bucket, --policy or --obs-bucket")
    return options


def chosen_interval(length: timedelta) -> timedelta:
    """Return one second, or a longer interval that limits the number of images."""
    for seconds in _INTERVALS:
        if length / timedelta(seconds=seconds) <= _MOST_FRAMES:
            return timedelta(seconds=seconds)
    return timedelta(seconds=math.ceil(length.total_seconds() / _MOST_FRAMES))


def frame_size(width: int, height: int) -> tuple[int, int] | None:
    """Return a smaller size for images of a large video; None keeps its own size."""
    longest = max(width, height)
    if longest <= _LARGEST_FRAME:
        return None
    scale = _LARGEST_FRAME / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def cloud_plan(options: Options) -> Plan:
    """Return the plan for ``--cloud`` and its options."""
    stream = video = snapshots = None
    length = options.length or timedelta(seconds=60)
    if options.stream is not None and options.start is not None:
        stream = StreamPlan(
            name=options.stream,
            start=options.start,
            length=length,
            interval=options.interval or chosen_interval(length),
        )
    if options.bucket is not None and options.object is not None:
        video = S3Video(options.bucket, options.object)
    if options.obs_bucket is not None and options.obs_object is not None:
        place = options.huawei_region
        snapshots = SnapshotPlan.over(
            length,
            input=ObsObjInfo(bucket=options.obs_bucket, location=place, object=options.obs_object),
            output=ObsObjInfo(bucket=options.obs_bucket, location=place, object=options.obs_output),
        )
    return Plan(
        title=options.object or options.stream or "",
        stream=stream,
        video=video,
        policy_name=options.policy,
        snapshots=snapshots,
        one_video=False,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quickstart.py",
        description="Images, labels, shots, a playback policy and snapshots of one video.",
        epilog=_CLOUD_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "video", nargs="?", type=Path, metavar="VIDEO", help="your own video (default: render one)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("demo-output"),
        metavar="FOLDER",
        help="folder for the pictures; replaces those of an earlier run (%(default)s)",
    )
    parser.add_argument(
        "--interval",
        type=_interval,
        metavar="SECONDS",
        help=f"between two images, at least {SHORTEST_INTERVAL} (default: 1, or longer if "
        f"that would be more than {_MOST_FRAMES} images)",
    )
    parser.add_argument(
        "--seconds",
        type=_clip_length,
        default=60.0,
        help="length of the rendered clip, 3 to 3600 (%(default)g)",
    )
    real = parser.add_argument_group("the real services")
    real.add_argument("--cloud", action="store_true", help="use them instead of the local cloud")
    real.add_argument("--region", help="the AWS region")
    real.add_argument("--stream", metavar="NAME", help="a Kinesis video stream")
    real.add_argument(
        "--start", type=_timestamp, metavar="ISO", help="start timestamp in it; UTC by default"
    )
    real.add_argument(
        "--length",
        type=_length,
        metavar="SECONDS",
        help="length of video to use, for snapshots too (60)",
    )
    real.add_argument("--bucket", help="the S3 bucket of a stored video")
    real.add_argument("--object", metavar="KEY", help="its key")
    real.add_argument("--policy", metavar="NAME", help="a playback restriction policy")
    real.add_argument("--obs-bucket", metavar="BUCKET", help="the OBS bucket of a stored video")
    real.add_argument("--obs-object", metavar="KEY", help="its key")
    real.add_argument(
        "--obs-output", metavar="FOLDER", default="snapshots", help="for snapshots (%(default)s)"
    )
    real.add_argument(
        "--huawei-region", metavar="REGION", default="cn-north-4", help="of MPC (%(default)s)"
    )
    real.add_argument("--huawei-endpoint", metavar="URL", help="of MPC, if not the region's own")
    return parser


def _seconds(text: str, least: float, most: float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not least <= seconds <= most:
        raise argparse.ArgumentTypeError(f"must be {least:g} to {most:g} seconds, not {text}")
    return seconds


def _interval(text: str) -> timedelta:
    return timedelta(milliseconds=round(1000 * _seconds(text, SHORTEST_INTERVAL, 86_400)))


def _clip_length(text: str) -> float:
    return _seconds(text, 3, 3600)


def _length(text: str) -> timedelta:
    return timedelta(seconds=_seconds(text, 1, 86_400))


def _timestamp(text: str) -> datetime:
    try:
        timestamp = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a timestamp such as 2026-01-01T12:00:00+00:00"
        ) from None
    return timestamp.astimezone(UTC) if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
