"""What the tasks of a chaos run do. Each actor is one operation of a program."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from chaos_world import CLIPS, LABELS, STREAM_SECONDS, STREAMS, Turn, World, points, read_all

from vidkit import (
    AmbiguousError,
    JobFailedError,
    NotFoundError,
    QuotaError,
    S3Video,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.mpc import ObsObjInfo, ThumbnailPara

Actor = Callable[[World, Turn], Awaitable[None]]

_SHARED_NAMES = 12


async def _make(world: World, kind: str, name: str, making: Awaitable[Any]) -> Any:
    """Await what makes something, and write down what is known of it afterwards."""
    try:
        made = await making
    except (AmbiguousError, VidKitTimeoutError):
        world.book(kind)[name] = None
        raise
    except VidKitError:
        world.refused.setdefault(kind, set()).add(name)
        raise
    return made


async def images(world: World, turn: Turn) -> None:
    """A range of images: each sampling point once, in order."""
    interval = turn.dice.choice([200, 240, 500, 1000])
    count = turn.dice.randint(1, min(60, STREAM_SECONDS * 1000 // interval - 1))
    start = turn.dice.randrange(0, STREAM_SECONDS * 1000 - count * interval, 40)
    wanted = points(start, count, interval)
    pager = world.kit.images.get_images(
        stream_name=f"camera-{turn.dice.randrange(STREAMS)}",
        start_timestamp=wanted[0],
        end_timestamp=wanted[-1] + timedelta(milliseconds=turn.dice.randrange(interval)),
        sampling_interval=timedelta(milliseconds=interval),
        concurrency=turn.dice.randint(1, 8),
        max_results=turn.dice.randint(3, 25),
        width_pixels=32,
        height_pixels=18,
    )
    found = await read_all(pager)
    world.expect([image.timestamp for image in found] == wanted, f"images: not {wanted}")
    world.expect(all(image.content for image in found), "images: one has no content")


async def labels(world: World, turn: Turn) -> None:
    """A job, and all of its labels over several pages."""
    name = f"clip-{turn.dice.randrange(CLIPS)}.mp4"
    async with world.jobs:
        try:
            job = await world.kit.rekognition.start_label_detection(S3Video("videos", name))
        except QuotaError:
            return
        try:
            world.expect(job.id not in world.book("label job"), f"labels: {job.id} twice")
            world.book("label job")[job.id] = job.id
            while True:
                try:
                    result = await job.result()
                    break
                except VidKitError as error:
                    world.judge("labels (waiting)", error)
            found = await read_all(result)
            world.expect(
                [label.label.name for label in found] == [f"L{n}" for n in range(LABELS)],
                f"labels: {len(found)} labels, not {LABELS}, or in another order",
            )
        finally:
            del job


async def create_policy(world: World, turn: Turn) -> None:
    """A policy of a new name."""
    name = f"policy-{turn.number}"
    policy = await _make(
        world, "policy", name, world.kit.ivs.create_playback_restriction_policy(name=name)
    )
    world.book("policy")[name] = policy.arn


async def ensure_policy(world: World, turn: Turn) -> None:
    """A policy of a name that others want as well."""
    name = f"shared-{turn.dice.randrange(_SHARED_NAMES)}"
    countries = turn.dice.choice([["DE"], ["AT", "CH"]])
    policy = await world.kit.ivs.ensure_playback_restriction_policy(
        name=name, allowed_countries=countries
    )
    world.expect(policy.name == name, f"ensure: {policy.name} for {name}")
    known = world.book("shared policy").setdefault(name, policy.arn)
    world.expect(known == policy.arn, f"ensure: {name} is {known} and {policy.arn}")


async def list_policies(world: World, _: Turn) -> None:
    """All policies: those there before are in it, none twice."""
    before = {arn for arn in world.book("policy").values() if arn}
    found = [p.arn for p in await read_all(world.kit.ivs.list_playback_restriction_policies())]
    twice = [arn for arn, count in Counter(found).items() if count > 1]
    world.expect(not twice, f"policies: {twice} twice")
    world.expect(before <= set(found), f"policies: {before - set(found)} missing")


async def channel(world: World, turn: Turn) -> None:
    """A channel of a new name, changed once."""
    name = f"channel-{turn.number}"
    made = await _make(world, "channel", name, world.kit.ivs.create_channel(name=name))
    arn = made.channel.arn
    world.book("channel")[name] = arn
    changed = await world.kit.ivs.update_channel(arn, authorized=True)
    world.expect(changed.authorized is True, f"{name}: the change is lost")


async def channels(world: World, _: Turn) -> None:
    """Many channels by ARN, one of which is not there."""
    known = [arn for arn in world.book("channel").values() if arn][:70]
    if not known:
        return
    missing = known[0].rpartition("/")[0] + "/AAAAAAAAAAAA"
    answer = await world.kit.ivs.batch_get_channel([*known, missing])
    world.expect([c.arn for c in answer.channels] == known, "channels: not those asked for")
    world.expect([e.arn for e in answer.errors] == [missing], "channels: no error for the missing")


async def snapshots(world: World, turn: Turn) -> None:
    """A task with a text of its own, or without."""
    number = turn.number
    name = f"task-{number}"
    good = turn.dice.random() < 0.05
    source = ObsObjInfo(
        bucket="videos", location="cn-north-4", object="clip-0.mp4" if good else "text.mp4"
    )
    job = await _make(
        world,
        "task",
        name,
        world.kit.mpc.create_thumbnails_task(
            input=source,
            output=ObsObjInfo(bucket="out", location="cn-north-4", object=name),
            thumbnail_para=ThumbnailPara(type="DOTS", dots=[1], max_length=240),
            user_data=name if number % 2 else None,
        ),
    )
    world.expect(job.id not in world.book("task").values(), f"tasks: {job.id} twice")
    world.book("task")[name] = job.id
    while True:
        try:
            task = await job.result()
        except JobFailedError:
            world.expect(not good, f"{name} failed")
            return
        except VidKitError as error:
            world.judge("snapshots (waiting)", error)
        else:
            world.expect(good, f"{name} did not fail")
            world.expect(task.task_id == job.id, f"{name}: {task.task_id} for {job.id}")
            return


async def get_task(world: World, turn: Turn) -> None:
    """A task by its id."""
    known = [found for found in world.book("task").values() if found]
    if known:
        wanted = turn.dice.choice(known)
        task = await world.kit.mpc.get_thumbnails_task(wanted)
        world.expect(task.task_id == wanted, f"tasks: {task.task_id} for {wanted}")


async def no_such_thing(world: World, _: Turn) -> None:
    """What is not there is not there, however bad the line."""
    arn = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/AAAAAAAAAAAA"
    try:
        await world.kit.ivs.get_playback_restriction_policy(arn)
    except NotFoundError as error:
        world.expect(error.code == "ResourceNotFoundException", f"not found: {error.code}")
    else:
        world.expect(False, "not found: it was found")


ACTORS: dict[Actor, int] = {
    images: 4,
    labels: 3,
    create_policy: 3,
    ensure_policy: 3,
    list_policies: 1,
    channel: 3,
    channels: 1,
    snapshots: 4,
    get_task: 3,
    no_such_thing: 2,
}
"""The actors, and how often each comes."""
