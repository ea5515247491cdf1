"""Huawei Cloud's API gateway: its checks before a service, and its errors."""

from datetime import datetime
from typing import Final

from vidkit.local.protocol.wire import ApiError, Request, Response
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, iso
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.huawei import authentication_error, claimed_access_key, verify_huawei

MAX_SIGNED_BODY_BYTES: Final = 12 * 2**20
"""The longest body, in bytes, of a request that is signed with a key."""

JSON: Final = "application/json"


def check_caller(
    request: Request, *, identity: Identity, accounts: HuaweiAccounts, now: datetime
) -> None:
    """Check that a request has a valid token or signature (blocking: hashes the body).

    Raises:
        ApiError: ``APIGW.0301``, ``APIGW.0307`` or ``APIGW.0201``.
    """
    text = request.headers.get("X-Auth-Token")
    if text is not None and claimed_access_key(request) is None:
        token = accounts.tokens.get(text)
        if token is None:
            raise authentication_error("decrypt token fail")
        if now >= token.expires_at:
            raise authentication_error(f"token expires, expires_at:{iso(token.expires_at)}")
        if token.revoked:
            raise ApiError("APIGW.0307", "The token must be updated.", status=401)
        return
    if len(request.body) > MAX_SIGNED_BODY_BYTES:
        raise too_large()
    verify_huawei(request, identity=identity, accounts=accounts, now=now)


def check_project(
    request: Request, path_project: str | None, *, identity: Identity, accounts: HuaweiAccounts
) -> None:
    """Check that a request is for one existing project, the one of its token.

    Args:
        request: the request, whose credentials have been checked.
        path_project: the id of the project in its path, if there is one.
        identity: its project is the default for a path without a project.
        accounts: the projects and the tokens.

    Raises:
        ApiError: ``MPC.10203`` or ``MPC.10208``.
    """
    project_id = path_project or identity.project_id
    project_ids = {project_id, request.headers.get("X-Project-Id", project_id)}
    token = accounts.tokens.get(request.headers.get("X-Auth-Token", ""))
    if token is not None and claimed_access_key(request) is None:
        if token.project_id is None:
            message = "Identity authentication failed: the scope of the token is no project."
            raise ApiError("MPC.10203", message, status=401)
        project_ids.add(token.project_id)
    if len(project_ids) > 1 or not project_ids <= accounts.projects.keys():
        raise ApiError("MPC.10208", "Failed to verify the tenant ID.", status=403)


def unknown_api(request: Request) -> ApiError:
    """The error for a method and path that no service has."""
    return ApiError(
        "APIGW.0101", f"The API does not exist: {request.method} {request.path}", status=404
    )


def too_large() -> ApiError:
    """The error for a body that is too long."""
    return ApiError("APIGW.0201", "Request entity too large.", status=413)


def gateway_error_response(error: ApiError, request_id: str) -> Response:
    """The response for an error in the gateway's format, with the request id in the body."""
    content = {"error_msg": error.message, "error_code": error.code, "request_id": request_id}
    return Response.json(content, status=error.status, media_type=JSON)
