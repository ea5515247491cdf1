"""What is read of a chain of profiles: whose MFA code is required, and where to log in again."""

import pytest

from vidkit.transports.aws.credential_session import login_command, mfa_profile

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/r"}
MFA = {"mfa_serial": "arn:aws:iam::123456789012:mfa/user"}
FILE = {"web_identity_token_file": "/token"}


@pytest.mark.parametrize(
    ("profiles", "profile"),
    [
        ({}, None),
        ({"p": KEYS | MFA}, None),
        ({"p": ROLE | MFA | {"source_profile": "base"}, "base": KEYS}, "p"),
        ({"p": ROLE | MFA | {"source_profile": "p"} | KEYS}, "p"),
        ({"p": ROLE | {"source_profile": "q"}, "q": ROLE | MFA | {"source_profile": "b"}}, "q"),
        # The keys of a source profile are used as they are.
        ({"p": ROLE | {"source_profile": "q"}, "q": ROLE | MFA | KEYS}, None),
        ({"p": ROLE | {"source_profile": "q"}, "q": KEYS | MFA}, None),
        ({"p": ROLE | MFA | FILE}, None),
        ({"p": ROLE | {"source_profile": "q"}, "q": ROLE | {"source_profile": "p"}}, None),
        ({"p": ROLE | {"source_profile": "nowhere"}}, None),
    ],
)
def test_a_role_with_an_mfa_code_is_found_in_the_chain(profiles, profile):
    assert mfa_profile(profiles, "p") == profile


@pytest.mark.parametrize(
    ("profiles", "name"),
    [
        ({"p": {"sso_session": "s"}}, "p"),
        ({"p": {"sso_start_url": "https://x"}}, "p"),
        ({"p": ROLE | {"source_profile": "q"}, "q": {"sso_session": "s"}}, "q"),
        ({}, "p"),
    ],
)
def test_the_login_is_that_of_the_profile_with_the_sso_settings(profiles, name):
    assert login_command(profiles, "p") == f"aws sso login --profile {name}"
