"""Each credential source by itself, and the chain that tries them in order."""

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from vidkit import (
    AuthError,
    ConfigError,
    DecodeError,
    HuaweiConfig,
    HuaweiCredentials,
    ServiceError,
    ThrottledError,
    TransportError,
    UnavailableError,
    VidKitTimeoutError,
)
from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.credentials import environment, metadata
from vidkit.transports.huawei.credentials.chain import CredentialChain, credential_sources
from vidkit.transports.huawei.credentials.credential_source import (
    FoundCredentials,
    IamToken,
    NoCredentialsError,
)
from vidkit.transports.huawei.credentials.endpoints import iam_endpoint_url, mpc_endpoint, origin
from vidkit.transports.huawei.credentials.environment import EnvironmentSource
from vidkit.transports.huawei.credentials.expiry import is_expired
from vidkit.transports.huawei.credentials.iam import PasswordSource, find_project
from vidkit.transports.huawei.credentials.metadata import MetadataSource
from vidkit.transports.huawei.credentials.profile import ProfileSource
from vidkit.transports.huawei.credentials.static import CallableSource
from vidkit.transports.redaction import without_secrets

SECRET = "s3cret-value"
KEYS = HuaweiCredentials(access_key="AK", secret_key=SECRET)
ENVIRON = {"HUAWEICLOUD_SDK_AK": "env-ak", "HUAWEICLOUD_SDK_SK": SECRET}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOON_HEADER = "Thu, 01 Jan 2026 12:00:00 GMT"


class Responses:
    """Returns responses in order, the last one again and again, and records the requests."""

    def __init__(self, *responses):
        self.responses = list(responses)
        self.requests = []

    async def __call__(self, request):
        self.requests.append(request)
        outcome = self.responses[min(len(self.requests), len(self.responses)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def response(content, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpResponse(status, body, named)


# The environment


async def test_keys_come_from_the_environment():
    found = await EnvironmentSource(ENVIRON).fetch()
    assert found.identity == HuaweiCredentials(access_key="env-ak", secret_key=SECRET)
    assert found.lifetime is None
    token = {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "temporary"}
    assert (await EnvironmentSource(ENVIRON | token).fetch()).identity.security_token == "temporary"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HUAWEICLOUD_SDK_AK": "a"}, ["HUAWEICLOUD_SDK_SK", "secret_key", "missing"]),
        ({"HUAWEICLOUD_SDK_SK": SECRET}, ["HUAWEICLOUD_SDK_AK", "access_key", "missing"]),
        (ENVIRON | {"HUAWEICLOUD_SDK_SK": f"{SECRET}\n"}, ["environment", "secret_key"]),
        (ENVIRON | {"HUAWEICLOUD_SDK_AK": "ä"}, ["environment", "access_key", "ASCII"]),
    ],
)
async def test_half_an_environment_is_an_error_and_not_skipped(environ, words):
    with pytest.raises(ConfigError) as caught:
        await EnvironmentSource(environ).fetch()
    assert type(caught.value) is ConfigError
    for word in words:
        assert word in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("environ", [{}, {"HUAWEICLOUD_SDK_AK": "", "HUAWEICLOUD_SDK_SK": ""}])
async def test_an_empty_environment_has_no_credentials(environ):
    with pytest.raises(NoCredentialsError):
        await EnvironmentSource(environ).fetch()


# The profile


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "credentials"

    def write(text):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


async def test_a_profile_has_keys_project_and_endpoint(file):
    path = file(
        f"\ufeff[basic]\nak = file-ak\nsk = {SECRET}%(x)s\nsecurity_token = temporary\n"
        "project_id = p1\niam_endpoint = https://iam.example.com\n"
        "[global]\nak = other\n[with space]\nak=second\nsk=x\n"
    )
    found = await ProfileSource(path, None, required=False).fetch()
    assert found.identity == HuaweiCredentials(
        access_key="file-ak", secret_key=f"{SECRET}%(x)s", security_token="temporary"
    )
    assert (found.project_id, found.iam_endpoint) == ("p1", "https://iam.example.com")
    second = await ProfileSource(path, "with space", required=True).fetch()
    assert second.identity.access_key == "second"


async def test_each_fetch_reads_the_profile_in_a_thread(file, monkeypatch):
    path = file("[basic]\nak=one\nsk=x\n")
    source = ProfileSource(path, None, required=False)
    threads = []
    read = source._read
    monkeypatch.setattr(source, "_read", lambda: (threads.append(threading.get_ident()), read())[1])
    assert (await source.fetch()).identity.access_key == "one"
    file("[basic]\nak=two\nsk=x\n")
    assert (await source.fetch()).identity.access_key == "two"
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("content", [None, "[global]\nak=a\nsk=b\n", ""])
async def test_a_missing_profile_is_an_error_only_if_required(file, tmp_path, content, required):
    path = str(tmp_path / "nowhere" / "x") if content is None else file(content)
    with pytest.raises(ConfigError) as caught:
        await ProfileSource(path, None, required=required).fetch()
    assert (type(caught.value) is NoCredentialsError) is not required
    if required:
        assert "[basic]" in str(caught.value)
        assert path in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        f"sk = {SECRET}\n",
        f"[basic]\n{SECRET}\n",
        f"[basic]\nak=a\nak=b\nsk={SECRET}\n",
        b"[basic]\nak=a\nsk=\xff" + SECRET.encode(),
        f"[basic]\nsk={SECRET}\n",
        "[basic]\nak=a\n",
        f"[basic]\nak=a\nsk={SECRET} {SECRET}\n",
        f"[basic]\nak=a\nsk={SECRET}\nproject_id=a/b\n",
        f"[basic]\nak=a\nsk={SECRET}\niam_endpoint=http://iam.example.com\n",
    ],
)
@pytest.mark.parametrize("required", [True, False])
async def test_an_unusable_profile_is_an_error_that_quotes_none_of_it(file, content, required):
    path = file(content)
    with pytest.raises(ConfigError) as caught:
        await ProfileSource(path, None, required=required).fetch()
    assert type(caught.value) is ConfigError
    assert path in str(caught.value)
    assert_hidden(caught.value)


