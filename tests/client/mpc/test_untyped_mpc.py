"""Calls of MPC by method and path."""

import json

import pytest

from vidkit import AmbiguousError, DecodeError, InvalidRequestError, RequestError

PATH = "/v1/{project_id}/transcodings"


async def test_a_call_is_signed_and_has_the_project_in_its_path(cloud, kit):
    created = await kit.mpc.call(
        "POST",
        "/v1/{project_id}/thumbnails",
        body={
            "input": {"bucket": "bucket", "location": "cn-north-4", "object": "clip.mp4"},
            "output": {"bucket": "bucket", "location": "cn-north-4", "object": "out"},
            "thumbnail_para": {"type": "DOTS", "dots": [1]},
        },
    )
    listed = await kit.mpc.call(
        "GET", "/v1/{project_id}/thumbnails", query={"task_id": [created["task_id"]], "size": 10}
    )
    assert [row["task_id"] for row in listed["task_array"]] == [created["task_id"]]
    assert cloud.calls[-1].operation == "ListThumbnailsTask"


async def test_what_is_sent(scripted):
    scripted.json({"task_id": 1}, status=202).raw(b"", status=204)
    async with scripted.kit() as kit:
        assert await kit.mpc.call("POST", PATH, body={"input": {"a": 1}}) == {"task_id": 1}
        query = {"task_id": [7, "8"], "x": "a b"}
        assert await kit.mpc.call("DELETE", PATH, query=query) == {}
    (first, body), (second, _) = scripted.requests
    assert (first.method, first.path, json.loads(body)) == (
        "POST",
        "/v1/p1/transcodings",
        {"input": {"a": 1}},
    )
    assert second.query_string == "task_id=7&task_id=8&x=a b"


async def test_only_reading_is_repeated_unless_the_caller_says_so(scripted):
    scripted.drop().json({})
    events = []
    async with scripted.kit(on_event=events.append) as kit:
        assert await kit.mpc.call("GET", PATH) == {}
        for method in ("POST", "PUT", "DELETE"):
            scripted.requests.clear()
            with pytest.raises(AmbiguousError):
                await kit.mpc.call(method, PATH, body={})
            assert len(scripted.requests) == 1
        scripted.requests.clear()
        assert await kit.mpc.call("DELETE", PATH, idempotent=True) == {}
        scripted.requests.clear()
        with pytest.raises(AmbiguousError):
            await kit.mpc.call("GET", PATH, idempotent=False)
    assert {(event.service, event.operation.split()[0]) for event in events} == {
        ("mpc", method) for method in ("GET", "POST", "PUT", "DELETE")
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("get", PATH), "method='get': must be one of GET, HEAD"),
        ((["GET"], PATH), "method="),
        (("GET", "v1/x"), "path='v1/x': must be like /v1"),
        (("GET", "//example.com/v1"), "path="),
        (("GET", "/v1/{project}/x"), "path="),
        (("GET", "/v1/{project_id"), "path="),
        (("GET", "/v1/x?size=1"), "path="),
        (("GET", "/v1/../x"), "path="),
        (("GET", "/v1/ä"), "path="),
        (("GET", "/v1/x\n"), "path="),
        (("GET", None), "path="),
    ],
)
async def test_a_bad_method_or_path_is_rejected(scripted, arguments, complaint):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=complaint):
            await kit.mpc.call(*arguments)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"body": []}, "body: must be a dict, not list"),
        ({"body": {"a": float("nan")}}, "body: cannot be written as JSON"),
        ({"body": {"a": b"b"}}, "body: cannot be written as JSON"),
        ({"query": ["a"]}, "query: must be a mapping, not list"),
        ({"query": {"a": None}}, "query: 'a' must have a string or a whole number"),
        ({"query": {"a": [True]}}, "query: 'a' must have"),
        ({"query": {1: "a"}}, "query: 1 must have"),
        ({"idempotent": 1}, "idempotent=1: must be True, False or None"),
        ({"params": {}}, "parameters are method, path, body, query, idempotent"),
    ],
)
async def test_a_bad_parameter_is_rejected(scripted, parameters, complaint):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=complaint):
            await kit.mpc.call("POST", PATH, **parameters)
    assert scripted.requests == []


async def test_error_codes_are_explained_and_other_responses_are_decode_errors(scripted):
    scripted.json({"error_code": "MPC.10202", "error_msg": "bad"}, status=400)
    scripted.json([])
    scripted.raw(b"[" * 100_000)
    scripted.raw(b"<html>").json({"a": 1})
    async with scripted.kit() as kit:
        with pytest.raises(InvalidRequestError):
            await kit.mpc.call("GET", PATH)
        for _ in range(2):
            with pytest.raises(DecodeError):
                await kit.mpc.call("GET", PATH)
        assert await kit.mpc.call("GET", PATH) == {"a": 1}
