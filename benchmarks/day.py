"""A day of images, killed half way: 86,400 files, each once and whole.

The local cloud serves in a process of its own, within the service's documented limits; the saver is
another one, which is killed with SIGKILL when half of the files are there, and started again. The
clip comes again and again, so that files of equal time within it must be equal, byte for byte, and
one of each is decoded and shows the time that it should.
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
    """Megabytes of memory that this process has at the moment."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE / 1e6


def say(**facts: object) -> None:
    """Tell the process that started this one."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def serve(clip: Path, hours: float) -> None:
    """The local cloud, until its standard input ends."""
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
        refused = Counter(call.operation for call in cloud.calls if call.status != 200)  # noqa: PLR2004
        say(calls=Counter(call.operation for call in cloud.calls), refused=refused)


async def save(aws: AwsConfig, folder: Path, hours: float, concurrency: int) -> None:
    """One run of `save_images`, with its figures."""
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
    """This program in another part, killed at the latest at the end."""
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


def told(started: "subprocess.Popen[str]") -> dict[str, Any]:
    """The next line that a process says."""
    if started.stdout is None or not (line := started.stdout.readline()):
        raise SystemExit(f"a process ended without a word, code {started.wait()}")
    facts: dict[str, Any] = json.loads(line)
    return facts


def count(folder: Path) -> int:
    """How many whole files are there."""
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        return sum(not entry.name.startswith(".") for entry in entries)


def check(folder: Path, points: int) -> list[str]:
    """What is wrong with the files."""
    wanted = {
        f"{START + timedelta(seconds=second):%Y-%m-%dT%H-%M-%S}.000Z.jpg": second
        for second in range(points)
    }
    found = {entry.name for entry in os.scandir(folder)}
    wrong = [f"missing: {name}" for name in sorted(wanted.keys() - found)]
    wrong += [f"too many: {name}" for name in sorted(found - wanted.keys())]
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
                wrong.append(f"{name}: shows {shown} ms of the clip, not {phase * 1000}")
        elif seen[phase] != digest:
            wrong.append(f"{name}: is not what {phase} s of the clip look like")
    return wrong


def print_run(title: str, run: dict[str, Any]) -> None:
    """The figures of a run."""
    rate = run["saved"] / run["seconds"]
    print(f"\n{title}")
    print(f"  {run['saved']:,} saved, {run['skipped']:,} there already, {run['missing']:,} missing")
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
    parser.add_argument("--hours", type=float, default=24, help="how long the day is (24)")
    parser.add_argument("--concurrency", type=int, default=8, help="windows at once (8)")
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
    """A run that is killed, the one that goes on, and a straight one."""
    points = round(options.hours * 3600)
    clip = render_clip(scratch / "clip.mp4", duration=CLIP_SECONDS, width=320, height=180, scenes=2)
    output: Path = options.output or scratch / "frames"
    if count(output):
        print(f"scripts/day: {output} is not empty", file=sys.stderr)
        return 2
    common = ["--hours", options.hours, "--concurrency", options.concurrency]
    with process("--serve", clip.path, *common) as cloud:
        given = json.dumps(told(cloud))
        saver = ["--save", given, "--output", output, *common]
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
        print(f"\nKilled after {time.monotonic() - begun:.1f} s with {half:,} files there")
        with process(*saver) as second:
            run = told(second)
        print_run("Second run", run)
        straight = scratch / "straight"
        with process("--save", given, "--output", straight, *common) as third:
            whole = told(third)
        print_run("Straight run, into another folder", whole)
        assert cloud.stdin is not None  # noqa: S101
        cloud.stdin.close()
        seen = told(cloud)
    print(f"\nThe cloud's calls: {seen['calls']}, refused: {seen['refused'] or 'none'}")
    wrong = check(output, points) + check(straight, points)
    if run["saved"] + run["skipped"] != points or run["skipped"] < half:
        wrong.append("the second run did not go on where the first one was")
    print(f"{points:,} files, each once and whole" if not wrong else "\n".join(wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
