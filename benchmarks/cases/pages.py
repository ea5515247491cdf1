"""Complete pages of faces, labels and images: their CPU, their memory and the loop's stall."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import base64
import gc
import json
import tracemalloc
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import msgspec
import pydantic_core
from pydantic import BaseModel

from benchmarks.bodies import FIRST_MOMENT
from benchmarks.clients import aiobotocore_client, boto3_client, kit_on
from benchmarks.clocks import Case, Samples, in_turns, longest_stall
from benchmarks.limits import struct_of, targeted
from vidkit.images.models import GetImagesResponse
from vidkit.rekognition.kinds.faces import GetFaceDetectionResponse
from vidkit.rekognition.kinds.labels import GetLabelDetectionResponse

__all__ = ["images", "memory", "results", "stalls"]

_MODELS: dict[str, type[BaseModel]] = {
    "get_face_detection": GetFaceDetectionResponse,
    "get_label_detection": GetLabelDetectionResponse,
}
_TARGETS = {
    "get_face_detection": "RekognitionService.GetFaceDetection",
    "get_label_detection": "RekognitionService.GetLabelDetection",
}
_READERS: dict[str, Callable[[type[BaseModel]], Callable[[bytes], object]]] = {
    "aiohttp + pydantic_core.from_json": lambda _: pydantic_core.from_json,
    "aiohttp + msgspec, untyped": lambda _: msgspec.json.decode,
    "aiohttp + msgspec structs": lambda model: msgspec.json.Decoder(struct_of(model)).decode,
}
_JOB = "results-1000"
_REQUEST: dict[str, Any] = {"JobId": _JOB, "MaxResults": 1000}
_FACES = "get_face_detection"
# After a garbage collection the processor's caches are cold, which would dominate a single page.
_PAGES_A_SAMPLE = 4


async def results(address: str, operation: str, samples: int, names: list[str]) -> Samples:
    """Measure a page of a thousand results of a job: CPU."""
    async with AsyncExitStack() as stack:
        cases = {who: await _case(stack, address, operation, who) for who in names}
        return await in_turns(cases, samples=samples)


async def images(address: str, size: int, samples: int, left_out: list[str]) -> Samples:
    """Measure a page of 25 images, decoded from base64: CPU."""
    stream, second = f"front-door-{size}", timedelta(seconds=1)
    end = FIRST_MOMENT + 24 * second
    members: dict[str, Any] = {
        "StreamName": stream,
        "StartTimestamp": FIRST_MOMENT,
        "EndTimestamp": end + timedelta(milliseconds=1),
        "ImageSelectorType": "SERVER_TIMESTAMP",
        "SamplingInterval": 1000,
        "Format": "JPEG",
        "MaxResults": 25,
    }
    api = "kinesis-video-archived-media"
    threaded = boto3_client(api, address)
    json_members = members | {
        "StartTimestamp": FIRST_MOMENT.timestamp(),
        "EndTimestamp": members["EndTimestamp"].timestamp(),
    }
    request = json.dumps(json_members).encode()
    typed_decoder = msgspec.json.Decoder(struct_of(GetImagesResponse))

    def contents(page: Any) -> list[bytes]:
        return [base64.b64decode(image["ImageContent"]) for image in page["Images"]]

    async with (
        kit_on(address) as kit,
        aiobotocore_client(api, address) as client,
        aiohttp.ClientSession() as session,
    ):

        async def typed() -> object:
            return await kit.images.get_images(
                stream_name=stream, start_timestamp=FIRST_MOMENT, end_timestamp=end
            )

        async def raw() -> object:
            return contents(await client.get_images(**members))

        async def validated() -> object:
            return GetImagesResponse.model_validate(await client.get_images(**members))

        async def in_a_thread() -> object:
            return contents(await asyncio.to_thread(threaded.get_images, **members))

        async def body() -> bytes:
            return await targeted(session, f"{address}/getImages", "", request)

        async def with_from_json() -> object:
            return contents(pydantic_core.from_json(await body()))

        async def with_msgspec() -> object:
            return typed_decoder.decode(await body())

        cases: dict[str, Case] = {
            "vidkit": typed,
            "aiobotocore + b64decode": raw,
            "aiobotocore + model_validate": validated,
            "boto3 in a thread + b64decode": in_a_thread,
            "aiohttp + pydantic_core.from_json + b64decode": with_from_json,
            "aiohttp + msgspec structs": with_msgspec,
        }
        for name in left_out:
            del cases[name]
        return await in_turns(cases, samples=samples, loops=_PAGES_A_SAMPLE)


async def _case(stack: AsyncExitStack, address: str, operation: str, who: str) -> Case:
    """Return a case that reads a page of a thousand results of a job, by its name."""
    model = _MODELS[operation]
    if who == "vidkit":
        kit = await stack.enter_async_context(kit_on(address))
        return partial(getattr(kit.rekognition, operation), _JOB)
    if who == "boto3 in a thread":
        threaded = getattr(boto3_client("rekognition", address), operation)
        return partial(asyncio.to_thread, threaded, **_REQUEST)
    if who in _READERS:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        request, read = json.dumps(_REQUEST).encode(), _READERS[who](model)

        async def bare() -> object:
            return read(await targeted(session, address, _TARGETS[operation], request))

        return bare
    client = await stack.enter_async_context(aiobotocore_client("rekognition", address))
    raw = partial(getattr(client, operation), **_REQUEST)
    if who == "aiobotocore":
        return raw

    async def validated() -> object:
        return model.model_validate(await raw())

    return validated


async def memory(address: str, who: str) -> int:
    """Return the bytes that a page of a thousand faces takes while it is kept."""
    async with AsyncExitStack() as stack:
        page = await _case(stack, address, _FACES, who)
        # The first page allocates what stays, such as imported modules.
        await page()
        gc.collect()
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        kept = await page()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return after - before


async def stalls(address: str, samples: int, names: list[str]) -> Samples:
    """Measure the longest stall of the event loop while a page of a thousand faces is read."""
    values: Samples = {who: [] for who in names}
    async with AsyncExitStack() as stack:
        cases = {who: await _case(stack, address, _FACES, who) for who in names}
        for case in cases.values():
            await case()
        for _ in range(samples):
            for who, case in cases.items():
                values[who].append(await longest_stall(case))
    return values
