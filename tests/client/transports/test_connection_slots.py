"""Requests that wait for a connection: neither dated nor signed nor sent yet."""

import asyncio

import pytest
from aiohttp import web
from creates import create_policy, create_task
from kit_options import FAST

from vidkit import (
    AmbiguousError,
    AwsConfig,
    HuaweiConfig,
    RequestError,
    VidKit,
    VidKitTimeoutError,
)


@pytest.fixture
def one_connection(scripted):
    return VidKit(
        aws=AwsConfig(
            region="us-east-1",
            access_key_id="AKIA",
            secret_access_key="s3cret-value",
            endpoint_url=scripted.endpoint,
            max_connections=1,
        ),
        huawei=HuaweiConfig(
            region="cn-north-4",
            project_id="p1",
            access_key="AK",
            secret_key="s3cret-value",
            endpoint=scripted.endpoint,
            max_connections=1,
        ),
        **FAST,
    )


async def all_taken(scripted, *calls):
    async with asyncio.timeout(10):
        while not scripted.requests:
            assert not any(call.done() for call in calls), calls
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("create", [create_policy, create_task])
async def test_a_create_that_got_no_connection_was_not_sent(scripted, one_connection, create):
    scripted.hang()
    async with one_connection as kit:
        sent = asyncio.create_task(create(kit))
        await all_taken(scripted, sent)
        with pytest.raises(VidKitTimeoutError) as caught:
            await create(kit.with_options(deadline=0.3))
        assert not caught.value.ambiguous
        assert len(scripted.requests) == 1
        sent.cancel()
        await asyncio.gather(sent, return_exceptions=True)


async def test_a_create_that_was_sent_may_have_been_carried_out(scripted, one_connection):
    scripted.json({"channels": []}).hang()
    async with one_connection as kit:
        # What is read before the first request takes a while.
        await kit.ivs.list_channels().collect()
        with pytest.raises(AmbiguousError):
            await create_policy(kit.with_options(deadline=1))
    assert len(scripted.requests) == 2


@pytest.mark.parametrize("create", [create_policy, create_task])
async def test_a_create_that_waits_when_the_kit_is_closed_was_not_sent(
    scripted, one_connection, create
):
    scripted.hang()
    async with one_connection as kit:
        sent = asyncio.create_task(create(kit))
        await all_taken(scripted, sent)
        waiting = asyncio.create_task(create(kit))
        if create is create_policy:
            turns = (await kit._runtime.aws())._services["ivs"].connection_slots
        else:
            turns = (await kit._runtime.huawei())._connection_slots
        async with asyncio.timeout(10):
            while not turns._waiters:
                await asyncio.sleep(0.005)
    ends = await asyncio.gather(sent, waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [AmbiguousError, RequestError]
    assert "closed" in str(ends[1])
    assert not ends[1].ambiguous
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    ("call", "header"),
    [(create_policy, "X-Amz-Date"), (create_task, "X-Sdk-Date")],
)
async def test_a_request_is_dated_when_it_is_sent(scripted, one_connection, call, header):
    """Not when it begins to wait: a signature is good for a few minutes only."""
    go = asyncio.Event()

    async def slowly(request):
        await go.wait()
        return refusal()

    scripted.then(slowly)
    async with one_connection as kit:
        calls = [asyncio.create_task(call(kit)) for _ in range(2)]
        await all_taken(scripted, *calls)
        await asyncio.sleep(1.1)
        go.set()
        await asyncio.gather(*calls, return_exceptions=True)
    first, second = (request.headers[header] for request, _ in scripted.requests)
    assert first < second


def refusal():
    return web.json_response({"message": "no", "error_code": "X"}, status=400)
