"""Huawei Cloud IAM of the local cloud: tokens for a password, and the projects there are."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from vidkit.local.iam.gateway import JSON, check_caller, gateway_answer
from vidkit.local.protocol.browser_guard import page_complaint
from vidkit.local.protocol.wire import Answer, Fault, Request, parse_json
from vidkit.local.runtime.huawei_accounts import Accounts, Token, iso
from vidkit.local.runtime.state import Identity, State
from vidkit.local.signatures.huawei import signed_by

MAX_PER_PAGE = 5000

_OPERATIONS = {
    ("POST", "/v3/auth/tokens"): "KeystoneCreateUserTokenByPassword",
    ("GET", "/v3/projects"): "KeystoneListProjects",
}


class Iam:
    """Huawei Cloud IAM: the two operations that a client of other services needs.

    Where the documents leave a choice: a project that is not there is 404; a request without a
    scope gets a token for the account; of several projects of one name, a token is for the
    first. The refusals of the gateway before it (``APIGW.*``) are in the gateway's own format.
    """

    name = "iam"

    def __init__(self, state: State) -> None:
        self._state = state

    def operation(self, request: Request) -> str | None:
        """The operation behind a method and path."""
        return _operation(request)

    async def handle(self, operation: str, request: Request) -> Answer:
        """Give a token, or list projects.

        Raises:
            Fault: the service refuses.
        """
        if operation == "KeystoneListProjects":
            return Answer.json(self._projects(request), media_type=JSON)
        token, user = self._token(_object(parse_json(request.body, fault=_malformed()), "auth"))
        # With nocatalog, whatever its value, the answer says nothing of services.
        catalog = not any(name == "nocatalog" for name, _ in request.query)
        content = {"token": self._described(token, user, catalog=catalog)}
        answer = Answer.json(content, status=201, media_type=JSON)
        return Answer(201, answer.body, {**answer.headers, "X-Subject-Token": token.text})

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as IAM has it, or the gateway before it."""
        if not fault.code.isdecimal():
            return gateway_answer(fault, request_id)
        title = HTTPStatus(fault.status).phrase
        error = {"code": int(fault.code), "message": fault.message, "title": title}
        return Answer.json({"error": error}, status=fault.status, media_type=JSON)

    async def close(self) -> None:
        """Nothing runs on."""

    def _token(self, auth: Mapping[str, Any]) -> tuple[Token, dict[str, object]]:
        identity = _object(auth, "identity")
        if identity.get("methods") != ["password"]:
            raise _fault(400, "identity.methods must be ['password']; nothing else is here.")
        user = self._user(_object(_object(identity, "password"), "user"))
        project_id = self._scope(auth.get("scope"))
        state = self._state
        token = state.accounts.issue_token(project_id, now=state.now(), seconds=state.token_seconds)
        return token, user

    def _user(self, given: Mapping[str, Any]) -> dict[str, object]:
        identity = self._state.identity
        password = given.get("password")
        if not isinstance(password, str):
            raise _fault(400, "identity.password.user.password is missing.")
        if given.get("id") is None:
            domain = _object(given, "domain")
            known = given.get("name") == identity.iam_user and self._is_domain(domain)
        else:
            known = given["id"] == identity.iam_user_id
        # What JSON calls a string may be no text at all.
        typed = password.encode("utf-8", "surrogatepass")
        right = hmac.compare_digest(typed, identity.iam_password.encode())
        if not (known and right):
            raise _fault(401, "The username or password is wrong.")
        return {
            "domain": self._domain(),
            "id": identity.iam_user_id,
            "name": identity.iam_user,
            "password_expires_at": "",
        }

    def _scope(self, scope: object) -> str | None:
        """The project that a scope names; None for the account.

        Raises:
            Fault: there is no such project or account.
        """
        if scope is None:
            return None
        if not isinstance(scope, dict):
            raise _malformed()
        named = cast("dict[str, Any]", scope)
        if "project" not in named:
            if not self._is_domain(_object(named, "domain")):
                raise _fault(404, "Could not find that domain.")
            return None
        project = _object(named, "project")
        if not project.keys() & {"id", "name"}:
            raise _fault(400, "scope.project needs an id or a name.")
        for project_id, name in self._state.accounts.projects.items():
            if project_id == project.get("id", project_id) and name == project.get("name", name):
                return project_id
        raise _fault(404, "Could not find that project.")

    def _is_domain(self, domain: Mapping[str, Any]) -> bool:
        identity = self._state.identity
        known = {"id": identity.domain_id, "name": identity.domain_name}
        given = {key: domain[key] for key in known if key in domain}
        return bool(given) and all(known[key] == value for key, value in given.items())

    def _domain(self) -> dict[str, str]:
        identity = self._state.identity
        return {"id": identity.domain_id, "name": identity.domain_name}

    def _described(
        self, token: Token, user: dict[str, object], *, catalog: bool
    ) -> dict[str, object]:
        state = self._state
        described: dict[str, object] = {
            "expires_at": iso(token.expires_at),
            "issued_at": iso(token.issued_at),
            "methods": ["password"],
            "roles": [{"id": "0", "name": "te_admin"}],
            "user": user,
        }
        if token.project_id is None:
            described["domain"] = self._domain()
        else:
            name = state.accounts.projects.get(token.project_id, "")
            described["project"] = {
                "domain": self._domain(),
                "id": token.project_id,
                "name": name,
            }
        if catalog:
            described["catalog"] = [self._offered()] if token.project_id else []
        return described

    def _offered(self) -> dict[str, object]:
        region = self._state.identity.huawei_region
        endpoint = {
            "id": "mpc-public",
            "interface": "public",
            "region": region,
            "region_id": region,
            "url": self._state.endpoint,
        }
        return {"endpoints": [endpoint], "id": "mpc", "name": "mpc", "type": "mpc"}

    def _projects(self, request: Request) -> dict[str, object]:
        query = dict(request.query)
        found = [
            project
            for project in map(self._project, self._state.accounts.projects)
            if all(str(project[key]) == query.get(key, str(project[key])) for key in _FILTERS)
            and query.get("enabled", "true").lower() == "true"
        ]
        if "page" in query or "per_page" in query:
            page = _number(query, "page", 2**31)
            size = _number(query, "per_page", MAX_PER_PAGE)
            found = found[(page - 1) * size : page * size]
        itself = f"{self._state.endpoint}{request.raw_target}"
        return {"links": {"self": itself, "previous": None, "next": None}, "projects": found}

    def _project(self, project_id: str) -> dict[str, object]:
        domain_id = self._state.identity.domain_id
        return {
            "id": project_id,
            "name": self._state.accounts.projects[project_id],
            "domain_id": domain_id,
            "parent_id": domain_id,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"{self._state.endpoint}/v3/projects/{project_id}"},
        }


