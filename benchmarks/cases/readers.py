"""The clients that read a page of a job's results, each as its users would.

What a client needs is imported when its case is created: a process has what such a program has.
"""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeAlias

from benchmarks.clients import aiobotocore_client, boto3_client, capo_client, kit_on
from benchmarks.clocks import Case
from benchmarks.kinds import KINDS, Kind

__all__ = ["results_reader"]

_Reader: TypeAlias = Callable[[AsyncExitStack, str, Kind], Awaitable[Case]]

_JOB = "results-1000"
_REQUEST: dict[str, Any] = {"JobId": _JOB, "MaxResults": 1000}


async def results_reader(stack: AsyncExitStack, address: str, noun: str, who: str) -> Case:
    """Return a case that reads a page of a thousand results of a job.

    Args:
        stack: closes the client.
        address: the server's URL.
        noun: the kind of results, one of `benchmarks.kinds.KINDS`.
        who: the client, and how it is used.
    """
    return await _READERS[who](stack, address, KINDS[noun])


async def _vidkit(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    kit = await stack.enter_async_context(kit_on(address))
    return partial(getattr(kit.rekognition, kind.method), _JOB)


async def _aiobotocore(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    client = await stack.enter_async_context(aiobotocore_client("rekognition", address))
    return partial(getattr(client, kind.method), **_REQUEST)


async def _capo(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    client = await stack.enter_async_context(capo_client("rekognition", address))
    return partial(getattr(client, kind.method), job_id=_JOB, max_results=1000)


async def _validated(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    raw, model = await _aiobotocore(stack, address, kind), kind.model

    async def read() -> object:
        return model.model_validate(await raw())

    return read


async def _threaded(_: AsyncExitStack, address: str, kind: Kind) -> Case:
    method = getattr(boto3_client("rekognition", address), kind.method)
    return partial(asyncio.to_thread, method, **_REQUEST)


async def _from_json(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    from pydantic_core import from_json

    return await _bare(stack, address, kind, from_json)


async def _untyped(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    import msgspec

    return await _bare(stack, address, kind, msgspec.json.decode)


async def _structs(stack: AsyncExitStack, address: str, kind: Kind) -> Case:
    import msgspec

    from benchmarks.limits import struct_of

    decoder = msgspec.json.Decoder(struct_of(kind.model))
    return await _bare(stack, address, kind, decoder.decode)


async def _bare(
    stack: AsyncExitStack, address: str, kind: Kind, decode: Callable[[bytes], object]
) -> Case:
    """Return a case that sends an unsigned request with aiohttp, and reads the response."""
    import aiohttp

    from benchmarks.limits import targeted

    session = await stack.enter_async_context(aiohttp.ClientSession())
    request = json.dumps(_REQUEST).encode()

    async def read() -> object:
        target = f"RekognitionService.{kind.operation}"
        return decode(await targeted(session, address, target, request))

    return read


_READERS: dict[str, _Reader] = {
    "vidkit": _vidkit,
    "aiobotocore": _aiobotocore,
    "capo": _capo,
    "aiobotocore + model_validate": _validated,
    "boto3 in a thread": _threaded,
    "aiohttp + pydantic_core.from_json": _from_json,
    "aiohttp + msgspec, untyped": _untyped,
    "aiohttp + msgspec structs": _structs,
}
