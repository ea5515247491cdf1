"""The chain of credential sources, and the order in which they are tried."""

from collections.abc import Mapping, Sequence

from vidkit.config import HuaweiConfig
from vidkit.errors import ConfigError
from vidkit.transports.huawei.credentials import metadata
from vidkit.transports.huawei.credentials.credential_source import (
    CredentialSource,
    FoundCredentials,
    NoCredentialsError,
    SendRequest,
)
from vidkit.transports.huawei.credentials.environment import CREDENTIALS_FILE, EnvironmentSource
from vidkit.transports.huawei.credentials.iam import PasswordSource
from vidkit.transports.huawei.credentials.profile import ProfileSource
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
    """Uses the first source that has credentials, and from then on only that.

    Args:
        sources: the sources, in the order in which they are tried.
    """

    name = "chain"

    def __init__(self, sources: Sequence[CredentialSource]) -> None:
        self._sources = sources
        self._chosen: CredentialSource | None = None

    async def fetch(self) -> FoundCredentials:
        """Get the credentials of the first source that has some.

        Raises:
            ConfigError: no source has credentials, and the message lists those that were tried; or
                a source's credentials are not usable.
            VidKitError: a source could not be reached, or returned an error.
        """
        tried: list[str] = []
        for source in [self._chosen] if self._chosen else self._sources:
            try:
                credentials = await source.fetch()
            except NoCredentialsError as error:
                tried.append(f"{source.name}: {error.message}")
            else:
                self._chosen = source
                return credentials
        raise ConfigError(f"credentials: none found; tried {'; '.join(tried)}; {_ADVICE}")


def credential_sources(
    config: HuaweiConfig,
    environ: Mapping[str, str],
    send_request: SendRequest,
    *,
    iam_endpoint_url: str,
    project_id: str | None,
) -> list[CredentialSource]:
    """The source that a configuration names, or else the default sources.

    Args:
        config: the configuration.
        environ: the environment variables.
        send_request: sends requests to IAM and the metadata service.
        iam_endpoint_url: the IAM endpoint.
        project_id: the project ID, if it is known.

    Raises:
        ConfigError: the configuration of the named source is incomplete.
    """
    configured = _configured_source(
        config, environ, send_request, iam_endpoint_url=iam_endpoint_url, project_id=project_id
    )
    if configured is not None:
        return [configured]
    sources: list[CredentialSource] = [
        EnvironmentSource(environ),
        ProfileSource(environ.get(CREDENTIALS_FILE) or None, None, required=False),
    ]
    if config.use_metadata:
        endpoint = config.metadata_endpoint or metadata.DEFAULT_ENDPOINT
        sources.append(metadata.MetadataSource(send_request, endpoint))
    return sources


def _configured_source(
    config: HuaweiConfig,
    environ: Mapping[str, str],
    send_request: SendRequest,
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
            send_request,
            iam_endpoint_url,
            username=config.username,
            password=config.password,
            domain_name=config.domain_name,
            project_id=project_id,
            region=config.region,
        )
    if config.profile is not None or config.credentials_file is not None:
        path = config.credentials_file or environ.get(CREDENTIALS_FILE) or None
        return ProfileSource(None if path is None else str(path), config.profile, required=True)
    return None
