"""The environment variables of Huawei Cloud's own SDK."""

from collections.abc import Mapping

from vidkit.config import HuaweiCredentials
from vidkit.config.endpoints import check_secure_endpoint
from vidkit.config.field_checks import check_identifier
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials.credential_source import (
    FoundCredentials,
    NoCredentialsError,
)

__all__ = [
    "CREDENTIALS_FILE",
    "EnvironmentSource",
    "iam_endpoint_url",
    "mpc_endpoint",
    "project_id",
]

ACCESS_KEY = "HUAWEICLOUD_SDK_AK"
SECRET_KEY = "HUAWEICLOUD_SDK_SK"  # noqa: S105
SECURITY_TOKEN = "HUAWEICLOUD_SDK_SECURITY_TOKEN"  # noqa: S105
PROJECT_ID = "HUAWEICLOUD_SDK_PROJECT_ID"
IAM_ENDPOINT = "HUAWEICLOUD_SDK_IAM_ENDPOINT"
CREDENTIALS_FILE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"


class EnvironmentSource:
    """The AK/SK in the environment variables.

    Args:
        environ: the environment variables.

    Raises:
        ConfigError: only one of the AK and the SK is set, or a value is invalid.
    """

    name: str = f"environment ({ACCESS_KEY}, {SECRET_KEY})"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._credentials = _credentials(environ)

    async def fetch(self) -> FoundCredentials:
        """Get the AK/SK, with the security token if it is set.

        Raises:
            NoCredentialsError: neither AK nor SK is set.
        """
        if self._credentials is None:
            raise NoCredentialsError("not set")
        return FoundCredentials(self._credentials, refreshable=False)


def _credentials(environ: Mapping[str, str]) -> HuaweiCredentials | None:
    access_key, secret_key = environ.get(ACCESS_KEY), environ.get(SECRET_KEY)
    if not access_key and not secret_key:
        return None
    if not access_key or not secret_key:
        missing, present = (
            (f"{SECRET_KEY} (secret_key)", ACCESS_KEY)
            if access_key
            else (f"{ACCESS_KEY} (access_key)", SECRET_KEY)
        )
        raise ConfigError(f"{missing}: missing beside {present}; set both or neither")
    try:
        return HuaweiCredentials(
            access_key=access_key,
            secret_key=secret_key,
            security_token=environ.get(SECURITY_TOKEN) or None,
        )
    except ConfigError as error:
        raise ConfigError(f"environment: {error.message}") from None


def project_id(environ: Mapping[str, str]) -> str | None:
    """The project ID of the environment; None if it is not set.

    Raises:
        ConfigError: the value is not a valid ID.
    """
    value = environ.get(PROJECT_ID) or None
    check_identifier(value, PROJECT_ID)
    return value


def mpc_endpoint(environ: Mapping[str, str], region: str) -> str | None:
    """The environment's MPC endpoint for a region; None if it is not set.

    Raises:
        ConfigError: the value is not a valid endpoint.
    """
    return _endpoint(environ, f"HUAWEICLOUD_SDK_REGION_MPC_{region.replace('-', '_').upper()}")


def iam_endpoint_url(environ: Mapping[str, str]) -> str | None:
    """The IAM endpoint of the environment; None if it is not set.

    Raises:
        ConfigError: the value is not a valid endpoint.
    """
    return _endpoint(environ, IAM_ENDPOINT)


def _endpoint(environ: Mapping[str, str], variable: str) -> str | None:
    # A list of endpoints is allowed: Huawei's SDK tries the others if the first does not resolve.
    value = environ.get(variable, "").split(",")[0].strip()
    if not value:
        return None
    if "://" not in value:
        value = f"https://{value}"
    check_secure_endpoint(value, variable)
    return value