def assert_hidden(error, secret=SECRET):
    """No secret is in an error, nor in its causes."""
    while error is not None:
        assert secret not in f"{error!r}{error}{vars(error)}"
        error = error.__cause__ or error.__context__


async def test_an_unreadable_file_is_skipped_unless_required(tmp_path):
    with pytest.raises(NoCredentialsError, match="IsADirectoryError"):
        await ProfileSource(str(tmp_path), None, required=False).fetch()
    with pytest.raises(ConfigError, match="IsADirectoryError"):
        await ProfileSource(str(tmp_path), None, required=True).fetch()


async def test_the_default_file_is_that_of_huaweis_own_sdk(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".huaweicloud").mkdir()
    (tmp_path / ".huaweicloud" / "credentials").write_text("[basic]\nak=home\nsk=x\n")
    source = ProfileSource(None, None, required=False)
    assert (await source.fetch()).identity.access_key == "home"


# The user's callable


async def test_a_callable_may_be_a_coroutine_function_or_not():
    loop_thread = threading.get_ident()
    seen = []

    def plain():
        seen.append(threading.get_ident())
        return KEYS

    async def coroutine():
        return KEYS

    class Vault:
        async def __call__(self):
            return KEYS

        async def keys(self):
            return KEYS

    for function in (
        plain,
        coroutine,
        Vault(),
        Vault().keys,
        partial(coroutine),
        lambda: coroutine(),  # noqa: PLW0108
    ):
        found = await CallableSource(function).fetch()
        assert found.identity == KEYS
        assert found.lifetime is None
    assert loop_thread not in seen


async def test_a_callable_may_return_an_expiry():
    end = datetime.now(UTC) + timedelta(hours=1)
    keys = HuaweiCredentials(access_key="a", secret_key="b", expires_at=end)
    found = await CallableSource(lambda: keys).fetch()
    assert 3590 < found.lifetime <= 3600


