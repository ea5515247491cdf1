"""The credentials that Huawei Cloud accepts: projects, tokens, temporary keys, locked keys."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MAX_WRONG_SIGNATURES = 5
"""Wrong signatures in a row that lock an access key."""

LOCK_DURATION = timedelta(minutes=5)

_TOKEN_BYTES = 1024
_KEY_LETTERS = string.ascii_uppercase + string.digits


@dataclass(slots=True)
class Token:
    """A token that IAM has issued for a user name and a password."""

    text: str
    project_id: str | None
    """The project that it is scoped to; None: the account."""
    issued_at: datetime
    expires_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    """An access key, its secret, and the security token that must be sent with them."""

    access_key: str
    secret_key: str
    security_token: str
    expires_at: datetime


@dataclass(slots=True)
class _WrongSignatures:
    count: int = 0
    locked_until: datetime | None = None


@dataclass(slots=True)
class HuaweiAccounts:
    """What IAM, the API gateway and the metadata endpoints issue and check.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> accounts = HuaweiAccounts({"0a1b": "cn-north-4"})
        >>> accounts.issue_token("0a1b", now=noon, seconds=60).expires_at.isoformat()
        '2026-01-01T12:01:00+00:00'
    """

    projects: dict[str, str] = field(default_factory=dict[str, str])
    """Names of projects by id: mostly names of regions. Several projects may have one name."""
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    temporary_keys: dict[str, TemporaryKey] = field(default_factory=dict[str, TemporaryKey])
    """By access key."""
    metadata_tokens: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When the tokens of the metadata endpoints expire."""
    token_seconds: float = 86_400.0
    """The lifetime of IAM's tokens."""
    key_seconds: float = 86_400.0
    """The lifetime of the temporary keys that the metadata endpoints issue."""
    _wrong_signatures: dict[str, _WrongSignatures] = field(
        default_factory=dict[str, _WrongSignatures]
    )

    def issue_token(self, project_id: str | None, *, now: datetime, seconds: float) -> Token:
        """A new token for a project, or for the account (None)."""
        text = f"MIIE{secrets.token_urlsafe(_TOKEN_BYTES)}"
        token = Token(text, project_id, now, now + timedelta(seconds=seconds))
        self.tokens[text] = token
        return token

    def revoke_tokens(self) -> None:
        """Revoke all tokens that were issued so far."""
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
        """A new token for the metadata endpoints."""
        text = secrets.token_urlsafe(48)
        self.metadata_tokens[text] = now + timedelta(seconds=seconds)
        return text

    def is_locked(self, access_key: str, now: datetime) -> bool:
        """Whether a key is locked because of wrong signatures."""
        until = self._wrong_signatures.get(access_key, _WrongSignatures()).locked_until
        return until is not None and now < until

    def count_wrong_signature(self, access_key: str, now: datetime) -> None:
        """Count a wrong signature; the last of :data:`MAX_WRONG_SIGNATURES` locks the key."""
        wrong = self._wrong_signatures.setdefault(access_key, _WrongSignatures())
        wrong.count += 1
        if wrong.count >= MAX_WRONG_SIGNATURES:
            self._wrong_signatures[access_key] = _WrongSignatures(locked_until=now + LOCK_DURATION)

    def forget_wrong_signatures(self, access_key: str) -> None:
        """Set the count of a key's wrong signatures back to 0."""
        self._wrong_signatures.pop(access_key, None)


def iso(timestamp: datetime) -> str:
    """A timestamp as IAM writes it.

    Example:
        >>> iso(datetime(2026, 1, 1, 12, tzinfo=UTC))
        '2026-01-01T12:00:00.000000Z'
    """
    return timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
