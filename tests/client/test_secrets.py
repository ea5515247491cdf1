"""No secret in any log, exception, event, repr, pickle or file, ours or of the libraries below."""

import asyncio
import base64
import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from every_operation import OPERATIONS, set_up
from kit_options import FAST
from made_up_secrets import ARN, KEY, SECRETS, TOKEN, assert_hidden, aws_config, collecting, told_by

from vidkit import AwsConfig, HuaweiConfig, RetryPolicy, S3Video, VidKit, VidKitError
from vidkit.config import HuaweiCredentials
from vidkit.local import LocalCloud
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.local.signatures import aws as aws_signatures
from vidkit.transports.aws.transport import AwsTransport
from vidkit.transports.base import AwsRequest
from vidkit.transports.huawei.transport import HuaweiTransport


@pytest.fixture
def logs():
    with collecting() as collector:
        yield collector


@pytest.fixture
def admit_tokens(monkeypatch):
    """Let the local cloud, which has one permanent key, overlook a session token."""
    check = aws_signatures._check_credential

    def lenient(claim, headers, *rest):
        named = {name: value for name, value in headers.items() if name != "x-amz-security-token"}
        tokens.append(headers.get("x-amz-security-token"))
        check(claim, named, *rest)

    tokens = []
    monkeypatch.setattr(aws_signatures, "_check_credential", lenient)
    return tokens


async def test_no_operation_of_any_service_tells_a_secret(
    logs, admit_tokens, clock_clip, t0, tmp_path
):
    events = []
    shown = []
    async with LocalCloud(job_seconds=0.05) as cloud:
        cloud.add_stream("front-door", clock_clip.path, start_timestamp=t0)
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)
        key = cloud.add_temporary_key(900)
        aws = AwsConfig(
            region=cloud.region,
            access_key_id=cloud.access_key_id,
            secret_access_key=cloud.secret_access_key,
            session_token=TOKEN,
            endpoint_url=cloud.endpoint,
        )
        huawei = HuaweiConfig(
            region="cn-north-4",
            project_id=cloud.project_id,
            access_key=key.access_key,
            secret_key=key.secret_key,
            security_token=key.security_token,
            endpoint=cloud.endpoint,
        )
        async with VidKit(aws=aws, huawei=huawei, on_event=events.append, **FAST) as kit:
            scene = await set_up(cloud, kit, t0, tmp_path)
            shown += [repr(await call(kit, scene)) for call in OPERATIONS.values()]
            shown += [repr(one) for one in (aws, huawei, kit, kit.with_options(), scene)]
            shown += [repr(one) for one in (kit.images, kit.rekognition, kit.ivs, kit.mpc)]
            channel = await kit.ivs.get_channel(scene.channel)
            passphrase = channel.srt.passphrase.get_secret_value()
            shown += [f"{channel}", repr(channel), channel.model_dump_json()]

            def start():
                return kit.rekognition.start_label_detection(S3Video("bucket", "clip.mp4"))

            journal = tmp_path / "journal"
            async for outcome in kit.run_jobs([start], journal=journal):
                shown += [repr(outcome), repr(outcome.job), outcome.job.token]
            shown.append(journal.read_text())
    assert set(admit_tokens) == {TOKEN}
    # Each transport told of its work, and so did what is below.
    assert len(logs.of("vidkit ")) > 50
    assert len(logs.of("botocore.auth ")) > 50
    assert "x-amz-security-token" in " ".join(logs.of("botocore.auth "))
    secrets = {
        TOKEN,
        cloud.secret_access_key,
        key.secret_key,
        key.security_token,
        passphrase,
    }
    assert_hidden([*logs.lines, *map(repr, events), *shown], secrets)
    signatures = [line for line in logs.lines if "Signature=" in line or "Authorization: " in line]
    assert signatures == []


