"""The session of botocore, and its credentials: failures of their sources are vidkit errors."""

# botocore and aiobotocore ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import time
from collections.abc import Iterator, Mapping
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import AioSession
from botocore import exceptions as botocore_errors

from vidkit._internal.single_flight import SingleFlight
from vidkit._internal.tasks import BackgroundTasks
from vidkit.config import AwsConfig
from vidkit.errors import ConfigError, VidKitError
from vidkit.transports.aws.errors import credentials_error, safe_cause
from vidkit.transports.aws.http_session import HttpSessions
from vidkit.transports.aws.model_loader import use_small_models
from vidkit.transports.refresh_failures import failed_refresh

__all__ = ["configured_session", "login_command", "mfa_profile"]

# botocore's own: from then on a call waits for the refresh.
_MANDATORY_REFRESH_SECONDS = 600
# Credentials that expire sooner might expire before their request arrives.
_MIN_REMAINING_SECONDS = 15
# The pause after a refresh that failed while the present credentials are valid.
_REFRESH_PAUSE_SECONDS = 5.0
_SSO_ERRORS = (botocore_errors.SSOError, botocore_errors.TokenRetrievalError)


class _CredentialSession(AioSession):  # type: ignore[misc]
    """aiobotocore's session, whose credentials raise errors of vidkit.

    Args:
        tasks: owns the refreshes of credentials.
        variables: botocore's session variables; None: the default ones.
    """

    def __init__(self, tasks: BackgroundTasks, variables: Mapping[str, Any] | None) -> None:
        super().__init__(variables)
        self._tasks = tasks
        self._watched: _WatchedCredentials | None = None

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
        self._watched = _WatchedCredentials(credentials, self, self._tasks)
        return self._watched


def configured_session(
    config: AwsConfig, tasks: BackgroundTasks, http_sessions: HttpSessions
) -> Any:
    """A session with the region, the credentials and the connections of a configuration.

    Args:
        config: the configuration.
        tasks: owns the refreshes of credentials.
        http_sessions: makes the connections.
    """
    session = _CredentialSession(tasks, _variables(config))
    use_small_models(session)
    if config.profile:
        session.set_config_variable("profile", config.profile)
    if config.region:
        # A service that provides credentials needs a region too.
        session.set_config_variable("region", config.region)
    if config.access_key_id:
        session.set_credentials(
            config.access_key_id, config.secret_access_key, config.session_token
        )
    # The services that provide credentials get the same settings.
    session.set_default_client_config(
        AioConfig(
            http_session_cls=http_sessions.session_class(),
            connect_timeout=config.connect_timeout,
            # The attempt timeout ends an attempt; this one must not be shorter.
            read_timeout=None,
            retries={"total_max_attempts": 1, "mode": "standard"},
        )
    )
    return session


def _variables(config: AwsConfig) -> dict[str, Any] | None:
    """Disables the profile of the environment where keys and region are configured."""
    if config.access_key_id and config.region and not config.profile:
        return {"profile": (None, None, None, None)}
    return None


class _WatchedCredentials:
    """Credentials that are fetched and refreshed when they are used.

    botocore refreshes them early. If that fails, the present ones are used as long as they are
    valid; after that, the failure is one that may pass.

    Args:
        credentials: those of aiobotocore.
        session: the session that they belong to.
        tasks: owns the refreshes.
    """

    def __init__(self, credentials: Any, session: AioSession, tasks: BackgroundTasks) -> None:
        self._credentials = credentials
        self._session = session
        self._single_flight = SingleFlight(tasks, self._refresh)
        self._present: Any = None
        self._next_refresh_at = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._credentials, name)

    async def get_frozen_credentials(self) -> Any:
        """The present credentials; refreshed if they expire soon.

        Raises:
            VidKitError: they could not be fetched, or have expired and could not be refreshed.
        """
        if not self._credentials.refresh_needed(_MANDATORY_REFRESH_SECONDS):
            return await self._refresh()
        if time.monotonic() < self._next_refresh_at and self._is_usable():
            return self._present
        # aiobotocore would let each waiting call repeat a refresh that has failed.
        return await self._single_flight.join()

    def _is_usable(self) -> bool:
        expires = self._credentials.refresh_needed(_MIN_REMAINING_SECONDS)
        return self._present is not None and not expires

    async def _refresh(self) -> Any:
        try:
            self._present = await self._credentials.get_frozen_credentials()
        except Exception as error:  # noqa: BLE001 - a source may raise anything
            if self._is_usable():
                # aiobotocore has logged the failure.
                self._next_refresh_at = time.monotonic() + _REFRESH_PAUSE_SECONDS
                return self._present
            failure = _translated(error, self._session, f"{self._credentials.method}: ")
            if self._present is not None:
                failure = failed_refresh(failure)
            raise failure from safe_cause(error)
        return self._present


def _translated(error: Exception, session: AioSession, source: str) -> VidKitError:
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
