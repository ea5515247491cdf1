import asyncio
import gc
import inspect
import json
import logging
import subprocess
import sys
import weakref
from datetime import timedelta

import pytest
from aiohttp import web

import vidkit
import vidkit.rekognition
from vidkit import (
    AuthError,
    AwsConfig,
    CallEvent,
    ConfigError,
    HuaweiConfig,
    RequestError,
    RetryPolicy,
    TransportError,
    UnavailableError,
    VidKit,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit._internal.arguments import short_repr
from vidkit.jobs.tokens import JobRef

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"playbackRestrictionPolicy": {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}}


async def test_use_before_open_after_close_and_twice_is_a_clear_error(scripted):
    kit = scripted.kit()
    with pytest.raises(RequestError, match=r"not open.*async with"):
        await kit.ivs.get_playback_restriction_policy(ARN)
    async with kit:
        with pytest.raises(RequestError, match="open already"):
            async with kit:
                pass
    for call in (
        lambda: kit.ivs.get_playback_restriction_policy(ARN),
        lambda: kit.mpc.get_thumbnails_task("1"),
        lambda: kit.ivs.list_playback_restriction_policies().collect(),
    ):
        with pytest.raises(RequestError, match="closed"):
            await call()
    with pytest.raises(RequestError, match="closed"):
        async with kit:
            pass
    await kit.close()
    assert repr(kit) == "<VidKit closed>"
    assert scripted.requests == []


async def test_another_event_loop_is_a_clear_error(scripted):
    async with scripted.kit() as kit:

        def elsewhere():
            return asyncio.run(kit.ivs.get_playback_restriction_policy(ARN))

        with pytest.raises(RequestError, match="another event loop"):
            await asyncio.to_thread(elsewhere)


async def test_a_view_shares_connections_and_cannot_close_them(scripted):
    scripted.json(POLICY)
    events = []
    async with scripted.kit() as kit:
        view = kit.with_options(deadline=timedelta(seconds=5), on_event=events.append)
        async with view:
            await view.ivs.get_playback_restriction_policy(ARN)
        await view.close()
        await kit.ivs.get_playback_restriction_policy(ARN)
        again = view.with_options(retry=RetryPolicy.none())
        await again.ivs.get_playback_restriction_policy(ARN)
    assert len(events) == 2
    with pytest.raises(RequestError, match="closed"):
        await view.ivs.get_playback_restriction_policy(ARN)
    peers = {request.transport for request, _ in scripted.requests}
    assert len(peers) == 1


async def test_options_of_a_view_count_for_the_view_alone(scripted):
    scripted.json({}, status=503)
    async with scripted.kit() as kit:
        with pytest.raises(UnavailableError) as caught:
            await kit.with_options(retry=RetryPolicy.none()).ivs.get_playback_restriction_policy(
                ARN
            )
        assert caught.value.attempts == 1
        with pytest.raises(UnavailableError) as caught:
            await kit.ivs.get_playback_restriction_policy(ARN)
        assert caught.value.attempts == 4


async def test_tasks_and_views_share_a_budget_and_services_do_not(scripted):
    scripted.json({}, status=503)
    async with scripted.kit() as kit:
        views = kit, kit.with_options(deadline=30)
        calls = (views[n % 2].ivs.get_playback_restriction_policy(ARN) for n in range(150))
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(end) for end in ends} == {UnavailableError}
        # The budget has 500 tokens, and a retry takes 14.
        assert len(scripted.requests) == 150 + 500 // 14
        with pytest.raises(UnavailableError) as caught:
            await kit.mpc.get_thumbnails_task("1")
    assert caught.value.attempts == 4


@pytest.mark.parametrize("options", [{"deadline": 0}, {"retry": 3}, {"poll": 3}, {"on_event": 3}])
async def test_a_views_options_are_checked(scripted, options):
    async with scripted.kit() as kit:
        with pytest.raises(ConfigError, match=next(iter(options))):
            kit.with_options(**options)
        with pytest.raises(RequestError, match="no_such"):
            kit.with_options(no_such=1)


async def test_the_deadline_holds_over_attempts_and_waits(scripted):
    scripted.json(POLICY).hang()
    policy = RetryPolicy(attempt_timeout=0.1, base_delay=0.01, max_attempts=100)
    async with scripted.kit() as parent:
        # The first call opens the connection, which must not be counted.
        await parent.ivs.get_playback_restriction_policy(ARN)
        kit = parent.with_options(deadline=0.35, retry=policy)
        await_start = asyncio.get_running_loop().time()
        with pytest.raises(VidKitTimeoutError):
            await kit.ivs.get_playback_restriction_policy(ARN)
        assert asyncio.get_running_loop().time() - await_start < 5
    assert len(scripted.requests) > 2


