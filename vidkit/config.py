"""Where the services are and who calls them: frozen, picklable, secrets masked."""

import dataclasses
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from vidkit.checks import checked_constructor
from vidkit.errors import ConfigError, VidKitError

__all__ = ["AwsConfig", "HuaweiConfig", "is_loopback", "number", "seconds"]

_SECRET = {"secret": True}


def _masked_repr(config: Any) -> str:
    shown = [
        f"{field.name}={'***' if field.metadata.get('secret') else repr(value)}"
        for field in dataclasses.fields(config)
        if (value := getattr(config, field.name)) != field.default
    ]
    return f"{type(config).__name__}({', '.join(shown)})"


def seconds(
    duration: float | timedelta,
    *,
    parameter: str,
    error: type[VidKitError] = ConfigError,
    zero: bool = False,
) -> float:
    """A positive duration in seconds, or ``zero`` too where that makes sense.

    Raises:
        VidKitError: an ``error``: it is no number, not positive, or not finite.
    """
    value = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise error(f"{parameter}={duration!r}: give seconds as a number, or a timedelta")
    if not (0 < value < float("inf") or (zero and value == 0)):
        least = "0 seconds or more" if zero else "more than 0 seconds"
        raise error(f"{parameter}={duration!r}: must be {least}, and finite")
    return float(value)


def number(value: float, *, parameter: str, least: float) -> None:
    """Check that a value is a finite number that is large enough.

    Raises:
        ConfigError: it is not.
    """
    given: Any = value
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigError(f"{parameter}={given!r}: must be a number")
    if not least <= given < float("inf"):
        raise ConfigError(f"{parameter}={given!r}: must be {least:g} or more, and finite")


