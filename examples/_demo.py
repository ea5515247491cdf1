"""The steps of the demo: images, jobs, a policy, snapshots, and the pictures of the results."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from _board import Board, Step
from _call_table import call_table
from _contact_sheet import draw_contact_sheet
from _findings import Findings, Frame, counted, milliseconds
from _local_video import BUCKET, START, STREAM, LocalVideo, own_video, render
from _options import Options, Plan, SnapshotPlan, StreamPlan, cloud_plan
from _output import SNAPSHOT_STEM, OutputFolder
from _timeline import draw_timeline
from rich.console import Console

from vidkit import (
    AwsConfig,
    CallEvent,
    HuaweiConfig,
    Job,
    JobFailedError,
    PollPolicy,
    S3Video,
    VidKit,
)
from vidkit.local import LocalCloud
from vidkit.mpc import ThumbnailPara

COUNTRIES = ("DE", "AT", "CH")
ORIGINS = ("https://example.com",)

OWN_VIDEO_NOTE = (
    "No labels: the local cloud returns only scripted labels, and your own video has none. "
    "Rekognition itself finds them: see --cloud in --help."
)

TRY_NEXT = """\
from vidkit.local import LocalCloud
async with LocalCloud() as cloud, cloud.kit() as kit:
    print(await kit.ivs.create_playback_restriction_policy(name="dach", allowed_countries=["DE"]))
"""
TRY_NEXT_AWS = """\
from vidkit import AwsConfig, VidKit
async with VidKit(aws={aws}) as kit:
    print(await kit.ivs.list_playback_restriction_policies().collect())
"""
TRY_NEXT_HUAWEI = """\
from vidkit import HuaweiConfig, VidKit
async with VidKit(huawei={huawei}) as kit:
    print(await kit.mpc.list_thumbnails_task().collect(limit=10))