async def test_a_huawei_password_and_the_token_it_gets_stay_hidden(logs):
    async with LocalCloud() as cloud:
        identity = cloud.identity
        config = HuaweiConfig(
            region="cn-north-4",
            username=identity.iam_user,
            password=identity.iam_password,
            domain_name=identity.domain_name,
            endpoint=cloud.endpoint,
            iam_endpoint=cloud.endpoint,
        )
        async with VidKit(huawei=config) as kit:
            await kit.mpc.list_thumbnails_task().collect()
            cloud.revoke_tokens()
            await kit.mpc.list_thumbnails_task().collect()
            tokens = set(cloud._state.of(HuaweiAccounts).tokens)
            shown = [repr(one) for one in (kit, kit.mpc, config)]
            shown += [str(config), repr(await kit._runtime.huawei())]
    assert len(tokens) == 2
    assert_hidden([*logs.lines, *shown], {identity.iam_password, *tokens})


def quoting(status, *, kind="json"):
    """A refusal that quotes what was signed, as AWS has it for a wrong signature."""

    async def answer(request):
        signed = "".join(
            f"{name.lower()}:{value}\n"
            for name, value in sorted(request.headers.items())
            if name.lower().startswith(("host", "x-"))
        )
        message = (
            "The request signature we calculated does not match the signature you provided. "
            f"The Canonical String for this request should have been 'POST\n/\n\n{signed}'"
        )
        if kind == "json":
            return web.json_response(
                {"message": message, "__type": "InvalidSignatureException"}, status=status
            )
        return web.Response(
            status=status,
            content_type="text/xml",
            text="<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>"
            f"<Message>{message}</Message></Error></ErrorResponse>",
        )

    return answer


async def endless_header(request):
    request.transport.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 20000 + b"\r\n\r\n")
    await asyncio.sleep(0.05)
    return web.Response()


async def no_http(request):
    request.transport.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")
    await asyncio.sleep(0.05)
    return web.Response()


async def half_body(request):
    request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    request.transport.close()
    return web.Response()


async def dropped(request):
    request.transport.close()
    return web.Response()


async def nonsense(_):
    return web.Response(body=b"\xff\xfe<html>")


async def latin(request):
    request.transport.write(b"HTTP/1.1 200 OK\r\nX-Name: \xe9\r\nContent-Length: 0\r\n\r\n")
    await asyncio.sleep(0.05)
    return web.Response()


def sent_back(where, how):
    """No answer, or the head of one, that is made of the token."""

    async def answer(request):
        token = request.headers.get("X-Amz-Security-Token", request.headers.get("X-Security-Token"))
        request.transport.write(how.replace("TOKEN", token).encode())
        request.transport.close()
        raise asyncio.CancelledError

    answer.__qualname__ = f"sent back in {where}"
    return answer


