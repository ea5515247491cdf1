"""What the libraries below log of vidkit's calls, on the way to credentials too, and of others'."""

import asyncio
import hashlib
import json
import logging
from urllib.parse import quote

import pytest
from aiobotocore.session import get_session
from aiohttp import web
from made_up_secrets import (
    ARN,
    BASE_TOKEN,
    KEY,
    POLICY,
    SECRETS,
    TOKEN,
    assert_hidden,
    aws_config,
    collecting,
)

from vidkit import AwsConfig, VidKit
from vidkit.transports.aws.log_redaction import LogRedaction
from vidkit.transports.redaction import redacted


@pytest.fixture
def logs():
    with collecting() as collector:
        yield collector


STS = """<{operation}Response><{operation}Result><Credentials><AccessKeyId>ASIA</AccessKeyId>
<SecretAccessKey>{key}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{operation}Result>
</{operation}Response>"""
JSON_CREDENTIALS = {
    "AccessKeyId": "ASIA",
    "SecretAccessKey": KEY,
    "Token": TOKEN,
    "Expiration": "2099-01-01T00:00:00Z",
    "Code": "Success",
    "Type": "AWS-HMAC",
}
BASE = (
    "[profile base]\naws_access_key_id=a\naws_secret_access_key=baseS3cretKey/value\n"
    f"aws_session_token={BASE_TOKEN}\n"
)
ROLE = "role_arn=arn:aws:iam::123456789012:role/x\n"


