"""Small calls, and reading pages over a connection with latency."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import base64
import json
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp

from benchmarks.bodies import FIRST_MOMENT, POLICY_ARN
from benchmarks.clients import aiobotocore_client, boto3_client, capo_client, kit_on
from benchmarks.clocks import Case, Samples, in_turns
from benchmarks.limits import targeted

__all__ = ["images_over_minutes", "label_pages", "policies", "small_calls"]

_RANGE = 300


async def small_calls(address: str, samples: int, loops: int, left_out: list[str]) -> Samples:
    """Measure getting one policy: CPU of a call.

    Args:
        address: the server's URL.
        samples: the number of samples of each case.
        loops: the number of calls in a sample.
        left_out: ``capo``, where it is not installed.
    """
    threaded = boto3_client("ivs", address)
    request = json.dumps({"arn": POLICY_ARN}).encode()
    async with (
        kit_on(address) as kit,
        aiobotocore_client("ivs", address) as client,
        aiohttp.ClientSession() as session,
        AsyncExitStack() as stack,
    ):

        async def typed() -> object:
            return await kit.ivs.get_playback_restriction_policy(POLICY_ARN)

        async def raw() -> object:
            return await client.get_playback_restriction_policy(arn=POLICY_ARN)

        async def in_a_thread() -> object:
            return await asyncio.to_thread(threaded.get_playback_restriction_policy, arn=POLICY_ARN)

        async def bare() -> object:
            return await targeted(session, f"{address}/GetPlaybackRestrictionPolicy", "", request)

        cases: dict[str, Case] = {"vidkit": typed, "aiobotocore": raw}
        if "capo" not in left_out:
            peer = await stack.enter_async_context(capo_client("ivs", address))
            cases["capo"] = partial(peer.get_playback_restriction_policy, arn=POLICY_ARN)
        cases |= {"boto3 in a thread": in_a_thread, "bare aiohttp": bare}
        return await in_turns(cases, samples=samples, loops=loops)


async def images_over_minutes(
    address: str, size: int, images: int, samples: int, concurrencies: dict[str, int]
) -> Samples:
    """Measure an image a second over minutes: wall time."""
    stream = f"front-door-{size}"
    api = "kinesis-video-archived-media"
    async with kit_on(address) as kit, aiobotocore_client(api, address) as client:

        async def typed(concurrency: int) -> None:
            count = 0
            async for image in kit.images.get_images(
                stream_name=stream,
                start_timestamp=FIRST_MOMENT,
                end_timestamp=FIRST_MOMENT + timedelta(seconds=images - 1),
                concurrency=concurrency,
            ):
                count += image.content is not None
            _check(count, images)

        async def one_after_another() -> None:
            count = 0
            paginator = client.get_paginator("get_images")
            for first in range(0, images, _RANGE):
                points = min(_RANGE, images - first)
                begin = FIRST_MOMENT + timedelta(seconds=first)
                async for page in paginator.paginate(
                    StreamName=stream,
                    StartTimestamp=begin,
                    EndTimestamp=begin + timedelta(seconds=points - 1, milliseconds=1),
                    ImageSelectorType="SERVER_TIMESTAMP",
                    SamplingInterval=1000,
                    Format="JPEG",
                ):
                    for image in page["Images"]:
                        count += bool(base64.b64decode(image["ImageContent"]))
            _check(count, images)

        await kit.images.get_images(
            stream_name=stream, start_timestamp=FIRST_MOMENT, end_timestamp=FIRST_MOMENT
        )
        await client.get_images(
            StreamName=stream,
            StartTimestamp=FIRST_MOMENT,
            EndTimestamp=FIRST_MOMENT + timedelta(milliseconds=1),
            ImageSelectorType="SERVER_TIMESTAMP",
            SamplingInterval=1000,
            Format="JPEG",
        )
        cases: dict[str, Case] = {
            name: partial(typed, number) for name, number in concurrencies.items()
        }
        cases["aiobotocore, page after page"] = one_after_another
        return await in_turns(cases, samples=samples, clock=time.perf_counter, warm=False)


async def label_pages(
    address: str, pages: int, work: float, samples: int, *, on_the_loop: bool
) -> Samples:
    """Measure label pages with some work between two of them: wall time.

    Args:
        address: the server's URL.
        pages: the number of pages.
        work: the seconds of work after each page.
        samples: the number of samples of each case.
        on_the_loop: whether work that blocks the event loop is measured, too.
    """
    job = f"results-{pages * 1000}"
    waiting, busy = partial(asyncio.sleep, work), partial(_busy, work)

    async with kit_on(address) as kit, aiobotocore_client("rekognition", address) as client:

        async def ahead(do: Case) -> None:
            count = 0
            async for page in kit.rekognition.get_label_detection(job).pages():
                count += len(page.items)
                await do()
            _check(count, pages * 1000)

        async def one_after_another(do: Case) -> None:
            count = 0
            token: str | None = None
            while count == 0 or token is not None:
                page = await kit.rekognition.get_label_detection(job, next_token=token)
                count += len(page.items)
                token = page.next_token
                await do()
            _check(count, pages * 1000)

        async def raw() -> None:
            count = 0
            token: dict[str, str] = {}
            while count == 0 or token:
                page = await client.get_label_detection(JobId=job, **token)
                count += len(page["Labels"])
                token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
                await waiting()
            _check(count, pages * 1000)

        await kit.rekognition.get_label_detection("results-1")
        await client.get_label_detection(JobId="results-1")
        cases: dict[str, Case] = {
            "vidkit, pages()": lambda: ahead(waiting),
            "vidkit, one after another": lambda: one_after_another(waiting),
            "aiobotocore, one after another": raw,
        }
        if on_the_loop:
            cases["vidkit, pages(), work on the loop"] = lambda: ahead(busy)
            cases["vidkit, one after another, work on the loop"] = lambda: one_after_another(busy)
        return await in_turns(cases, samples=samples, clock=time.perf_counter, warm=False)


async def _busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


async def policies(address: str, count: int, samples: int) -> Samples:
    """Measure the last policies of a list of a thousand: wall time."""
    begin = str(1000 - count) if count < 1000 else None  # noqa: PLR2004
    async with kit_on(address) as kit, aiobotocore_client("ivs", address) as client:

        async def typed() -> None:
            found = await kit.ivs.list_playback_restriction_policies(next_token=begin).collect()
            _check(len(found), count)

        async def listed(**more: Any) -> None:
            token = {} if begin is None else {"nextToken": begin}
            found = 0
            while True:
                page = await client.list_playback_restriction_policies(**token, **more)
                found += len(page["playbackRestrictionPolicies"])
                if "nextToken" not in page:
                    break
                token = {"nextToken": page["nextToken"]}
            _check(found, count)

        await kit.ivs.get_playback_restriction_policy(POLICY_ARN)
        await client.get_playback_restriction_policy(arn=POLICY_ARN)
        cases = {
            "vidkit": typed,
            "aiobotocore, default page size": listed,
            "aiobotocore, maxResults=100": lambda: listed(maxResults=100),
        }
        return await in_turns(cases, samples=samples, clock=time.perf_counter, warm=False)


def _check(found: int, wanted: int) -> None:
    """Check that a case did all of its work."""
    if found != wanted:
        raise AssertionError(f"{found} in place of {wanted}")
