"""The credentials file of Huawei Cloud's own SDK, an INI file of profiles."""

import asyncio
from configparser import ConfigParser
from configparser import Error as IniError
from pathlib import Path

from vidkit._internal.descriptors import is_lack_of_descriptors, lack_of_descriptors
from vidkit.config import HuaweiCredentials
from vidkit.config.endpoints import check_secure_endpoint
from vidkit.config.field_checks import check_identifier
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials.credential_source import (
    FoundCredentials,
    NoCredentialsError,
)

__all__ = ["ProfileSource"]

_DEFAULT_SECTION = "basic"
_DEFAULT_PATH = Path("~/.huaweicloud/credentials")


class ProfileSource:
    """The AK/SK in a section of the credentials file.

    Each fetch reads the file again.

    Args:
        path: the file; None: ``~/.huaweicloud/credentials``.
        section: the section; None: ``basic``.
        required: whether it is an error if the file or the section does not exist: the
            configuration names one of them.
    """

    def __init__(self, path: str | None, section: str | None, *, required: bool) -> None:
        self._path = Path(path or _DEFAULT_PATH)
        self._section = section or _DEFAULT_SECTION
        self._required = required

    @property
    def name(self) -> str:
        """The section and the file."""
        return f"profile [{self._section}] of {self._path}"

    async def fetch(self) -> FoundCredentials:
        """Get the section's AK/SK, and its project ID and IAM endpoint if present.

        Raises:
            NoCredentialsError: the file or the section does not exist, and is not required.
            ConfigError: it is required, or the file or the section is not usable.
            TransportError: no file descriptor is free.
        """
        content = await asyncio.to_thread(self._read)
        if isinstance(content, str):
            raise self._missing(content)
        parser, fault = _parse(content)
        if parser is None:
            raise ConfigError(f"{self.name}: is no INI file ({fault})")
        if not parser.has_section(self._section):
            raise self._missing(f"has no section [{self._section}]")
        try:
            return _credentials(dict(parser.items(self._section)))
        except ConfigError as error:
            raise ConfigError(f"{self.name}: {error.message}") from None

    def _read(self) -> bytes | str:
        """The file's content or, as text, why it could not be read."""
        try:
            return self._path.expanduser().read_bytes()
        except FileNotFoundError:
            return "there is no such file"
        except (OSError, RuntimeError) as error:
            if is_lack_of_descriptors(error):
                raise lack_of_descriptors() from error
            return f"cannot be read ({type(error).__name__})"

    def _missing(self, why: str) -> ConfigError:
        return ConfigError(f"{self.name}: {why}") if self._required else NoCredentialsError(why)


def _parse(content: bytes) -> tuple[ConfigParser | None, str]:
    """The parsed file; or None and the error's type, which quotes nothing."""
    # A secret key may contain a percent sign, which is no interpolation.
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(content.decode("utf-8-sig"))
    except (IniError, UnicodeDecodeError) as error:
        return None, type(error).__name__
    return parser, ""


def _credentials(values: dict[str, str]) -> FoundCredentials:
    access_key, secret_key = values.get("ak"), values.get("sk")
    if not access_key or not secret_key:
        raise ConfigError("must have both ak and sk")
    project_id = values.get("project_id") or None
    iam_endpoint = values.get("iam_endpoint") or None
    check_identifier(project_id, "project_id")
    check_secure_endpoint(iam_endpoint, "iam_endpoint")
    return FoundCredentials(
        HuaweiCredentials(
            access_key=access_key,
            secret_key=secret_key,
            security_token=values.get("security_token") or None,
        ),
        project_id=project_id,
        iam_endpoint=iam_endpoint,
    )
