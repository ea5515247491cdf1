"""Many streams at once: one kit, compared with a client for each stream."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import base64
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.bodies import FIRST_MOMENT
from benchmarks.clients import aiobotocore_client, capo_client, kit_on
from benchmarks.cold import peak_memory

if TYPE_CHECKING:
    from vidkit import VidKit

__all__ = ["at_once", "one_kit"]

_SECOND = timedelta(seconds=1)


async def one_kit(kit: "VidKit", streams: int, images: int, size: int) -> int:
    """Read the images of many streams through one kit, one page at a time for each."""

    async def read(number: int) -> int:
        pager = kit.images.get_images(
            stream_name=f"camera-{number}-{size}",
            start_timestamp=FIRST_MOMENT,
            end_timestamp=FIRST_MOMENT + (images - 1) * _SECOND,
            concurrency=1,
        )
        return sum([len(image.content or b"") == size async for image in pager])

    return sum(await asyncio.gather(*(read(number) for number in range(streams))))


async def _one_kit(address: str, streams: int, images: int, size: int) -> int:
    async with kit_on(address) as kit:
        return await one_kit(kit, streams, images, size)


async def _a_client_each(address: str, streams: int, images: int, size: int) -> int:
    from aiobotocore.session import get_session  # pyright: ignore[reportMissingTypeStubs]

    session = get_session()

    async def read(number: int) -> int:
        stream = f"camera-{number}-{size}"
        found = await names.get_data_endpoint(StreamName=stream, APIName="GET_IMAGES")
        api, count = "kinesis-video-archived-media", 0
        async with aiobotocore_client(api, found["DataEndpoint"], session=session) as client:
            pages = client.get_paginator("get_images").paginate(
                StreamName=stream,
                StartTimestamp=FIRST_MOMENT,
                EndTimestamp=FIRST_MOMENT + (images - 1) * _SECOND + timedelta(milliseconds=1),
                ImageSelectorType="SERVER_TIMESTAMP",
                SamplingInterval=1000,
                Format="JPEG",
            )
            async for page in pages:
                for image in page["Images"]:
                    count += len(base64.b64decode(image["ImageContent"])) == size
        return count

    async with aiobotocore_client(
        "kinesisvideo", address, connections=64, session=session
    ) as names:
        return sum(await asyncio.gather(*(read(number) for number in range(streams))))


async def _a_client_of_capo_each(address: str, streams: int, images: int, size: int) -> int:
    async def read(number: int) -> int:
        stream = f"camera-{number}-{size}"
        found = await names.get_data_endpoint(stream_name=stream, api_name="GET_IMAGES")
        count = 0
        async with capo_client("kinesis-video-archived-media", found["data_endpoint"]) as client:
            pages = client.iter_get_images(
                stream_name=stream,
                start_timestamp=FIRST_MOMENT,
                end_timestamp=FIRST_MOMENT + (images - 1) * _SECOND + timedelta(milliseconds=1),
                image_selector_type="SERVER_TIMESTAMP",
                sampling_interval=1000,
                format="JPEG",
            )
            async for image in pages:
                count += len(base64.b64decode(image["image_content"])) == size
        return count

    async with capo_client("kinesisvideo", address) as names:
        return sum(await asyncio.gather(*(read(number) for number in range(streams))))


_READ = {
    "vidkit": _one_kit,
    "aiobotocore": _a_client_each,
    "capo": _a_client_of_capo_each,
}


async def at_once(address: str, who: str, streams: int, images: int, size: int) -> dict[str, float]:
    """Measure the seconds of an image, and the peak memory of the process in bytes."""
    began = time.perf_counter()
    count = await _READ[who](address, streams, images, size)
    seconds = time.perf_counter() - began
    if count != streams * images:
        raise AssertionError(f"{count} images of {streams} streams")
    return {"seconds": seconds / count, "peak": peak_memory()}
