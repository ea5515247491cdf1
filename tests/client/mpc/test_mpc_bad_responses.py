"""Unusable responses: for each operation a vidkit error, with status and request id."""

import httpx
import pytest
import respx
from aiohttp import web

from vidkit import (
    AmbiguousError,
    DecodeError,
    HuaweiConfig,
    InvalidRequestError,
    PollPolicy,
    RetryPolicy,
    ServiceError,
    TransportError,
    UnavailableError,
    VidKit,
)
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.transports.huawei.transport import HuaweiTransport

FAST = {
    "poll": PollPolicy(initial_delay=0.05, max_delay=0.2, polls_per_second=1000),
    "retry": RetryPolicy(base_delay=0.001, throttling_base_delay=0.001),
}
PLACE = ObsObjInfo(bucket="bucket", location="cn-north-4", object="clip.mp4")

OPERATIONS = {
    "CreateThumbnailsTask": lambda kit: kit.mpc.create_thumbnails_task(
        input=PLACE, output=PLACE, thumbnail_para=ThumbnailPara()
    ),
    "ListThumbnailsTask": lambda kit: kit.mpc.list_thumbnails_task().collect(),
    "DeleteThumbnailsTask": lambda kit: kit.mpc.delete_thumbnails_task("1"),
}
READING = {name: OPERATIONS[name] for name in ("ListThumbnailsTask", "DeleteThumbnailsTask")}
NO_TASKS = {"task_array": [], "is_truncated": 0, "total": 0}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("vidkit.mpc.create_once._SEARCH_DELAYS_SECONDS", (0.0, 0.01))
    monkeypatch.setattr("vidkit.mpc.task_search._MIN_BATCHING_SECONDS", 0.01)


def unusable(body, *, status=200, content_type="application/json", **headers):
    """Respond to everything with this, but to a search for tasks with an empty list."""

    async def respond(request):
        if request.method == "GET" and "start_time" in request.query:
            return web.json_response(NO_TASKS)
        return web.Response(
            body=body, status=status, headers={"Content-Type": content_type, **headers}
        )

    return respond


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>maintenance</html>", "text/html"),
        (b"<html>maintenance</html>", "application/json"),
        (b'{"task_id": "1", "task_arr', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"[" * 5000, "application/json"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
async def test_an_unreadable_response_is_a_decode_error(scripted, operation, body, content_type):
    scripted.then(unusable(body, content_type=content_type, **{"X-Request-Id": "r1"}))
    async with scripted.kit() as kit:
        with pytest.raises((DecodeError, AmbiguousError)) as caught:
            await OPERATIONS[operation](kit)
    error = caught.value
    if operation == "CreateThumbnailsTask":
        # A success that cannot be read may have made a task.
        assert isinstance(error, AmbiguousError)
        assert isinstance(error.__cause__, DecodeError)
    assert (error.status, error.request_id, error.operation) == (200, "r1", operation)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("CreateThumbnailsTask", b"{}"),
        ("CreateThumbnailsTask", b'{"task_id": ""}'),
        ("CreateThumbnailsTask", b'{"task_id": null}'),
        ("CreateThumbnailsTask", b'{"task_id": {}}'),
        ("CreateThumbnailsTask", b""),
        ("ListThumbnailsTask", b"{}"),
        ("ListThumbnailsTask", b'{"is_truncated": 0}'),
        ("ListThumbnailsTask", b'{"total": 3}'),
        ("ListThumbnailsTask", b'{"task_array": {}}'),
        ("ListThumbnailsTask", b'{"task_array": [1]}'),
        ("ListThumbnailsTask", b'{"error_code": "MPC.10212", "error_msg": "Operation failed."}'),
        ("ListThumbnailsTask", b""),
    ],
)
async def test_missing_members_are_decode_errors(scripted, operation, body):
    scripted.then(unusable(body, **{"X-Request-Id": "r1"}))
    async with scripted.kit() as kit:
        with pytest.raises((DecodeError, AmbiguousError)) as caught:
            await OPERATIONS[operation](kit)
    assert (caught.value.status, caught.value.request_id) == (200, "r1")


@pytest.mark.parametrize("body", [b'{"task_array": null, "total": 0}', b'{"total": "0"}'])
async def test_an_empty_list_has_more_than_one_form(scripted, body):
    scripted.then(unusable(body))
    async with scripted.kit() as kit:
        assert await kit.mpc.list_thumbnails_task().collect() == []


