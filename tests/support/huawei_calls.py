"""How the tests call the local Huawei Cloud over HTTP, with their own signatures."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from local_cloud_calls import send

THUMBNAILS = "/v1/{project}/thumbnails"
TOKENS = "/v3/auth/tokens?nocatalog=true"


@dataclass(frozen=True)
class JsonResponse:
    status: int
    headers: Any
    content: Any

    @property
    def code(self):
        """The error code, in either format."""
        if "error" in self.content:
            return self.content["error"]["code"]
        return self.content["error_code"]


def signed(cloud, method, target, body=b"", *, key=None, secret=None, token=None, at=None):
    """Headers of a signed request, dated by the cloud's clock by default."""
    date = (at or cloud.state.now()).strftime("%Y%m%dT%H%M%SZ")
    path, _, query = target.partition("?")
    canonical = "\n".join(
        (
            method,
            f"{path}/",
            "&".join(sorted(query.split("&"))),
            f"x-sdk-date:{date}",
            "",
            "x-sdk-date",
            hashlib.sha256(body).hexdigest(),
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.digest(
        (secret or cloud.secret_access_key).encode(),
        f"SDK-HMAC-SHA256\n{date}\n{digest}".encode(),
        "sha256",
    ).hex()
    headers = {
        "X-Sdk-Date": date,
        "Authorization": f"SDK-HMAC-SHA256 Access={key or cloud.access_key_id}, "
        f"SignedHeaders=x-sdk-date, Signature={signature}",
    }
    if token is not None:
        headers["X-Security-Token"] = token
    return headers


async def send_json(cloud, method, target, content=None, headers=None):
    """One request with a JSON body, or none, and its response."""
    body = b"" if content is None else json.dumps(content).encode()
    media = {} if content is None else {"Content-Type": "application/json"}
    status, response_headers, response_body = await send(
        cloud, method, target, body, {**media, **(headers or {})}
    )
    is_json = response_headers.get("Content-Type", "").startswith("application/json")
    return JsonResponse(
        status, response_headers, json.loads(response_body) if is_json else response_body.decode()
    )


async def call_mpc(cloud, method="GET", content=None, *, query="", project=None, **how):
    """A signed request to MPC."""
    target = THUMBNAILS.format(project=project or cloud.project_id) + query
    body = b"" if content is None else json.dumps(content).encode()
    return await send_json(
        cloud, method, target, content, signed(cloud, method, target, body, **how)
    )


def password_request(cloud, *, scope=None, **user):
    """The body of a request for a token."""
    identity = cloud.identity
    given = {
        "name": identity.iam_user,
        "password": identity.iam_password,
        "domain": {"name": identity.domain_name},
        **user,
    }
    auth = {"identity": {"methods": ["password"], "password": {"user": given}}}
    auth["scope"] = {"project": {"name": identity.huawei_region}} if scope is None else scope
    return {"auth": auth}


async def token_of(cloud, **request):
    """A fresh token."""
    response = await send_json(cloud, "POST", TOKENS, password_request(cloud, **request))
    assert response.status == 201, response
    return response.headers["X-Subject-Token"]


async def list_with_token(cloud, token, *, project=None, headers=None):
    """A list of tasks with a token."""
    target = THUMBNAILS.format(project=project or cloud.project_id)
    return await send_json(cloud, "GET", target, headers={"X-Auth-Token": token, **(headers or {})})


async def list_with_key(cloud, key, **how):
    """A list of tasks, signed with a temporary key."""
    given = {"key": key.access_key, "secret": key.secret_key, "token": key.security_token, **how}
    return await call_mpc(cloud, **given)