def assumed_role(tmp_path, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", endpoint)
    return BASE + f"[profile used]\n{ROLE}source_profile=base\n"


def web_identity(tmp_path, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", endpoint)
    token = tmp_path / "identity"
    token.write_text(BASE_TOKEN)
    return f"[profile used]\n{ROLE}web_identity_token_file={token}\n"


def single_sign_on(tmp_path, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", endpoint)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        "botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(tmp_path), raising=False
    )
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    start = "https://example.awsapps.com/start"
    name = hashlib.sha1(start.encode(), usedforsecurity=False).hexdigest()
    told = {"accessToken": BASE_TOKEN, "expiresAt": "2099-01-01T00:00:00Z", "startUrl": start}
    for folder in (cache, tmp_path):
        (folder / f"{name}.json").write_text(json.dumps(told))
    return (
        f"[profile used]\nsso_start_url={start}\nsso_region=us-east-1\n"
        "sso_account_id=123456789012\nsso_role_name=x\n"
    )


def process(tmp_path, monkeypatch, endpoint):
    told = {"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": KEY, "SessionToken": TOKEN}
    path = tmp_path / "told.json"
    path.write_text(json.dumps(told))
    return f"[profile used]\ncredential_process=cat {path}\n"


def container(tmp_path, monkeypatch, endpoint):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{endpoint}/container")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", BASE_TOKEN)
    return ""


def instance(tmp_path, monkeypatch, endpoint):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
    return ""


async def credentials_and_policies(request):
    body = await request.text()
    if "Action=AssumeRole" in body:
        operation = "AssumeRoleWithWebIdentity" if "WebIdentity" in body else "AssumeRole"
        return web.Response(
            text=STS.format(operation=operation, key=KEY, token=TOKEN), content_type="text/xml"
        )
    if request.path == "/federation/credentials":
        told = {"accessKeyId": "ASIA", "secretAccessKey": KEY, "sessionToken": TOKEN}
        return web.json_response({"roleCredentials": told | {"expiration": 4070908800000}})
    if request.path == "/latest/api/token":
        return web.Response(text=BASE_TOKEN)
    if request.path.endswith("/security-credentials/"):
        return web.Response(text="role")
    if request.path == "/container" or "/security-credentials/" in request.path:
        return web.json_response(JSON_CREDENTIALS)
    return web.json_response(POLICY)


@pytest.mark.parametrize(
    "source", [assumed_role, web_identity, single_sign_on, process, container, instance]
)
async def test_credentials_from_elsewhere_are_not_logged_on_their_way(
    scripted, logs, monkeypatch, tmp_path, source
):
    scripted.then(credentials_and_policies)
    text = source(tmp_path, monkeypatch, scripted.endpoint)
    (tmp_path / "config").write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    aws = AwsConfig(
        region="us-east-1",
        profile="used" if text else None,
        endpoint_url=scripted.endpoint,
    )
    async with VidKit(aws=aws) as kit:
        assert (await kit.ivs.get_playback_restriction_policy(ARN)).arn == ARN
    assert scripted.requests[-1][0].headers["X-Amz-Security-Token"] == TOKEN
    assert_hidden(logs.lines, {*SECRETS, "baseS3cretKey/value"})


async def ask_without_vidkit(endpoint):
    async with get_session().create_client(
        "ivs",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIA",
        aws_secret_access_key=KEY,
        aws_session_token=TOKEN,
    ) as client:
        await client.get_playback_restriction_policy(arn=ARN)


async def test_what_others_log_with_the_same_libraries_is_left_alone(scripted, logs):
    scripted.json(POLICY)
    await ask_without_vidkit(scripted.endpoint)
    before = [line.partition(" {")[0] for line in logs.lines if TOKEN in line]
    assert before
    logs.lines.clear()
    async with VidKit(aws=aws_config(endpoint_url=scripted.endpoint)) as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
        assert_hidden(logs.lines)
        logs.lines.clear()
        await asyncio.gather(
            ask_without_vidkit(scripted.endpoint), kit.ivs.get_playback_restriction_policy(ARN)
        )
    after = [line for line in logs.lines if TOKEN in line]
    # Theirs as before, ours masked.
    assert len(after) == len(before)


def filters():
    return {
        name: (list(found.filters), found.level, list(found.handlers), found.propagate)
        for name, found in logging.root.manager.loggerDict.items()
        if isinstance(found, logging.Logger)
    }


async def test_loggers_are_as_they_were_once_the_last_kit_is_closed(scripted, logs):
    scripted.json(POLICY)
    config = aws_config(endpoint_url=scripted.endpoint)
    async with VidKit(aws=config) as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
    before = filters()
    first = VidKit(aws=config)
    async with VidKit(aws=config) as second:
        async with first:
            await first.ivs.get_playback_restriction_policy(ARN)
            await second.ivs.get_playback_restriction_policy(ARN)
            during = filters()
            changed = {name for name in during if during[name] != before.get(name)}
            assert changed
            assert all(name.split(".")[0] in {"botocore", "aiobotocore"} for name in changed)
            assert all(during[name][1:] == before[name][1:] for name in changed)
        logs.lines.clear()
        await second.ivs.get_playback_restriction_policy(ARN)
        assert logs.of("botocore.auth ")
        assert_hidden(logs.lines)
    assert filters() == before


async def test_every_logger_of_these_libraries_is_covered(scripted):
    scripted.json(POLICY)
    async with VidKit(aws=aws_config(endpoint_url=scripted.endpoint)) as kit:
        await kit.ivs.get_playback_restriction_policy(ARN)
        named = {
            name: found
            for name, found in logging.root.manager.loggerDict.items()
            if name.split(".")[0] in {"botocore", "aiobotocore"}
            and isinstance(found, logging.Logger)
        }
        assert {"botocore.auth", "botocore.endpoint", "botocore.parsers"} <= set(named)
        assert [name for name, found in named.items() if not found.filters] == []


@pytest.mark.parametrize(
    "text",
    [
        f"POST\n/\n\nhost:x\nx-amz-security-token:{TOKEN}\n\nhost",
        f"{{'X-Amz-Security-Token': b'{TOKEN}', 'Authorization': 'AWS4 {TOKEN}'}}",
        json.dumps({"message": f"POST\nx-amz-security-token:{TOKEN}\nrest", "code": "x"}),
        json.dumps({"SecretAccessKey": TOKEN, "Token": TOKEN, "Code": "Success"}),
        json.dumps(json.dumps({"roleCredentials": {"sessionToken": TOKEN}})),
        repr(f"<SecretAccessKey>{TOKEN}</SecretAccessKey>\n<Token>{TOKEN}</Token>".encode()),
        f"Action=AssumeRole&WebIdentityToken={quote(TOKEN, safe='')}&Version=1",
        f"https://b.s3.amazonaws.com/?X-Amz-Security-Token={quote(TOKEN, safe='')}&X-Amz-Expires=1",
        f"Failed to connect to http://user:{TOKEN.replace('/', '%2F')}@proxy:3128",
        json.dumps({"clientSecret": TOKEN, "refreshToken": TOKEN}).replace("/", "\\/"),
    ],
)
def test_what_stands_behind_the_name_of_a_secret_is_masked(text):
    clean = redacted(text)
    for spelling in (TOKEN, TOKEN[-12:], quote(TOKEN, safe="")[-12:], "temporary"):
        assert spelling not in clean
    assert "***" in clean
    assert redacted(clean) == clean


@pytest.mark.parametrize("spelling", [TOKEN, TOKEN.replace("/", "\\/"), quote(TOKEN, safe="")])
def test_a_known_secret_is_masked_wherever_it_stands(spelling):
    assert redacted(f"before {spelling} after", {TOKEN}) == "before *** after"


@pytest.mark.parametrize(
    "text",
    [
        "Error when retrieving token from sso: Token has expired and refresh failed",
        "Error loading SSO Token: Token for https://x.awsapps.com/start does not exist",
        "The security token included in the request is invalid.",
        '{"nextToken": "AAAA+BBBB==", "NextToken": "C", "ClientRequestToken": "D"}',
        "SignedHeaders=host;x-amz-date;x-amz-security-token, wrong password",
        "https://example.com/a@b",
        "task_abc_def, sk_ and risk_us-east-1_a_b",
    ],
)
def test_what_only_speaks_of_secrets_is_left_as_it_is(text):
    assert redacted(text, {"short"}) == text


@pytest.mark.parametrize("around", ['{{"value": "{}"}}', "b\\'{}\\' b", "key={}", "<v>{}</v>"])
def test_a_stream_key_of_ivs_is_masked_by_its_form(around):
    key = "sk_us-gov-west-1_abcDEF123456_567890abcdef"
    assert redacted(around.format(key)) == around.format("***")


def test_masked_json_is_still_json():
    told = {"message": f'x-amz-security-token="{TOKEN}" is "unknown"', "code": "E", "n": [1]}
    assert json.loads(redacted(json.dumps(told)))["code"] == "E"


@pytest.fixture
def covered(logs):
    """A logger below a package whose logs are covered."""
    found = logging.getLogger("some_package.part")
    foreign = LogRedaction("some_package")
    foreign.cover()
    foreign.cover()
    yield foreign, found, logs
    foreign.close()
    foreign.close()
    assert found.filters == []


def fail(message):
    raise ValueError(message)


def test_tracebacks_in_records_are_masked(covered):
    foreign, found, logs = covered
    for secrets in ({KEY}, set()):
        with foreign.own_call(secrets):
            try:
                fail(f"{KEY} or SessionToken={TOKEN}")
            except ValueError:
                found.warning("it failed", exc_info=True)
        assert "ValueError" in logs.lines[-1]
        assert TOKEN not in logs.lines[-1]
        assert (KEY in logs.lines[-1]) is (not secrets)


def test_records_without_secrets_and_outside_calls_keep_their_arguments(covered):
    foreign, found, _ = covered
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    found.addHandler(handler)
    found.info("n=%d", 7)
    found.info("SessionToken=%s", TOKEN)
    with foreign.own_call({KEY}):
        found.info("n=%d", 7)
        found.info("SessionToken=%s", TOKEN)
    found.removeHandler(handler)
    assert [record.args for record in records] == [(7,), (TOKEN,), (7,), None]
    assert records[-1].getMessage() == "SessionToken=***"


def test_a_record_that_cannot_be_formatted_is_the_handlers_business(covered):
    foreign, found, _ = covered
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    found.addHandler(handler)
    found.propagate = False
    with foreign.own_call(set()):
        found.info("%d", "no number")
    found.propagate = True
    found.removeHandler(handler)
    assert records[0].args == ("no number",)
