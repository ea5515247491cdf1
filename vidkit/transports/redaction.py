"""Secrets in texts that others wrote: messages, logs, error bodies. Pure functions."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["REDACTED", "redacted", "without_secrets"]

REDACTED = "***"

# Nobody hands out shorter ones, and replacing them would spoil the text around.
_SHORTEST_SECRET = 8

# Members and headers that hold secrets, in requests and answers of AWS and of the services that
# its credentials come from.
_NAMES = (
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
    "(?:proxy-)?authorization",
    "aws_?secret_?access_?key",
    "aws_?session_?token",
    "secret_?access_?key",
    "session_?token",
    "access_?token",
    "refresh_?token",
    "id_?token",
    "web_?identity_?token",
    "saml_?assertion",
    "client_?secret",
    "device_?code",
    "code_?verifier",
)
# These are words of messages too: "Token: it has expired" names no token.
_WORDS = ("token", "password", "passphrase", "dpop", "(?:x-amz-)?signature")
_NAMED = re.compile(
    rf"""
    (?: (?<![a-z0-9_-]) | (?<=\\[nr]) ) (?P<head>
        (?:
            (?: {"|".join(_NAMES)} ) (?: \\* ["'] )? \s* [:=>]
          | (?: {"|".join(_WORDS)} ) (?: \\* ["'] \s* [:=] | [=>] | :\n )
        )
        \s* \[? b? (?: \\* ["'] )?
    )
    (?: [^"'<&\r\n\\] | \\ (?!["'nr]) )+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What streams to a channel of IVS: its member is called "value", as many are.
_STREAM_KEY = re.compile(r"(?<![A-Za-z0-9_])sk_[a-z0-9-]+_[A-Za-z0-9]+_[A-Za-z0-9]+")
# Who logs in at an address, such as a proxy's; what is masked already has stars.
_USER = re.compile(r"(?<=://)[^\s/@\"'<>*]+@")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """A text with three stars in place of secrets.

    What stands behind the name of a header or member that holds one is taken for a secret, however
    it is written: as a header, as JSON, XML or a form, as a dict of Python. It ends at a quote, a
    ``<``, a ``&`` or the end of the line. So is who logs in at an address, and a stream key of IVS,
    which is known by its form.

    Args:
        text: what others wrote.
        secrets: values to look for besides; very short ones are left.
    """
    text = without_secrets(text, secrets)
    text = _STREAM_KEY.sub(REDACTED, _NAMED.sub(rf"\g<head>{REDACTED}", text))
    return _USER.sub(f"{REDACTED}@", text)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """A text with three stars in place of known secrets, however they are spelled.

    All else stays, so that JSON stays JSON.

    Args:
        text: what others wrote.
        secrets: values to look for; very short ones are left.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            for spelling in _spellings(secret):
                text = text.replace(spelling, REDACTED)
    return text


def _spellings(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
        secret.replace("=", "\\u003d"),
        quote(secret, safe="", errors="surrogatepass"),
    }
