"""Each operation, cancelled at each place where it waits: nothing is left behind."""

import asyncio
import inspect
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest
from every_operation import COVERED_ELSEWHERE, HANDLES, OPERATIONS, Call, set_up
from kit_options import FAST

from vidkit import AsyncPager, Job, VidKit

_POOLED = 130
"""64 connections to a service may stay in its pool; both ends are in this process."""


CONNECTIONS = 4


@pytest.fixture
async def kit(cloud):
    """With so few connections that one which is not given back is missed."""
    async with cloud.kit(**FAST, deadline=20) as kit:
        for config in (kit._runtime.aws_config, kit._runtime.huawei_config):
            object.__setattr__(config, "max_connections", CONNECTIONS)
        yield kit


class Interrupted:
    """Awaits something, and has the task cancelled when it waits for the n-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], n: int) -> None:
        self._work = work
        self._left = n

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        task = asyncio.current_task()
        assert task is not None
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited = steps.throw(error) if error else steps.send(value)
            except StopIteration as done:
                return done.value
            self._left -= 1
            if self._left == 0:
                # As whoever holds the task would do it, while it waits.
                asyncio.get_running_loop().call_soon(task.cancel)
            value, error = None, None
            try:
                value = yield waited
            except BaseException as thrown:  # noqa: BLE001 - handed on
                error = thrown


async def cancelled_at(n: int, work: Coroutine[Any, Any, Any]) -> bool:
    """Whether the work was cancelled at its n-th wait; False when it ended before."""

    async def run() -> None:
        await Interrupted(work, n)

    task = asyncio.create_task(run())
    try:
        await task
    except asyncio.CancelledError:
        return True
    return False


# They wait for nothing.
AT_ONCE = {"resume", "poll_first"}


def methods(kind: type) -> set[str]:
    return {
        name
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name not in AT_ONCE
    }


async def test_the_table_has_every_operation(kit):
    clients = {name: type(getattr(kit, name)) for name in ("images", "rekognition", "ivs", "mpc")}
    public = {f"{name}.{m}" for name, kind in clients.items() for m in methods(kind)}
    assert public - set(OPERATIONS) - COVERED_ELSEWHERE == set()
    assert set(OPERATIONS) - public == {"run_jobs"}
    kinds = (Job, AsyncPager)
    assert set(HANDLES) == {f"{kind.__name__}.{m}" for kind in kinds for m in methods(kind)}
    own = {name for name in methods(VidKit) if name not in {"close", "with_options"}}
    assert own == {"run_jobs"}


def sockets() -> int:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return 0
    found = 0
    for entry in folder.iterdir():
        try:
            found += str(entry.readlink()).startswith("socket:")
        except OSError:
            continue
    return found


TABLE = OPERATIONS | HANDLES


@pytest.mark.parametrize(
    "client", ["images", "rekognition", "ivs", "mpc", "run_jobs", "Job", "AsyncPager"]
)
async def test_cancelled_anywhere_it_leaves_nothing_behind(
    client, cloud, kit, t0, tmp_path, monkeypatch
):
    # Of those that were started and given up, a slow machine has more in progress than 20.
    monkeypatch.setattr("vidkit.local.rekognition.jobs.MAX_RUNNING", 10_000)
    monkeypatch.setattr("vidkit.local.rekognition.processors.MAX_FACE_SEARCHES", 10_000)
    scene = await set_up(cloud, kit, t0, tmp_path)
    calls = {name: call for name, call in TABLE.items() if name.startswith(client)}
    for call in calls.values():
        await call(kit, scene)
    before, open_before = asyncio.all_tasks(), sockets()
    at_once = asyncio.Semaphore(6)

    async def cancel_everywhere(call: Call) -> int:
        async with at_once:
            for n in range(1, 300):
                if not await cancelled_at(n, _run(call, kit, scene)):
                    return n - 1
        raise AssertionError("it never ended")

    waits = await asyncio.gather(*map(cancel_everywhere, calls.values()))
    assert min(waits) > 0, dict(zip(calls, waits, strict=True))
    # The kit goes on working, and as many at once as before.
    again = [_run(call, kit, scene) for call in calls.values() for _ in range(2)]
    await asyncio.wait_for(asyncio.gather(*again), 60)
    for _ in range(200):
        left = {task for task in asyncio.all_tasks() - before if _is_ours(task)}
        if not left and sockets() <= open_before + _POOLED:
            break
        await asyncio.sleep(0.02)
    assert left == set()
    # Connections of requests that were given up are closed, not kept.
    assert sockets() <= open_before + _POOLED
    assert not [path for path in tmp_path.rglob("*") if path.suffix in {".tmp", ".part"}]


async def _run(call: Any, kit: VidKit, scene: Any) -> Any:
    return await call(kit, scene)


def _is_ours(task: "asyncio.Task[Any]") -> bool:
    """Whether it is a task of the kit, not of the cloud that runs in this process."""
    code = getattr(task.get_coro(), "cr_code", None)
    return (
        code is not None
        and "vidkit/local" not in code.co_filename
        and "vidkit" in str(code.co_filename)
    )
