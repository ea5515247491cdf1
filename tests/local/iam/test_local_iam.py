"""IAM of the local cloud, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from huawei_calls import (
    TOKENS,
    call_mpc,
    list_with_key,
    list_with_token,
    password_request,
    send_json,
    signed,
    token_of,
)

from vidkit.local import LocalCloud
from vidkit.local.mpc.state import MpcState
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OTHER = "f" * 32


@pytest.fixture
async def cloud():
    async with LocalCloud(job_seconds=0) as running:
        running.state.now = lambda: NOON
        yield running


def later(cloud, **time):
    cloud.state.now = lambda: NOON + timedelta(**time)


async def listed(cloud, query="", **how):
    target = f"/v3/projects{query}"
    response = await send_json(cloud, "GET", target, headers=signed(cloud, "GET", target, **how))
    assert response.status == 200
    return [project["id"] for project in response.content["projects"]]


async def test_a_password_gives_a_token_for_a_project(cloud):
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud))
    assert response.status == 201
    assert len(response.headers["X-Subject-Token"]) > 1000
    token, identity = response.content["token"], cloud.identity
    domain = {"id": identity.domain_id, "name": identity.domain_name}
    assert token["issued_at"] == "2026-01-01T12:00:00.000000Z"
    assert token["expires_at"] == "2026-01-02T12:00:00.000000Z"
    assert token["methods"] == ["password"]
    assert token["project"] == {"id": cloud.project_id, "name": "cn-north-4", "domain": domain}
    assert (token["user"]["name"], token["user"]["domain"]) == (identity.iam_user, domain)
    assert "catalog" not in token
    request_id = response.headers["X-Request-Id"]
    assert request_id in response.headers["X-IAM-Trace-Id"]
    assert (await list_with_token(cloud, response.headers["X-Subject-Token"])).status == 200
    assert [(call.service, call.operation, call.status) for call in cloud.calls] == [
        ("iam", "KeystoneCreateUserTokenByPassword", 201),
        ("mpc", "ListThumbnailsTask", 200),
    ]


async def test_without_nocatalog_a_token_has_a_catalog(cloud):
    response = await send_json(cloud, "POST", "/v3/auth/tokens", password_request(cloud))
    (offered,) = response.content["token"]["catalog"]
    assert (offered["type"], offered["endpoints"][0]["url"]) == ("mpc", cloud.endpoint)


async def test_a_token_can_be_requested_by_ids(cloud):
    identity = cloud.identity
    token = await token_of(
        cloud,
        scope={"project": {"id": cloud.project_id}},
        name=None,
        domain=None,
        id=identity.iam_user_id,
    )
    assert (await list_with_token(cloud, token)).status == 200


@pytest.mark.parametrize(
    "user",
    [
        {"password": "wrong"},
        {"password": "\ud800"},
        {"name": "nobody"},
        {"domain": {"name": "elsewhere"}},
        {"domain": {}},
        {"id": "nobody"},
    ],
)
async def test_wrong_names_and_passwords_are_rejected(cloud, user):
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud, **user))
    assert response.status == 401
    assert response.content == {
        "error": {
            "code": 401,
            "message": "The username or password is wrong.",
            "title": "Unauthorized",
        }
    }
    assert "X-Subject-Token" not in response.headers
    assert cloud.calls[-1].code == "401"
    assert cloud.state.of(HuaweiAccounts).tokens == {}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 400),
        ({"auth": {"identity": {"methods": ["totp"]}}}, 400),
        ({"auth": {"identity": {"methods": ["password"], "password": {}}}}, 400),
        ({"auth": {"identity": {"methods": ["password"], "password": {"user": {}}}}}, 400),
        ([], 400),
    ],
)
async def test_half_a_request_for_a_token_is_rejected(cloud, content, status):
    response = await send_json(cloud, "POST", TOKENS, content)
    assert (response.status, response.code) == (status, status)


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"project": {"name": "cn-nowhere-1"}}, 404),
        ({"project": {"id": OTHER}}, 404),
        ({"domain": {"name": "elsewhere"}}, 404),
        ({"project": "cn-north-4"}, 400),
        ({"project": {}}, 400),
        ("cn-north-4", 400),
    ],
)
async def test_a_missing_project_is_no_scope(cloud, scope, status):
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud, scope=scope))
    assert (response.status, response.code) == (status, status)


async def test_mpc_rejects_the_token_of_an_account(cloud):
    domain = {"domain": {"name": cloud.identity.domain_name}}
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud, scope=domain))
    assert response.content["token"]["domain"]["name"] == cloud.identity.domain_name
    assert "project" not in response.content["token"]
    response = await list_with_token(cloud, response.headers["X-Subject-Token"])
    assert (response.status, response.code) == (401, "MPC.10203")


async def test_a_token_without_a_scope_is_for_the_account(cloud):
    content = password_request(cloud)
    del content["auth"]["scope"]
    response = await send_json(cloud, "POST", TOKENS, content)
    assert response.content["token"]["domain"]["id"] == cloud.identity.domain_id


async def test_mpc_rejects_the_token_of_another_project(cloud):
    cloud.add_project(OTHER, "cn-east-3")
    token = await token_of(cloud, scope={"project": {"name": "cn-east-3"}})
    assert (await list_with_token(cloud, token, project=OTHER)).status == 200
    response = await list_with_token(cloud, token)
    assert (response.status, response.code) == (403, "MPC.10208")


async def test_tokens_expire_after_their_lifetime(cloud):
    cloud.state.of(HuaweiAccounts).token_seconds = 60
    token = await token_of(cloud)
    later(cloud, seconds=59)
    assert (await list_with_token(cloud, token)).status == 200
    later(cloud, seconds=60)
    response = await list_with_token(cloud, token)
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert "token expires, expires_at:2026-01-01T12:01:00" in response.content["error_msg"]
    assert response.content["request_id"] == response.headers["X-Request-Id"]


async def test_revoked_tokens_are_rejected_and_new_ones_valid(cloud):
    old = await token_of(cloud)
    cloud.revoke_tokens()
    response = await list_with_token(cloud, old)
    assert (response.status, response.code) == (401, "APIGW.0307")
    assert (await list_with_token(cloud, await token_of(cloud))).status == 200
    response = await send_json(cloud, "GET", "/v3/projects", headers={"X-Auth-Token": old})
    assert (response.status, response.code) == (401, "APIGW.0307")


async def test_a_token_that_was_not_issued_is_rejected(cloud):
    response = await list_with_token(cloud, "MIIE")
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert response.content["error_msg"].endswith("decrypt token fail")


async def test_a_signature_takes_precedence_over_a_token(cloud):
    target = f"/v1/{cloud.project_id}/thumbnails"
    headers = {**signed(cloud, "GET", target), "X-Auth-Token": "nonsense"}
    assert (await send_json(cloud, "GET", target, headers=headers)).status == 200


async def test_projects_are_listed_by_name(cloud):
    assert await listed(cloud) == [cloud.project_id]
    assert await listed(cloud, "?name=cn-north-4") == [cloud.project_id]
    assert await listed(cloud, "?name=cn-nowhere-1") == []
    cloud.add_project(OTHER, "cn-north-4")
    assert await listed(cloud, "?name=cn-north-4") == [cloud.project_id, OTHER]
    assert await listed(cloud, "?page=2&per_page=1") == [OTHER]
    assert await listed(cloud, "?domain_id=elsewhere") == []
    assert await listed(cloud, "?enabled=false") == []
    cloud.remove_project(cloud.project_id)
    assert await listed(cloud, "?name=cn-north-4") == [OTHER]
    call = cloud.calls[-1]
    assert (call.service, call.operation, call.status) == ("iam", "KeystoneListProjects", 200)


async def test_a_project_has_all_its_members(cloud):
    token = await token_of(cloud)
    response = await send_json(cloud, "GET", "/v3/projects", headers={"X-Auth-Token": token})
    domain_id = cloud.identity.domain_id
    assert response.content == {
        "links": {"self": f"{cloud.endpoint}/v3/projects", "previous": None, "next": None},
        "projects": [
            {
                "id": cloud.project_id,
                "name": "cn-north-4",
                "domain_id": domain_id,
                "parent_id": domain_id,
                "is_domain": False,
                "enabled": True,
                "description": "",
                "links": {"self": f"{cloud.endpoint}/v3/projects/{cloud.project_id}"},
            }
        ],
    }


@pytest.mark.parametrize("query", ["?page=0&per_page=1", "?page=1", "?page=x&per_page=1"])
async def test_pages_of_projects_must_be_valid(cloud, query):
    target = f"/v3/projects{query}"
    response = await send_json(cloud, "GET", target, headers=signed(cloud, "GET", target))
    assert (response.status, response.code) == (400, 400)


async def test_iam_rejects_unauthenticated_requests(cloud):
    response = await send_json(cloud, "GET", "/v3/projects")
    assert (response.status, response.code) == (401, 401)
    headers = signed(cloud, "GET", "/v3/projects", secret="wrong")
    response = await send_json(cloud, "GET", "/v3/projects", headers=headers)
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert "canonicalRequest:GET|/v3/projects/|" in response.content["error_msg"]
    headers = signed(cloud, "GET", "/v3/users")
    response = await send_json(cloud, "GET", "/v3/users", headers=headers)
    assert (response.status, response.code) == (404, "APIGW.0101")


async def test_a_key_that_is_locked_for_mpc_is_locked_for_iam(cloud):
    for _ in range(5):
        assert (await call_mpc(cloud, secret="wrong")).status == 401
    headers = signed(cloud, "GET", "/v3/projects")
    response = await send_json(cloud, "GET", "/v3/projects", headers=headers)
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert "reach the limit" in response.content["error_msg"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "rebound.example.com"},
        {"Host": "["},
    ],
)
async def test_no_web_page_gets_a_token(cloud, headers):
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud), headers)
    assert (response.status, response.code) == (403, 403)
    assert cloud.state.of(HuaweiAccounts).tokens == {}


async def test_a_form_is_no_request_for_a_token(cloud):
    headers = {"Content-Type": "text/plain"}
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud), headers)
    assert (response.status, response.code) == (400, 400)


async def test_a_bucket_may_be_named_like_a_path_of_iam(cloud):
    response = await send_json(cloud, "GET", "/v3x/auth/tokens")
    assert response.status == 403
    assert "AccessDenied" in response.content


async def test_temporary_keys_are_issued_by_hand(cloud):
    key = cloud.add_temporary_key(60)
    assert (await list_with_key(cloud, key)).status == 200
    assert (await list_with_key(cloud, key, token=None)).code == "APIGW.0301"
    assert await listed(
        cloud, key=key.access_key, secret=key.secret_key, token=key.security_token
    ) == [cloud.project_id]
    later(cloud, seconds=60)
    response = await list_with_key(cloud, key)
    assert (response.status, response.code) == (401, "APIGW.0301")
    assert "token expires" in response.content["error_msg"]
    cloud.state.of(HuaweiAccounts).key_seconds = 5
    assert cloud.add_temporary_key().expires_at == NOON + timedelta(seconds=65)


async def test_accounts_can_be_set_up_over_http(cloud):
    token = await token_of(cloud)
    json_body = {"Content-Type": "application/json"}
    for path, content in (
        ("projects", {"project_id": OTHER, "name": "cn-north-4"}),
        ("forbidden-buckets", {"bucket": "closed"}),
        ("forbidden-buckets", {"bucket": "open", "forbidden": False}),
        ("revoked-tokens", {}),
    ):
        response = await send_json(cloud, "POST", f"/_local/{path}", content, json_body)
        assert response.status == 200, response
    assert await listed(cloud, "?name=cn-north-4") == [cloud.project_id, OTHER]
    assert cloud.state.of(MpcState).forbidden_buckets == {"closed"}
    assert (await list_with_token(cloud, token)).code == "APIGW.0307"


async def test_projects_need_an_id_and_a_name(cloud):
    with pytest.raises(ValueError, match="must not be empty"):
        cloud.add_project("", "cn-north-4")
    with pytest.raises(ValueError, match="must not be empty"):
        cloud.add_project(OTHER, "")


async def test_a_failure_inside_iam_is_an_error_in_its_format(cloud, monkeypatch, caplog):
    async def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("vidkit.local.iam.service.IamService.handle", fail)
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud))
    assert (response.status, response.code) == (500, 500)
    assert json.dumps(response.content).count("Internal Server Error") == 1
    assert "KeystoneCreateUserTokenByPassword failed" in caplog.text
