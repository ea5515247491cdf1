"""How the tests call MPC of the local cloud."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.state import Identity, State

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PATH = "/v1/0123456789abcdef0123456789abcdef/thumbnails"
SOURCE = {"bucket": "videos", "location": "cn-north-4", "object": "in/clip.mp4"}
TARGET = {"bucket": "pictures", "location": "cn-north-4", "object": "out"}


def state_of(clip):
    """A cloud whose only object is the clip."""
    state = State(Identity(), now=lambda: NOW, job_seconds=0.02)
    put(state, "in/clip.mp4", clip.path)
    return state


def put(state, name, content):
    state.of(ObjectsState).objects["videos", name] = StoredObject("videos", name, content, NOW)


async def call(service, method, *query, body=None):
    content = b"" if body is None else json.dumps(body).encode()
    request = Request(method, PATH, query, {}, content)
    operation = service.operation(request)
    assert operation is not None
    return await service.handle(operation, request)


async def create(service, *, para=None, **members):
    body = {"input": SOURCE, "output": TARGET, "thumbnail_para": para or {}, **members}
    response = await call(service, "POST", body=body)
    assert response.status == 202
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.body)


async def listed(service, *query):
    response = await call(service, "GET", *query)
    assert response.status == 200
    return json.loads(response.body)


async def status(service, task_id):
    (task,) = (await listed(service, ("task_id", task_id)))["task_array"]
    return task["status"]


async def processing(service, task_id):
    async with asyncio.timeout(5):
        while True:
            if await status(service, task_id) == "PROCESSING":
                return
            await asyncio.sleep(0.005)


async def finished(service, task_id):
    async with asyncio.timeout(10):
        while True:
            (task,) = (await listed(service, ("task_id", task_id)))["task_array"]
            if task["status"] not in {"WAITING", "PROCESSING"}:
                return task
            await asyncio.sleep(0.005)


async def taken(service, *, para=None, **members):
    return await finished(service, (await create(service, para=para, **members))["task_id"])


async def error_of(awaitable):
    with pytest.raises(ApiError) as caught:
        await awaitable
    return caught.value.status, caught.value.code


def picture_names(task):
    return [picture["pic_name"] for picture in task["thumbnail_info"]]


def picture(state, task, name):
    return state.of(ObjectsState).objects["pictures", f"{task['output']['object']}/{name}"].read()