@pytest.mark.parametrize("operation", READING)
async def test_a_request_id_may_be_in_the_body_only(scripted, operation):
    scripted.then(unusable(b'[{"request_id": "no"}]'))
    scripted.then(unusable(b'{"request_id": "r2", "task_array": 7}', status=200))
    scripted.then(unusable(b'{"request_id": "r3", "error_code": "MPC.10202"}', status=400))
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError) as caught:
            await OPERATIONS[operation](kit)
        assert caught.value.request_id is None
        if operation == "ListThumbnailsTask":
            with pytest.raises(DecodeError) as caught:
                await OPERATIONS[operation](kit)
            assert caught.value.request_id == "r2"
        else:
            scripted.requests.append(None)
        with pytest.raises(InvalidRequestError) as caught:
            await OPERATIONS[operation](kit)
        assert caught.value.request_id == "r3"
        assert "a parameter of the request is invalid" in str(caught.value)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed_with_a_signature(scripted, operation, status):
    elsewhere = {"Location": f"{scripted.endpoint}/elsewhere", "X-Request-Id": "r4"}
    scripted.then(unusable(b"moved", status=status, content_type="text/html", **elsewhere))
    async with scripted.kit() as kit:
        with pytest.raises(ServiceError, match="never followed") as caught:
            await OPERATIONS[operation](kit)
    assert (caught.value.status, caught.value.request_id) == (status, "r4")
    assert len(scripted.requests) == 1


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_error_page_is_an_error_with_its_status(scripted, operation):
    scripted.then(
        unusable(
            b"<html>502</html>", status=502, content_type="text/html", **{"X-Request-Id": "r5"}
        )
    )
    async with scripted.kit() as kit:
        with pytest.raises((UnavailableError, AmbiguousError)) as caught:
            await OPERATIONS[operation](kit)
    assert (caught.value.status, caught.value.request_id) == (502, "r5")
    assert caught.value.attempts == 4


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_half_a_body_is_a_transport_error(scripted, operation):
    async def half(request):
        if request.method == "GET" and operation == "CreateThumbnailsTask":
            return web.json_response(NO_TASKS)
        headers = {"Content-Length": "500", "X-Request-Id": "r6"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(b'{"task_id": "1"')
        request.transport.close()
        return response

    scripted.then(half)
    async with scripted.kit() as kit:
        with pytest.raises((TransportError, AmbiguousError)) as caught:
            await OPERATIONS[operation](kit)
    assert caught.value.attempts == 4
    assert caught.value.operation == operation
    assert (caught.value.status, caught.value.request_id) == (200, "r6")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("status", [400, 401])
async def test_half_an_error_response_is_not_ambiguous(scripted, operation, status):
    async def half(request):
        headers = {"Content-Length": "500", "X-Request-Id": "r7"}
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        await response.write(b'{"error_code": "APIGW.0301", "error_m')
        request.transport.close()
        return response

    scripted.then(half)
    async with scripted.kit() as kit:
        with pytest.raises(TransportError) as caught:
            await OPERATIONS[operation](kit)
    assert (caught.value.status, caught.value.request_id) == (status, "r7")
    assert not caught.value.ambiguous
    assert len(scripted.requests) == (4 if status == 400 else 1)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_errors_of_httpx_become_vidkit_errors(operation):
    """The same without a network: errors of httpx become errors of vidkit."""
    router = respx.Router()
    router.route().mock(side_effect=httpx.RemoteProtocolError("cut off"))
    config = HuaweiConfig(
        region="cn-north-4", project_id="p1", access_key="AK", secret_key="s3cret-value"
    )
    async with VidKit(huawei=config, **FAST) as kit:
        kit._runtime._huawei = HuaweiTransport(
            config, transport=httpx.MockTransport(router.async_handler)
        )
        with pytest.raises((TransportError, AmbiguousError)) as caught:
            await OPERATIONS[operation](kit)
    assert caught.value.operation == operation
    assert caught.value.status is None
    assert "s3cret-value" not in str(caught.value)


async def test_a_cancel_accepts_an_empty_response(scripted):
    scripted.raw(b"", status=204).raw(b"{}", status=200)
    async with scripted.kit() as kit:
        await kit.mpc.delete_thumbnails_task("1")
        await kit.mpc.delete_thumbnails_task("1")