_FILTERS = ("name", "domain_id", "parent_id")


def check_iam_caller(
    request: Request, *, identity: Identity, accounts: Accounts, now: datetime
) -> None:
    """Refuse whoever may not ask IAM (blocking: hashes the body).

    Asking for a token takes no signature; what a web page could have sent is refused instead.

    Raises:
        Fault: the front door refuses.
    """
    if _operation(request) == "KeystoneCreateUserTokenByPassword":
        if complaint := page_complaint(request):
            raise _fault(403, complaint)
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if media_type.lower() != JSON:
            raise _fault(400, f"The content type must be {JSON}.")
        return
    if signed_by(request) is None and "X-Auth-Token" not in request.headers:
        raise _fault(401, "The request you have made requires authentication.")
    check_caller(request, identity=identity, accounts=accounts, now=now)


def _operation(request: Request) -> str | None:
    return _OPERATIONS.get((request.method, request.path.rstrip("/")))


def _fault(status: int, message: str) -> Fault:
    return Fault(str(status), message, status=status)


def _malformed() -> Fault:
    return _fault(400, "The request body is no JSON object of the shape that is wanted.")


def _object(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if not isinstance(value, dict):
        raise _fault(400, f"{name} is missing, or it is no object.")
    return value  # pyright: ignore[reportUnknownVariableType]


def _number(query: Mapping[str, str], name: str, most: int) -> int:
    value = query.get(name, "")
    if not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:11]) <= most:
        raise _fault(400, f"{name} must be from 1 to {most}; page and per_page go together.")
    return int(value)
