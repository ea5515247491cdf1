"""How the tests call Rekognition Video of the local cloud."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from vidkit.local.objects.state import ObjectsState, StoredObject
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.state import Identity, State

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VIDEO = {"S3Object": {"Bucket": "videos", "Name": "clip.mp4"}}


def state_of(clip):
    """A cloud whose only object is the clip."""
    state = State(Identity(), now=lambda: NOW, job_seconds=0.02)
    put(state, "clip.mp4", clip.path)
    return state


def put(state, name, content):
    state.of(ObjectsState).objects["videos", name] = StoredObject("videos", name, content, NOW)


def label(name, timestamp, confidence=90.0, *, duration=500, categories=(), boxes=()):
    return {
        "Timestamp": timestamp,
        "StartTimestampMillis": timestamp,
        "EndTimestampMillis": timestamp + duration,
        "DurationMillis": duration,
        "Label": {
            "Name": name,
            "Confidence": confidence,
            "Instances": [
                {"BoundingBox": {"Left": 0, "Top": 0, "Width": 1, "Height": 1}, "Confidence": box}
                for box in boxes
            ],
            "Parents": [],
            "Categories": [{"Name": category} for category in categories],
        },
    }


async def call(service, operation, **parameters):
    headers = {"x-amz-target": f"RekognitionService.{operation}"}
    request = Request("POST", "/", (), headers, json.dumps(parameters).encode())
    assert service.operation(request) == operation
    response = await service.handle(operation, request)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
    return json.loads(response.body)


async def start(service, kind="LabelDetection", **parameters):
    return (await call(service, f"Start{kind}", **{"Video": VIDEO, **parameters}))["JobId"]


async def finished(service, job_id, kind="LabelDetection", **query):
    async with asyncio.timeout(10):
        while True:
            content = await call(service, f"Get{kind}", JobId=job_id, **query)
            if content["JobStatus"] != "IN_PROGRESS":
                return content
            await asyncio.sleep(0.005)


async def detect(service, kind="LabelDetection", query=None, **parameters):
    job_id = await start(service, kind, **parameters)
    return await finished(service, job_id, kind, **(query or {}))


async def code_of(awaitable):
    with pytest.raises(ApiError) as caught:
        await awaitable
    assert caught.value.status == 400
    return caught.value.code
