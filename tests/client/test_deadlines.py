"""A call takes no longer than its deadline, whatever it is that hangs."""

import asyncio
import socket
import time
from contextlib import asynccontextmanager

import pytest
from kit_options import T0

from vidkit import AwsConfig, HuaweiConfig, RetryPolicy, VidKit, VidKitError, VidKitTimeoutError
from vidkit.local import LocalCloud

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/AAAAAAAAAAAA"
DEADLINE = 0.4
# A busy machine is slow to take notice; what hangs here hangs for half a minute or for ever.
MARGIN = 3.0


async def policy(kit):
    await kit.ivs.get_playback_restriction_policy(ARN)


async def task(kit):
    await kit.mpc.get_thumbnails_task("1")


async def image(kit):
    await kit.images.get_images(
        stream_name="front-door", start_timestamp=T0, end_timestamp=T0
    ).collect()


def towards(endpoint, **options):
    """A kit whose services are all at one address."""
    keys = {"access_key": "a", "secret_key": "b", "project_id": "p", "region": "cn-north-4"}
    huawei = HuaweiConfig(**(keys | options.pop("huawei", {})), endpoint=endpoint)
    aws = AwsConfig(
        region="us-east-1",
        access_key_id="a",
        secret_access_key="b",
        endpoint_url=endpoint,
        **options.pop("aws", {}),
    )
    return VidKit(aws=aws, huawei=huawei, deadline=DEADLINE, **options)


@asynccontextmanager
async def silent_server(*, scheme="http"):
    """Accepts connections and says nothing, not even in a TLS handshake."""
    writers = []

    async def accept(_, writer):
        writers.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


@asynccontextmanager
async def deaf_server():
    """A port whose queue of connections is full: connecting hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        crowd = [socket.socket() for _ in range(8)]
        try:
            for one in crowd:
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for one in crowd:
                one.close()


async def in_time(call, kit, error=VidKitTimeoutError):
    started = time.monotonic()
    with pytest.raises(error) as caught:
        # Where nothing else ends it, this does, with an error that is none of ours.
        await asyncio.wait_for(call(kit), DEADLINE + 2 * MARGIN)
    took = time.monotonic() - started
    assert took < DEADLINE + MARGIN, f"it took {took:.1f} s"
    assert caught.value.operation
    return caught.value


@pytest.mark.parametrize("call", [policy, task, image])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_server_that_says_nothing(call, scheme):
    async with silent_server(scheme=scheme) as endpoint, towards(endpoint) as kit:
        await in_time(call, kit)


@pytest.mark.parametrize("call", [policy, task, image])
async def test_a_connection_that_is_not_made(call):
    async with deaf_server() as endpoint, towards(endpoint) as kit:
        await in_time(call, kit)


@pytest.mark.parametrize("call", [policy, task])
async def test_a_name_that_is_not_resolved(call, monkeypatch):
    async def never(*_, **__):
        await asyncio.sleep(30)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    async with towards("https://mpc.invalid") as kit:
        await in_time(call, kit)


@pytest.mark.parametrize("call", [policy, task, image])
@pytest.mark.parametrize("kind", ["hang", "drip", "latency"])
async def test_an_answer_that_does_not_come_or_not_whole(call, kind, cloud):
    async with cloud.kit(deadline=DEADLINE) as kit:
        cloud.inject(kind, seconds=30)
        await in_time(call, kit)


async def test_a_hanging_look_up_of_a_data_endpoint(cloud):
    async with cloud.kit(deadline=DEADLINE) as kit:
        cloud.inject("hang", operation="GetDataEndpoint")
        error = await in_time(image, kit)
        assert error.service == "images"


async def test_a_hanging_renewal_of_a_token():
    async with LocalCloud() as cloud:
        huawei = HuaweiConfig(
            region="cn-north-4",
            username=cloud.identity.iam_user,
            password=cloud.identity.iam_password,
            domain_name=cloud.identity.domain_name,
            endpoint=cloud.endpoint,
            iam_endpoint=cloud.endpoint,
        )
        cloud.inject("hang", service="iam")
        async with cloud.kit(huawei=huawei, deadline=DEADLINE) as kit:
            await in_time(task, kit)


@pytest.mark.parametrize("call", [policy, task])
async def test_waiting_for_a_connection_of_the_pool(call):
    async with silent_server() as endpoint:
        one = {"max_connections": 1}
        async with towards(endpoint, aws=one, huawei=one) as kit:
            patient = kit.with_options(deadline=60)
            first = asyncio.create_task(call(patient))
            await asyncio.sleep(0.3)
            await in_time(call, kit)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)


@pytest.mark.parametrize("call", [policy, task, image])
async def test_waits_between_attempts_count(call, cloud):
    retry = RetryPolicy(max_attempts=50, base_delay=10, throttling_base_delay=10)
    async with cloud.kit(deadline=DEADLINE, retry=retry) as kit:
        cloud.inject("unavailable")
        error = await in_time(call, kit, error=VidKitError)
        assert error.attempts < 10


async def test_a_wait_that_the_service_asks_for_is_not_begun_when_it_is_too_long(cloud):
    async with cloud.kit(deadline=20) as kit:
        cloud.inject("throttled", retry_after=3600)
        error = await in_time(policy, kit, error=VidKitError)
        assert (error.attempts, error.retry_after) == (1, 3600)


async def test_a_timeout_is_not_multiplied_by_retries(cloud):
    retry = RetryPolicy(max_attempts=10, base_delay=0, attempt_timeout=0.15)
    async with cloud.kit(deadline=DEADLINE, retry=retry) as kit:
        with pytest.raises(VidKitError):
            await policy(kit)
        cloud.inject("hang")
        error = await in_time(policy, kit)
        assert error.attempts in {2, 3}
