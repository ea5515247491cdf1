"""What Huawei Cloud's API gateway checks and says before a service sees a request."""

from datetime import datetime
from typing import Final

from vidkit.local.protocol.wire import Answer, Fault, Request
from vidkit.local.runtime.huawei_accounts import Accounts, iso
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.huawei import refusal, signed_by, verify_huawei

MAX_SIGNED_BODY: Final = 12 * 2**20
"""The longest body, in bytes, of a request that is signed with a key."""

JSON: Final = "application/json"


def check_caller(
    request: Request, *, identity: Identity, accounts: Accounts, now: datetime
) -> None:
    """Let pass what carries a good token or a good signature (blocking: hashes the body).

    Raises:
        Fault: ``APIGW.0301``, ``APIGW.0307`` or ``APIGW.0201``.
    """
    text = request.headers.get("X-Auth-Token")
    if text is not None and signed_by(request) is None:
        token = accounts.tokens.get(text)
        if token is None:
            raise refusal("decrypt token fail")
        if now >= token.expires_at:
            raise refusal(f"token expires, expires_at:{iso(token.expires_at)}")
        if token.revoked:
            raise Fault("APIGW.0307", "The token must be updated.", status=401)
        return
    if len(request.body) > MAX_SIGNED_BODY:
        raise too_large()
    verify_huawei(request, identity=identity, accounts=accounts, now=now)


def check_project(
    request: Request, named: str | None, *, identity: Identity, accounts: Accounts
) -> None:
    """Hold a request to a project there is, and to the one that its token is for.

    Args:
        request: the request, whose caller has been checked.
        named: the project in its path, if there is one.
        identity: whose project stands in for one that is not named.
        accounts: the projects and the tokens.

    Raises:
        Fault: ``MPC.10203`` or ``MPC.10208``.
    """
    project_id = named or identity.project_id
    asked = {project_id, request.headers.get("X-Project-Id", project_id)}
    token = accounts.tokens.get(request.headers.get("X-Auth-Token", ""))
    if token is not None and signed_by(request) is None:
        if token.project_id is None:
            message = "Identity authentication failed: the scope of the token is no project."
            raise Fault("MPC.10203", message, status=401)
        asked.add(token.project_id)
    if len(asked) > 1 or not asked <= accounts.projects.keys():
        raise Fault("MPC.10208", "Failed to verify the tenant ID.", status=403)


def unknown_api(request: Request) -> Fault:
    """The refusal of a method and path that no service has."""
    return Fault(
        "APIGW.0101", f"The API does not exist: {request.method} {request.path}", status=404
    )


def too_large() -> Fault:
    """The refusal of a body that is too long."""
    return Fault("APIGW.0201", "Request entity too large.", status=413)


def gateway_answer(fault: Fault, request_id: str) -> Answer:
    """A fault in the gateway's format; the request id stands in the body."""
    content = {"error_msg": fault.message, "error_code": fault.code, "request_id": request_id}
    return Answer.json(content, status=fault.status, media_type=JSON)
