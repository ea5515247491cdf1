"""Huawei Cloud IAM of the local cloud: tokens and projects."""

import hmac
from collections.abc import Collection, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from vidkit.local.iam.gateway import JSON, check_caller, gateway_error_response
from vidkit.local.protocol.browser_guard import rejection_reason
from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError, Request, Response, parse_json
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, Token, iso
from vidkit.local.runtime.state import Identity, State
from vidkit.local.signatures.huawei import claimed_access_key

MAX_PER_PAGE = 5000

_OPERATIONS = {
    ("POST", "/v3/auth/tokens"): "KeystoneCreateUserTokenByPassword",
    ("GET", "/v3/projects"): "KeystoneListProjects",
}


class IamService:
    """Huawei Cloud IAM: the two operations that clients of other services need.

    Where the documents leave a choice: a project that does not exist is 404; a request without a
    scope gets a token for the account; when several projects have one name, a token is for the
    first. The errors of the gateway before IAM (``APIGW.*``) are in the gateway's own format.
    """

    name = "iam"

    def __init__(self, state: State) -> None:
        self._state = state
        self._accounts = state.of(HuaweiAccounts)

    def operation(self, request: Request) -> str | None:
        """The operation of a method and path."""
        return _operation(request)

    async def handle(self, operation: str, request: Request) -> Response:
        """Issue a token, or list projects.

        Raises:
            ApiError: the service rejects the request.
        """
        _check_known(dict(request.query), _PARAMETERS[operation])
        if operation == "KeystoneListProjects":
            return Response.json(self._projects(request), media_type=JSON)
        body = parse_json(request.body, error=_malformed())
        _check_known(body, {"auth"})
        token, user = self._token(_object(body, "auth", {"identity", "scope"}))
        # With the parameter nocatalog, whatever its value, the token has no catalog of services.
        catalog = not any(name == "nocatalog" for name, _ in request.query)
        content = {"token": self._described(token, user, catalog=catalog)}
        response = Response.json(content, status=201, media_type=JSON)
        return Response(201, response.body, {**response.headers, "X-Subject-Token": token.text})

    def error_response(self, error: ApiError, request_id: str) -> Response:
        """The response for an error, in IAM's format or in that of the gateway before it."""
        if not error.code.isdecimal():
            return gateway_error_response(error, request_id)
        title = HTTPStatus(error.status).phrase
        content = {"code": int(error.code), "message": error.message, "title": title}
        return Response.json({"error": content}, status=error.status, media_type=JSON)

    async def close(self) -> None:
        """Do nothing: no work outlives its request."""

    def _token(self, auth: Mapping[str, Any]) -> tuple[Token, dict[str, object]]:
        identity = _object(auth, "identity", {"methods", "password"})
        if identity.get("methods") != ["password"]:
            raise _error(400, "identity.methods must be ['password']; nothing else is here.")
        password = _object(identity, "password", {"user"})
        user = self._user(_object(password, "user", {"id", "name", "password", "domain"}))
        project_id = self._scope(auth.get("scope"))
        accounts = self._accounts
        now = self._state.now()
        return accounts.issue_token(project_id, now=now, seconds=accounts.token_seconds), user

    def _user(self, user: Mapping[str, Any]) -> dict[str, object]:
        identity = self._state.identity
        password = user.get("password")
        if not isinstance(password, str):
            raise _error(400, "identity.password.user.password is missing.")
        if user.get("id") is None:
            domain = _object(user, "domain", _NAMED)
            known = user.get("name") == identity.iam_user and self._is_domain(domain)
        else:
            known = user["id"] == identity.iam_user_id
        # A JSON string may contain lone surrogates, which UTF-8 cannot encode.
        encoded = password.encode("utf-8", "surrogatepass")
        correct = hmac.compare_digest(encoded, identity.iam_password.encode())
        if not (known and correct):
            raise _error(401, "The username or password is wrong.")
        return {
            "domain": self._domain(),
            "id": identity.iam_user_id,
            "name": identity.iam_user,
            "password_expires_at": "",
        }

    def _scope(self, scope: object) -> str | None:
        """The project that a scope names; None for the account.

        Raises:
            ApiError: the project or account does not exist.
        """
        if scope is None:
            return None
        if not isinstance(scope, dict):
            raise _malformed()
        named = cast("dict[str, Any]", scope)
        _check_known(named, {"project", "domain"})
        if "project" not in named:
            if not self._is_domain(_object(named, "domain", _NAMED)):
                raise _error(404, "Could not find that domain.")
            return None
        project = _object(named, "project", _NAMED | {"domain"})
        if not project.keys() & {"id", "name"}:
            raise _error(400, "scope.project needs an id or a name.")
        for project_id, name in self._accounts.projects.items():
            if project_id == project.get("id", project_id) and name == project.get("name", name):
                return project_id
        raise _error(404, "Could not find that project.")

    def _is_domain(self, domain: Mapping[str, Any]) -> bool:
        identity = self._state.identity
        own = {"id": identity.domain_id, "name": identity.domain_name}
        requested = {key: domain[key] for key in own if key in domain}
        return bool(requested) and all(own[key] == value for key, value in requested.items())

    def _domain(self) -> dict[str, str]:
        identity = self._state.identity
        return {"id": identity.domain_id, "name": identity.domain_name}

    def _described(
        self, token: Token, user: dict[str, object], *, catalog: bool
    ) -> dict[str, object]:
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
            name = self._accounts.projects.get(token.project_id, "")
            described["project"] = {
                "domain": self._domain(),
                "id": token.project_id,
                "name": name,
            }
        if catalog:
            described["catalog"] = [self._catalog_entry()] if token.project_id else []
        return described

    def _catalog_entry(self) -> dict[str, object]:
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
            for project in map(self._project, self._accounts.projects)
            if all(str(project[key]) == query.get(key, str(project[key])) for key in _FILTERS)
            and query.get("enabled", "true").lower() == "true"
            and query.get("is_domain", "false").lower() == "false"
        ]
        if "page" in query or "per_page" in query:
            page = _number(query, "page", 2**31)
            size = _number(query, "per_page", MAX_PER_PAGE)
            found = found[(page - 1) * size : page * size]
        url = f"{self._state.endpoint}{request.raw_target}"
        return {"links": {"self": url, "previous": None, "next": None}, "projects": found}

    def _project(self, project_id: str) -> dict[str, object]:
        domain_id = self._state.identity.domain_id
        return {
            "id": project_id,
            "name": self._accounts.projects[project_id],
            "domain_id": domain_id,
            "parent_id": domain_id,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"{self._state.endpoint}/v3/projects/{project_id}"},
        }