@pytest.mark.parametrize("given", [None, "AK", {"access_key": SECRET}, (SECRET, SECRET)])
async def test_a_callable_must_return_credentials(given):
    with pytest.raises(ConfigError, match="must return HuaweiCredentials") as caught:
        await CallableSource(lambda: given).fetch()
    assert_hidden(caught.value)


async def test_a_callable_that_fails_is_an_error_that_does_not_quote_it():
    def fail():
        raise KeyError(SECRET)

    with pytest.raises(ConfigError, match="KeyError") as caught:
        await CallableSource(fail).fetch()
    assert SECRET not in str(caught.value)
    assert isinstance(caught.value.__cause__, KeyError)


async def test_a_callable_whose_own_work_was_cancelled_has_failed():
    work = asyncio.ensure_future(asyncio.sleep(60))
    work.cancel()

    async def fail():
        await work

    with pytest.raises(ConfigError, match="CancelledError"):
        await CallableSource(fail).fetch()


async def test_a_fetch_from_a_callable_can_be_cancelled():
    async def hang():
        await asyncio.sleep(60)

    fetching = asyncio.ensure_future(CallableSource(hang).fetch())
    await asyncio.sleep(0)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching


async def test_a_vidkit_error_of_a_callable_is_passed_on():
    def fail():
        raise UnavailableError("the vault is sealed", retryable=True)

    with pytest.raises(UnavailableError, match="sealed"):
        await CallableSource(fail).fetch()


# The metadata service

TOKEN = response(b"v2-token\n")
CREDENTIAL = {
    "access": "meta-ak",
    "secret": SECRET,
    "securitytoken": "temporary",
    "expires_at": "2026-01-01T13:00:00.000000Z",
}
META_KEYS = response({"credential": CREDENTIAL}, date=NOON_HEADER)


async def test_the_newer_metadata_service_gets_a_token():
    send_request = Responses(TOKEN, META_KEYS)
    found = await MetadataSource(send_request, "http://127.0.0.1:1/").fetch()
    assert found.identity.access_key == "meta-ak"
    assert found.identity.security_token == "temporary"
    # By the service's clock, whatever this machine's is.
    assert found.lifetime == 3600
    first, second = send_request.requests
    assert (first.method, first.url) == ("PUT", "http://127.0.0.1:1/meta-data/latest/api/token")
    assert first.headers == {"X-Metadata-Token-Ttl-Seconds": "21600"}
    assert (second.method, second.url) == (
        "GET",
        "http://127.0.0.1:1/openstack/latest/securitykey",
    )
    assert second.headers == {"X-Metadata-Token": "v2-token"}
    assert first.identity is second.identity is None


@pytest.mark.parametrize("status", [404, 405, 503])
async def test_the_older_metadata_service_gets_no_token(status):
    send_request = Responses(response(b"", status), META_KEYS)
    found = await MetadataSource(send_request, "http://127.0.0.1:1").fetch()
    assert found.identity.access_key == "meta-ak"
    assert send_request.requests[1].headers == {}


@pytest.mark.parametrize(
    "responses",
    [
        [TransportError("refused", retryable=True)],
        [VidKitTimeoutError("slow", retryable=True)],
        [response(b"", 403)],
        [response(b"<html> </html>\xff")],
        [TOKEN, response(b"Please configure Cloud Service Agency first", 401)],
        [TOKEN, response(b"", 404)],
        [response(b"", 405), response(b"", 404)],
    ],
)
async def test_a_machine_without_metadata_keys_is_skipped(responses):
    send_request = Responses(*responses)
    with pytest.raises(NoCredentialsError):
        await MetadataSource(send_request, "http://127.0.0.1:1").fetch()
    assert send_request.requests[0].seconds == 1


async def test_a_metadata_service_that_has_responded_is_not_skipped():
    send_request = Responses(TOKEN, META_KEYS, TransportError("reset", retryable=True))
    source = MetadataSource(send_request, "http://127.0.0.1:1")
    await source.fetch()
    with pytest.raises(TransportError):
        await source.fetch()
    assert send_request.requests[-1].seconds == 5


