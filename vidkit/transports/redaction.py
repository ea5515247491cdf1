"""Redaction of secrets in messages, logs and error bodies of services. Pure functions."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["REDACTED", "redacted", "without_secrets"]

REDACTED = "***"

# No service issues shorter ones, and replacing them would garble the text around them.
_MIN_SECRET_LENGTH = 8

# Members and headers that hold secrets, in requests and responses of AWS and of the services that
# provide its credentials.
_SECRET_NAMES = (
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
# Messages use these words too: "Token: it has expired" holds no token.
_AMBIGUOUS_NAMES = ("token", "password", "passphrase", "dpop", "(?:x-amz-)?signature")
_NAMED_SECRET = re.compile(
    rf"""
    (?: (?<![a-z0-9_-]) | (?<=\\[nr]) ) (?P<head>
        (?:
            (?: {"|".join(_SECRET_NAMES)} ) (?: \\* ["'] )? \s* [:=>]
          | (?: {"|".join(_AMBIGUOUS_NAMES)} ) (?: \\* ["'] \s* [:=] | [=>] | :\n )
        )
        \s* \[? b? (?: \\* ["'] )?
    )
    (?: [^"'<&\r\n\\] | \\ (?!["'nr]) )+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A stream key of IVS: its member is called "value", as many are.
_STREAM_KEY = re.compile(r"(?<![A-Za-z0-9_])sk_[a-z0-9-]+_[A-Za-z0-9]+_[A-Za-z0-9]+")
# The user of a URL, such as a proxy's; one that is redacted already has stars.
_URL_USER = re.compile(r"(?<=://)[^\s/@\"'<>*]+@")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace secrets in a text by three stars.

    The value of a header or member whose name says that it holds a secret is one, in every
    notation: headers, JSON, XML, forms, Python dicts. It ends at a quote, a ``<``, a ``&`` or the
    end of the line. The user of a URL is a secret too, and so is a stream key of IVS, which has a
    form of its own.

    Args:
        text: the text.
        secrets: further secret values; values shorter than 8 characters are left.
    """
    text = without_secrets(text, secrets)
    text = _STREAM_KEY.sub(REDACTED, _NAMED_SECRET.sub(rf"\g<head>{REDACTED}", text))
    return _URL_USER.sub(f"{REDACTED}@", text)


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Replace known secrets in a text by three stars, in every encoding.

    The rest stays as it is, so that JSON stays JSON.

    Args:
        text: the text.
        secrets: the secret values; values shorter than 8 characters are left.
    """
    for secret in secrets:
        if len(secret) >= _MIN_SECRET_LENGTH:
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