def _check_texts(config: Any) -> None:
    """Every text is one, without the control characters that no address or key has."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.default is not None or value is None:
            continue
        shown = "***" if field.metadata.get("secret") else repr(value)
        if not isinstance(value, str):
            raise ConfigError(f"{field.name}={shown}: must be text")
        if not value or not value.isprintable() or any(mark.isspace() for mark in value):
            raise ConfigError(
                f"{field.name}={shown}: must not be empty, nor have white space or control "
                "characters"
            )


def _check_word(value: str | None, parameter: str) -> None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ConfigError(f"{parameter}={value!r}: must be of letters, digits, - and _")


def _check_address(value: str | None, parameter: str) -> None:
    if value is None:
        return
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    else:
        sound = sound and not parts.query and not parts.fragment and parts.username is None
    if not sound:
        raise ConfigError(f"{parameter}: must be an address such as https://host:port, no more")


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own, which no proxy can reach for us."""
    host = urlsplit(address or "").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_together(parameters: dict[str, str | None]) -> None:
    missing = [name for name, value in parameters.items() if not value]
    if missing and len(missing) < len(parameters):
        given = [name for name in parameters if name not in missing]
        raise ConfigError(
            f"{', '.join(missing)}: missing beside {', '.join(given)}; give both or neither"
        )


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AwsConfig:
    """How to reach AWS: Kinesis Video Streams, Rekognition and IVS.

    Every field is optional. What is not given comes from botocore's own chain: environment,
    shared credentials and config files, SSO, container and instance metadata.

    Attributes:
        region: such as ``eu-central-1``; default: ``AWS_REGION``, ``AWS_DEFAULT_REGION`` or the
            profile's region.
        profile: a profile of the shared config files.
        access_key_id: an access key; goes with ``secret_access_key``.
        secret_access_key: its secret; never shown.
        session_token: the token of temporary credentials; never shown.
        endpoint_url: one address for all AWS services, such as a local cloud's; botocore's
            ``AWS_ENDPOINT_URL_<SERVICE>`` variables win for their one service.
        connect_timeout: seconds to wait for a connection (5).
        max_connections: open connections to one service at most (64).

    Raises:
        ConfigError: an unknown field, half a key pair, a bad address or number.

    Example:
        >>> AwsConfig(region="eu-central-1", access_key_id="AKIA", secret_access_key="s3cret")
        AwsConfig(region='eu-central-1', access_key_id='AKIA', secret_access_key=***)
    """

    region: str | None = None
    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = dataclasses.field(default=None, metadata=_SECRET)
    session_token: str | None = dataclasses.field(default=None, metadata=_SECRET)
    endpoint_url: str | None = None
    connect_timeout: float = 5.0
    max_connections: int = 64

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_word(self.region, "region")
        _check_together(
            {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        )
        if self.session_token and not self.access_key_id:
            raise ConfigError("session_token: needs access_key_id and secret_access_key beside it")
        _check_address(self.endpoint_url, "endpoint_url")
        _set_connections(self)

    def __repr__(self) -> str:
        return _masked_repr(self)


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HuaweiConfig:
    """How to reach Huawei Cloud MPC.

    Every field is optional. Keys and project that are not given come from the environment
    variables of Huawei's own SDK: ``HUAWEICLOUD_SDK_AK``, ``HUAWEICLOUD_SDK_SK``,
    ``HUAWEICLOUD_SDK_SECURITY_TOKEN``, ``HUAWEICLOUD_SDK_PROJECT_ID``.

    Attributes:
        region: such as ``cn-north-4``; decides the address unless ``endpoint`` is given.
        project_id: the project that tasks belong to.
        access_key: an access key (AK); goes with ``secret_key``.
        secret_key: its secret key (SK); never shown.
        security_token: the token of temporary keys; never shown.
        auth_token: an IAM token sent as ``X-Auth-Token`` instead of signing; never shown.
        endpoint: MPC's address, such as a local cloud's.
        connect_timeout: seconds to wait for a connection (5).
        max_connections: open connections at most (64).

    Raises:
        ConfigError: an unknown field, half a key pair, a bad address or number.

    Example:
        >>> HuaweiConfig(region="cn-north-4", auth_token="MIIE...")
        HuaweiConfig(region='cn-north-4', auth_token=***)
    """

    region: str | None = None
    project_id: str | None = None
    access_key: str | None = None
    secret_key: str | None = dataclasses.field(default=None, metadata=_SECRET)
    security_token: str | None = dataclasses.field(default=None, metadata=_SECRET)
    auth_token: str | None = dataclasses.field(default=None, metadata=_SECRET)
    endpoint: str | None = None
    connect_timeout: float = 5.0
    max_connections: int = 64

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_word(self.region, "region")
        _check_word(self.project_id, "project_id")
        _check_together({"access_key": self.access_key, "secret_key": self.secret_key})
        if self.security_token and not self.access_key:
            raise ConfigError("security_token: needs access_key and secret_key beside it")
        if self.auth_token and self.access_key:
            raise ConfigError("auth_token: give either it or access_key with secret_key")
        _check_address(self.endpoint, "endpoint")
        _set_connections(self)

    def __repr__(self) -> str:
        return _masked_repr(self)

    def from_environment(self) -> "HuaweiConfig":
        """This configuration with what is missing taken from the environment."""
        environment = os.environ
        project_id = self.project_id or environment.get("HUAWEICLOUD_SDK_PROJECT_ID") or None
        if self.access_key is not None or self.auth_token is not None:
            return dataclasses.replace(self, project_id=project_id)
        return dataclasses.replace(
            self,
            project_id=project_id,
            access_key=environment.get("HUAWEICLOUD_SDK_AK") or None,
            secret_key=environment.get("HUAWEICLOUD_SDK_SK") or None,
            security_token=environment.get("HUAWEICLOUD_SDK_SECURITY_TOKEN") or None,
        )


def _set_connections(config: "AwsConfig | HuaweiConfig") -> None:
    timeout = seconds(config.connect_timeout, parameter="connect_timeout")
    object.__setattr__(config, "connect_timeout", timeout)
    most: Any = config.max_connections
    if isinstance(most, bool) or not isinstance(most, int):
        raise ConfigError(f"max_connections={most!r}: must be a whole number")
    if most < 1:
        raise ConfigError(f"max_connections={most!r}: must be at least 1")
