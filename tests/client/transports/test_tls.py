"""Whom both transports talk to, and that nothing of a request reaches anybody else."""

import asyncio
import contextlib
import queue
import socket
import ssl
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import trustme
from aiohttp import web

from vidkit import AwsConfig, HuaweiConfig, RetryPolicy, TransportError, VidKit
from vidkit.transports.aws.http_session import HttpSessions

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"playbackRestrictionPolicy": {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}}
PATIENT = RetryPolicy(max_attempts=4, base_delay=0.001)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def trusting(bundle, monkeypatch):
    """Both clients take the authority for good, as their documents say."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


def server_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def kit_at(endpoint):
    return VidKit(
        aws=AwsConfig(
            region="us-east-1",
            access_key_id="AKIA",
            secret_access_key="s3cret-value",
            session_token="t0ken-value",
            endpoint_url=endpoint,
        ),
        huawei=HuaweiConfig(
            region="cn-north-4",
            project_id="p1",
            access_key="AK",
            secret_key="s3cret-value",
            endpoint=endpoint,
        ),
        retry=PATIENT,
    )


async def ask_aws(kit):
    return await kit.ivs.get_playback_restriction_policy(ARN)


async def ask_huawei(kit):
    return await kit.mpc.list_thumbnails_task().collect()


BOTH = pytest.mark.parametrize("ask", [ask_aws, ask_huawei])


class Listener:
    """A TLS server that notes connections and whatever it can decrypt."""

    def __init__(self):
        self.connections = 0
        self.read = b""
        self.endpoint = ""

    async def serve(self, reader, writer):
        self.read += await reader.read(65536)
        writer.close()


@asynccontextmanager
async def listening(context):
    listener = Listener()
    inner = await asyncio.start_server(listener.serve, "127.0.0.1", 0, ssl=context)
    tls = inner.sockets[0].getsockname()[1]

    async def forward(reader, writer):
        """In front of the TLS server, to count what is tried."""
        listener.connections += 1
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", tls)
        await asyncio.gather(pipe(reader, to_writer), pipe(to_reader, writer))

    outer = await asyncio.start_server(forward, "127.0.0.1", 0)
    listener.endpoint = f"https://127.0.0.1:{outer.sockets[0].getsockname()[1]}"
    try:
        yield listener
    finally:
        for server in (outer, inner):
            server.close()
            await server.wait_closed()


async def pipe(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def wrong_host(authority):
    return authority.issue_cert("mpc.example.org")


def expired(authority):
    return authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC))


def of_another_authority(_):
    return trustme.CA().issue_cert("127.0.0.1")


@BOTH
@pytest.mark.parametrize(
    ("issue", "reason"),
    [
        (wrong_host, "mismatch"),
        (expired, "expired"),
        (of_another_authority, "unable to get local issuer|self-signed"),
    ],
)
async def test_a_certificate_that_is_not_good_ends_the_call_at_once(
    ask, issue, reason, authority, trusting
):
    context = server_context(issue(authority))
    async with listening(context) as server, kit_at(server.endpoint) as kit:
        with pytest.raises(TransportError, match=f"(?i){reason}") as caught:
            await ask(kit)
    error = caught.value
    assert (error.retryable, error.ambiguous, error.attempts) == (False, False, 1)
    assert server.connections == 1
    assert server.read == b""


@BOTH
async def test_an_authority_that_nobody_named_is_not_trusted(ask, authority, monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    certificate = authority.issue_cert("127.0.0.1")
    async with listening(server_context(certificate)) as server, kit_at(server.endpoint) as kit:
        with pytest.raises(TransportError, match="certificate verify failed"):
            await ask(kit)
    assert server.read == b""


@pytest.fixture
def old_server(authority):
    """A server that speaks TLS 1.1 at the most, and says so, which asyncio's would not."""
    context = server_context(authority.issue_cert("127.0.0.1"))
    admit_old_versions(context)
    ended = queue.Queue()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        ended.put(secured.recv(65536))
                except ssl.SSLError as error:
                    ended.put(error)
                    connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], ended
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def admit_old_versions(context):
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    # Otherwise OpenSSL would refuse by itself.
    context.set_ciphers("ALL:@SECLEVEL=0")


@BOTH
async def test_tls_older_than_1_2_is_not_spoken(ask, old_server, trusting):
    port, ended = old_server
    async with kit_at(f"https://127.0.0.1:{port}") as kit:
        with pytest.raises(TransportError, match=r"(?i)version") as caught:
            await ask(kit)
    assert (caught.value.retryable, caught.value.attempts) == (False, 1)
    end = await asyncio.to_thread(ended.get, timeout=5)
    assert isinstance(end, ssl.SSLError)
    assert ended.empty()


async def test_others_can_talk_to_that_old_server(old_server, bundle):
    """Otherwise the test above would say nothing."""
    port, ended = old_server
    context = ssl.create_default_context(cafile=str(bundle))
    admit_old_versions(context)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(b"hello")
    await reader.read()
    writer.close()
    await writer.wait_closed()
    assert ended.get(timeout=5) == b"hello"


async def test_a_system_that_admits_older_versions_changes_nothing(monkeypatch):
    def lax(*_):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        admit_old_versions(context)
        context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
        return context

    monkeypatch.setattr("aiobotocore.httpsession.create_urllib3_context", lax)
    context, _ = HttpSessions(allow_http=False).session_class()()._build_ssl_contexts(None)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


@BOTH
async def test_plain_http_behind_an_https_address_ends_the_call(ask, scripted, trusting):
    scripted.json({})
    async with kit_at(scripted.endpoint.replace("http:", "https:")) as kit:
        with pytest.raises(TransportError) as caught:
            await ask(kit)
    assert not caught.value.retryable
    assert scripted.requests == []


@BOTH
async def test_an_authority_of_the_environment_is_trusted(ask, authority, trusting):
    async def answer(request):
        seen.append((request.headers, await request.read()))
        return web.json_response({**POLICY, "task_array": []})

    seen = []
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    context = server_context(authority.issue_cert("127.0.0.1"))
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    async with kit_at(f"https://127.0.0.1:{runner.addresses[0][1]}") as kit:
        await ask(kit)
    await runner.cleanup()
    assert len(seen) == 1
    assert "Authorization" in seen[0][0]


async def test_iam_gets_no_password_over_a_bad_certificate(authority, trusting):
    async with listening(server_context(expired(authority))) as server:
        config = HuaweiConfig(
            region="cn-north-4",
            username="user",
            password="passw0rd-value",
            domain_name="domain",
            endpoint=server.endpoint,
            iam_endpoint=server.endpoint,
        )
        async with VidKit(huawei=config, retry=PATIENT) as kit:
            with pytest.raises(TransportError, match="expired") as caught:
                await ask_huawei(kit)
    assert not caught.value.retryable
    assert (server.connections, server.read) == (1, b"")


async def test_sts_gets_nothing_over_a_bad_certificate(authority, trusting, tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=t0ken\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    async with listening(server_context(expired(authority))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.endpoint)
        aws = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=server.endpoint)
        async with VidKit(aws=aws, retry=PATIENT) as kit:
            with pytest.raises(TransportError, match="expired") as caught:
                await ask_aws(kit)
    assert not caught.value.retryable
    assert (server.connections, server.read) == (1, b"")
