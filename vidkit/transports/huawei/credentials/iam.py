"""IAM: a token for a user's password, and the project ID of a region."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from vidkit.errors import ConfigError
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import json_object
from vidkit.transports.huawei.credentials import responses
from vidkit.transports.huawei.credentials.credential_source import (
    CredentialRequest,
    FoundCredentials,
    IamToken,
    Identity,
    SendRequest,
)

__all__ = ["PasswordSource", "find_project"]

_TIMEOUT_SECONDS = 10.0
_NO_REGION = (
    "region: none given; IAM needs HuaweiConfig(region=...), such as cn-north-4, to know {}"
)


class PasswordSource:
    """Tokens for an IAM user, valid for one project and usually for 24 hours.

    Args:
        send_request: sends requests to IAM.
        endpoint: the IAM endpoint.
        username: the user.
        password: the user's password.
        domain_name: the account that the user belongs to.
        project_id: the project ID; None: the project with the region's name.
        region: the region.

    Source: ``KeystoneCreateUserTokenByPassword``.
    """

    def __init__(
        self,
        send_request: SendRequest,
        endpoint: str,
        *,
        username: str,
        password: str,
        domain_name: str,
        project_id: str | None,
        region: str | None,
    ) -> None:
        if project_id is None and region is None:
            raise ConfigError(_NO_REGION.format("which project the token is for"))
        self._send_request = send_request
        self._endpoint = endpoint
        self._user = {"name": username, "password": password, "domain": {"name": domain_name}}
        self._project = {"id": project_id} if project_id is not None else {"name": region}

    @property
    def name(self) -> str:
        """The service and its endpoint."""
        return f"IAM ({self._endpoint})"

    async def fetch(self) -> FoundCredentials:
        """Get a new token.

        Raises:
            AuthError: IAM rejected the user, password, account or project.
            DecodeError: the response has no token, or its token is not for a project.
            VidKitError: IAM could not be reached, or returned an error.
        """
        identity = {"methods": ["password"], "password": {"user": self._user}}
        content = {"auth": {"identity": identity, "scope": {"project": self._project}}}
        response = await self._send_request(
            CredentialRequest(
                what="IAM",
                method="POST",
                url=f"{self._endpoint.rstrip('/')}/v3/auth/tokens?nocatalog=true",
                headers={"Content-Type": "application/json;charset=utf8"},
                body=json.dumps(content).encode(),
                seconds=_TIMEOUT_SECONDS,
            )
        )
        if not response.ok:
            raise responses.credential_error(response, "IAM")
        return _token_credentials(response)


def _token_credentials(response: HttpResponse) -> FoundCredentials:
    value = response.headers.get("x-subject-token", "")
    if not (value.isascii() and value.isprintable()) or not value or " " in value:
        raise responses.missing_member(response, "IAM", "X-Subject-Token")
    token = responses.object_member(json_object(response.body), "token")
    expires_at = responses.time_member(token, "expires_at")
    if expires_at is None:
        raise responses.missing_member(response, "IAM", "token.expires_at")
    project_id = responses.word_member(responses.object_member(token, "project"), "id")
    if project_id is None:
        raise responses.missing_member(response, "IAM", "token.project.id")
    issued_at = responses.time_member(token, "issued_at")
    return FoundCredentials(
        IamToken(value, project_id),
        lifetime=responses.lifetime(expires_at, response=response, begin=issued_at),
        project_id=project_id,
    )


async def find_project(
    send_request: SendRequest, endpoint: str, *, region: str | None, identity: Identity
) -> str:
    """The ID of the project with a region's name.

    Args:
        send_request: sends requests to IAM.
        endpoint: the IAM endpoint.
        region: the region.
        identity: the AK/SK or the token of the project's account.

    Raises:
        ConfigError: no region is configured, or there is no such project, or more than one.
        AuthError: IAM rejected the AK/SK or the token.
        VidKitError: IAM could not be reached, or returned an error.

    Source: ``KeystoneListProjects``.
    """
    if region is None:
        raise ConfigError(
            "project_id: none given; give HuaweiConfig(project_id=...), set "
            "HUAWEICLOUD_SDK_PROJECT_ID, or give region=... so that IAM can look it up"
        )
    response = await send_request(
        CredentialRequest(
            what="IAM",
            method="GET",
            url=f"{endpoint.rstrip('/')}/v3/projects?name={quote(region, safe='~')}",
            identity=identity,
            seconds=_TIMEOUT_SECONDS,
        )
    )
    if not response.ok:
        raise responses.credential_error(response, "IAM")
    return _single_project(_project_ids(response), region)


def _project_ids(response: HttpResponse) -> list[str]:
    projects = json_object(response.body).get("projects")
    if not isinstance(projects, list):
        raise responses.missing_member(response, "IAM", "projects")
    project_ids: list[str] = []
    for project in projects:  # pyright: ignore[reportUnknownVariableType]
        project_id = responses.word_member(project, "id") if isinstance(project, dict) else None  # pyright: ignore[reportUnknownArgumentType]
        if project_id is None:
            raise responses.missing_member(response, "IAM", "projects[].id")
        project_ids.append(project_id)
    return project_ids


def _single_project(project_ids: Sequence[str], region: str) -> str:
    if len(project_ids) == 1:
        return project_ids[0]
    how_many = f"{len(project_ids)} projects" if project_ids else "no project"
    which = f" ({', '.join(project_ids)})" if project_ids else ""
    raise ConfigError(
        f"project_id: IAM knows {how_many} named {region!r}{which}; "
        "give HuaweiConfig(project_id=...) or set HUAWEICLOUD_SDK_PROJECT_ID"
    )
