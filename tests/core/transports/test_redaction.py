"""Secrets in texts that others wrote: what is masked, and what is left to be read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit.transports.redaction import REDACTED, redacted, without_secrets

SECRET = "wJalrXUtnFEMI/K7MDENG=bPxRfiCY"


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Security-Token",
        "x-amz-sso_bearer_token",
        "X-aws-ec2-metadata-token",
        "Authorization",
        "Proxy-Authorization",
        "aws_secret_access_key",
        "awsSecretAccessKey",
        "aws_session_token",
        "SecretAccessKey",
        "secret_access_key",
        "SessionToken",
        "AccessToken",
        "access_token",
        "refreshToken",
        "id_token",
        "WebIdentityToken",
        "SAMLAssertion",
        "clientSecret",
        "deviceCode",
        "code_verifier",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}: ", "\nHost: h"),
        ("\\n{}: ", "\\nHost"),
        ('{{"{}": "', '", "a": "b"}}'),
        ('{{\\"{}\\": \\"', '\\", 1}}'),
        ("{{'{}': '", "'}}"),
        ("{{'{}': b'", "'}}"),
        ("<{}>", "</x>"),
        ("a=b&{}=", "&c=d"),
        ("{} = [b'", "']"),
    ],
    ids=["header", "logged", "json", "quoted", "dict", "bytes", "xml", "form", "list"],
)
def test_what_stands_behind_the_name_of_a_secret_is_masked(name, before, after):
    before = before.format(name)
    assert redacted(f"{before}{SECRET}{after}") == f"{before}{REDACTED}{after}"


@pytest.mark.parametrize("word", ["Token", "password", "passphrase", "DPoP", "X-Amz-Signature"])
def test_a_word_of_messages_is_a_name_only_where_it_is_written_as_one(word):
    assert redacted(f'{{"{word}": "{SECRET}"}}') == f'{{"{word}": "{REDACTED}"}}'
    assert redacted(f"a=b&{word}={SECRET}&c=d") == f"a=b&{word}={REDACTED}&c=d"
    assert redacted(f"{word}:\n{SECRET}\nrest") == f"{word}:\n{REDACTED}\nrest"
    assert redacted(f"{word}: it has expired") == f"{word}: it has expired"


@pytest.mark.parametrize(
    "text",
    ["the next_token: abcdefgh", "my-password-token=", "no secret here", "user@example.com", ""],
)
def test_other_texts_are_left(text):
    assert redacted(text) == text


def test_a_stream_key_is_known_by_its_form():
    assert redacted("value sk_eu-west-1_AbC123_xYz789.") == f"value {REDACTED}."
    assert redacted("task_eu_AbC123_xYz789") == "task_eu_AbC123_xYz789"


def test_who_logs_in_at_an_address_is_masked():
    assert (
        redacted("via http://me:secret@proxy:3128/ now") == f"via http://{REDACTED}@proxy:3128/ now"
    )
    assert redacted(redacted("http://me:secret@proxy")) == f"http://{REDACTED}@proxy"


@pytest.mark.parametrize("mask", [redacted, without_secrets])
def test_a_known_secret_is_masked_however_it_is_spelled(mask):
    secret = 'a/b=c"d&e ü'
    for spelling in (
        secret,
        json.dumps(secret)[1:-1],
        'a\\/b=c"d&e ü',
        'a/b\\u003dc"d&e ü',
        "a%2Fb%3Dc%22d%26e%20%C3%BC",
    ):
        assert mask(f"<{spelling}>", [secret]) == f"<{REDACTED}>"


def test_each_of_several_known_secrets_is_masked():
    assert (
        redacted("1 12345678 2 abcdefgh 3", ["12345678", "abcdefgh"])
        == f"1 {REDACTED} 2 {REDACTED} 3"
    )


def test_a_very_short_secret_is_left():
    assert without_secrets("1234567 12345678", ["1234567", "12345678"]) == f"1234567 {REDACTED}"


def test_all_but_the_known_secrets_is_left():
    text = f'{{"SecretAccessKey": "{SECRET}", "other": 12345678}}'
    assert without_secrets(text, ["12345678"]) == text.replace("12345678", REDACTED)


# Without stars, or what is left could be the secret by the stars in it.
secrets = st.text(
    st.characters(exclude_characters="*", exclude_categories=[]), min_size=8, max_size=20
)


@given(st.text(), st.lists(secrets, max_size=3))
def test_no_known_secret_is_left_in_any_text(text, known):
    quoted = "".join(f"{text}{secret}{json.dumps(secret)}" for secret in known)
    found = redacted(quoted, known)
    for secret in known:
        assert secret not in found
        assert json.dumps(secret)[1:-1] not in found