@pytest.mark.parametrize(
    ("responses", "cls"),
    [
        ([response(b"", 500)], UnavailableError),
        ([response(b"", 429)], ThrottledError),
        ([TOKEN, response(b"", 500)], UnavailableError),
        ([TOKEN, response(b"", 429)], ThrottledError),
        ([TOKEN, response(b"<html></html>")], DecodeError),
        ([TOKEN, response([CREDENTIAL])], DecodeError),
        ([TOKEN, response({"credential": CREDENTIAL | {"expires_at": "soon"}})], DecodeError),
        ([TOKEN, response({"credential": CREDENTIAL | {"expires_at": None}})], DecodeError),
        ([TOKEN, response({"credential": CREDENTIAL | {"access": 5}})], DecodeError),
        ([TOKEN, response({"credential": CREDENTIAL | {"securitytoken": ""}})], DecodeError),
        ([TOKEN, response({"credential": CREDENTIAL | {"secret": f"{SECRET}\n"}})], DecodeError),
    ],
)
async def test_errors_of_the_metadata_service_are_raised(responses, cls):
    with pytest.raises(cls) as caught:
        await MetadataSource(Responses(*responses), "http://127.0.0.1:1").fetch()
    assert type(caught.value) is cls
    assert not caught.value.ambiguous
    assert_hidden(caught.value)


# IAM

ISSUED = {
    "token": {
        "issued_at": "2026-01-01T12:00:00.000000Z",
        "expires_at": "2026-01-02T12:00:00.000000Z",
        "project": {"id": "p1", "name": "cn-north-4"},
    }
}
GIVEN = response(ISSUED, 201, x_subject_token="t0ken-value")


def password_source(send_request, **changed):
    parts = {
        "username": "anna",
        "password": SECRET,
        "domain_name": "acme",
        "project_id": None,
        "region": "cn-north-4",
    }
    return PasswordSource(send_request, "https://iam.example.com/", **(parts | changed))


async def test_a_password_becomes_a_token_for_the_regions_project():
    send_request = Responses(GIVEN)
    found = await password_source(send_request).fetch()
    assert found.identity == IamToken("t0ken-value", "p1")
    assert (found.lifetime, found.project_id) == (24 * 3600, "p1")
    (request,) = send_request.requests
    assert request.url == "https://iam.example.com/v3/auth/tokens?nocatalog=true"
    assert (request.method, request.identity) == ("POST", None)
    auth = json.loads(request.body)["auth"]
    assert auth["scope"] == {"project": {"name": "cn-north-4"}}
    assert auth["identity"] == {
        "methods": ["password"],
        "password": {"user": {"name": "anna", "password": SECRET, "domain": {"name": "acme"}}},
    }


async def test_a_password_becomes_a_token_for_the_given_project():
    send_request = Responses(GIVEN)
    await password_source(send_request, project_id="p1", region=None).fetch()
    assert json.loads(send_request.requests[0].body)["auth"]["scope"] == {"project": {"id": "p1"}}


def test_a_token_needs_a_region_or_a_project():
    with pytest.raises(ConfigError, match="region"):
        password_source(Responses(GIVEN), region=None)


NESTED = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "U"}}