@pytest.mark.parametrize("break_", ["drop", "half"])
async def test_a_broken_answer_is_a_transport_error_after_retries(scripted, break_):
    if break_ == "drop":
        scripted.drop()
    else:

        async def half(request):
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            request.transport.close()
            raise asyncio.CancelledError

        scripted.then(half)
    async with scripted.kit() as kit:
        with pytest.raises(TransportError) as caught:
            await kit.ivs.get_playback_restriction_policy(ARN)
    assert caught.value.attempts == len(scripted.requests) == 4
    assert caught.value.retryable


async def test_refused_connections_were_surely_never_sent(dead_endpoint):
    config = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=dead_endpoint
    )
    async with VidKit(aws=config, retry=RetryPolicy(max_attempts=2, base_delay=0)) as kit:
        with pytest.raises(TransportError) as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert caught.value.attempts == 2
    assert not caught.value.ambiguous


async def test_a_wrong_secret_is_refused_once(cloud):
    wrong = AwsConfig(
        region=cloud.region,
        access_key_id=cloud.access_key_id,
        secret_access_key="wrong-secret-value",
        endpoint_url=cloud.endpoint,
    )
    async with cloud.kit(aws=wrong) as kit:
        for call in (
            lambda: kit.ivs.list_playback_restriction_policies().collect(),
            lambda: kit.rekognition.get_label_detection("0" * 64).collect(),
        ):
            with pytest.raises(AuthError) as caught:
                await call()
            assert caught.value.attempts == 1
            assert "wrong-secret-value" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda kit: kit.ivs.get_playback_restriction_policy(ARN), ["region", "AWS_REGION"]),
        (lambda kit: kit.mpc.get_thumbnails_task("1"), ["region", "HuaweiConfig"]),
    ],
)
async def test_a_missing_region_is_a_config_error(call, words):
    async with VidKit() as kit:
        with pytest.raises(ConfigError) as caught:
            await call(kit)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda kit: kit.ivs.get_playback_restriction_policy(ARN),
            ["credentials", "AWS_ACCESS_KEY_ID"],
        ),
        (lambda kit: kit.mpc.get_thumbnails_task("1"), ["credentials", "HUAWEICLOUD_SDK_AK"]),
    ],
)
async def test_missing_credentials_are_a_config_error(call, words):
    aws = AwsConfig(region="us-east-1")
    huawei = HuaweiConfig(region="cn-north-4", project_id="p")
    async with VidKit(aws=aws, huawei=huawei) as kit:
        with pytest.raises(ConfigError) as caught:
            await call(kit)
    for word in words:
        assert word in str(caught.value)


async def test_a_missing_project_and_profile_are_config_errors():
    huawei = HuaweiConfig(endpoint="http://127.0.0.1:9", access_key="a", secret_key="b")
    async with VidKit(aws=AwsConfig(profile="nobody"), huawei=huawei) as kit:
        with pytest.raises(ConfigError, match="project_id"):
            await kit.mpc.get_thumbnails_task("1")
        with pytest.raises(ConfigError, match="nobody"):
            await kit.ivs.get_playback_restriction_policy(ARN)


async def test_the_environment_is_read(scripted, monkeypatch):
    scripted.json(POLICY)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_ENDPOINT_URL_IVS", scripted.endpoint)
    async with VidKit() as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
    signed = scripted.requests[0][0].headers["Authorization"]
    assert "AKIAENV" in signed
    assert "/eu-west-1/ivs/" in signed


async def test_every_request_is_told_and_a_failing_listener_harms_nothing(scripted, caplog):
    scripted.json({}, status=503, x_amzn_requestid="r-1").json(POLICY)
    events: list[CallEvent] = []

    def listen(event):
        events.append(event)
        raise RuntimeError("a listener's own fault")

    caplog.set_level(logging.DEBUG, logger="vidkit")
    async with scripted.kit(on_event=listen) as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
    assert [(e.attempt, e.status, e.error, e.request_id) for e in events] == [
        (1, 503, "UnavailableError", "r-1"),
        (2, 200, None, None),
    ]
    assert all(e.seconds > 0 for e in events)
    assert "a listener's own fault" in caplog.text
    assert "ivs.GetPlaybackRestrictionPolicy attempt=2" in caplog.text


async def test_secrets_show_nowhere(scripted, caplog):
    scripted.json({}, status=503)
    caplog.set_level(logging.DEBUG, logger="vidkit")
    events = []
    async with scripted.kit(on_event=events.append) as kit:
        for call in (
            kit.ivs.get_playback_restriction_policy(ARN),
            kit.mpc.get_thumbnails_task("1"),
        ):
            with pytest.raises(VidKitError) as caught:
                await call
            assert "s3cret-value" not in f"{caught.value!r}{caught.value}{caught.value.__dict__}"
    assert "s3cret-value" not in caplog.text
    assert "s3cret-value" not in repr(events) + repr(kit)


