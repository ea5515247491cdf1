"""A day of images, killed halfway: 86,400 files, each once and complete.

The local cloud runs in a process of its own and enforces the service's documented limits. The
saver is another process, which is killed with SIGKILL when half of the files exist, and started
again. The stream repeats a clip, so files of equal time within the clip must be equal, byte for
byte. One file for each time is decoded and must show that time.
"""

import argparse
import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vidkit import AwsConfig, CallEvent, VidKit
from vidkit.images import SaveProgress
from vidkit.local import LocalCloud
from vidkit.local.clips import read_clock, render_clip

START = datetime(2026, 5, 1, tzinfo=UTC)
STREAM = "front-door"
CLIP_SECONDS = 10
WIDTH, HEIGHT = 160, 90
PAGE = 4096


def resident() -> float:
    """Return the resident memory of this process in megabytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE / 1e6


def say(**facts: object) -> None:
    """Send facts to the process that started this one."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def serve(clip: Path, hours: float) -> None:
    """Serve the local cloud until standard input ends."""
    async with LocalCloud(throttle={"images"}) as cloud:
        cloud.add_stream(
            STREAM, clip, start_timestamp=START, duration=timedelta(hours=hours, seconds=1)
        )
        say(
            region=cloud.region,
            access_key_id=cloud.access_key_id,
            secret_access_key=cloud.secret_access_key,
            endpoint_url=cloud.endpoint,
        )
        await asyncio.to_thread(sys.stdin.read)
        rejected = Counter(call.operation for call in cloud.calls if call.status != 200)  # noqa: PLR2004
        say(calls=Counter(call.operation for call in cloud.calls), rejected=rejected)