@pytest.mark.parametrize(
    ("http_response", "cls", "code", "request_id"),
    [
        (response(NESTED, 401, x_iam_trace_id="trace"), AuthError, "401", "trace"),
        (response({"error": {"code": 403}}, 403, x_request_id="r"), AuthError, "403", "r"),
        (
            response(
                {"error_code": "APIGW.0301", "error_msg": "no", "request_id": "in the body"}, 401
            ),
            AuthError,
            "APIGW.0301",
            "in the body",
        ),
        (response(b"<html></html>", 503), UnavailableError, None, None),
        (response({"error": {"code": True}}, 429), ThrottledError, None, None),
        (response(b"moved", 302), ServiceError, None, None),
    ],
)
async def test_error_responses_of_iam_become_vidkit_errors(http_response, cls, code, request_id):
    async def look_up_project(send_request):
        await find_project(
            send_request, "https://iam.example.com", region="cn-north-4", identity=KEYS
        )

    for call in (lambda send_request: password_source(send_request).fetch(), look_up_project):
        with pytest.raises(cls) as caught:
            await call(Responses(http_response))
        error = caught.value
        assert type(error) is cls
        assert (error.code, error.status, error.request_id) == (
            code,
            http_response.status,
            request_id,
        )
        assert "credentials: IAM returned an error" in str(error)
        # The caller's own request was not sent, so it was not carried out.
        assert not error.ambiguous
        assert_hidden(error)


async def test_iam_says_how_long_to_wait():
    for value, seconds in (("7", 7.0), ("soon", None)):
        with pytest.raises(ThrottledError) as caught:
            await password_source(Responses(response({}, 429, retry_after=value))).fetch()
        assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("http_response", "missing"),
    [
        (response(ISSUED, 201), "X-Subject-Token"),
        (response(ISSUED, 201, x_subject_token="two words"), "X-Subject-Token"),
        (response(b"", 201, x_subject_token="t0ken-value"), "expires_at"),
        (
            response({"token": ISSUED["token"] | {"expires_at": 5}}, 201, x_subject_token="t0ken"),
            "expires_at",
        ),
        # A token for the account, which MPC would reject.
        (
            response({"token": ISSUED["token"] | {"project": None}}, 201, x_subject_token="t0ken"),
            "project",
        ),
        (
            response(
                {"token": ISSUED["token"] | {"project": {"id": "a/../b"}}},
                201,
                x_subject_token="t0ken",
            ),
            "project",
        ),
    ],
)
async def test_an_invalid_token_is_a_decode_error(http_response, missing):
    with pytest.raises(DecodeError, match=missing) as caught:
        await password_source(Responses(http_response)).fetch()
    assert caught.value.status == 201
    assert_hidden(caught.value, "t0ken")


async def test_the_project_of_a_region_is_looked_up():
    send_request = Responses(response({"projects": [{"id": "p1", "name": "cn-north-4"}]}))
    found = await find_project(
        send_request, "https://iam.example.com", region="cn-north-4", identity=KEYS
    )
    assert found == "p1"
    (request,) = send_request.requests
    assert request.url == "https://iam.example.com/v3/projects?name=cn-north-4"
    assert request.identity == KEYS


@pytest.mark.parametrize(
    ("projects", "words"),
    [([], ["no project", "cn-north-4"]), ([{"id": "p1"}, {"id": "p2"}], ["2 projects", "p1, p2"])],
)
async def test_no_project_or_several_are_config_errors_that_name_them(projects, words):
    with pytest.raises(ConfigError) as caught:
        await find_project(
            Responses(response({"projects": projects})),
            "https://i",
            region="cn-north-4",
            identity=KEYS,
        )
    for word in [*words, "project_id", "HUAWEICLOUD_SDK_PROJECT_ID"]:
        assert word in str(caught.value)


async def test_without_a_region_no_project_can_be_looked_up():
    send_request = Responses(response({"projects": []}))
    with pytest.raises(ConfigError, match="project_id"):
        await find_project(send_request, "https://i", region=None, identity=KEYS)
    assert send_request.requests == []


@pytest.mark.parametrize(
    "content", [b"<html>", {}, {"projects": {}}, {"projects": [5]}, {"projects": [{"id": "a/b"}]}]
)
async def test_invalid_projects_are_decode_errors(content):
    with pytest.raises(DecodeError, match="projects"):
        await find_project(Responses(response(content)), "https://i", region="r", identity=KEYS)


# The chain


