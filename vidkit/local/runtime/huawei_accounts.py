"""Who may call Huawei Cloud: projects, tokens, temporary keys, and keys that are locked."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

ATTEMPTS = 5
"""Wrong signatures in a row that lock an access key."""

LOCKED_FOR = timedelta(minutes=5)

_TOKEN_BYTES = 1024
_KEY_LETTERS = string.ascii_uppercase + string.digits


@dataclass(slots=True)
class Token:
    """What IAM gives for a name and a password."""

    text: str
    project_id: str | None
    """The project it is good for; None for one that is scoped to the account."""
    issued_at: datetime
    expires_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    """An access key, its secret, and the token that has to come with them."""

    access_key: str
    secret_key: str
    security_token: str
    expires_at: datetime


@dataclass(slots=True)
class _Failures:
    count: int = 0
    locked_until: datetime | None = None


@dataclass(slots=True)
class Accounts:
    """The register behind IAM, the gateway and the metadata address.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> accounts = Accounts({"0a1b": "cn-north-4"})
        >>> accounts.issue_token("0a1b", now=noon, seconds=60).expires_at.isoformat()
        '2026-01-01T12:01:00+00:00'
    """

    projects: dict[str, str] = field(default_factory=dict[str, str])
    """Names of projects, by id. Names of regions, as a rule; several may have one name."""
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    temporary_keys: dict[str, TemporaryKey] = field(default_factory=dict[str, TemporaryKey])
    """By access key."""
    metadata_tokens: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """The ends of the tokens that the metadata address has given."""
    _failures: dict[str, _Failures] = field(default_factory=dict[str, _Failures])

    def issue_token(self, project_id: str | None, *, now: datetime, seconds: float) -> Token:
        """A new token for a project, or for the account (None)."""
        text = f"MIIE{secrets.token_urlsafe(_TOKEN_BYTES)}"
        token = Token(text, project_id, now, now + timedelta(seconds=seconds))
        self.tokens[text] = token
        return token

    def revoke_tokens(self) -> None:
        """Let no token be good that was issued so far."""
        for token in self.tokens.values():
            token.revoked = True

    def issue_key(self, *, now: datetime, seconds: float) -> TemporaryKey:
        """A new temporary key."""
        key = TemporaryKey(
            access_key=f"HST{''.join(secrets.choice(_KEY_LETTERS) for _ in range(17))}",
            secret_key=secrets.token_urlsafe(30),
            security_token=f"hQpjbi1ub3J0aC00{secrets.token_urlsafe(_TOKEN_BYTES)}",
            expires_at=now + timedelta(seconds=seconds),
        )
        self.temporary_keys[key.access_key] = key
        return key

    def issue_metadata_token(self, *, now: datetime, seconds: float) -> str:
        """A new token for the metadata address."""
        text = secrets.token_urlsafe(48)
        self.metadata_tokens[text] = now + timedelta(seconds=seconds)
        return text

    def locked(self, access_key: str, now: datetime) -> bool:
        """Whether a key is locked because of wrong signatures."""
        until = self._failures.get(access_key, _Failures()).locked_until
        return until is not None and now < until

    def signed_wrongly(self, access_key: str, now: datetime) -> None:
        """Count a wrong signature; the last of :data:`ATTEMPTS` locks the key."""
        failures = self._failures.setdefault(access_key, _Failures())
        failures.count += 1
        if failures.count >= ATTEMPTS:
            self._failures[access_key] = _Failures(locked_until=now + LOCKED_FOR)

    def signed_rightly(self, access_key: str) -> None:
        """Forget the wrong signatures of a key."""
        self._failures.pop(access_key, None)


def iso(moment: datetime) -> str:
    """A moment as IAM writes it.

    Example:
        >>> iso(datetime(2026, 1, 1, 12, tzinfo=UTC))
        '2026-01-01T12:00:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
