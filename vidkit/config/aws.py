"""How to reach AWS."""

import dataclasses
from dataclasses import dataclass

from vidkit._internal.arguments import checked_constructor
from vidkit.config.endpoints import check_private
from vidkit.config.field_checks import (
    check_flag,
    check_texts,
    check_together,
    check_word,
    set_connections,
)
from vidkit.config.secret_fields import SECRET, HidesSecrets
from vidkit.errors import ConfigError

__all__ = ["AwsConfig"]


@checked_constructor(ConfigError)
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AwsConfig(HidesSecrets):
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
        endpoint_url: one address for all AWS services, such as a local cloud's: https, or one of
            this machine's own; botocore's
            ``AWS_ENDPOINT_URL_<SERVICE>`` variables win for their one service.
        allow_http: whether plain http may leave this machine, keys and tokens readable on the way
            (False).
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
    secret_access_key: str | None = dataclasses.field(default=None, metadata=SECRET)
    session_token: str | None = dataclasses.field(default=None, metadata=SECRET)
    endpoint_url: str | None = None
    allow_http: bool = False
    connect_timeout: float = 5.0
    max_connections: int = 64

    def __post_init__(self) -> None:
        check_texts(self)
        check_word(self.region, "region")
        check_together(
            {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        )
        if self.session_token and not self.access_key_id:
            raise ConfigError("session_token: needs access_key_id and secret_access_key beside it")
        check_flag(self.allow_http, "allow_http")
        check_private(self.endpoint_url, "endpoint_url", allow_http=self.allow_http)
        set_connections(self)
