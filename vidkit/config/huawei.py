"""The configuration of Huawei Cloud: credentials and endpoints."""

import dataclasses
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from vidkit._internal.arguments import checked_constructor
from vidkit.config.endpoints import (
    check_endpoint_url,
    check_secure_endpoint,
    is_link_local,
    is_loopback,
)
from vidkit.config.field_checks import (
    check_all_or_none,
    check_bool,
    check_connection_fields,
    check_identifier,
    check_text_fields,
)
from vidkit.config.secret_fields import NOT_TEXT, SECRET, SECRET_WITH_SPACES, SPACES, HidesSecrets
from vidkit.errors import ConfigError

__all__ = ["HuaweiConfig", "HuaweiCredentials"]

_TEXT = {"text": True}
_HEADER_FIELDS = ("access_key", "secret_key", "security_token", "auth_token")


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HuaweiCredentials(HidesSecrets):
    """A permanent or temporary pair of keys, for `HuaweiConfig.credentials`.

    Attributes:
        access_key: the access key (AK).
        secret_key: the secret key (SK); never shown.
        security_token: the security token of temporary keys; never shown.
        expires_at: when temporary keys expire, an aware datetime. They are refreshed before that.
            None: they are valid for as long as the kit is open.

    Raises:
        ConfigError: a field is unknown or invalid, or ``expires_at`` has no time zone.

    Example:
        >>> HuaweiCredentials(access_key="AK", secret_key="very-secret")
        HuaweiCredentials(access_key='AK', secret_key=***)
    """

    access_key: str = dataclasses.field(metadata=_TEXT)
    secret_key: str = dataclasses.field(metadata=SECRET | _TEXT)
    security_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    expires_at: datetime | None = dataclasses.field(default=None, metadata=NOT_TEXT)

    def __post_init__(self) -> None:
        for name in ("access_key", "secret_key"):
            if getattr(self, name) is None:
                raise ConfigError(f"{name}: must be text")
        check_text_fields(self)
        _check_header_fields(self)
        expires_at: Any = self.expires_at
        if expires_at is None:
            return
        if not isinstance(expires_at, datetime) or expires_at.utcoffset() is None:
            raise ConfigError("expires_at: must be an aware datetime, such as datetime.now(UTC)")


