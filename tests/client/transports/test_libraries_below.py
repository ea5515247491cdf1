"""What the libraries below must not do, and what must not escape from them."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from vidkit import (
    AmbiguousError,
    AuthError,
    AwsConfig,
    ConfigError,
    DecodeError,
    HuaweiConfig,
    PollPolicy,
    RequestError,
    RetryPolicy,
    S3Video,
    ServiceError,
    VidKit,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.jobs.tokens import JobRef
from vidkit.local import LocalCloud

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"playbackRestrictionPolicy": {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}}
KEYS = {"access_key_id": "a", "secret_access_key": "b"}


@pytest.fixture
async def elsewhere(scripted):
    """A second server, which nothing is to be sent to."""
    script = type(scripted)()
    script.json(POLICY)

    async def serve(reader, writer):
        script.requests.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    script.endpoint = f"http://{host}:{port}"
    yield script
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(scripted, elsewhere, status):
    scripted.json({}, status=status, Location=elsewhere.endpoint)
    aws = AwsConfig(
        region="us-east-1", session_token="t0ken", endpoint_url=scripted.endpoint, **KEYS
    )
    async with scripted.kit() as kit, VidKit(aws=aws) as temporary:
        for call in (
            lambda: temporary.ivs.get_playback_restriction_policy(ARN),
            lambda: kit.mpc.get_thumbnails_task("1"),
        ):
            with pytest.raises(ServiceError, match="never followed") as caught:
                await call()
            assert caught.value.status == status
    assert elsewhere.requests == []


GET_AND_DELETE = {
    "huawei": (
        lambda kit: kit.mpc.list_thumbnails_task().collect(),
        lambda kit: kit.mpc.delete_thumbnails_task("1"),
    ),
    "aws": (
        lambda kit: kit.ivs.list_tags_for_resource(ARN),
        lambda kit: kit.ivs.untag_resource(ARN, ["a"]),
    ),
}


@pytest.mark.parametrize("service", GET_AND_DELETE)
@pytest.mark.parametrize("ends", ["cut", "refused", "no answer"])
async def test_nothing_below_sends_twice(scripted, service, ends):
    get, delete = GET_AND_DELETE[service]
    scripted.json({"task_array": [], "tags": {}})
    if ends == "cut":
        scripted.drop()
    elif ends == "refused":
        scripted.json({}, status=503)
    else:
        scripted.hang()
    retry = RetryPolicy(max_attempts=1, attempt_timeout=2)
    async with scripted.kit(retry=retry) as kit:
        # The first answer opens a connection, which is the next request's.
        await get(kit)
        with pytest.raises(VidKitError):
            await delete(kit)
    assert [request.method for request, _ in scripted.requests] == ["GET", "DELETE"]


async def test_a_refusal_of_the_credentials_service_is_an_auth_error(
    scripted, tmp_path, monkeypatch
):
    refusal = (
        b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
        b"<Message>not allowed</Message></Error></ErrorResponse>"
    )
    scripted.raw(refusal, status=403, content_type="text/xml")
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", scripted.endpoint)
    aws = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=scripted.endpoint)
    async with VidKit(aws=aws) as kit:
        with pytest.raises(AuthError, match="AssumeRole") as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert not caught.value.ambiguous


async def test_closing_the_kit_ends_iterations_with_a_clear_error(scripted, t0):
    async def slowly(request):
        if request.path == "/getDataEndpoint":
            return await endpoint(request)
        if len(scripted.requests) > 3:
            await asyncio.sleep(30)
        return await page(request)

    scripted.json({"DataEndpoint": scripted.endpoint})
    scripted.json({"playbackRestrictionPolicies": [], "nextToken": "t", "Images": []})
    endpoint, page = scripted.answers
    scripted.answers = [slowly]
    kit = scripted.kit()
    async with kit:
        images = kit.images.get_images(
            stream_name="s", start_timestamp=t0, end_timestamp=t0 + timedelta(hours=1)
        ).pages()
        policies = kit.ivs.list_playback_restriction_policies().pages()
        await anext(policies)
        waiting = [asyncio.ensure_future(read(images)), asyncio.ensure_future(read(policies))]
        await asyncio.sleep(0.3)
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, VidKitError)


async def read(pages):
    async for _ in pages:
        pass


async def test_closing_while_connecting_leaks_nothing(scripted):
    scripted.json(POLICY)
    for delay in (0, 0.001, 0.005, 0.02):
        kit = scripted.kit()
        async with kit:
            calls = [
                asyncio.ensure_future(kit.ivs.get_playback_restriction_policy(ARN)),
                asyncio.ensure_future(kit.mpc.get_thumbnails_task("1")),
            ]
            await asyncio.sleep(delay)
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(result, VidKitError) or result.arn == ARN


async def test_a_look_that_hangs_does_not_lose_the_job(scripted):
    scripted.json({"JobId": "j1"}).hang().hang().json({"JobStatus": "SUCCEEDED", "Labels": []})
    async with scripted.kit() as kit:
        job = await kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))
        hasty = kit.with_options(
            deadline=0.3,
            retry=RetryPolicy(attempt_timeout=0.2, base_delay=0),
            poll=PollPolicy(initial_delay=0.01, polls_per_second=1000),
        )
        assert await (await hasty.resume(job.token)).collect() == []


@pytest.mark.parametrize("failure", ["hang", "503", "403"])
async def test_a_stale_endpoint_is_looked_up_again(scripted, t0, failure):
    found = {"Images": [{"TimeStamp": t0.timestamp(), "Error": "NO_MEDIA"}]}
    addresses = [f"{scripted.endpoint}/old", f"{scripted.endpoint}/new"]

    async def answer(request):
        if request.path == "/getDataEndpoint":
            return await response({"DataEndpoint": addresses[moved]})(request)
        if request.path.startswith("/new") or not moved:
            return await response(found)(request)
        if failure == "hang":
            await asyncio.sleep(30)
        return await response({}, status=int(failure))(request)

    def response(content, status=200):
        return type(scripted)().json(content, status=status).answers[0]

    moved = 0
    scripted.then(answer)
    policy = RetryPolicy(attempt_timeout=1.5, base_delay=0)
    async with scripted.kit(retry=policy) as kit:

        async def first():
            return await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()

        await first()
        moved = 1
        assert (await first()).error == "NO_MEDIA"


async def test_several_readers_of_one_iterator_are_told(cloud, kit, t0):
    pager = kit.images.get_images(
        stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + timedelta(seconds=5)
    )
    for iterator in (pager.pages(), aiter(pager)):
        results = await asyncio.gather(*(anext(iterator) for _ in range(3)), return_exceptions=True)
        assert sum(isinstance(result, RequestError) for result in results) == 2
        assert "another task" in str(results[1])


@pytest.mark.parametrize(
    ("environment", "config"),
    [
        ({}, {"profile": "nope"}),
        ({"AWS_ENDPOINT_URL": "foo"}, {"region": "us-east-1", **KEYS}),
        (
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"},
            {"region": "us-east-1"},
        ),
    ],
)
async def test_odd_aws_environments_are_config_errors(monkeypatch, environment, config):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    token = JobRef("rekognition.label_detection", "j", "us-east-1").token()
    async with VidKit(aws=AwsConfig(**config)) as kit:
        for call in (
            lambda: kit.ivs.get_playback_restriction_policy(ARN),
            lambda: kit.resume(token).status(),
        ):
            with pytest.raises(ConfigError):
                await call()


@pytest.mark.parametrize("output", ["", "no json", "/nonexistent"])
async def test_a_credential_process_that_fails_is_a_config_error(tmp_path, monkeypatch, output):
    command = "/nonexistent/x" if output == "/nonexistent" else f"echo {output}"
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process={command}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    async with VidKit(aws=AwsConfig(region="us-east-1")) as kit:
        with pytest.raises(ConfigError):
            await kit.ivs.get_playback_restriction_policy(ARN)


@pytest.mark.parametrize("proxy", ["127.0.0.1:1", "http://127.0.0.1:1", "socks9://x"])
async def test_a_proxy_of_any_spelling_is_tried_or_told(monkeypatch, proxy):
    monkeypatch.setenv("https_proxy", proxy)
    config = HuaweiConfig(region="cn-north-4", project_id="p", access_key="a", secret_key="b")
    async with VidKit(huawei=config, retry=RetryPolicy.none()) as kit:
        with pytest.raises(VidKitError):
            await kit.mpc.get_thumbnails_task("1")


@pytest.mark.parametrize(
    "make",
    [
        lambda: HuaweiConfig(project_id="abc\n"),
        lambda: HuaweiConfig(project_id="a/b?c=1"),
        lambda: HuaweiConfig(project_id="日本"),
        lambda: HuaweiConfig(project_id=5),
        lambda: HuaweiConfig(region="cn\n"),
        lambda: HuaweiConfig(endpoint=5),
        lambda: HuaweiConfig(endpoint="http://127.0.0.1:1\n"),
        lambda: HuaweiConfig(access_key="a", secret_key=""),
        lambda: AwsConfig(endpoint_url="http://127.0.0.1:1\n"),
        lambda: AwsConfig(region="us east"),
        lambda: AwsConfig(connect_timeout="5"),
        lambda: PollPolicy(factor="2"),
        lambda: PollPolicy(polls_per_second=0),
        lambda: RetryPolicy(base_delay="1"),
        lambda: RetryPolicy(attempt_timeout="1"),
    ],
)
def test_configs_and_policies_check_their_types(make):
    with pytest.raises(ConfigError):
        make()


def test_timedeltas_are_seconds_in_policies():
    assert PollPolicy(initial_delay=timedelta(milliseconds=20)).initial_delay == 0.02
    assert RetryPolicy(base_delay=timedelta(0)).base_delay == 0
    assert AwsConfig(connect_timeout=timedelta(seconds=2)).connect_timeout == 2


async def test_half_a_huawei_environment_is_no_business_of_aws(scripted, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "a")
    scripted.json(POLICY)
    aws = AwsConfig(region="us-east-1", endpoint_url=scripted.endpoint, **KEYS)
    async with VidKit(aws=aws) as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
        with pytest.raises(ConfigError, match="secret_key"):
            await kit.mpc.get_thumbnails_task("1")


EAST, WEST = timezone(timedelta(hours=5)), timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime.min.replace(tzinfo=EAST), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=WEST)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ],
)
async def test_moments_at_the_ends_of_the_calendar_are_refused(kit, start, end):
    with pytest.raises(RequestError):
        kit.images.get_images(stream_name="s", start_timestamp=start, end_timestamp=end)


@pytest.mark.parametrize("stamp", ["1e20", "Infinity", "NaN", "-1e12", '"soon"', "null"])
async def test_odd_timestamps_of_images_are_decode_errors(scripted, t0, stamp):
    scripted.json({"DataEndpoint": scripted.endpoint})
    scripted.raw(f'{{"Images":[{{"TimeStamp":{stamp}}}]}}'.encode())
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        with pytest.raises(DecodeError) as caught:
            await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()
    assert "data endpoint" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +999999"]
)
async def test_odd_retry_after_dates_are_ignored(scripted, value):
    scripted.json({}, status=503, Retry_After=value)
    async with scripted.kit() as kit:
        with pytest.raises(ServiceError):
            await kit.ivs.get_playback_restriction_policy(ARN)


@pytest.mark.parametrize("tags", [5, "abc", [1]])
async def test_tags_that_are_none_are_refused(scripted, tags):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match="tags"):
            await kit.ivs.create_playback_restriction_policy(tags=tags)
        with pytest.raises(RequestError, match="keywords must be strings"):
            await kit.mpc.create_thumbnails_task(input={1: 2}, output={1: 2}, thumbnail_para={})
    assert scripted.requests == []


async def test_an_answer_that_cannot_be_read_leaves_doubt_about_a_create(scripted):
    scripted.raw(b"<html>ok</html>")
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError) as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert isinstance(caught.value.__cause__, DecodeError)
    assert len(scripted.requests) == 1


async def test_an_own_address_of_the_media_service_wins(scripted, monkeypatch, t0, dead_endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KINESIS_VIDEO_ARCHIVED_MEDIA", f"{scripted.endpoint}/own")
    scripted.json({"DataEndpoint": dead_endpoint}).json({"Images": []})
    async with scripted.kit() as kit:
        await kit.images.get_images(stream_name="s", start_timestamp=t0, end_timestamp=t0).collect()
    assert scripted.requests[1][0].path == "/own/getImages"


async def test_error_types_with_any_address_are_read(scripted):
    name = "ResourceNotFoundException:http://internal/x#y/"
    scripted.json({}, status=404, x_amzn_errortype=name)
    async with scripted.kit() as kit:
        with pytest.raises(ServiceError) as caught:
            await kit.ivs.get_playback_restriction_policy(ARN)
    assert caught.value.code == "ResourceNotFoundException"


def test_a_listener_that_nothing_awaits_is_refused():
    async def listen(_):
        pass

    with pytest.raises(ConfigError, match="on_event"):
        VidKit(on_event=listen)


async def test_the_deadline_of_a_call_is_told_as_such(scripted):
    scripted.json(POLICY).hang()
    async with scripted.kit() as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
        hasty = kit.with_options(deadline=0.1)
        with pytest.raises(VidKitTimeoutError, match=r"deadline of 0\.1 s"):
            await hasty.ivs.get_playback_restriction_policy(ARN)
    assert len(scripted.requests) == 2


async def test_no_proxy_and_no_profile_of_the_environment_comes_between(
    clock_clip, monkeypatch, t0
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "nope")
    async with LocalCloud() as cloud, cloud.kit() as kit:
        cloud.add_stream("s", clock_clip.path, start_timestamp=t0)
        pager = kit.images.get_images(stream_name="s", start_timestamp=t0, end_timestamp=t0)
        assert (await pager.first()).content
        assert await kit.mpc.list_thumbnails_task().collect() == []


@pytest.mark.parametrize("endpoint", ["not a url", "ftp://x", "//127.0.0.1:9", "http://", ""])
async def test_a_data_endpoint_that_is_no_address_is_a_decode_error(scripted, t0, endpoint):
    scripted.json({"DataEndpoint": endpoint})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="DataEndpoint"):
            await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()


async def test_a_page_in_place_of_nothing_is_no_success(scripted):
    scripted.raw(b"<html>log in first</html>", content_type="text/html")
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError):
            await kit.mpc.delete_thumbnails_task("1")
        with pytest.raises(DecodeError):
            await kit.ivs.delete_playback_restriction_policy(ARN)


@pytest.mark.parametrize("body", [b"", b"<html>sign in</html>", b'{"JobStatus": "SUCC'])
async def test_what_is_no_json_at_all_is_asked_for_again(scripted, body):
    scripted.raw(body).json({"playbackRestrictionPolicies": []})
    async with scripted.kit() as kit:
        assert await kit.ivs.list_playback_restriction_policies().collect() == []
    assert len(scripted.requests) == 2


async def test_json_of_another_shape_is_not_asked_for_again(scripted):
    scripted.json({"playbackRestrictionPolicies": 7})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError):
            await kit.ivs.list_playback_restriction_policies().collect()
    assert len(scripted.requests) == 1
