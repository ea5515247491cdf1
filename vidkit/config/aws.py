"""The configuration of AWS: credentials and endpoint."""

import dataclasses
from dataclasses import dataclass

from vidkit._internal.arguments import checked_constructor
from vidkit.config.endpoints import check_secure_endpoint
from vidkit.config.field_checks import (
    check_all_or_none,
    check_bool,
    check_connection_fields,
    check_identifier,
    check_text_fields,
)
from vidkit.config.secret_fields import SECRET, HidesSecrets
from vidkit.errors import ConfigError

__all__ = ["AwsConfig"]


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AwsConfig(HidesSecrets):
    """The configuration of AWS: Kinesis Video Streams, Rekognition, IVS.

    Every field is optional. What is not given is resolved by botocore: from the environment, the
    shared credentials and config files, SSO, and container and instance metadata.

    Attributes:
        region: such as ``eu-central-1``; default: ``AWS_REGION``, ``AWS_DEFAULT_REGION`` or the
            profile's region.
        profile: a profile of the shared config files.
        access_key_id: an access key id; requires ``secret_access_key``.
        secret_access_key: the secret access key; never shown.
        session_token: the session token of temporary credentials; never shown.
        endpoint_url: one endpoint for all AWS services, such as that of a local cloud: an https
            URL, or a loopback address. botocore's ``AWS_ENDPOINT_URL_<SERVICE>`` variables take
            precedence for their service.
        allow_http: whether plain http may leave this machine (False). Access keys and session
            tokens can then be read on the way.
        connect_timeout: seconds to wait for a connection (5).
        max_connections: the maximum number of open connections to one service (64).

    Raises:
        ConfigError: a field is unknown or invalid, or half of a key pair is missing.

    Example:
        >>> AwsConfig(region="eu-central-1", access_key_id="AKIA", secret_access_key="s3cret")
        AwsConfig(region='eu-central-1', access_key_id='AKIA', secret_access_key=***)
    """

    region: str | None = None
    profile: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = dataclasses.field(default=None, metadata=SECRET)
    session_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    endpoint_url: str | None = None
    allow_http: bool = False
    connect_timeout: float = 5.0
    max_connections: int = 64

    def __post_init__(self) -> None:
        check_text_fields(self)
        check_identifier(self.region, "region")
        check_all_or_none(
            {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        )
        if self.session_token and not self.access_key_id:
            raise ConfigError("session_token: needs access_key_id and secret_access_key beside it")
        check_bool(self.allow_http, "allow_http")
        check_secure_endpoint(self.endpoint_url, "endpoint_url", allow_http=self.allow_http)
        check_connection_fields(self)