ECHOES = {
    "headers": (
        "HTTP/1.1 400 Bad\r\nX-Amzn-ErrorType: TOKEN\r\nX-Request-Id: TOKEN\r\n"
        "X-Amzn-RequestId: TOKEN\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    ),
    "a status line": "HTTP/1.1 TOKEN\r\n\r\n",
    "a bad header": "HTTP/1.1 200 OK\r\nTOKEN\x01: a\r\n\r\n",
    "half a head": "HTTP/1.1 200 OK\r\nX-Id: TOKEN\r\n",
    "a chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nTOKEN\r\n",
    "a line": "POST TOKEN\r\n\r\n",
}
ANSWERS = [
    quoting(403),
    quoting(500),
    *(sent_back(where, how) for where, how in ECHOES.items()),
    endless_header,
    no_http,
    half_body,
    dropped,
    nonsense,
    latin,
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__qualname__)
async def test_no_error_of_aws_tells_a_secret(scripted, logs, answer):
    scripted.then(answer)
    aws = aws_config(endpoint_url=scripted.endpoint)
    await assert_failures_hide_secrets(
        {"aws": aws},
        logs,
        lambda kit: kit.ivs.get_playback_restriction_policy(ARN),
        lambda kit: kit.ivs.create_playback_restriction_policy(name="x"),
        lambda kit: kit.rekognition.list_stream_processors().collect(),
    )
    assert len(scripted.requests) == 3
    assert scripted.requests[0][0].headers["X-Amz-Security-Token"] == TOKEN


@pytest.mark.parametrize(
    "answer",
    ANSWERS,
    ids=lambda answer: answer.__qualname__,
)
async def test_no_error_of_huawei_tells_a_secret(scripted, logs, answer):
    scripted.then(answer)
    huawei = HuaweiConfig(
        region="cn-north-4",
        project_id="p1",
        access_key="AK",
        secret_key=KEY,
        security_token=TOKEN,
        endpoint=scripted.endpoint,
    )
    await assert_failures_hide_secrets(
        {"huawei": huawei}, logs, lambda kit: kit.mpc.list_thumbnails_task().collect()
    )
    assert scripted.requests[0][0].headers["X-Security-Token"] == TOKEN


async def assert_failures_hide_secrets(configs, logs, *calls, secrets=SECRETS):
    events = []
    shown = []
    async with VidKit(**configs, retry=RetryPolicy.none(), on_event=events.append) as kit:
        for call in calls:
            with pytest.raises(VidKitError) as caught:
                await call(kit)
            shown += told_by(caught.value)
    assert_hidden([*shown, *map(repr, events), *logs.lines], secrets)


@pytest.mark.parametrize("service", ["aws", "huawei"])
async def test_a_proxy_that_refuses_shows_no_password_of_its_own(
    scripted, logs, monkeypatch, service
):
    scripted.json({}, status=407)
    password = "pr0xy-passw0rd"
    encoded = base64.b64encode(f"user:{password}".encode()).decode()
    address = scripted.endpoint.replace("://", f"://user:{password}@")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, address)
    huawei = HuaweiConfig(region="cn-north-4", project_id="p", access_key="a", secret_key=KEY)
    await assert_failures_hide_secrets(
        {"aws": aws_config(), "huawei": huawei},
        logs,
        (lambda kit: kit.ivs.get_playback_restriction_policy(ARN))
        if service == "aws"
        else (lambda kit: kit.mpc.list_thumbnails_task().collect()),
        secrets={*SECRETS, password, encoded},
    )


async def test_a_proxy_whose_address_is_none_shows_no_password(logs, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://user:pr0xy-passw0rd@127.0.0.1:99999")
    await assert_failures_hide_secrets(
        {"aws": aws_config()},
        logs,
        lambda kit: kit.ivs.get_playback_restriction_policy(ARN),
        secrets={*SECRETS, "pr0xy-passw0rd"},
    )


async def test_a_refusal_in_xml_that_quotes_the_token_is_masked(scripted, logs):
    scripted.then(quoting(403, kind="xml"))
    transport = AwsTransport(aws_config(endpoint_url=scripted.endpoint))
    reply = await transport.send(AwsRequest("sns", "CreateTopic", {"Name": "t"}))
    await transport.close()
    assert reply.status == 403
    assert b"SignatureDoesNotMatch" in reply.body
    assert b"x-amz-security-token:***" in reply.body
    assert_hidden([repr(reply), *logs.lines])


def test_configs_and_transports_show_no_secret():
    moment = datetime.now(UTC) + timedelta(hours=1)
    given = HuaweiCredentials(
        access_key="AK", secret_key=KEY, security_token=TOKEN, expires_at=moment
    )
    huawei = HuaweiConfig(access_key="AK", secret_key=KEY, security_token=TOKEN)
    aws = aws_config()
    shown = [given, huawei, HuaweiConfig(auth_token=TOKEN), aws]
    shown += [AwsTransport(aws), HuaweiTransport(huawei), VidKit(aws=aws, huawei=huawei)]
    assert_hidden([text for one in shown for text in (repr(one), str(one), f"{one}")])


def test_a_config_that_is_refused_quotes_no_secret():
    for make in (
        lambda: AwsConfig(secret_access_key=KEY),
        lambda: AwsConfig(access_key_id="a", secret_access_key=KEY + "\n"),
        lambda: AwsConfig(session_token=TOKEN),
        lambda: AwsConfig(endpoint_url=f"http://user:{KEY}@host"),
        lambda: HuaweiConfig(secret_key=KEY),
        lambda: HuaweiConfig(access_key="a", secret_key=KEY, auth_token=TOKEN),
        lambda: HuaweiConfig(auth_token=TOKEN + "\n"),
    ):
        with contextlib.suppress(VidKitError):
            make()
            pytest.fail("it was taken")
        try:
            make()
        except VidKitError as error:
            assert_hidden(told_by(error))
