"""The clients that read a page of 25 images and decode them, each as its users would."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeAlias

from benchmarks.bodies import FIRST_MOMENT
from benchmarks.clients import aiobotocore_client, boto3_client, capo_client, kit_on
from benchmarks.clocks import Case

__all__ = ["images_reader"]

# A reader gets the name of the stream.
_Reader: TypeAlias = Callable[[AsyncExitStack, str, str], Awaitable[Case]]

_IMAGES = 25
_API = "kinesis-video-archived-media"
_LAST = FIRST_MOMENT + timedelta(seconds=_IMAGES - 1)
# The service leaves out the end of the range.
_END = _LAST + timedelta(milliseconds=1)


async def images_reader(stack: AsyncExitStack, address: str, size: int, who: str) -> Case:
    """Return a case that reads a page of images of this size in bytes, and decodes them.

    Args:
        stack: closes the client.
        address: the server's URL.
        size: the bytes of an image.
        who: the client, and how it is used.
    """
    return await _READERS[who](stack, address, f"front-door-{size}")


def _members(stream: str) -> dict[str, Any]:
    return {
        "StreamName": stream,
        "StartTimestamp": FIRST_MOMENT,
        "EndTimestamp": _END,
        "ImageSelectorType": "SERVER_TIMESTAMP",
        "SamplingInterval": 1000,
        "Format": "JPEG",
        "MaxResults": _IMAGES,
    }


def _contents(page: Any) -> list[bytes]:
    return [base64.b64decode(image["ImageContent"]) for image in page["Images"]]


async def _vidkit(stack: AsyncExitStack, address: str, stream: str) -> Case:
    kit = await stack.enter_async_context(kit_on(address))

    async def read() -> object:
        return await kit.images.get_images(
            stream_name=stream, start_timestamp=FIRST_MOMENT, end_timestamp=_LAST
        )

    return read


async def _aiobotocore(stack: AsyncExitStack, address: str, stream: str) -> Case:
    client = await stack.enter_async_context(aiobotocore_client(_API, address))

    async def read() -> object:
        return _contents(await client.get_images(**_members(stream)))

    return read


async def _capo(stack: AsyncExitStack, address: str, stream: str) -> Case:
    client = await stack.enter_async_context(capo_client(_API, address))

    async def read() -> object:
        page = await client.get_images(
            stream_name=stream,
            start_timestamp=FIRST_MOMENT,
            end_timestamp=_END,
            image_selector_type="SERVER_TIMESTAMP",
            sampling_interval=1000,
            format="JPEG",
            max_results=_IMAGES,
        )
        return [base64.b64decode(image["image_content"]) for image in page["images"]]

    return read


async def _validated(stack: AsyncExitStack, address: str, stream: str) -> Case:
    from vidkit.images.models import GetImagesResponse

    client = await stack.enter_async_context(aiobotocore_client(_API, address))

    async def read() -> object:
        return GetImagesResponse.model_validate(await client.get_images(**_members(stream)))

    return read


async def _threaded(_: AsyncExitStack, address: str, stream: str) -> Case:
    client = boto3_client(_API, address)

    async def read() -> object:
        return _contents(await asyncio.to_thread(client.get_images, **_members(stream)))

    return read


async def _from_json(stack: AsyncExitStack, address: str, stream: str) -> Case:
    from pydantic_core import from_json

    return await _bare(stack, address, stream, lambda body: _contents(from_json(body)))


async def _structs(stack: AsyncExitStack, address: str, stream: str) -> Case:
    import msgspec

    from benchmarks.limits import struct_of
    from vidkit.images.models import GetImagesResponse

    decoder = msgspec.json.Decoder(struct_of(GetImagesResponse))
    return await _bare(stack, address, stream, decoder.decode)


async def _bare(
    stack: AsyncExitStack, address: str, stream: str, decode: Callable[[bytes], object]
) -> Case:
    """Return a case that sends an unsigned request with aiohttp, and reads the response."""
    import aiohttp

    from benchmarks.limits import targeted

    session = await stack.enter_async_context(aiohttp.ClientSession())
    times = {"StartTimestamp": FIRST_MOMENT.timestamp(), "EndTimestamp": _END.timestamp()}
    request = json.dumps(_members(stream) | times).encode()

    async def read() -> object:
        return decode(await targeted(session, f"{address}/getImages", "", request))

    return read


_READERS: dict[str, _Reader] = {
    "vidkit": _vidkit,
    "aiobotocore + b64decode": _aiobotocore,
    "capo + b64decode": _capo,
    "aiobotocore + model_validate": _validated,
    "boto3 in a thread + b64decode": _threaded,
    "aiohttp + pydantic_core.from_json + b64decode": _from_json,
    "aiohttp + msgspec structs": _structs,
}
