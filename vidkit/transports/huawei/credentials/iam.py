"""IAM: a token for a user's password, and the project of a region."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from vidkit.errors import ConfigError
from vidkit.transports.base import HttpResponse
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.source import (
    CredentialRequest,
    FoundCredentials,
    IamToken,
    Identity,
    SendRequest,
)

__all__ = ["PasswordSource", "find_project"]

_SECONDS = 10.0
_NO_REGION = (
    "region: none given; IAM needs HuaweiConfig(region=...), such as cn-north-4, to know {}"
)


class PasswordSource:
    """Tokens for an IAM user, good for one project and, as a rule, for 24 hours.

    Args:
        ask: sends requests.
        address: IAM's address.
        username: the user.
        password: the user's password.
        domain_name: the account that the user belongs to.
        project_id: the project; None for that of the region's name.
        region: the region.

    Source: ``KeystoneCreateUserTokenByPassword``.
    """

    def __init__(
        self,
        ask: SendRequest,
        address: str,
        *,
        username: str,
        password: str,
        domain_name: str,
        project_id: str | None,
        region: str | None,
    ) -> None:
        if project_id is None and region is None:
            raise ConfigError(_NO_REGION.format("which project the token is for"))
        self._ask = ask
        self._address = address
        self._user = {"name": username, "password": password, "domain": {"name": domain_name}}
        self._project = {"id": project_id} if project_id is not None else {"name": region}

    @property
    def name(self) -> str:
        """The service and its address."""
        return f"IAM ({self._address})"

    async def fetch(self) -> FoundCredentials:
        """A new token.

        Raises:
            AuthError: user, password, account or project are wrong.
            DecodeError: the answer has no token, or not for a project.
            VidKitError: IAM could not be asked.
        """
        identity = {"methods": ["password"], "password": {"user": self._user}}
        content = {"auth": {"identity": identity, "scope": {"project": self._project}}}
        response = await self._ask(
            CredentialRequest(
                what="IAM",
                method="POST",
                url=f"{self._address.rstrip('/')}/v3/auth/tokens?nocatalog=true",
                headers={"Content-Type": "application/json;charset=utf8"},
                body=json.dumps(content).encode(),
                seconds=_SECONDS,
            )
        )
        if not response.ok:
            raise responses.error_from_response(response, "IAM")
        return _found(response)


def _found(response: HttpResponse) -> FoundCredentials:
    value = response.headers.get("x-subject-token", "")
    if not (value.isascii() and value.isprintable()) or not value or " " in value:
        raise responses.unreadable(response, "IAM", "X-Subject-Token")
    told = responses.inside(responses.members(response.body), "token")
    end = responses.moment(told, "expires_at")
    if end is None:
        raise responses.unreadable(response, "IAM", "token.expires_at")
    project_id = responses.word(responses.inside(told, "project"), "id")
    if project_id is None:
        raise responses.unreadable(response, "IAM", "token.project.id")
    begin = responses.moment(told, "issued_at")
    return FoundCredentials(
        IamToken(value, project_id),
        lifetime=responses.lifetime(end, response=response, begin=begin),
        project_id=project_id,
    )


async def find_project(
    ask: SendRequest, address: str, *, region: str | None, identity: Identity
) -> str:
    """The id of the project that has a region's name.

    Args:
        ask: sends requests.
        address: IAM's address.
        region: the region.
        identity: who asks, and whose project it is.

    Raises:
        ConfigError: no region is given, or there is no such project, or more than one.
        AuthError: the keys or the token are refused.
        VidKitError: IAM could not be asked.

    Source: ``KeystoneListProjects``.
    """
    if region is None:
        raise ConfigError(
            "project_id: none given; give HuaweiConfig(project_id=...), set "
            "HUAWEICLOUD_SDK_PROJECT_ID, or give region=... so that IAM can be asked"
        )
    response = await ask(
        CredentialRequest(
            what="IAM",
            method="GET",
            url=f"{address.rstrip('/')}/v3/projects?name={quote(region, safe='~')}",
            identity=identity,
            seconds=_SECONDS,
        )
    )
    if not response.ok:
        raise responses.error_from_response(response, "IAM")
    return _only(_project_ids(response), region)


def _project_ids(response: HttpResponse) -> list[str]:
    projects = responses.members(response.body).get("projects")
    if not isinstance(projects, list):
        raise responses.unreadable(response, "IAM", "projects")
    found: list[str] = []
    for project in projects:  # pyright: ignore[reportUnknownVariableType]
        project_id = responses.word(project, "id") if isinstance(project, dict) else None  # pyright: ignore[reportUnknownArgumentType]
        if project_id is None:
            raise responses.unreadable(response, "IAM", "projects[].id")
        found.append(project_id)
    return found


def _only(project_ids: Sequence[str], region: str) -> str:
    if len(project_ids) == 1:
        return project_ids[0]
    how_many = f"{len(project_ids)} projects" if project_ids else "no project"
    which = f" ({', '.join(project_ids)})" if project_ids else ""
    raise ConfigError(
        f"project_id: IAM knows {how_many} named {region!r}{which}; "
        "give HuaweiConfig(project_id=...) or set HUAWEICLOUD_SDK_PROJECT_ID"
    )