"""

R = TypeVar("R")
ReadObject = Callable[[str, str], bytes]


@dataclass(slots=True)
class Demo:
    """One run: the plan, the output folder, the results and the calls."""

    plan: Plan
    output: OutputFolder
    board: Board
    findings: Findings = field(default_factory=Findings)
    events: list[CallEvent] = field(default_factory=list[CallEvent])

    async def run(self, kit: VidKit, read_object: ReadObject | None = None) -> None:
        """Carry out the plan.

        Args:
            kit: an open kit.
            read_object: reads an object of the local cloud; vidkit itself reads no objects.
        """
        plan = self.plan
        if plan.stream is not None:
            with self.board.step("Images") as step:
                await self.save_images(kit, plan.stream, step)
        if plan.video is not None:
            await asyncio.gather(
                self.find_labels(kit, plan.video), self.find_segments(kit, plan.video)
            )
        if plan.policy_name is not None:
            with self.board.step("Policy") as step:
                policy = await kit.ivs.ensure_playback_restriction_policy(
                    name=plan.policy_name, allowed_countries=COUNTRIES, allowed_origins=ORIGINS
                )
                step.say(f"{policy.name}: {', '.join(policy.allowed_countries)}")
        if plan.snapshots is not None:
            with self.board.step("Snapshots") as step:
                await self.take_snapshots(kit, plan.snapshots, step, read_object)

    async def save_images(self, kit: VidKit, stream: StreamPlan, step: Step) -> None:
        """Save an image of the stream at every sampling point."""
        step.expect(stream.points)
        width, height = stream.size or (None, None)
        images = kit.images.get_images(
            stream_name=stream.name,
            start_timestamp=stream.start,
            # The end is a sampling point too, and no image exists at the end of the video.
            end_timestamp=stream.start + stream.length - timedelta(milliseconds=1),
            sampling_interval=stream.interval,
            width_pixels=width,
            height_pixels=height,
        )
        frames: list[Frame] = []
        async for image in images:
            path = None
            if image.content is not None:
                path = await asyncio.to_thread(
                    self.output.save_frame, image.timestamp, image.content
                )
            frames.append(
                Frame(
                    timestamp=image.timestamp,
                    offset=image.timestamp - stream.start,
                    path=path,
                    error=image.error,
                )
            )
            step.advance()
            step.say(f"{len(frames)} of {stream.points}")
        saved = sum(frame.path is not None for frame in frames)
        step.say(f"{saved} saved, {len(frames) - saved} missing")
        self.findings.frames = frames

    async def find_labels(self, kit: VidKit, video: S3Video) -> None:
        """Run a label job."""
        findings = self.findings
        with self.board.step("Labels") as step:
            job = await kit.rekognition.start_label_detection(video, min_confidence=50)
            try:
                await watch(job, step)
            except JobFailedError as error:
                if findings.labels_missing is None:
                    findings.notes.append(f"No labels: the job failed ({error.message}).")
                findings.labels_missing = f"the job failed: {error.message}"
                step.say(findings.labels_missing)
                return
            findings.labels = await kit.rekognition.get_label_detection(
                job.id, aggregate_by="SEGMENTS"
            ).collect()
            names = {item.label.name for item in findings.labels if item.label}
            step.say(counted(len(names), "label"))

    async def find_segments(self, kit: VidKit, video: S3Video) -> None:
        """Run a segment job."""
        findings = self.findings
        with self.board.step("Segments") as step:
            job = await kit.rekognition.start_segment_detection(
                video, segment_types=["SHOT", "TECHNICAL_CUE"]
            )
            try:
                segments = await watch(job, step)
            except JobFailedError as error:
                findings.segments_missing = f"the job failed: {error.message}"
                findings.notes.append(
                    f"No shots: the job failed ({error.message}). Rekognition reads H.264 in MP4 "
                    "or MOV."
                )
                step.say(findings.segments_missing)
                return
            found = await segments.collect()
            findings.shots = [item for item in found if item.type == "SHOT"]
            findings.cues = [item for item in found if item.type == "TECHNICAL_CUE"]
            for metadata in (await segments).video_metadata or ():
                findings.video_length = milliseconds(metadata.duration_millis)
                if metadata.frame_rate:
                    findings.frame_length = timedelta(seconds=1 / metadata.frame_rate)
            shots, cues = len(findings.shots), len(findings.cues)
            step.say(f"{counted(shots, 'shot')}, {counted(cues, 'technical cue')}")

    async def take_snapshots(
        self, kit: VidKit, plan: SnapshotPlan, step: Step, read_object: ReadObject | None
    ) -> None:
        """Let MPC take snapshots, and download them if ``read_object`` is given."""
        job = await kit.mpc.create_thumbnails_task(
            input=plan.input,
            output=plan.output,
            thumbnail_para=ThumbnailPara(
                type="TIME",
                time=plan.every,
                duration=plan.seconds,
                max_length=480,
                output_filename=SNAPSHOT_STEM,
            ),
        )
        task = await watch(job, step)
        folder = (task.output.object if task.output else None) or plan.output.object
        names = [f"{folder.rstrip('/')}/{info.pic_name}" for info in task.thumbnail_info or ()]
        if read_object is None:
            step.say(f"{len(names)} taken")
            place = f"obs://{plan.output.bucket}/{folder.rstrip('/')}/"
            self.findings.notes.append(f"The snapshots are in {place} (vidkit does not read OBS).")
            return
        step.expect(len(names))
        for name in names:
            content = await asyncio.to_thread(read_object, plan.output.bucket, name)
            await asyncio.to_thread(self.output.save_snapshot, name, content)
            step.advance()
        step.say(f"{len(names)} saved, one every {plan.every} s")

    def draw(self) -> None:
        """Draw the contact sheet and the timeline."""
        plan, findings = self.plan, self.findings
        shots = findings.shots if plan.one_video else ()
        if plan.stream is not None:
            with self.board.step("Contact sheet") as step:
                draw_contact_sheet(
                    self.output.contact_sheet,
                    findings.frames,
                    title=plan.title if plan.one_video else plan.stream.name,
                    interval=plan.stream.interval,
                    shots=shots,
                )
                step.say(str(self.output.contact_sheet))
        if plan.video is not None:
            with self.board.step("Timeline") as step:
                draw_timeline(
                    self.output.timeline,
                    findings,
                    title=plan.title,
                    length=self._length(),
                    frames=findings.frames if plan.one_video else (),
                )
                step.say(str(self.output.timeline))

    def _length(self) -> timedelta:
        if self.plan.one_video and self.plan.stream is not None:
            return self.plan.stream.length
        if self.findings.video_length is not None:
            return self.findings.video_length
        ends = [label.end_timestamp_millis or 0 for label in self.findings.labels]
        return milliseconds(max(ends, default=0))


async def watch(job: Job[R], step: Step) -> R:
    """Show each status of a job, then return its result."""
    async for status in job.watch():
        step.say(status)
    return await job


async def run_local(demo: Demo, video: LocalVideo) -> None:
    """Run the demo on a local cloud that has the video as a stream and as an object."""
    async with LocalCloud() as cloud:
        cloud.add_stream(STREAM, video.path, start_timestamp=START)
        cloud.add_object(BUCKET, video.key, video.path)
        cloud.script_labels(BUCKET, video.key, video.labels)
        poll = PollPolicy(initial_delay=0.2, max_delay=1)
        async with cloud.kit(on_event=demo.events.append, poll=poll) as kit:
            await demo.run(kit, cloud.read_object)


async def run_cloud(demo: Demo, options: Options) -> None:
    """Run the demo on the real services."""
    aws = AwsConfig(region=options.region)
    huawei = HuaweiConfig(region=options.huawei_region, endpoint=options.huawei_endpoint)
    async with VidKit(aws=aws, huawei=huawei, on_event=demo.events.append) as kit:
        await demo.run(kit)


def run(options: Options, console: Console) -> None:
    """Run the demo and print its results.

    Raises:
        NotAVideoError: the user's file is not a video.
        VidKitError: a service returned an error or did not respond.
        OSError: the output folder cannot be written to.
    """
    output = OutputFolder(options.output)
    with Board(console) as board:
        if options.cloud:
            plan = cloud_plan(options)
            output.prepare()
            demo = Demo(plan, output, board)
            asyncio.run(run_cloud(demo, options))
        else:
            with board.step("Video") as step:
                if options.video is None:
                    output.prepare()
                    video = render(options, output.clip)
                else:
                    video = own_video(options, options.video)
                    output.prepare(keep=options.video)
                length = video.plan.stream.length if video.plan.stream else timedelta()
                step.say(f"{video.plan.title}, {length.total_seconds():.1f} s")
            demo = Demo(video.plan, output, board)
            if not video.labels:
                demo.findings.labels_missing = "none are scripted for this video"
                demo.findings.notes.append(OWN_VIDEO_NOTE)
            asyncio.run(run_local(demo, video))
        demo.draw()
    print_results(demo, options, console)


def print_results(demo: Demo, options: Options, console: Console) -> None:
    """Print the final table, where the results are, and what to try next."""

    def line(text: str = "") -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    line()
    console.print(call_table(demo.events))
    for note in demo.findings.notes:
        line(note)
    left = [
        path.name
        for path in (demo.output.contact_sheet, demo.output.timeline, demo.output.clip)
        if path.exists()
    ]
    left += [
        f"{folder.name}/"
        for folder in (demo.output.frames, demo.output.snapshots)
        if any(folder.iterdir())
    ]
    if left:
        line(f"Left in {demo.output.folder}: {', '.join(left)}")
    line()
    line(f"Try next, in {sys.executable} -m asyncio:")
    line()
    line(_try_next(demo.plan, options))


def _try_next(plan: Plan, options: Options) -> str:
    if not options.cloud:
        return TRY_NEXT
    if plan.stream or plan.video or plan.policy_name:
        return TRY_NEXT_AWS.format(aws=AwsConfig(region=options.region))
    huawei = HuaweiConfig(region=options.huawei_region, endpoint=options.huawei_endpoint)
    return TRY_NEXT_HUAWEI.format(huawei=huawei)
