"""The environment variables of Huawei's own SDK."""

from collections.abc import Mapping

from vidkit.config import HuaweiCredentials
from vidkit.config.endpoints import check_private
from vidkit.config.field_checks import check_word
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials.source import FoundCredentials, NoCredentialsError

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
    """A pair of keys in the environment.

    Args:
        environ: the environment.

    Raises:
        ConfigError: only one of them is there, or what they say is no key.
    """

    name: str = f"environment ({ACCESS_KEY}, {SECRET_KEY})"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._keys = _keys(environ)

    async def fetch(self) -> FoundCredentials:
        """The keys.

        Raises:
            NoCredentialsError: neither variable is set.
        """
        if self._keys is None:
            raise NoCredentialsError("not set")
        return FoundCredentials(self._keys, renewable=False)


def _keys(environ: Mapping[str, str]) -> HuaweiCredentials | None:
    access_key, secret_key = environ.get(ACCESS_KEY), environ.get(SECRET_KEY)
    if not access_key and not secret_key:
        return None
    if not access_key or not secret_key:
        missing, there = (
            (f"{SECRET_KEY} (secret_key)", ACCESS_KEY)
            if access_key
            else (f"{ACCESS_KEY} (access_key)", SECRET_KEY)
        )
        raise ConfigError(f"{missing}: missing beside {there}; set both or neither")
    try:
        return HuaweiCredentials(
            access_key=access_key,
            secret_key=secret_key,
            security_token=environ.get(SECURITY_TOKEN) or None,
        )
    except ConfigError as error:
        raise ConfigError(f"environment: {error.message}") from None


def project_id(environ: Mapping[str, str]) -> str | None:
    """The project that the environment names; None without.

    Raises:
        ConfigError: it is no id.
    """
    value = environ.get(PROJECT_ID) or None
    check_word(value, PROJECT_ID)
    return value


def mpc_endpoint(environ: Mapping[str, str], region: str) -> str | None:
    """The address that the environment names for MPC in a region; None without.

    Raises:
        ConfigError: it is none.
    """
    return _address(environ, f"HUAWEICLOUD_SDK_REGION_MPC_{region.replace('-', '_').upper()}")


def iam_endpoint_url(environ: Mapping[str, str]) -> str | None:
    """The address that the environment names for IAM; None without.

    Raises:
        ConfigError: it is none.
    """
    return _address(environ, IAM_ENDPOINT)


def _address(environ: Mapping[str, str], name: str) -> str | None:
    # Several addresses may stand there; Huawei's SDK tries the others when the first has no name.
    value = environ.get(name, "").split(",")[0].strip()
    if not value:
        return None
    if "://" not in value:
        value = f"https://{value}"
    check_private(value, name)
    return value
