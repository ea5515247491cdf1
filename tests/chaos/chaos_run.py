"""A mix of all services over a bad line: nothing lost, nothing twice, every failure well told.

Run it by hand with ``scripts/chaos --seed 1 --operations 10000``.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chaos_actors import ACTORS
from chaos_world import (
    CLIPS,
    FAULTS,
    LABELS,
    STREAM_SECONDS,
    STREAMS,
    T0,
    Turn,
    World,
    read_all,
)

from vidkit import PollPolicy, RetryPolicy
from vidkit.local import LocalCloud, ScriptedLabel
from vidkit.local.clips import render_clip

# The codes of requests with a date that the service does not accept.
REJECTED_DATES = {
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "APIGW.0301",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run."""

    seed: int
    operations: int
    seconds: float
    succeeded: int
    failures: Counter[tuple[str, str]]
    requests: int
    struck: Counter[str]
    violations: list[str]

    def __str__(self) -> str:
        struck = sum(self.struck.values())
        share = 100 * struck / max(1, self.requests)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.struck.items()))
        failures = ", ".join(
            f"{actor} {name} {count}" for (actor, name), count in sorted(self.failures.items())
        )
        done = f"{self.operations} operations in {self.seconds:.1f} s, {self.succeeded} succeeded"
        lines = [
            f"seed {self.seed}: {done}",
            f"  {self.requests} requests, {struck} struck ({share:.0f} %): {kinds}",
            f"  failures: {failures}",
            f"  violations: {len(self.violations)}",
        ]
        return "\n".join([*lines, *(f"    {told}" for told in self.violations[:20])])


async def chaos(seed: int, operations: int, *, in_flight: int = 50) -> Summary:
    """One run; the same seed brings the same actors and the same faults."""
    with tempfile.TemporaryDirectory() as folder:
        clip = await asyncio.to_thread(
            render_clip,
            Path(folder) / "clip.mp4",
            duration=STREAM_SECONDS,
            width=160,
            height=90,
            scenes=1,
        )
        async with LocalCloud(job_seconds=0.05, recorded_calls=100 * operations) as cloud:
            _furnish(cloud, clip.path)
            options = {
                "retry": RetryPolicy(
                    max_attempts=6,
                    base_delay=0.002,
                    throttling_base_delay=0.002,
                    attempt_timeout=5,
                ),
                "poll": PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000),
            }
            requests = itertools.count()
            async with cloud.kit(**options, on_event=lambda _: next(requests)) as kit:
                world = World(cloud, kit, most_attempts=options["retry"].max_attempts)
                for kind, rule in FAULTS.items():
                    cloud.inject(kind, seed=seed, **rule)
                started = time.monotonic()
                await _work(world, seed, operations, in_flight)
                seconds = time.monotonic() - started
                cloud.uninject()
                struck = Counter(call.fault for call in cloud.calls if call.fault)
                sent = len(cloud.calls)
                # A request whose date is rejected is dated anew and sent again. A wrong date of one
                # response is corrected in all requests that are under way.
                told = next(requests) + sum(
                    call.code in REJECTED_DATES
                    or (call.service == "mpc" and call.fault == "expired_token")
                    for call in cloud.calls
                )
                world.expect(sent <= told, f"{sent} requests came, but only {told} were told of")
                await _take_stock(world)
    return Summary(
        seed=seed,
        operations=operations,
        seconds=seconds,
        succeeded=sum(world.done.values()),
        failures=world.failures,
        requests=sent,
        struck=struck,
        violations=world.violations,
    )


def _furnish(cloud: LocalCloud, clip: Path) -> None:
    for number in range(STREAMS):
        cloud.add_stream(f"camera-{number}", clip, start_timestamp=T0)
    found = [ScriptedLabel(f"L{n}", timedelta(milliseconds=40 * n)) for n in range(LABELS)]
    for number in range(CLIPS):
        cloud.add_object("videos", f"clip-{number}.mp4", clip)
        cloud.script_labels("videos", f"clip-{number}.mp4", found)
    cloud.add_object("videos", "text.mp4", b"no video")


async def _work(world: World, seed: int, operations: int, in_flight: int) -> None:
    actors = list(ACTORS)
    weights = [ACTORS[actor] for actor in actors]
    order = random.Random(seed).choices(actors, weights=weights, k=operations)
    plan = enumerate(order)

    async def worker() -> None:
        for number, actor in plan:
            name = actor.__name__
            try:
                await actor(world, Turn(number, random.Random(f"{seed}/{number}")))
            except Exception as error:  # noqa: BLE001 - judged, whatever it is
                world.judge(name, error)
            else:
                world.done[name] += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())


async def _take_stock(world: World) -> None:
    """Compare the book with what there is, over a good line."""
    kit = world.kit
    policies = await read_all(kit.ivs.list_playback_restriction_policies())
    shared = [policy for policy in policies if (policy.name or "").startswith("shared-")]
    own = [policy for policy in policies if policy not in shared]
    _once(world, "policy", [(policy.name or "", policy.arn) for policy in own])
    _once(world, "shared policy", [(policy.name or "", policy.arn) for policy in shared])
    channels = (
        [] if not hasattr(kit.ivs, "list_channels") else await read_all(kit.ivs.list_channels())
    )
    _once(world, "channel", [(channel.name or "", channel.arn) for channel in channels])
    tasks = await read_all(kit.mpc.list_thumbnails_task())
    # What was written to tells tasks apart that have no text of their own.
    _once(world, "task", [(_folder(task.output.object), task.task_id) for task in tasks])


def _folder(path: str) -> str:
    return path.strip("/").partition("/")[0]


def _once(world: World, kind: str, there: list[tuple[str, str]]) -> None:
    book = world.book(kind)
    count = Counter(name for name, _ in there)
    for name, number in count.items():
        world.expect(number == 1, f"{kind} {name}: there are {number}")
    for name, found in there:
        known = book.get(name)
        world.expect(known in {None, found}, f"{kind} {name}: {found} is there, not {known}")
    for name, known in book.items():
        world.expect(known is None or count[name], f"{kind} {name}: it is lost")
    for name in world.refused.get(kind, ()):
        world.expect(not count[name], f"{kind} {name}: it was refused, and is there")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="decides actors and faults")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds from there on")
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=50)
    options = parser.parse_args()
    bad = 0
    for seed in range(options.seed, options.seed + options.seeds):
        summary = asyncio.run(chaos(seed, options.operations, in_flight=options.in_flight))
        print(summary, flush=True)
        bad += bool(summary.violations)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
