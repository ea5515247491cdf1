"""The credentials file of Huawei's own SDK: INI, one section a profile."""

import asyncio
from configparser import ConfigParser
from configparser import Error as IniError
from pathlib import Path

from vidkit.config import HuaweiCredentials
from vidkit.config.endpoints import check_private
from vidkit.config.field_checks import check_word
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials.source import FoundCredentials, NoCredentialsError

__all__ = ["ProfileSource"]

_SECTION = "basic"
_DEFAULT = Path("~/.huaweicloud/credentials")


class ProfileSource:
    """A section of the credentials file; read anew each time it is asked.

    Args:
        path: the file; None for the one in the home directory.
        section: the section; None for ``basic``.
        wanted: whether it was asked for by name, so that it must be there.
    """

    def __init__(self, path: str | None, section: str | None, *, wanted: bool) -> None:
        self._path = Path(path or _DEFAULT)
        self._section = section or _SECTION
        self._wanted = wanted

    @property
    def name(self) -> str:
        """The section and the file."""
        return f"profile [{self._section}] of {self._path}"

    async def fetch(self) -> FoundCredentials:
        """The keys of the section, and the project and IAM's address when it names them.

        Raises:
            NoCredentialsError: no file or no section, and none was asked for by name.
            ConfigError: it was, or what stands there is not usable.
        """
        content = await asyncio.to_thread(self._read)
        if isinstance(content, str):
            raise self._missing(content)
        parser, fault = _parsed(content)
        if parser is None:
            raise ConfigError(f"{self.name}: is no INI file ({fault})")
        if not parser.has_section(self._section):
            raise self._missing(f"has no section [{self._section}]")
        try:
            return _found(dict(parser.items(self._section)))
        except ConfigError as error:
            raise ConfigError(f"{self.name}: {error.message}") from None

    def _read(self) -> bytes | str:
        """The file's content, or why there is none."""
        try:
            return self._path.expanduser().read_bytes()
        except FileNotFoundError:
            return "there is no such file"
        except (OSError, RuntimeError) as error:
            return f"cannot be read ({type(error).__name__})"

    def _missing(self, why: str) -> ConfigError:
        return ConfigError(f"{self.name}: {why}") if self._wanted else NoCredentialsError(why)


def _parsed(content: bytes) -> tuple[ConfigParser | None, str]:
    """The file, or None and what is wrong with it, which quotes none of its lines."""
    # A secret key may hold a per cent sign, and it stands for itself.
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(content.decode("utf-8-sig"))
    except (IniError, UnicodeDecodeError) as error:
        return None, type(error).__name__
    return parser, ""


def _found(values: dict[str, str]) -> FoundCredentials:
    access_key, secret_key = values.get("ak"), values.get("sk")
    if not access_key or not secret_key:
        raise ConfigError("must have both ak and sk")
    project_id = values.get("project_id") or None
    iam_endpoint = values.get("iam_endpoint") or None
    check_word(project_id, "project_id")
    check_private(iam_endpoint, "iam_endpoint")
    return FoundCredentials(
        HuaweiCredentials(
            access_key=access_key,
            secret_key=secret_key,
            security_token=values.get("security_token") or None,
        ),
        project_id=project_id,
        iam_endpoint=iam_endpoint,
    )