async def save(aws: AwsConfig, folder: Path, hours: float, concurrency: int) -> None:
    """Run `save_images` once and send its figures."""
    codes: Counter[str] = Counter()
    memory: list[tuple[int, float]] = [(0, resident())]

    def on_event(event: CallEvent) -> None:
        if event.error is not None:
            codes[event.code or event.error] += 1

    def on_progress(progress: SaveProgress) -> None:
        if progress.done - memory[-1][0] >= progress.total / 200:
            memory.append((progress.done, resident()))

    begun = time.monotonic()
    async with VidKit(aws=aws, on_event=on_event) as kit:
        report = await kit.images.save_images(
            folder,
            stream_name=STREAM,
            start_timestamp=START,
            end_timestamp=START + timedelta(hours=hours) - timedelta(seconds=1),
            width_pixels=WIDTH,
            height_pixels=HEIGHT,
            concurrency=concurrency,
            on_progress=on_progress,
        )
    say(
        saved=report.saved,
        skipped=report.skipped,
        missing=len(report.missing),
        bytes=report.bytes,
        seconds=time.monotonic() - begun,
        errors=codes,
        memory=[memory[0], memory[min(1, len(memory) - 1)], memory[len(memory) // 2], memory[-1]],
    )


@contextmanager
def process(*arguments: object) -> Generator["subprocess.Popen[str]"]:
    """Run another part of this program, and kill it at the end if it still runs."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, __file__, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def read_facts(started: "subprocess.Popen[str]") -> dict[str, Any]:
    """Read the next facts that a process sends."""
    if started.stdout is None or not (line := started.stdout.readline()):
        raise SystemExit(f"a process ended without output, code {started.wait()}")
    facts: dict[str, Any] = json.loads(line)
    return facts


def count(folder: Path) -> int:
    """Return the number of complete files."""
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        return sum(not entry.name.startswith(".") for entry in entries)


def check(folder: Path, points: int) -> list[str]:
    """Return the errors in the files."""
    wanted = {
        f"{START + timedelta(seconds=second):%Y-%m-%dT%H-%M-%S}.000Z.jpg": second
        for second in range(points)
    }
    found = {entry.name for entry in os.scandir(folder)}
    errors = [f"missing: {name}" for name in sorted(wanted.keys() - found)]
    errors += [f"unexpected: {name}" for name in sorted(found - wanted.keys())]
    seen: dict[int, bytes] = {}
    for name, second in wanted.items():
        if name not in found:
            continue
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).digest()
        phase = second % CLIP_SECONDS
        if phase not in seen:
            seen[phase] = digest
            shown = read_clock(content)
            if shown != phase * 1000:
                errors.append(f"{name}: shows {shown} ms of the clip, not {phase * 1000}")
        elif seen[phase] != digest:
            errors.append(f"{name}: differs from the first image at {phase} s of the clip")
    return errors


def print_run(title: str, run: dict[str, Any]) -> None:
    """Print the figures of a run."""
    rate = run["saved"] / run["seconds"]
    print(f"\n{title}")
    print(f"  {run['saved']:,} saved, {run['skipped']:,} skipped, {run['missing']:,} missing")
    print(f"  {run['seconds']:.1f} s, {rate:.0f} images/s, {run['bytes'] / 1e6:.1f} MB")
    for place, (done, memory) in zip(
        ("before", "start", "middle", "end"), run["memory"], strict=True
    ):
        print(f"  memory, {place:<7} {memory:6.1f} MB  ({done:,} points done)")
    print(f"  ClientLimitExceeded: {run['errors'].get('ClientLimitExceededException', 0)}")
    print(f"  all errors: {run['errors'] or 'none'}")


def main() -> int:
    """Run the day, or one of its parts in a process of its own."""
    parser = argparse.ArgumentParser(prog="scripts/day", description=__doc__)
    parser.add_argument("--hours", type=float, default=24, help="length of the day in hours (24)")
    parser.add_argument("--concurrency", type=int, default=8, help="windows fetched at once (8)")
    parser.add_argument("--output", type=Path, help="keep the files in this folder")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--save", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(serve(options.serve, options.hours))
        return 0
    if options.save is not None:
        aws = AwsConfig(**json.loads(options.save))
        asyncio.run(save(aws, options.output, options.hours, options.concurrency))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return day(options, Path(folder))


def day(options: argparse.Namespace, scratch: Path) -> int:
    """Run a saver that is killed, one that resumes, and an uninterrupted one."""
    points = round(options.hours * 3600)
    clip = render_clip(scratch / "clip.mp4", duration=CLIP_SECONDS, width=320, height=180, scenes=2)
    output: Path = options.output or scratch / "frames"
    if count(output):
        print(f"scripts/day: {output} is not empty", file=sys.stderr)
        return 2
    common = ["--hours", options.hours, "--concurrency", options.concurrency]
    with process("--serve", clip.path, *common) as cloud:
        config = json.dumps(read_facts(cloud))
        saver = ["--save", config, "--output", output, *common]
        print(f"{points:,} images, one a second, {options.concurrency} windows at once")
        begun = time.monotonic()
        with process(*saver) as first:
            while count(output) < points // 2:
                if first.poll() is not None:
                    print("the first run ended before it could be killed", file=sys.stderr)
                    return 1
                time.sleep(0.2)
            first.send_signal(signal.SIGKILL)
            first.wait()
        half = count(output)
        print(f"\nKilled after {time.monotonic() - begun:.1f} s with {half:,} files saved")
        with process(*saver) as second:
            run = read_facts(second)
        print_run("Second run", run)
        uninterrupted = scratch / "uninterrupted"
        with process("--save", config, "--output", uninterrupted, *common) as third:
            complete = read_facts(third)
        print_run("Uninterrupted run, into another folder", complete)
        assert cloud.stdin is not None  # noqa: S101
        cloud.stdin.close()
        served = read_facts(cloud)
    print(f"\nThe cloud's calls: {served['calls']}, rejected: {served['rejected'] or 'none'}")
    errors = check(output, points) + check(uninterrupted, points)
    if run["saved"] + run["skipped"] != points or run["skipped"] < half:
        errors.append("the second run did not resume where the first one stopped")
    print(f"{points:,} files, each once and complete" if not errors else "\n".join(errors[:20]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