class Fixed:
    def __init__(self, name, *outcomes):
        self.name = name
        self.outcomes = list(outcomes)
        self.fetches = 0

    async def fetch(self):
        self.fetches += 1
        outcome = self.outcomes[min(self.fetches, len(self.outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


NOT_HERE = NoCredentialsError("nothing here")


async def test_the_first_source_with_credentials_is_used_from_then_on():
    first, second, third = (
        Fixed("one", NOT_HERE, FoundCredentials(IamToken("late"))),
        Fixed("two", FoundCredentials(IamToken("b"))),
        Fixed("three", FoundCredentials(IamToken("c"))),
    )
    chain = CredentialChain([first, second, third])
    for _ in range(2):
        assert (await chain.fetch()).identity == IamToken("b")
    assert [source.fetches for source in (first, second, third)] == [1, 2, 0]


async def test_without_credentials_the_error_lists_what_was_tried():
    with pytest.raises(ConfigError) as caught:
        await CredentialChain([Fixed("one", NOT_HERE), Fixed("two", NOT_HERE)]).fetch()
    assert type(caught.value) is ConfigError
    for word in ("credentials: none found", "one: nothing here; two: nothing here", "HuaweiConfig"):
        assert word in str(caught.value)


@pytest.mark.parametrize("error", [ConfigError("half a pair"), TransportError("away")])
async def test_a_failing_source_is_not_skipped(error):
    last = Fixed("two", FoundCredentials(IamToken("b")))
    with pytest.raises(type(error)):
        await CredentialChain([Fixed("one", error), last]).fetch()
    assert last.fetches == 0


def names(config, environ):
    found = credential_sources(
        HuaweiConfig(**config),
        environ,
        Responses(),
        iam_endpoint_url="https://iam",
        project_id=None,
    )
    return [type(source).__name__ for source in found]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ["EnvironmentSource", "ProfileSource", "MetadataSource"]),
        ({"use_metadata": False}, ["EnvironmentSource", "ProfileSource"]),
        ({"access_key": "a", "secret_key": "b"}, ["StaticSource"]),
        ({"auth_token": "t"}, ["StaticSource"]),
        ({"credentials": lambda: KEYS}, ["CallableSource"]),
        ({"profile": "work"}, ["ProfileSource"]),
        ({"credentials_file": "/x"}, ["ProfileSource"]),
        (
            {"username": "u", "password": "p", "domain_name": "d", "region": "r"},
            ["PasswordSource"],
        ),
    ],
)
def test_a_configured_source_is_the_only_one(config, expected):
    assert names(config, ENVIRON) == expected


