"""Who calls Huawei Cloud, over real HTTP: the local cloud's IAM, metadata and gateway."""

import asyncio
import json
import logging
import pickle
import ssl
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from vidkit import (
    AuthError,
    ConfigError,
    HuaweiConfig,
    HuaweiCredentials,
    RequestError,
    RetryPolicy,
    TransportError,
    VidKit,
    VidKitError,
    VidKitTimeoutError,
)
from vidkit.local import LocalCloud
from vidkit.local.iam.state import MetadataState
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts
from vidkit.mpc import ObsObjInfo, ThumbnailPara
from vidkit.transports.base import HttpRequest
from vidkit.transports.error_responses import error_from_response
from vidkit.transports.huawei.transport import HuaweiTransport

LIST = HttpRequest("GET", "/v1/{project_id}/thumbnails")
TOKENS = "KeystoneCreateUserTokenByPassword"
PROJECTS = "KeystoneListProjects"
REGION = "cn-north-4"


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch, tmp_path):
    """Neither its credentials file nor its metadata service, unless a test names one."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path / "none"))


@pytest.fixture
async def cloud():
    async with LocalCloud() as cloud:
        yield cloud


@pytest.fixture
async def transport():
    """Makes transports that are closed at the end."""
    made = []

    def make(**config):
        made.append(HuaweiTransport(HuaweiConfig(**({"use_metadata": False} | config))))
        return made[-1]

    yield make
    for each in made:
        await each.close()


def places(cloud, **more):
    """Where everything is; who calls is left open."""
    return {"region": REGION, "endpoint": cloud.endpoint, "iam_endpoint": cloud.endpoint, **more}


def keys(cloud):
    return {"access_key": cloud.access_key_id, "secret_key": cloud.secret_access_key}


def user(cloud, **changed):
    identity = cloud.identity
    return {
        "username": identity.iam_user,
        "password": identity.iam_password,
        "domain_name": identity.domain_name,
    } | changed


def profile(tmp_path, cloud, *, name="basic", more=""):
    path = tmp_path / "credentials"
    path.write_text(
        f"[{name}]\nak={cloud.access_key_id}\nsk={cloud.secret_access_key}\n{more}", "utf-8"
    )
    return str(path)


def set_environment(monkeypatch, cloud):
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", cloud.access_key_id)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", cloud.secret_access_key)


def calls(cloud):
    return Counter(call.operation for call in cloud.calls)


# Where credentials come from


async def test_explicit_keys_sign_and_the_project_is_looked_up_once(cloud, transport):
    calling = transport(**places(cloud), **keys(cloud))
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(20)))
    assert {response.status for response in replies} == {200}
    assert await calling.project_id() == cloud.project_id
    assert calls(cloud) == {PROJECTS: 1, "ListThumbnailsTask": 20}


async def test_a_given_project_is_not_looked_up(cloud, transport, monkeypatch):
    calling = transport(**places(cloud, project_id=cloud.project_id), **keys(cloud))
    assert (await calling.send(LIST)).ok
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", cloud.project_id)
    calling = transport(**places(cloud), **keys(cloud))
    assert (await calling.send(LIST)).ok
    assert calls(cloud) == {"ListThumbnailsTask": 2}


async def test_keys_addresses_and_project_come_from_the_environment(cloud, transport, monkeypatch):
    set_environment(monkeypatch, cloud)
    monkeypatch.setenv("HUAWEICLOUD_SDK_IAM_ENDPOINT", cloud.endpoint)
    monkeypatch.setenv("HUAWEICLOUD_SDK_REGION_MPC_CN_NORTH_4", cloud.endpoint)
    assert (await transport(region=REGION).send(LIST)).ok
    assert calls(cloud) == {PROJECTS: 1, "ListThumbnailsTask": 1}


async def test_temporary_keys_come_from_the_environment(cloud, transport, monkeypatch):
    key = cloud.add_temporary_key()
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", key.access_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", key.secret_key)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", key.security_token)
    assert (await transport(**places(cloud)).send(LIST)).ok


@pytest.mark.parametrize("how", ["variable", "home", "file", "section"])
async def test_keys_come_from_the_profile(cloud, transport, monkeypatch, tmp_path, how):
    config = {}
    if how == "variable":
        monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", profile(tmp_path, cloud))
    elif how == "home":
        monkeypatch.delenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE")
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".huaweicloud").mkdir()
        profile(tmp_path / ".huaweicloud", cloud)
    elif how == "file":
        config = {"credentials_file": tmp_path / "credentials"}
        profile(tmp_path, cloud)
    else:
        # What is asked for by name goes before the environment.
        monkeypatch.setenv("HUAWEICLOUD_SDK_AK", "another")
        monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "another")
        config = {
            "credentials_file": profile(tmp_path, cloud, name="my work"),
            "profile": "my work",
        }
    assert (await transport(**places(cloud), **config).send(LIST)).ok


async def test_a_profile_brings_project_and_iam_address(cloud, transport, tmp_path):
    more = f"iam_endpoint={cloud.endpoint}\n"
    config = {"region": REGION, "endpoint": cloud.endpoint}
    path = profile(tmp_path, cloud, more=more)
    assert (await transport(credentials_file=path, **config).send(LIST)).ok
    path = profile(tmp_path, cloud, more=f"{more}project_id={cloud.project_id}\n")
    assert (await transport(credentials_file=path, **config).send(LIST)).ok
    assert calls(cloud) == {PROJECTS: 1, "ListThumbnailsTask": 2}


@pytest.mark.parametrize("tokens", ["optional", "required", "missing"])
async def test_keys_come_from_the_metadata_service_of_either_version(cloud, transport, tokens):
    cloud.state.of(MetadataState).tokens = tokens
    calling = transport(**places(cloud), use_metadata=True, metadata_endpoint=cloud.endpoint)
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(10)))
    assert all(response.ok for response in replies)
    told = calls(cloud)
    assert (told["CreateToken"], told["GetSecurityKey"], told[PROJECTS]) == (1, 1, 1)


async def test_the_metadata_service_is_asked_only_when_nothing_else_is_there(
    cloud, transport, monkeypatch, tmp_path
):
    asked = {"use_metadata": True, "metadata_endpoint": cloud.endpoint}
    given = places(cloud, project_id=cloud.project_id) | asked
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", profile(tmp_path, cloud))
    assert (await transport(**given).send(LIST)).ok
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path / "none"))
    set_environment(monkeypatch, cloud)
    assert (await transport(**given).send(LIST)).ok
    assert calls(cloud) == {"ListThumbnailsTask": 2}


async def test_the_environment_goes_before_the_profile(cloud, transport, monkeypatch, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text("[basic]\nak=another\nsk=another\n")
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(wrong))
    set_environment(monkeypatch, cloud)
    assert (await transport(**places(cloud)).send(LIST)).ok


async def test_nothing_found_says_what_was_tried_and_soon(transport, dead_endpoint, tmp_path):
    calling = transport(
        region=REGION, endpoint=dead_endpoint, use_metadata=True, metadata_endpoint=dead_endpoint
    )
    async with asyncio.timeout(20):
        with pytest.raises(ConfigError) as caught:
            await calling.send(LIST)
    for word in (
        "environment (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK): not set",
        f"profile [basic] of {tmp_path / 'none'}: there is no such file",
        f"metadata service ({dead_endpoint}): does not respond",
        "HuaweiConfig(access_key=..., secret_key=...)",
    ):
        assert word in str(caught.value)


async def test_a_metadata_service_that_hangs_is_passed_over(scripted, transport):
    scripted.hang()
    calling = transport(
        region=REGION,
        endpoint=scripted.endpoint,
        use_metadata=True,
        metadata_endpoint=scripted.endpoint,
    )
    async with asyncio.timeout(20):
        with pytest.raises(ConfigError, match="does not respond"):
            await calling.send(LIST)


async def test_a_server_without_an_agency_has_no_keys(cloud, transport):
    cloud.state.of(MetadataState).agency = False
    calling = transport(**places(cloud), use_metadata=True, metadata_endpoint=cloud.endpoint)
    with pytest.raises(ConfigError, match=r"has no keys for this server \(status 401\)"):
        await calling.send(LIST)


async def test_a_user_gets_a_token_for_the_regions_project(cloud, transport):
    calling = transport(**places(cloud), **user(cloud))
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(20)))
    assert all(response.ok for response in replies)
    assert await calling.project_id() == cloud.project_id
    assert calls(cloud) == {TOKENS: 1, "ListThumbnailsTask": 20}


async def test_a_user_gets_a_token_for_the_given_project(cloud, transport):
    cloud.add_project("another", "cn-north-4_another")
    calling = transport(**places(cloud, project_id="another"), **user(cloud))
    assert await calling.project_id() == "another"


async def test_a_wrong_password_is_an_auth_error_with_iams_own_words(cloud, transport):
    calling = transport(**places(cloud), **user(cloud, password="wrong-passw0rd"))
    with pytest.raises(AuthError, match="The username or password is wrong") as caught:
        await calling.send(LIST)
    error = caught.value
    assert (error.code, error.status, error.ambiguous) == ("401", 401, False)
    assert error.request_id
    assert "wrong-passw0rd" not in f"{error}{vars(error)}"


async def test_a_given_token_is_sent_and_its_project_looked_up(cloud, transport):
    token = (
        cloud.state.of(HuaweiAccounts)
        .issue_token(cloud.project_id, now=datetime.now(UTC), seconds=60)
        .text
    )
    calling = transport(**places(cloud), auth_token=token)
    assert (await calling.send(LIST)).ok
    assert calls(cloud) == {PROJECTS: 1, "ListThumbnailsTask": 1}


async def test_a_given_token_that_is_refused_is_not_replaced(cloud, transport):
    calling = transport(**places(cloud, project_id="p"), auth_token="t0ken-value")
    assert (await calling.send(LIST)).status == 401
    assert calls(cloud) == {"ListThumbnailsTask": 1}


@pytest.mark.parametrize("kind", ["plain", "coroutine"])
async def test_a_callable_gives_keys_and_is_asked_again_when_they_end(cloud, transport, kind):
    given = []

    def plain():
        key = cloud.add_temporary_key()
        given.append(key)
        left = timedelta(seconds=100 if len(given) > 1 else 0.3)
        return HuaweiCredentials(
            access_key=key.access_key,
            secret_key=key.secret_key,
            security_token=key.security_token,
            expires_at=datetime.now(UTC) + left,
        )

    async def coroutine():
        return plain()

    credentials = plain if kind == "plain" else coroutine
    calling = transport(**places(cloud, project_id=cloud.project_id), credentials=credentials)
    assert (await calling.send(LIST)).ok
    await asyncio.sleep(0.35)
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(10)))
    assert all(response.ok for response in replies)
    assert len(given) == 2


# Projects


@pytest.mark.parametrize("who", ["keys", "token"])
async def test_no_project_of_that_name_is_a_config_error(cloud, transport, who):
    accounts = cloud.state.of(HuaweiAccounts)
    token = accounts.issue_token("gone", now=datetime.now(UTC), seconds=60).text
    cloud.remove_project(cloud.project_id)
    given = keys(cloud) if who == "keys" else {"auth_token": token}
    calling = transport(**places(cloud), **given)
    with pytest.raises(ConfigError, match="no project named 'cn-north-4'"):
        await calling.send(LIST)


async def test_several_projects_of_that_name_are_named(cloud, transport):
    cloud.add_project("second", REGION)
    calling = transport(**places(cloud), **keys(cloud))
    with pytest.raises(ConfigError, match=f"2 projects .*{cloud.project_id}, second"):
        await calling.send(LIST)


async def test_a_look_up_that_failed_is_tried_again(scripted, transport):
    scripted.json({}, status=503).json({"projects": [{"id": "p1"}]}).json({"task_array": []})
    calling = transport(
        region=REGION,
        endpoint=scripted.endpoint,
        iam_endpoint=scripted.endpoint,
        access_key="AK",
        secret_key="SK",
    )
    with pytest.raises(VidKitError) as caught:
        await calling.send(LIST)
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)
    assert (await calling.send(LIST)).ok
    assert scripted.requests[-1][0].path == "/v1/p1/thumbnails"


async def test_an_iam_that_is_away_is_told_and_leaves_no_doubt_about_a_create(
    transport, dead_endpoint
):
    calling = transport(
        region=REGION,
        endpoint=dead_endpoint,
        iam_endpoint=dead_endpoint,
        access_key="AK",
        secret_key="SK",
    )
    with pytest.raises(TransportError, match="credentials: IAM: ") as caught:
        await calling.send(LIST)
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)


async def test_an_iam_that_breaks_off_leaves_no_doubt_about_a_create_either(scripted, transport):
    scripted.drop()
    calling = transport(
        region=REGION,
        endpoint=scripted.endpoint,
        iam_endpoint=scripted.endpoint,
        username="u",
        password="p",
        domain_name="d",
    )
    with pytest.raises(TransportError, match="credentials: IAM: ") as caught:
        await calling.send(LIST)
    assert (caught.value.retryable, caught.value.ambiguous) == (True, False)
    assert len(scripted.requests) == 1


# Renewal


async def test_a_token_is_renewed_before_its_end_and_nobody_waits(cloud, transport):
    cloud.state.of(HuaweiAccounts).token_seconds = 2
    calling = transport(**places(cloud), **user(cloud))
    assert (await calling.send(LIST)).ok
    cloud.state.of(HuaweiAccounts).token_seconds = 1000
    for _ in range(60):
        assert (await calling.send(LIST)).ok
        if calls(cloud)[TOKENS] == 2:
            break
        await asyncio.sleep(0.1)
    assert calls(cloud)[TOKENS] == 2
    assert {call.status for call in cloud.calls} == {200, 201}


async def test_a_revoked_token_is_replaced_once_for_everybody(cloud, transport):
    calling = transport(**places(cloud), **user(cloud))
    assert (await calling.send(LIST)).ok
    cloud.revoke_tokens()
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(20)))
    assert all(response.ok for response in replies)
    assert calls(cloud)[TOKENS] == 2
    cloud.revoke_tokens()
    assert (await calling.send(LIST)).ok
    assert calls(cloud)[TOKENS] == 3


async def test_tokens_that_mpc_never_takes_are_not_fetched_for_ever(cloud, transport):
    cloud.inject("expired_token", service="mpc")
    calling = transport(**places(cloud), **user(cloud))
    for _ in range(3):
        assert (await calling.send(LIST)).status == 401
    assert calls(cloud) == {TOKENS: 2, "ListThumbnailsTask": 4}


async def test_a_create_refused_for_its_token_is_sent_once_more(cloud, transport):
    calling = transport(**places(cloud), **user(cloud))
    assert (await calling.send(LIST)).ok
    cloud.revoke_tokens()
    bucket = {"bucket": "b", "location": REGION, "object": "x"}
    body = {"input": bucket, "output": bucket, "thumbnail_para": {"type": "TIME"}}
    cloud.add_object("b", "x", b"no video")
    response = await calling.send(HttpRequest("POST", LIST.path, body=body))
    assert (response.status, calls(cloud)["CreateThumbnailsTask"]) == (202, 2)
    assert len(json.loads((await calling.send(LIST)).body)["task_array"]) == 1


async def test_metadata_keys_that_have_ended_are_replaced(cloud, transport):
    calling = transport(**places(cloud), use_metadata=True, metadata_endpoint=cloud.endpoint)
    assert (await calling.send(LIST)).ok
    cloud.state.of(HuaweiAccounts).temporary_keys.clear()
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(10)))
    assert all(response.ok for response in replies)
    assert calls(cloud)["GetSecurityKey"] == 2


@pytest.mark.parametrize("renewable", [False, True])
async def test_a_wrong_signature_is_never_sent_again(cloud, transport, renewable):
    wrong = {"access_key": cloud.access_key_id, "secret_key": "wrong-secret-value"}
    given = {"credentials": lambda: HuaweiCredentials(**wrong)} if renewable else wrong
    calling = transport(**places(cloud, project_id=cloud.project_id), **given)
    assert (await calling.send(LIST)).status == 401
    assert len(cloud.calls) == 1


async def test_a_caller_who_is_cancelled_leaves_the_renewal_to_the_others(scripted, transport):
    may_answer = asyncio.Event()

    async def token(_):
        await may_answer.wait()
        end = datetime.now(UTC) + timedelta(hours=1)
        content = {"token": {"expires_at": end.isoformat(), "project": {"id": "p1"}}}
        return web.json_response(content, status=201, headers={"X-Subject-Token": "t0ken-value"})

    scripted.then(token).json({"task_array": []})
    calling = transport(
        region=REGION,
        endpoint=scripted.endpoint,
        iam_endpoint=scripted.endpoint,
        username="u",
        password="p",
        domain_name="d",
    )
    first, second = (asyncio.ensure_future(calling.send(LIST)) for _ in range(2))
    while not scripted.requests:
        await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    may_answer.set()
    assert (await second).ok
    assert [request.path for request, _ in scripted.requests] == [
        "/v3/auth/tokens",
        "/v1/p1/thumbnails",
    ]


async def test_closing_ends_a_renewal_under_way_with_a_clear_error(scripted, transport):
    scripted.hang()
    calling = transport(
        region=REGION,
        endpoint=scripted.endpoint,
        iam_endpoint=scripted.endpoint,
        username="u",
        password="p",
        domain_name="d",
    )
    callers = [asyncio.ensure_future(calling.send(LIST)) for _ in range(3)]
    while not scripted.requests:
        await asyncio.sleep(0.01)
    await calling.close()
    for result in await asyncio.gather(*callers, return_exceptions=True):
        assert isinstance(result, RequestError)
    with pytest.raises(RequestError, match="closed"):
        await calling.send(LIST)


# The clock


@pytest.mark.parametrize("minutes", [20, -20, 60 * 24 * 400])
async def test_a_clock_that_is_off_is_corrected_once_and_for_all(cloud, transport, minutes):
    cloud.state.now = lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    calling = transport(**places(cloud, project_id=cloud.project_id), **keys(cloud))
    # The first goes alone, so the key is not locked by all of them at once.
    replies = await asyncio.gather(*(calling.send(LIST) for _ in range(30)))
    assert {response.status for response in replies} == {200}
    assert Counter(call.status for call in cloud.calls) == {401: 1, 200: 30}


async def test_iam_teaches_the_time_too(cloud, transport):
    cloud.state.now = lambda: datetime.now(UTC) - timedelta(hours=5)
    calling = transport(**places(cloud), **keys(cloud))
    assert (await calling.send(LIST)).ok
    assert [(call.operation, call.status) for call in cloud.calls] == [
        (PROJECTS, 401),
        (PROJECTS, 200),
        ("ListThumbnailsTask", 200),
    ]


async def test_a_token_outlives_a_clock_that_is_off(cloud, transport):
    cloud.state.now = lambda: datetime.now(UTC) - timedelta(days=3)
    calling = transport(**places(cloud), **user(cloud))
    for _ in range(3):
        assert (await calling.send(LIST)).ok
    assert calls(cloud)[TOKENS] == 1


async def test_a_request_is_signed_twice_at_the_most(scripted, transport):
    expired = {
        "error_code": "APIGW.0301",
        "error_msg": "calc ak sk signature fail:signature expired",
    }
    scripted.json(expired, status=401, Date="Thu, 01 Jan 2015 12:00:00 GMT")
    scripted.json(expired, status=401, Date="Thu, 01 Jan 2018 12:00:00 GMT")
    scripted.json({"task_array": []})
    calling = transport(
        region=REGION, endpoint=scripted.endpoint, project_id="p1", access_key="AK", secret_key="SK"
    )
    assert (await calling.send(LIST)).status == 401
    dates = [request.headers["X-Sdk-Date"] for request, _ in scripted.requests]
    assert dates[1:] == ["20150101T120000Z"]
    # A correction that did not help is not kept.
    assert (await calling.send(LIST)).ok
    assert not scripted.requests[-1][0].headers["X-Sdk-Date"].startswith("2015")


async def test_a_wrong_secret_is_not_taken_for_a_wrong_clock(cloud, transport):
    calling = transport(
        **places(cloud, project_id=cloud.project_id),
        access_key=cloud.access_key_id,
        secret_key="wrong-secret-value",
    )
    response = await calling.send(LIST)
    assert "verify aksk signature fail" in error_from_response(response).message
    assert len(cloud.calls) == 1


@pytest.mark.parametrize(
    "query",
    [
        (("a b", "ü/日"), ("a b", "+"), ("", ""), ("x", ""), ("~", "a=b&c")),
        (("task_id", "2"), ("task_id", "1"), ("task_id", "1")),
        (("q", "".join(map(chr, range(32, 127)))),),
    ],
)
async def test_what_is_on_the_wire_is_what_was_signed(cloud, transport, query):
    key = cloud.add_temporary_key()
    calling = transport(
        **places(cloud, project_id=cloud.project_id),
        access_key=key.access_key,
        secret_key=key.secret_key,
        security_token=key.security_token,
    )
    # The gateway has verified the signature before the service rejects what it does not know.
    assert (await calling.send(HttpRequest("GET", LIST.path, query=query))).status in {200, 400}
    assert (await calling.send(HttpRequest("POST", LIST.path, body={"ü": "日"}))).status == 400


# What must not happen


async def test_no_secret_shows_anywhere(cloud, transport, caplog):
    caplog.set_level(logging.DEBUG)
    key = cloud.add_temporary_key()
    token = (
        cloud.state.of(HuaweiAccounts)
        .issue_token(cloud.project_id, now=datetime.now(UTC), seconds=60)
        .text
    )
    cloud.revoke_tokens()
    wrong = "wrong-secret-value"
    temporary = {"access_key": key.access_key, "security_token": key.security_token}
    secrets = [cloud.secret_access_key, cloud.identity.iam_password, key.secret_key, wrong, token]
    secrets.append(key.security_token)
    told = []
    for given in (
        keys(cloud) | {"secret_key": wrong},
        temporary | {"secret_key": wrong},
        {"auth_token": token},
        user(cloud, domain_name="another"),
        user(cloud),
    ):
        config = HuaweiConfig(**places(cloud), **given)
        told.append(repr(pickle.dumps(config)))
        told += [repr(config), str(config), f"{config!r:>99}"]
        calling = transport(**places(cloud), **given)
        for project_id in (None, cloud.project_id):
            calling = transport(**places(cloud, project_id=project_id), **given)
            try:
                response = await calling.send(LIST)
            except VidKitError as error:
                told += [f"{error!r}{error}{vars(error)}", repr(calling)]
            else:
                told += [repr(response), repr(error_from_response(response))]
    text = "".join(told) + caplog.text
    # The gateway quotes what was signed, and with it the security token: it was there to be hidden.
    assert "x-security-token:***" in text
    for secret in secrets:
        assert secret not in text


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_iam_redirects_are_not_followed(scripted, transport, dead_endpoint, status):
    scripted.json({}, status=status, Location=f"{dead_endpoint}/v3/auth/tokens")
    for given in (
        {"username": "u", "password": "p", "domain_name": "d"},
        {"access_key": "a", "secret_key": "b"},
        {"auth_token": "t"},
    ):
        calling = transport(
            region=REGION, endpoint=scripted.endpoint, iam_endpoint=scripted.endpoint, **given
        )
        with pytest.raises(VidKitError, match="never followed") as caught:
            await calling.send(LIST)
        assert caught.value.status == status


async def test_plain_http_to_this_machine_reads_no_certificates(cloud, transport, monkeypatch):
    """That takes longer than all the rest; and without any, no TLS connection would come about."""
    read = []
    create = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: read.append(1) or create())
    assert (await transport(**places(cloud), **keys(cloud)).send(LIST)).ok
    assert read == []
    config = places(cloud) | {"endpoint": cloud.endpoint.replace("http:", "https:")}
    with pytest.raises(TransportError):
        await transport(**config, **keys(cloud)).send(LIST)
    assert read == [1]


async def test_a_token_goes_to_its_own_service_only(cloud, scripted, transport):
    scripted.json({"task_array": []})
    calling = transport(
        region=REGION, endpoint=scripted.endpoint, iam_endpoint=cloud.endpoint, **user(cloud)
    )
    assert (await calling.send(LIST)).ok
    ((request, body),) = scripted.requests
    assert request.headers["X-Auth-Token"] in cloud.state.of(HuaweiAccounts).tokens
    assert "Authorization" not in request.headers
    assert cloud.identity.iam_password.encode() not in body


async def test_neither_this_machine_nor_its_link_are_reached_through_a_proxy(
    cloud, transport, monkeypatch, dead_endpoint
):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, dead_endpoint)
    calling = transport(**places(cloud), use_metadata=True, metadata_endpoint=cloud.endpoint)
    assert (await calling.send(LIST)).ok


# The kit


def open_kit(*, options=None, **config):
    return VidKit(huawei=HuaweiConfig(**({"use_metadata": False} | config)), **(options or {}))


async def test_a_kit_finds_user_and_project_and_its_jobs_name_them(cloud):
    async with open_kit(**places(cloud), **user(cloud)) as calling:
        assert await calling.mpc.list_thumbnails_task().collect() == []
    assert calls(cloud) == {TOKENS: 1, "ListThumbnailsTask": 1}


async def test_a_job_goes_on_in_its_own_project_alone(cloud):
    cloud.add_object("b", "x", b"no video")
    where = {"bucket": "b", "location": REGION}
    async with open_kit(**places(cloud), **keys(cloud)) as calling:
        job = await calling.mpc.create_thumbnails_task(
            input=ObsObjInfo(**where, object="x"),
            output=ObsObjInfo(**where, object="out"),
            thumbnail_para=ThumbnailPara(type="TIME", time=2),
        )
        assert calling.resume(job.token).id == job.id
    async with open_kit(**places(cloud), **user(cloud)) as calling:
        assert await calling.resume(job.token).status()
    async with open_kit(**places(cloud, project_id="another"), **keys(cloud)) as calling:
        with pytest.raises(RequestError, match=cloud.project_id):
            calling.resume(job.token)
    cloud.remove_project(cloud.project_id)
    cloud.add_project("another", REGION)
    async with open_kit(**places(cloud), **keys(cloud)) as calling:
        # Which project it is, only IAM knows.
        elsewhere = calling.resume(job.token)
        with pytest.raises(RequestError, match="another"):
            await elsewhere.status()


async def test_the_deadline_of_a_call_holds_for_finding_out_who_calls(scripted):
    scripted.hang()
    given = {"endpoint": scripted.endpoint, "iam_endpoint": scripted.endpoint, "region": REGION}
    for who in (
        {"username": "u", "password": "p", "domain_name": "d"},
        {"access_key": "a", "secret_key": "b"},
    ):
        async with open_kit(**given, **who, options={"deadline": 0.3}) as calling:
            async with asyncio.timeout(20):
                with pytest.raises(VidKitTimeoutError, match=r"deadline of 0\.3 s"):
                    await calling.mpc.get_thumbnails_task("1")


async def test_an_iam_that_fails_for_a_while_costs_retries(cloud):
    cloud.inject("unavailable", service="iam", times=2)
    options = {"retry": RetryPolicy(base_delay=0.001)}
    async with open_kit(**places(cloud), **user(cloud), options=options) as calling:
        assert await calling.mpc.list_thumbnails_task().collect() == []
    assert calls(cloud)[TOKENS] == 3


async def test_what_iam_refuses_names_the_operation(cloud):
    async with open_kit(**places(cloud), **user(cloud, password="wrong")) as calling:
        with pytest.raises(AuthError) as caught:
            await calling.mpc.get_thumbnails_task("1")
    assert (caught.value.service, caught.value.operation) == ("mpc", "ListThumbnailsTask")
    assert caught.value.attempts == 1
