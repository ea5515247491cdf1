"""The credentials of botocore's chain: failures of their sources, as errors of vidkit."""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping
from typing import Any

from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import AioSession
from botocore import exceptions as botocore_errors

from vidkit.errors import ConfigError
from vidkit.transports.aws.errors import credentials_error, safe_cause

__all__ = ["CredentialSession", "login_command", "mfa_profile"]

_SSO_ERRORS = (botocore_errors.SSOError, botocore_errors.TokenRetrievalError)


class CredentialSession(AioSession):  # type: ignore[misc]
    """aiobotocore's session, whose credentials raise errors of vidkit."""

    _watched: "_WatchedCredentials | None" = None

    async def get_credentials(self) -> Any:
        """The credentials of the first source that has some; None: no source has.

        Raises:
            ConfigError: a source cannot be used, or would prompt for an MFA code.
            VidKitError: a source returned an error.
        """
        if self._watched is not None:
            return self._watched
        try:
            credentials = await super().get_credentials()
        except Exception as error:  # noqa: BLE001 - a source may raise anything
            raise _translated(error, self, "") from safe_cause(error)
        if not isinstance(credentials, AioRefreshableCredentials):
            return credentials
        if credentials.method == "assume-role":
            _check_no_mfa(self)
        self._watched = _WatchedCredentials(credentials, self)
        return self._watched


class _WatchedCredentials:
    """Credentials that are fetched and refreshed when they are used.

    Args:
        credentials: those of aiobotocore.
        session: the session that they belong to.
    """

    def __init__(self, credentials: Any, session: AioSession) -> None:
        self._credentials = credentials
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._credentials, name)

    async def get_frozen_credentials(self) -> Any:
        """The present credentials; refreshed if they expire soon.

        Raises:
            VidKitError: they could not be fetched.
        """
        try:
            return await self._credentials.get_frozen_credentials()
        except Exception as error:  # noqa: BLE001 - a source may raise anything
            source = f"{self._credentials.method}: "
            raise _translated(error, self._session, source) from safe_cause(error)


def _translated(error: Exception, session: AioSession, source: str) -> Exception:
    failure = credentials_error(error, source)
    if isinstance(error, botocore_errors.ClientError):
        return failure
    if isinstance(error, _SSO_ERRORS):
        failure.message += f"; log in again: {login_command(_profiles(session), _name(session))}"
    elif isinstance(error, botocore_errors.LoginError):
        failure.message += f"; log in again: aws login --profile {_name(session)}"
    return failure


def _profiles(session: AioSession) -> Mapping[str, Mapping[str, Any]]:
    profiles: Mapping[str, Mapping[str, Any]] = session.full_config.get("profiles", {})
    return profiles


def _name(session: AioSession) -> str:
    return str(session.get_config_variable("profile") or "default")


def _chain(
    profiles: Mapping[str, Mapping[str, Any]], name: str | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A profile, the one whose credentials it assumes its role with, and so on."""
    seen: set[str] = set()
    while name is not None and name not in seen:
        seen.add(name)
        profile = profiles.get(name, {})
        yield name, profile
        name = profile.get("source_profile") if _is_role(profile) else None
        if "aws_access_key_id" in profiles.get(name or "", {}):
            # Its keys are used, even if it has a role too.
            return


def _is_role(profile: Mapping[str, Any]) -> bool:
    # With a token file, the role is assumed without credentials.
    return "role_arn" in profile and "web_identity_token_file" not in profile


def login_command(profiles: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """The command that logs in to IAM Identity Center for a profile. Pure function."""
    for one, profile in _chain(profiles, name):
        if "sso_session" in profile or "sso_start_url" in profile:
            return f"aws sso login --profile {one}"
    return f"aws sso login --profile {name}"


def mfa_profile(profiles: Mapping[str, Mapping[str, Any]], name: str) -> str | None:
    """The profile whose role requires an MFA code, if one in the chain does. Pure function."""
    for one, profile in _chain(profiles, name):
        if "mfa_serial" in profile and _is_role(profile):
            return one
    return None


def _check_no_mfa(session: AioSession) -> None:
    """Reject a role that needs an MFA code: its prompt would block the event loop."""
    name = _name(session)
    profile = mfa_profile(_profiles(session), name)
    if profile is not None:
        raise ConfigError(
            f"credentials: the role of profile {profile!r} requires an MFA code (mfa_serial), "
            f"and vidkit does not prompt for it; run `aws configure export-credentials --profile "
            f"{name} --format env` and set the variables that it prints, or give "
            "AwsConfig(access_key_id=..., secret_access_key=..., session_token=...)"
        )
