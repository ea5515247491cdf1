"""All services over a line that is sometimes bad: memory, sockets and tasks stay flat.

Run it by hand with ``scripts/soak --minutes 30``; it draws ``soak.png`` and writes ``soak.json``.
"""

import argparse
import asyncio
import gc
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import matplotlib as mpl
import psutil
from chaos_world import FAULTS, LABELS, STREAM_SECONDS, T0, points, read_all

from vidkit import (
    AwsConfig,
    HuaweiConfig,
    JobFailedError,
    PollPolicy,
    RetryPolicy,
    S3Video,
    VidKit,
    VidKitError,
)
from vidkit.local import ScriptedLabel
from vidkit.local.clips import render_clip
from vidkit.mpc import ObsObjInfo, ThumbnailPara

mpl.use("Agg")

_BAD = 0.3
"""How much of the chaos run's faults there are here."""
_WARM = 0.2
"""The share of the run in which caches and pools fill."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process held at a moment."""

    seconds: float
    rss_mb: float
    sockets: int
    tasks: int
    objects: int
    done: int


@contextmanager
def cloud(clip: Path) -> Iterator[dict[str, str]]:
    """A local cloud in a process of its own."""
    command = [sys.executable, "-m", "vidkit.local", "--port", "0", "--job-seconds", "0.1"]
    command += ["--stream", f"camera={clip}@{T0.isoformat()}"]
    command += ["--object", f"videos/clip.mp4={clip}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


async def furnish(endpoint: str) -> None:
    """Script the labels and inject the faults."""
    labels = [ScriptedLabel(f"L{n}", timedelta(milliseconds=40 * n)).item() for n in range(LABELS)]
    async with aiohttp.ClientSession(endpoint, raise_for_status=True) as session:
        script = {"bucket": "videos", "name": "clip.mp4", "labels": labels}
        async with session.post("/_local/labels", json=script):
            pass
        for kind, rule in FAULTS.items():
            share = rule["probability"] * _BAD
            async with session.post(
                "/_local/faults", json={**rule, "kind": kind, "probability": share}
            ):
                pass


async def images(kit: VidKit, dice: random.Random) -> None:
    interval = dice.choice([200, 500])
    wanted = points(0, dice.randint(1, STREAM_SECONDS * 1000 // interval - 1), interval)
    found = await read_all(
        kit.images.get_images(
            stream_name="camera",
            start_timestamp=wanted[0],
            end_timestamp=wanted[-1],
            sampling_interval=timedelta(milliseconds=interval),
        )
    )
    assert [image.timestamp for image in found] == wanted


async def labels(kit: VidKit, _: random.Random) -> None:
    job = await kit.rekognition.start_label_detection(S3Video("videos", "clip.mp4"))
    assert len(await read_all(await job)) == LABELS


async def policies(kit: VidKit, dice: random.Random) -> None:
    name = f"shared-{dice.randrange(20)}"
    country = dice.choice(["DE", "AT"])
    await kit.ivs.ensure_playback_restriction_policy(name=name, allowed_countries=[country])


async def channels(kit: VidKit, dice: random.Random) -> None:
    made = await kit.ivs.create_channel(name=f"c{dice.randrange(1000)}")
    await kit.ivs.update_channel(made.channel.arn, authorized=True)
    await kit.ivs.delete_channel(made.channel.arn)


async def tasks(kit: VidKit, dice: random.Random) -> None:
    place = ObsObjInfo(bucket="videos", location="cn-north-4", object="clip.mp4")
    job = await kit.mpc.create_thumbnails_task(
        input=place,
        output=ObsObjInfo(bucket="videos", location="cn-north-4", object="out"),
        thumbnail_para=ThumbnailPara(type="DOTS", dots=[dice.randrange(5)], max_length=240),
        original_dir=1,
    )
    with suppress(JobFailedError):
        await job


async def cancelled(kit: VidKit, dice: random.Random) -> None:
    """Work that its program gives up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(dice.random() * 0.2):
            await images(kit, dice)


WORK: tuple[Callable[[VidKit, random.Random], Awaitable[None]], ...] = (
    images,
    labels,
    policies,
    channels,
    tasks,
    cancelled,
)


async def soak(told: dict[str, str], minutes: float, workers: int) -> tuple[list[Sample], int, int]:
    """Work for so long, and look at the process all the while."""
    aws = AwsConfig(
        region=told["region"],
        access_key_id=told["access_key_id"],
        secret_access_key=told["secret_access_key"],
        endpoint_url=told["endpoint"],
    )
    huawei = HuaweiConfig(
        region="cn-north-4",
        project_id=told["project_id"],
        access_key=told["access_key_id"],
        secret_key=told["secret_access_key"],
        endpoint=told["endpoint"],
    )
    retry = RetryPolicy(max_attempts=6, base_delay=0.005, throttling_base_delay=0.01)
    poll = PollPolicy(initial_delay=0.1, max_delay=0.5, polls_per_second=200)
    count: Counter[str] = Counter()
    samples: list[Sample] = []
    async with VidKit(aws=aws, huawei=huawei, retry=retry, poll=poll) as kit:
        end = time.monotonic() + minutes * 60
        process = psutil.Process()

        async def work(number: int) -> None:
            dice = random.Random(number)
            while time.monotonic() < end:
                try:
                    await dice.choice(WORK)(kit, dice)
                    count["done"] += 1
                except VidKitError:
                    count["failed"] += 1

        async with asyncio.TaskGroup() as group:
            for number in range(workers):
                group.create_task(work(number))
            started = time.monotonic()
            pause = min(5.0, minutes)
            while time.monotonic() + pause < end:
                await asyncio.sleep(pause)
                gc.collect()
                samples.append(
                    Sample(
                        seconds=time.monotonic() - started,
                        rss_mb=process.memory_info().rss / 2**20,
                        sockets=len(process.net_connections(kind="tcp")),
                        tasks=len(asyncio.all_tasks()),
                        objects=len(gc.get_objects()),
                        done=count["done"],
                    )
                )
    return samples, count["done"], count["failed"]


def growth(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    """By how much the last fifth is above the first one after warming up, as a share."""
    warm = samples[int(len(samples) * _WARM) :]
    part = max(1, len(warm) // 5)
    first = statistics.median(value(sample) for sample in warm[:part])
    last = statistics.median(value(sample) for sample in warm[-part:])
    return last / first - 1


def draw(samples: list[Sample], path: Path) -> None:
    """One panel each for memory, sockets, tasks and objects."""
    from matplotlib import pyplot as plt

    panels = (
        ("rss_mb", "memory, MB"),
        ("sockets", "open sockets"),
        ("tasks", "tasks"),
        ("objects", "Python objects"),
    )
    figure, axes = plt.subplots(len(panels), 1, sharex=True, figsize=(9, 9))
    minutes = [sample.seconds / 60 for sample in samples]
    for axis, (name, label) in zip(axes, panels, strict=True):
        values = [getattr(sample, name) for sample in samples]
        axis.plot(minutes, values, linewidth=1.2)
        axis.set_ylabel(label)
        axis.set_ylim(0, 1.15 * max(values))
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--output", type=Path, default=Path("soak-output"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        render_clip(clip, duration=STREAM_SECONDS, width=160, height=90, scenes=1)
        with cloud(clip) as told:
            asyncio.run(furnish(told["endpoint"]))
            samples, done, failed = asyncio.run(soak(told, options.minutes, options.workers))
    options.output.mkdir(exist_ok=True)
    kept: list[dict[str, Any]] = [asdict(sample) for sample in samples]
    (options.output / "soak.json").write_text(json.dumps(kept, indent=1))
    draw(samples, options.output / "soak.png")
    names = ("rss_mb", "sockets", "tasks", "objects")
    rates = {
        name: growth(samples, lambda sample, name=name: getattr(sample, name)) for name in names
    }
    print(f"{options.minutes:g} minutes: {done} pieces of work done, {failed} failed")
    for name, rate in rates.items():
        value = getattr(samples[-1], name)
        print(f"  {name}: {value:.1f} at the end, {rate:+.1%} since it was warm")
    return 0 if rates["rss_mb"] < 0.05 and rates["objects"] < 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