_FILTERS = ("name", "domain_id", "parent_id")
_NAMED = frozenset({"id", "name"})
_PARAMETERS = {
    "KeystoneListProjects": {*_FILTERS, "enabled", "is_domain", "page", "per_page"},
    "KeystoneCreateUserTokenByPassword": {"nocatalog"},
}
"""The parameters of a query, by operation."""


def check_iam_caller(
    request: Request, *, identity: Identity, accounts: HuaweiAccounts, now: datetime
) -> None:
    """Check that a request may call IAM (blocking: hashes the body).

    A request for a token is not signed; instead it is rejected if a web page could have sent it.

    Raises:
        ApiError: the request is not authenticated, or a web page could have sent it.
    """
    if _operation(request) == "KeystoneCreateUserTokenByPassword":
        if reason := rejection_reason(request):
            raise _error(403, reason)
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if media_type.lower() != JSON:
            raise _error(400, f"The content type must be {JSON}.")
        return
    if claimed_access_key(request) is None and "X-Auth-Token" not in request.headers:
        raise _error(401, "The request you have made requires authentication.")
    check_caller(request, identity=identity, accounts=accounts, now=now)


def _operation(request: Request) -> str | None:
    return _OPERATIONS.get((request.method, request.path.rstrip("/")))


def _error(status: int, message: str) -> ApiError:
    return ApiError(str(status), message, status=status)


def _malformed() -> ApiError:
    return _error(400, "The request body is no JSON object of the shape that is wanted.")


def _object(content: Mapping[str, Any], name: str, known: Collection[str]) -> dict[str, Any]:
    """A member that is an object with no other members than the known ones."""
    value = content.get(name)
    if not isinstance(value, dict):
        raise _error(400, f"{name} is missing, or it is no object.")
    members = cast("dict[str, Any]", value)
    _check_known(members, known)
    return members


def _check_known(content: Mapping[str, object], known: Collection[str]) -> None:
    for name, value in content.items():
        if name not in known and value is not None:
            raise _error(400, f"{name} is not known here.")


def _number(query: Mapping[str, str], name: str, most: int) -> int:
    number = whole_number(query.get(name, ""), 1, most)
    if number is None:
        raise _error(400, f"{name} must be from 1 to {most}; page and per_page go together.")
    return number