async def test_a_cancelled_call_leaves_the_kit_working(scripted):
    scripted.hang().hang().json(POLICY)
    async with scripted.kit() as kit:
        for number, call in enumerate(
            (kit.ivs.get_playback_restriction_policy(ARN), kit.mpc.get_thumbnails_task("1"))
        ):
            task = asyncio.ensure_future(call)
            while len(scripted.requests) == number:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await kit.ivs.get_playback_restriction_policy(ARN)).arn == ARN


@pytest.mark.parametrize("service", ["ivs", "mpc"])
async def test_no_connection_keeps_the_result_of_the_call_that_opened_it(scripted, service):
    scripted.json(POLICY | {"task_array": [{"task_id": "1", "status": "SUCCEEDED"}]})
    async with scripted.kit() as kit:
        task = asyncio.ensure_future(
            kit.ivs.get_playback_restriction_policy(ARN)
            if service == "ivs"
            else kit.mpc.get_thumbnails_task("1")
        )
        result = weakref.ref(await task)
        del task
        # The loop holds a reference to what it is running.
        await asyncio.sleep(0)
        gc.collect()
        assert result() is None


async def half_an_answer(request):
    response = web.StreamResponse()
    response.content_length = 1000
    await response.prepare(request)
    await response.write(b"{")
    await asyncio.sleep(60)


@pytest.mark.parametrize("hanging", ["head", "body"])
async def test_closing_during_work_ends_it_with_our_error(scripted, hanging):
    scripted.hang() if hanging == "head" else scripted.then(half_an_answer)
    kit = scripted.kit()
    async with kit:
        calls = [
            asyncio.ensure_future(kit.ivs.get_playback_restriction_policy(ARN)),
            asyncio.ensure_future(kit.mpc.get_thumbnails_task("1")),
        ]
        await asyncio.sleep(0.3)
    for result in await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 5):
        assert isinstance(result, VidKitError)


# Python cannot convert it to text; the error that shows it must not fail.
TOO_LONG = -(10**5000)


@pytest.mark.parametrize(
    ("use", "parameter"),
    [
        (lambda kit: kit.ivs.list_channels(max_results=TOO_LONG), "max_results"),
        (lambda kit: kit.ivs.list_channels().collect(limit=TOO_LONG), "limit"),
        (lambda kit: kit.ivs.list_channels().pages(token=TOO_LONG), "token"),
        (lambda kit: kit.mpc.list_thumbnails_task(page=TOO_LONG), "page"),
        (lambda kit: kit.ivs.apply_policy(ARN, channels=[], rate=TOO_LONG), "rate"),
        (lambda kit: kit.ivs.apply_policy(ARN, channels=[], plan=TOO_LONG), "plan"),
        (
            lambda kit: kit.ivs.apply_policy(ARN, channels=[], wait_while_live=TOO_LONG),
            "wait_while_live",
        ),
        (lambda kit: kit.run_jobs([], max_in_flight=TOO_LONG), "max_in_flight"),
        (lambda kit: kit.run_jobs(TOO_LONG), "starters"),
        (lambda kit: kit.rekognition.wait_for_status("x", TOO_LONG), "status"),
        (
            lambda kit: kit.rekognition.completion_queue("https://sqs/1/q", wait_seconds=TOO_LONG),
            "wait_seconds",
        ),
        (lambda kit: kit.with_options(deadline=TOO_LONG), "deadline"),
        (lambda _: RetryPolicy(max_attempts=TOO_LONG), "max_attempts"),
        (lambda _: AwsConfig(max_connections=TOO_LONG), "max_connections"),
    ],
)
async def test_a_number_too_long_to_be_written_is_a_clear_error(scripted, use, parameter):
    async with scripted.kit() as kit:
        with pytest.raises(VidKitError, match=f"{parameter}=a number of too many digits: "):
            await outcome(use(kit))
    assert scripted.requests == []


async def outcome(used):
    return await used if inspect.isawaitable(used) else used


def test_what_is_shown_of_a_value_is_no_longer_than_a_line():
    assert short_repr("x" * 78) == repr("x" * 78)
    assert short_repr("x" * 79) == repr("x" * 79)[:80] + "..."


@pytest.mark.parametrize("door", [vidkit, vidkit.rekognition])
def test_a_door_of_names_imported_on_use_is_sorted_and_whole(door):
    assert door.__all__ == sorted(door.__all__)
    for name in door.__all__:
        assert getattr(door, name).__name__ == name
    with pytest.raises(AttributeError, match=f"'{door.__name__}' has no attribute 'no_such_name'"):
        _ = door.no_such_name


def loaded_after(program):
    """The modules that a program has imported when it ends."""
    script = f"{program}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout))


DOORS = """
import vidkit, vidkit.rekognition
for door in vidkit, vidkit.rekognition:
    assert {*door.__all__, "__doc__"} <= {*dir(door)}
"""