CredentialsCallable: TypeAlias = Callable[[], HuaweiCredentials | Awaitable[HuaweiCredentials]]
"""Returns a pair of keys; a function that is not a coroutine runs in a thread, and may block."""


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HuaweiConfig(HidesSecrets):
    """The configuration of Huawei Cloud, for MPC.

    Every field is optional. Give credentials in at most one form: a pair of keys, a token, an IAM
    user, a callable, or a profile. If none is given, they are resolved from these sources, in this
    order: the environment variables of Huawei's SDK (``HUAWEICLOUD_SDK_AK``,
    ``HUAWEICLOUD_SDK_SK``, ``HUAWEICLOUD_SDK_SECURITY_TOKEN``), its credentials file, and the
    metadata service of a cloud server.

    Attributes:
        region: such as ``cn-north-4``; the default endpoints depend on it.
        project_id: the project that tasks belong to; default: ``HUAWEICLOUD_SDK_PROJECT_ID``, that
            of the profile or of the token, or the project with the name of the region, which is
            requested from IAM.
        access_key: an access key (AK); requires ``secret_key``.
        secret_key: the secret key (SK); never shown.
        security_token: the security token of temporary keys; never shown.
        auth_token: an IAM token, sent as ``X-Auth-Token`` instead of a signature; never shown.
        username: an IAM user, whose token is requested and refreshed; requires ``password`` and
            ``domain_name``.
        password: the password of the user; never shown.
        domain_name: the account that the user belongs to.
        credentials: a function without arguments that returns `HuaweiCredentials`. A coroutine
            function is awaited; another function runs in a thread. It is called again before the
            credentials expire.
        profile: a section of the credentials file (``basic``).
        credentials_file: the credentials file; default: ``HUAWEICLOUD_SDK_CREDENTIALS_FILE`` or
            ``~/.huaweicloud/credentials``.
        use_metadata: whether the metadata service of a cloud server is used if there are no other
            credentials (True).
        metadata_endpoint: the endpoint of the metadata service; default:
            ``http://169.254.169.254``.
        endpoint: the endpoint of MPC, such as that of a local cloud; default:
            ``HUAWEICLOUD_SDK_REGION_MPC_<REGION>`` or that of the region.
        iam_endpoint: the endpoint of IAM; default: that of the profile,
            ``HUAWEICLOUD_SDK_IAM_ENDPOINT`` or that of the region.
        allow_http: whether plain http may leave this machine (False). Signatures and tokens can
            then be read on the way.
        connect_timeout: seconds to wait for a connection (5).
        max_connections: the maximum number of open connections (64).

    Raises:
        ConfigError: a field is unknown or invalid, half of a key pair is missing, or credentials
            are given in two forms.

    Example:
        >>> HuaweiConfig(region="cn-north-4", auth_token="MIIE...")
        HuaweiConfig(region='cn-north-4', auth_token=***)
    """

    region: str | None = None
    project_id: str | None = None
    access_key: str | None = None
    secret_key: str | None = dataclasses.field(default=None, metadata=SECRET)
    security_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    auth_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    username: str | None = dataclasses.field(default=None, metadata=SPACES)
    password: str | None = dataclasses.field(default=None, metadata=SECRET_WITH_SPACES)
    domain_name: str | None = dataclasses.field(default=None, metadata=SPACES)
    # Not shown either: the repr of a bound method has the repr of its object, and so its secrets.
    credentials: CredentialsCallable | None = dataclasses.field(
        default=None, metadata=SECRET | NOT_TEXT
    )
    profile: str | None = dataclasses.field(default=None, metadata=SPACES)
    credentials_file: str | os.PathLike[str] | None = dataclasses.field(
        default=None, metadata=SPACES
    )
    use_metadata: bool = True
    metadata_endpoint: str | None = None
    endpoint: str | None = None
    iam_endpoint: str | None = None
    allow_http: bool = False
    connect_timeout: float = 5.0
    max_connections: int = 64

    def __post_init__(self) -> None:
        if isinstance(self.credentials_file, os.PathLike):
            object.__setattr__(self, "credentials_file", os.fspath(self.credentials_file))
        check_text_fields(self)
        _check_header_fields(self)
        check_identifier(self.region, "region")
        check_identifier(self.project_id, "project_id")
        self._check_credentials()
        self._check_metadata()
        check_bool(self.allow_http, "allow_http")
        for name in ("endpoint", "iam_endpoint"):
            check_secure_endpoint(getattr(self, name), name, allow_http=self.allow_http)
        check_connection_fields(self)

    def _check_credentials(self) -> None:
        check_all_or_none({"access_key": self.access_key, "secret_key": self.secret_key})
        check_all_or_none(
            {
                "username": self.username,
                "password": self.password,
                "domain_name": self.domain_name,
            }
        )
        if self.security_token and not self.access_key:
            raise ConfigError("security_token: needs access_key and secret_key beside it")
        if self.credentials is not None and not callable(self.credentials):
            raise ConfigError("credentials: must be callable, and return HuaweiCredentials")
        forms = {
            "auth_token": self.auth_token,
            "access_key": self.access_key,
            "username": self.username,
            "credentials": self.credentials,
            "profile": self.profile or self.credentials_file,
        }
        given = [name for name, value in forms.items() if value]
        if len(given) > 1:
            raise ConfigError(f"{', '.join(given)}: contradict one another; give one of them")

    def _check_metadata(self) -> None:
        check_bool(self.use_metadata, "use_metadata")
        endpoint = self.metadata_endpoint
        if endpoint is None:
            return
        if not self.use_metadata:
            raise ConfigError("metadata_endpoint: contradicts use_metadata=False")
        check_endpoint_url(endpoint, "metadata_endpoint")
        if not (is_loopback(endpoint) or is_link_local(endpoint)):
            raise ConfigError(
                f"metadata_endpoint={endpoint!r}: must be a loopback or link-local address"
            )


def _check_header_fields(config: Any) -> None:
    """Check that the fields that are sent in headers are ASCII."""
    for name in _HEADER_FIELDS:
        value = getattr(config, name, None)
        if value is not None and not value.isascii():
            raise ConfigError(f"{name}: must consist of ASCII characters")
