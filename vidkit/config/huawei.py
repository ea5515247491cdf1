"""How to reach Huawei Cloud, and who calls."""

import dataclasses
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from vidkit._internal.arguments import checked_constructor
from vidkit.config.endpoints import check_address, check_private, is_link_local, is_loopback
from vidkit.config.field_checks import (
    check_flag,
    check_texts,
    check_together,
    check_word,
    set_connections,
)
from vidkit.config.secret_fields import NO_TEXT, SECRET, SECRET_WITH_SPACES, SPACES, HidesSecrets
from vidkit.errors import ConfigError

__all__ = ["HuaweiConfig", "HuaweiCredentials"]

_REQUIRED_TEXT = {"text": True}
_HEADER_TEXTS = ("access_key", "secret_key", "security_token", "auth_token")


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HuaweiCredentials(HidesSecrets):
    """A pair of keys, permanent or temporary: what `HuaweiConfig.credentials` returns.

    Attributes:
        access_key: the access key (AK).
        secret_key: its secret key (SK); never shown.
        security_token: the token of temporary keys; never shown.
        expires_at: until when temporary keys are good, aware; they are renewed before it. None:
            they are good for as long as the kit is open.

    Raises:
        ConfigError: an unknown field, a text that is none, a moment without a time zone.

    Example:
        >>> HuaweiCredentials(access_key="AK", secret_key="very-secret")
        HuaweiCredentials(access_key='AK', secret_key=***)
    """

    access_key: str = dataclasses.field(metadata=_REQUIRED_TEXT)
    secret_key: str = dataclasses.field(metadata=SECRET | _REQUIRED_TEXT)
    security_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    expires_at: datetime | None = dataclasses.field(default=None, metadata=NO_TEXT)

    def __post_init__(self) -> None:
        for name in ("access_key", "secret_key"):
            if getattr(self, name) is None:
                raise ConfigError(f"{name}: must be text")
        check_texts(self)
        _check_headers(self)
        moment: Any = self.expires_at
        if moment is None:
            return
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            raise ConfigError("expires_at: must be an aware datetime, such as datetime.now(UTC)")


CredentialsCallable: TypeAlias = Callable[[], HuaweiCredentials | Awaitable[HuaweiCredentials]]
"""Returns a pair of keys; a plain function runs in a thread, so that it may block."""


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HuaweiConfig(HidesSecrets):
    """How to reach Huawei Cloud MPC.

    Every field is optional. Who calls is given in one way at the most: a pair of keys, a token, an
    IAM user, a callable, or a profile. When nothing is given, the environment variables of
    Huawei's own SDK (``HUAWEICLOUD_SDK_AK``, ``HUAWEICLOUD_SDK_SK``,
    ``HUAWEICLOUD_SDK_SECURITY_TOKEN``), its profile file and the metadata service of a cloud
    server are asked, in this order.

    Attributes:
        region: such as ``cn-north-4``; decides the addresses unless they are given.
        project_id: the project that tasks belong to; default: ``HUAWEICLOUD_SDK_PROJECT_ID``, the
            profile's, the token's, or the project of the region's name, which IAM is asked for.
        access_key: an access key (AK); goes with ``secret_key``.
        secret_key: its secret key (SK); never shown.
        security_token: the token of temporary keys; never shown.
        auth_token: an IAM token sent as ``X-Auth-Token`` instead of signing; never shown.
        username: an IAM user, for whom a token is fetched and renewed; goes with ``password`` and
            ``domain_name``.
        password: the user's password; never shown.
        domain_name: the account that the user belongs to.
        credentials: called, without arguments, for `HuaweiCredentials`; a coroutine function is
            awaited, a plain one runs in a thread. Called again before what it gave expires.
        profile: a section of the credentials file (``basic``).
        credentials_file: that file; default: ``HUAWEICLOUD_SDK_CREDENTIALS_FILE`` or
            ``~/.huaweicloud/credentials``.
        use_metadata: whether the metadata service of a cloud server is asked when nothing else
            is there (True).
        metadata_endpoint: its address; default: ``http://169.254.169.254``.
        endpoint: MPC's address, such as a local cloud's; default:
            ``HUAWEICLOUD_SDK_REGION_MPC_<REGION>`` or the region's.
        iam_endpoint: IAM's address; default: the profile's, ``HUAWEICLOUD_SDK_IAM_ENDPOINT`` or
            the region's.
        allow_http: whether plain http may leave this machine, signatures and tokens readable on the
            way (False).
        connect_timeout: seconds to wait for a connection (5).
        max_connections: open connections at most (64).

    Raises:
        ConfigError: an unknown field, half a key pair, two ways at once, a bad address or number.

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
    # Not shown either: the repr of a bound method is that of its object, whatever that shows.
    credentials: CredentialsCallable | None = dataclasses.field(
        default=None, metadata=SECRET | NO_TEXT
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
        check_texts(self)
        _check_headers(self)
        check_word(self.region, "region")
        check_word(self.project_id, "project_id")
        self._check_who_calls()
        self._check_metadata()
        check_flag(self.allow_http, "allow_http")
        for name in ("endpoint", "iam_endpoint"):
            check_private(getattr(self, name), name, allow_http=self.allow_http)
        set_connections(self)

    def _check_who_calls(self) -> None:
        check_together({"access_key": self.access_key, "secret_key": self.secret_key})
        check_together(
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
        ways = {
            "auth_token": self.auth_token,
            "access_key": self.access_key,
            "username": self.username,
            "credentials": self.credentials,
            "profile": self.profile or self.credentials_file,
        }
        given = [name for name, value in ways.items() if value]
        if len(given) > 1:
            raise ConfigError(f"{', '.join(given)}: contradict one another; give one of them")

    def _check_metadata(self) -> None:
        check_flag(self.use_metadata, "use_metadata")
        address = self.metadata_endpoint
        if address is None:
            return
        if not self.use_metadata:
            raise ConfigError("metadata_endpoint: contradicts use_metadata=False")
        check_address(address, "metadata_endpoint")
        if not (is_loopback(address) or is_link_local(address)):
            raise ConfigError(
                f"metadata_endpoint={address!r}: must be an address of this machine or its link"
            )


def _check_headers(config: Any) -> None:
    """What is sent as a header, or stands in one, is ASCII."""
    for name in _HEADER_TEXTS:
        value = getattr(config, name, None)
        if value is not None and not value.isascii():
            raise ConfigError(f"{name}: must be of ASCII characters")
