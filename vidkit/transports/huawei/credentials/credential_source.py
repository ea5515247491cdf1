"""What credential sources share: credentials that they return, requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from vidkit.config import HuaweiCredentials
from vidkit.errors import ConfigError
from vidkit.transports.base import HttpResponse

__all__ = [
    "CredentialRequest",
    "CredentialSource",
    "FoundCredentials",
    "IamToken",
    "Identity",
    "NoCredentialsError",
    "SendRequest",
    "sent_secrets",
]


@dataclass(frozen=True, slots=True, repr=False)
class IamToken:
    """An IAM token, sent instead of a signature.

    Attributes:
        value: the token.
        project_id: the project that the token is for, if it is known.
    """

    value: str
    project_id: str | None = None

    def __repr__(self) -> str:
        return f"IamToken(***, project_id={self.project_id!r})"


Identity: TypeAlias = HuaweiCredentials | IamToken
"""What authenticates a request: an AK/SK that signs it, or a token."""


def sent_secrets(identity: Identity) -> tuple[str, ...]:
    """The secrets that are part of a request, so that they can be redacted."""
    secret = identity.value if isinstance(identity, IamToken) else identity.security_token
    return (secret,) if secret else ()


@dataclass(frozen=True, slots=True)
class FoundCredentials:
    """The credentials that a source returned.

    Attributes:
        identity: an AK/SK or a token.
        lifetime: seconds until they expire; None: they have no known expiry.
        refreshable: whether the source may return other credentials later.
        project_id: the project ID that the source has for them.
        iam_endpoint: the IAM endpoint that the source has for them.
    """

    identity: Identity
    lifetime: float | None = None
    refreshable: bool = True
    project_id: str | None = None
    iam_endpoint: str | None = None


class NoCredentialsError(ConfigError):
    """A source has no credentials; the chain tries the next one."""


class CredentialSource(Protocol):
    """A source of credentials."""

    @property
    def name(self) -> str:
        """The source's name in error messages."""
        ...

    async def fetch(self) -> FoundCredentials:
        """Get the source's present credentials.

        Raises:
            NoCredentialsError: the source has none.
            ConfigError: the source's credentials are not usable.
            VidKitError: the source could not be reached, or returned an error.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CredentialRequest:
    """A request to IAM or the metadata service.

    Attributes:
        what: the service's name in error messages.
        method: the HTTP method.
        url: the URL with its query.
        seconds: the timeout.
        headers: sent unchanged.
        body: sent unchanged.
        identity: the AK/SK that signs the request, or the token to send; None: neither.
    """

    what: str
    method: str
    url: str
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    identity: Identity | None = None


class SendRequest(Protocol):
    """Sends a request once."""

    async def __call__(self, request: CredentialRequest, /) -> HttpResponse:
        """Return the response, whatever its status.

        Raises:
            TransportError: no complete response arrived.
            VidKitTimeoutError: no response arrived in time.
        """
        ...
