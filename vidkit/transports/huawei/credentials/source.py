"""What the sources of credentials have in common: what they find, and how they ask."""

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
    """A token of IAM, sent instead of a signature.

    Attributes:
        value: the token.
        project_id: the project that it is for, when that is known.
    """

    value: str
    project_id: str | None = None

    def __repr__(self) -> str:
        return f"IamToken(***, project_id={self.project_id!r})"


Identity: TypeAlias = HuaweiCredentials | IamToken
"""Who calls: a pair of keys that signs, or a token."""


def sent_secrets(identity: Identity) -> tuple[str, ...]:
    """What goes along with a request and must be shown nowhere."""
    secret = identity.value if isinstance(identity, IamToken) else identity.security_token
    return (secret,) if secret else ()


@dataclass(frozen=True, slots=True)
class FoundCredentials:
    """What a source found.

    Attributes:
        identity: keys or a token.
        lifetime: seconds for which they are good from now on; None: no end is known.
        renewable: whether asking again may give others.
        project_id: the project that the source names beside them.
        iam_endpoint: IAM's address that the source names beside them.
    """

    identity: Identity
    lifetime: float | None = None
    renewable: bool = True
    project_id: str | None = None
    iam_endpoint: str | None = None


class NoCredentialsError(ConfigError):
    """A source has nothing to offer, so that the next one is asked."""


class CredentialSource(Protocol):
    """A place where credentials come from."""

    @property
    def name(self) -> str:
        """What a reader knows it by."""
        ...

    async def fetch(self) -> FoundCredentials:
        """What it has now.

        Raises:
            NoCredentialsError: nothing.
            ConfigError: something, and it is not usable.
            VidKitError: it could not be asked.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CredentialRequest:
    """A request to IAM or a metadata service.

    Attributes:
        what: who is asked, for messages.
        method: the HTTP method.
        url: where, the query included.
        seconds: how long the answer may take.
        headers: sent as they are.
        body: sent as it is.
        identity: who signs it, or whose token goes along; None: nobody.
    """

    what: str
    method: str
    url: str
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    identity: Identity | None = None


class SendRequest(Protocol):
    """Sends a question once."""

    async def __call__(self, question: CredentialRequest, /) -> HttpResponse:
        """The answer, whatever its status.

        Raises:
            TransportError: no whole answer came.
            VidKitTimeoutError: none came in time.
        """
        ...