def test_a_bare_import_knows_all_names_and_loads_next_to_nothing():
    loaded = loaded_after(DOORS)
    assert not loaded & {"pydantic", "aiobotocore", "botocore", "httpx", "aiohttp", "tenacity"}


USE = """
import asyncio
from vidkit import AwsConfig, HuaweiConfig, VidKit, VidKitError
async def main():
    aws = AwsConfig(region="r", access_key_id="a", secret_access_key="b",
                    endpoint_url="http://127.0.0.1:9")
    huawei = HuaweiConfig(region="r", project_id="p", access_key="a", secret_key="b",
                          endpoint="http://127.0.0.1:9")
    async with VidKit(aws=aws, huawei=huawei, deadline=5) as kit:
        try:
            await {call}
        except VidKitError as error:
            assert error.attempts, error
asyncio.run(main())
"""


def test_a_service_that_is_not_touched_is_not_loaded():
    mpc_only = loaded_after(USE.format(call="kit.mpc.get_thumbnails_task('1')"))
    assert "httpx" in mpc_only
    assert not mpc_only & {"aiobotocore", "botocore"}
    aws_only = loaded_after(
        USE.format(call="kit.rekognition.get_label_detection('a' * 64).collect()")
    )
    assert "aiobotocore" in aws_only
    # aiobotocore imports httpx wherever it is installed; vidkit does not.
    assert "vidkit.transports.huawei.transport" not in aws_only


# The modules of job and stream processor models that a use of kit.rekognition imports.
MODELS_OF_USES = {
    "kit.rekognition": set(),
    "kit.rekognition.get_label_detection('x')": {"kinds.labels"},
    "kit.rekognition.get_face_detection('x')": {"kinds.faces"},
    "kit.rekognition.get_face_search('x')": {"kinds.face_search", "kinds.persons", "kinds.faces"},
    "kit.rekognition.get_person_tracking('x')": {"kinds.persons", "kinds.faces"},
    "kit.rekognition.get_celebrity_recognition('x')": {"kinds.celebrities", "kinds.faces"},
    "kit.rekognition.get_content_moderation('x')": {"kinds.moderation"},
    "kit.rekognition.get_segment_detection('x')": {"kinds.segments"},
    "kit.rekognition.get_text_detection('x')": {"kinds.texts"},
    "kit.rekognition.list_stream_processors()": {
        "stream_processors.models",
        "stream_processors.responses",
        "stream_processors.requests",
    },
    f"kit.resume({JobRef('rekognition.text_detection', 'x', 'r').token()!r})": {"kinds.texts"},
}
MODELS = {"stream_processors.results"}.union(*MODELS_OF_USES.values())
TOUCH = """
import asyncio
from vidkit import AwsConfig, VidKit
async def main():
    aws = AwsConfig(region="r", access_key_id="a", secret_access_key="b")
    async with VidKit(aws=aws) as kit:
        {use}
asyncio.run(main())
"""


@pytest.mark.parametrize(("use", "models"), MODELS_OF_USES.items())
def test_the_models_of_a_kind_that_is_not_used_are_not_loaded(use, models):
    loaded = loaded_after(TOUCH.format(use=use))
    assert "vidkit.rekognition.client" in loaded
    assert {name for name in MODELS if f"vidkit.rekognition.{name}" in loaded} == models


async def test_a_kit_that_closes_under_a_pager_gives_the_page_that_came_and_then_says_where(cloud):
    async with cloud.kit() as kit:
        for number in range(6):
            await kit.ivs.create_channel(name=f"channel-{number}")
        pages = kit.ivs.list_channels(max_results=1).pages()
        tokens = [(await anext(pages)).next_token for _ in range(2)]
        await asyncio.sleep(0.2)
    # The third page had come before the kit was closed.
    third = await anext(pages)
    assert len(third.channels) == 1
    with pytest.raises(RequestError, match="closed") as caught:
        await anext(pages)
    assert caught.value.next_token == third.next_token
    assert third.next_token not in tokens


async def test_a_kit_that_closes_under_a_reader_of_images_gives_what_came(cloud, t0, clock_clip):
    cloud.add_stream("door", clock_clip.path, start_timestamp=t0)
    async with cloud.kit() as kit:
        pages = kit.images.get_images(
            stream_name="door",
            start_timestamp=t0,
            end_timestamp=t0 + timedelta(seconds=6),
            max_results=1,
            concurrency=2,
        ).pages()
        first = await anext(pages)
        await asyncio.sleep(0.5)
    second = await anext(pages)
    assert len(second.items) == 1
    assert second.items[0].timestamp > first.items[0].timestamp
    with pytest.raises(RequestError, match="closed") as caught:
        await anext(pages)
    assert caught.value.next_token == second.next_token
