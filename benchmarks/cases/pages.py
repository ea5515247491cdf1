"""Whole pages: faces, labels, images; their cost, memory and the stall while one comes."""

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
from typing import Any

import aiohttp
import msgspec
import pydantic_core
from pydantic import BaseModel

from benchmarks.bodies import FIRST_MOMENT
from benchmarks.clients import aiobotocore_client, boto3_client, kit_on
from benchmarks.clocks import Case, Samples, in_turns, longest_stall
from benchmarks.limits import struct_of, targeted
from vidkit import VidKit
from vidkit.images.models import GetImagesAnswer
from vidkit.rekognition.faces import GetFaceDetectionAnswer
from vidkit.rekognition.labels import GetLabelDetectionAnswer

__all__ = ["images", "memory", "results", "stalls"]

_MODELS: dict[str, type[BaseModel]] = {
    "get_face_detection": GetFaceDetectionAnswer,
    "get_label_detection": GetLabelDetectionAnswer,
}
_TARGETS = {
    "get_face_detection": "RekognitionService.GetFaceDetection",
    "get_label_detection": "RekognitionService.GetLabelDetection",
}
_JOB = "results-1000"


def _typed(kit: VidKit, operation: str) -> Case:
    get = getattr(kit.rekognition, operation)

    async def page() -> Any:
        return await get(_JOB)

    return page


def _dict(client: Any, operation: str) -> Case:
    get = getattr(client, operation)

    async def page() -> Any:
        return await get(JobId=_JOB, MaxResults=1000)

    return page


async def results(address: str, operation: str, samples: int) -> Samples:
    """A page of a thousand results of a job, CPU."""
    model = _MODELS[operation]
    request = json.dumps({"JobId": _JOB, "MaxResults": 1000}).encode()
    typed_decoder = msgspec.json.Decoder(struct_of(model))
    threaded = getattr(boto3_client("rekognition", address), operation)
    async with (
        kit_on(address) as kit,
        aiobotocore_client("rekognition", address) as client,
        aiohttp.ClientSession() as session,
    ):
        raw = _dict(client, operation)

        async def validated() -> object:
            return model.model_validate(await raw())

        async def in_a_thread() -> object:
            return await asyncio.to_thread(threaded, JobId=_JOB, MaxResults=1000)

        def bare(read: Callable[[bytes], object]) -> Case:
            async def page() -> object:
                return read(await targeted(session, address, _TARGETS[operation], request))

            return page

        return await in_turns(
            {
                "vidkit": _typed(kit, operation),
                "aiobotocore": raw,
                "aiobotocore + model_validate": validated,
                "boto3 in a thread": in_a_thread,
                "aiohttp + pydantic_core.from_json": bare(pydantic_core.from_json),
                "aiohttp + msgspec, untyped": bare(msgspec.json.decode),
                "aiohttp + msgspec structs": bare(typed_decoder.decode),
            },
            samples=samples,
        )


async def images(address: str, size: int, samples: int, loops: int) -> Samples:
    """A page of 25 images, out of their base64, CPU."""
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
    asked = members | {
        "StartTimestamp": FIRST_MOMENT.timestamp(),
        "EndTimestamp": members["EndTimestamp"].timestamp(),
    }
    request = json.dumps(asked).encode()
    typed_decoder = msgspec.json.Decoder(struct_of(GetImagesAnswer))

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

        async def in_a_thread() -> object:
            return contents(await asyncio.to_thread(threaded.get_images, **members))

        async def body() -> bytes:
            return await targeted(session, f"{address}/getImages", "", request)

        async def with_from_json() -> object:
            return contents(pydantic_core.from_json(await body()))

        async def with_msgspec() -> object:
            return typed_decoder.decode(await body())

        return await in_turns(
            {
                "vidkit": typed,
                "aiobotocore + b64decode": raw,
                "boto3 in a thread + b64decode": in_a_thread,
                "aiohttp + pydantic_core.from_json + b64decode": with_from_json,
                "aiohttp + msgspec structs": with_msgspec,
            },
            samples=samples,
            loops=loops,
        )


async def _case(stack: AsyncExitStack, address: str, who: str) -> Case:
    operation = "get_face_detection"
    if who == "vidkit":
        return _typed(await stack.enter_async_context(kit_on(address)), operation)
    client = await stack.enter_async_context(aiobotocore_client("rekognition", address))
    raw = _dict(client, operation)
    if who == "aiobotocore":
        return raw

    async def validated() -> object:
        return GetFaceDetectionAnswer.model_validate(await raw())

    return validated


async def memory(address: str, who: str) -> int:
    """Bytes that the page of a thousand faces takes while it is kept."""
    async with AsyncExitStack() as stack:
        page = await _case(stack, address, who)
        # What is kept for ever, such as imported modules, is there after the first one.
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


async def stalls(address: str, samples: int) -> Samples:
    """The longest stall of the event loop while the page of a thousand faces comes."""
    values: Samples = {"vidkit": [], "aiobotocore": [], "aiobotocore + model_validate": []}
    async with AsyncExitStack() as stack:
        cases = {who: await _case(stack, address, who) for who in values}
        for case in cases.values():
            await case()
        for _ in range(samples):
            for who, case in cases.items():
                values[who].append(await longest_stall(case))
    return values