def test_the_environment_names_the_credentials_file():
    found = credential_sources(
        HuaweiConfig(),
        {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": "/etc/keys"},
        Responses(),
        iam_endpoint_url="https://iam",
        project_id=None,
    )
    assert found[1].name == "profile [basic] of /etc/keys"
    assert found[2].name == f"metadata service ({metadata.DEFAULT_ENDPOINT})"


# Endpoints


@pytest.mark.parametrize(
    ("config", "environ", "endpoint"),
    [
        ({"region": "cn-north-4"}, {}, "https://mpc.cn-north-4.myhuaweicloud.com"),
        ({"region": "cn-north-1"}, {}, "https://mts.cn-north-1.myhuaweicloud.com"),
        ({"region": "ap-southeast-3"}, {}, "https://mpc.ap-southeast-3.myhuaweicloud.com"),
        ({"region": "af-new-9"}, {}, "https://mpc.af-new-9.myhuaweicloud.com"),
        ({"region": "cn-north-4", "endpoint": "https://own/"}, {}, "https://own"),
        ({"endpoint": "http://127.0.0.1:1"}, {}, "http://127.0.0.1:1"),
        (
            {"region": "cn-north-4"},
            {"HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_4": "https://one/,https://two"},
            "https://one",
        ),
        (
            {"region": "cn-north-4"},
            {"HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_4": "mpc.example.com"},
            "https://mpc.example.com",
        ),
        (
            {"region": "cn-north-4"},
            {"HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_1": "https://other"},
            "https://mpc.cn-north-4.myhuaweicloud.com",
        ),
    ],
)
def test_mpc_endpoints(config, environ, endpoint):
    assert mpc_endpoint(HuaweiConfig(**config), environ) == endpoint


@pytest.mark.parametrize(
    ("config", "environ", "profile_endpoint", "endpoint"),
    [
        ({"region": "cn-north-4"}, {}, None, "https://iam.cn-north-4.myhuaweicloud.com"),
        ({}, {}, None, "https://iam.myhuaweicloud.com"),
        ({}, {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "iam.env"}, None, "https://iam.env"),
        (
            {},
            {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://iam.env"},
            "https://iam.profile",
            "https://iam.profile",
        ),
        (
            {"iam_endpoint": "https://iam.own/"},
            {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://iam.env"},
            "https://iam.profile",
            "https://iam.own",
        ),
    ],
)
def test_iam_endpoints(config, environ, profile_endpoint, endpoint):
    assert (
        iam_endpoint_url(HuaweiConfig(**config), environ, profile_endpoint=profile_endpoint)
        == endpoint
    )


@pytest.mark.parametrize("value", ["http://mpc.example.com", "ftp://h", "https://u:p@h", "a b://"])
def test_an_endpoint_of_the_environment_is_checked(value):
    variable = "HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_4"
    with pytest.raises(ConfigError, match=variable):
        mpc_endpoint(HuaweiConfig(region="cn-north-4"), {variable: value})
    with pytest.raises(ConfigError, match="HUAWEICLOUD_SDK_IAM_ENDPOINT"):
        iam_endpoint_url(HuaweiConfig(), {"HUAWEICLOUD_SDK_IAM_ENDPOINT": value})


def test_the_project_of_the_environment_is_checked():
    assert environment.project_id({}) is None
    assert environment.project_id({"HUAWEICLOUD_SDK_PROJECT_ID": "p"}) == "p"
    with pytest.raises(ConfigError, match="HUAWEICLOUD_SDK_PROJECT_ID"):
        environment.project_id({"HUAWEICLOUD_SDK_PROJECT_ID": "a/b"})


def test_an_origin_is_scheme_host_and_port():
    assert origin("https://IAM.example.com:8443/v3/x?y") == "https://iam.example.com:8443"


# Expiry

WRONG = {"error_code": "APIGW.0301", "error_msg": "verify aksk signature fail,canonicalRequest:x"}


@pytest.mark.parametrize(
    ("identity", "content", "status", "expired"),
    [
        (IamToken("t"), {}, 401, True),
        (IamToken("t"), {}, 403, False),
        (IamToken("t"), {}, 200, False),
        (KEYS, WRONG, 401, False),
        (KEYS, {"error_code": "MPC.10203", "error_msg": "no"}, 401, False),
        (KEYS, {"error_code": "APIGW.0307", "error_msg": "must be updated"}, 401, True),
        (KEYS, {"error_code": "APIG.0307", "error_msg": "must be updated"}, 401, True),
        (KEYS, {"error_code": "APIGW.0301", "error_msg": "...: decrypt token fail"}, 401, True),
        (KEYS, {"error_code": "APIGW.0301", "error_msg": "Get secretKey failed,ak"}, 401, True),
        (KEYS, {"error_code": "APIGW.0301", "error_msg": "token expires, expires_at"}, 401, True),
        (KEYS, {"error_code": "APIGW.0307"}, 500, False),
        (KEYS, [], 401, False),
    ],
)
def test_only_some_error_responses_say_that_credentials_expired(identity, content, status, expired):
    assert is_expired(identity, response(content, status)) is expired


def test_secrets_are_redacted_in_any_encoding():
    body = (
        '{"a": "x-security-token:abc/def+g==|", "b": "abc\\/def+g==", "c": "abc%2Fdef%2Bg%3D%3D"}'
    )
    assert without_secrets(body, ["abc/def+g=="]) == (
        '{"a": "x-security-token:***|", "b": "***", "c": "***"}'
    )
    # A secret shorter than any token is not redacted, or JSON might not stay JSON.
    kept = '{"error": "e", "token": 7}'
    assert without_secrets(kept, ["e"]) == kept
