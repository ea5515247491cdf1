"""Creating thumbnails tasks of Huawei Cloud MPC, compared with Huawei's own client."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkmpc import v1 as mpc

from benchmarks.clients import KEYS, huawei_kit
from benchmarks.clocks import Case, Samples, in_turns
from vidkit.mpc import ObsObjInfo, ThumbnailPara

__all__ = ["creates"]

_PLACE = {"bucket": "videos", "location": "cn-north-4"}
_THREADS = 32


def _official(kind: Any, address: str) -> Any:
    keys = BasicCredentials(
        KEYS["aws_access_key_id"],
        KEYS["aws_secret_access_key"],
        "0123456789abcdef0123456789abcdef",
    )
    return kind.new_builder().with_credentials(keys).with_endpoint(address).build()


def _request() -> Any:
    return mpc.CreateThumbnailsTaskRequest(
        body=mpc.CreateThumbReq(
            input=mpc.ObsObjInfo(object="in/a.mp4", **_PLACE),
            output=mpc.ObsObjInfo(object="out", **_PLACE),
            thumbnail_para=mpc.ThumbnailPara(type="TIME", time=2),
        )
    )


def _official_cases(address: str, calls: int, pool: ThreadPoolExecutor) -> dict[str, Case]:
    client = _official(mpc.MpcClient, address)
    future_client = _official(mpc.MpcAsyncClient, address)

    def create(_: int) -> Any:
        return client.create_thumbnails_task(_request()).task_id

    def in_threads() -> None:
        _check(list(pool.map(create, range(calls))), calls)

    def one_after_another() -> None:
        _check([create(number) for number in range(calls)], calls)

    def with_futures() -> None:
        futures = [future_client.create_thumbnails_task_async(_request()) for _ in range(calls)]
        _check([future.result().task_id for future in futures], calls)

    def off_the_loop(work: Callable[[], None]) -> Case:
        return lambda: asyncio.to_thread(work)

    return {
        "MpcClient, 32 threads": off_the_loop(in_threads),
        "MpcAsyncClient": off_the_loop(with_futures),
        "MpcClient, one after another": off_the_loop(one_after_another),
    }


async def creates(address: str, calls: int, samples: int, left_out: list[str]) -> Samples:
    """Measure concurrent creates: wall time of a call.

    Args:
        address: the server's URL.
        calls: the number of creates in a sample.
        samples: the number of samples of each case.
        left_out: the cases of the official client that are not measured.
    """

    async def create() -> str:
        job = await kit.mpc.create_thumbnails_task(
            input=ObsObjInfo(object="in/a.mp4", **_PLACE),
            output=ObsObjInfo(object="out", **_PLACE),
            thumbnail_para=ThumbnailPara(type="TIME", time=2),
        )
        return job.id

    async def typed() -> None:
        _check(await asyncio.gather(*(create() for _ in range(calls))), calls)

    with ThreadPoolExecutor(_THREADS) as pool:
        async with huawei_kit(address) as kit:
            cases = {"vidkit": typed, **_official_cases(address, calls, pool)}
            for name in left_out:
                del cases[name]
            values = await in_turns(cases, samples=samples, clock=time.perf_counter)
    return {name: [value / calls for value in found] for name, found in values.items()}


def _check(found: list[str], wanted: int) -> None:
    if len(set(found)) != wanted:
        raise AssertionError(f"{len(set(found))} tasks in place of {wanted}")
