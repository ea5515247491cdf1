"""Which source is asked, in which order."""

from collections.abc import Mapping, Sequence

from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials import metadata
from vidkit.transports.huawei.credentials.environment import CREDENTIALS_FILE, EnvironmentSource
from vidkit.transports.huawei.credentials.iam import PasswordSource
from vidkit.transports.huawei.credentials.profile import ProfileSource
from vidkit.transports.huawei.credentials.source import (
    CredentialSource,
    FoundCredentials,
    NoCredentialsError,
    SendRequest,
)
from vidkit.transports.huawei.credentials.static import (
    CallableSource,
    StaticSource,
    static_identity,
)

__all__ = ["CredentialChain", "credential_sources"]

_ADVICE = (
    "give HuaweiConfig(access_key=..., secret_key=...), auth_token=..., username=..., "
    "credentials=... or profile=..., or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK"
)


class CredentialChain:
    """The first of several sources that has something; it alone is asked from then on.

    Args:
        sources: in the order in which they are asked.
    """

    name = "chain"

    def __init__(self, credential_sources: Sequence[CredentialSource]) -> None:
        self._sources = credential_sources
        self._chosen: CredentialSource | None = None

    async def fetch(self) -> FoundCredentials:
        """What the first source finds that has something.

        Raises:
            ConfigError: none has; the message says what was tried. Or one has, and it is not
                usable.
            VidKitError: a source is there and cannot be asked now.
        """
        tried: list[str] = []
        for source in [self._chosen] if self._chosen else self._sources:
            try:
                found = await source.fetch()
            except NoCredentialsError as error:
                tried.append(f"{source.name}: {error.message}")
            else:
                self._chosen = source
                return found
        raise ConfigError(f"credentials: none found; tried {'; '.join(tried)}; {_ADVICE}")


def credential_sources(
    config: HuaweiConfig,
    environ: Mapping[str, str],
    ask: SendRequest,
    *,
    iam_endpoint_url: str,
    project_id: str | None,
) -> list[CredentialSource]:
    """The sources for a configuration: the one it names, or those that are there by themselves.

    Args:
        config: the configuration.
        environ: the environment.
        ask: sends requests.
        iam_endpoint_url: IAM's address.
        project_id: the project, when it is known.

    Raises:
        ConfigError: the configuration names one, and it lacks something.
    """
    named = _named(config, environ, ask, iam_endpoint_url=iam_endpoint_url, project_id=project_id)
    if named is not None:
        return [named]
    found: list[CredentialSource] = [
        EnvironmentSource(environ),
        ProfileSource(environ.get(CREDENTIALS_FILE) or None, None, wanted=False),
    ]
    if config.use_metadata:
        address = config.metadata_endpoint or metadata.ADDRESS
        found.append(metadata.MetadataSource(ask, address))
    return found


def _named(
    config: HuaweiConfig,
    environ: Mapping[str, str],
    ask: SendRequest,
    *,
    iam_endpoint_url: str,
    project_id: str | None,
) -> CredentialSource | None:
    if (identity := static_identity(config)) is not None:
        return StaticSource(identity)
    if config.credentials is not None:
        return CallableSource(config.credentials)
    if config.username is not None and config.password is not None and config.domain_name:
        return PasswordSource(
            ask,
            iam_endpoint_url,
            username=config.username,
            password=config.password,
            domain_name=config.domain_name,
            project_id=project_id,
            region=config.region,
        )
    if config.profile is not None or config.credentials_file is not None:
        path = config.credentials_file or environ.get(CREDENTIALS_FILE) or None
        return ProfileSource(None if path is None else str(path), config.profile, wanted=True)
    return None
