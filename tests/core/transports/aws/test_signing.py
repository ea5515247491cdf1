"""Signatures, beside those of botocore's signer."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from vidkit.transports.aws.signing import SignedRequest, Signer

DATES = st.integers(0, 25_000 * 86_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SECRETS = st.text(min_size=1, max_size=8)
HEADERS = {"X-Amz-Target": "RekognitionService.ListCollections", "Content-Type": "application/json"}
URLS = [
    "https://ivs.eu-west-1.amazonaws.com/GetChannel",
    "https://ivs.eu-west-1.amazonaws.com:443/GetChannel",
    "https://B-1A.KinesisVideo.eu-west-1.amazonaws.com/getImages",
    "http://127.0.0.1:4588/tags/arn%3Aaws%3Aivs%3A%2Fa%20b?tagKeys=a%20b&tagKeys=Z",
    "http://[::1]:4588/",
    "http://localhost:80/base/path//GetChannel",
]


def signature_of_botocore(url, credentials, date, monkeypatch):
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: date.replace(tzinfo=None))
    request = AWSRequest("POST", url, headers=HEADERS, data=b'{"a": "\xc3\xa9"}')
    SigV4Auth(credentials, "ivs", "eu-west-1").add_auth(request)
    return dict(request.headers)


@pytest.mark.parametrize("url", URLS)
@given(date=DATES, secrets=st.lists(SECRETS, min_size=1, max_size=3), token=st.none() | SECRETS)
def test_a_signature_is_that_of_botocore(url, date, secrets, token):
    signer = Signer("ivs", "eu-west-1")
    # One signer meets several keys and days, and derives a key for each.
    for secret in [*secrets, secrets[0]]:
        for day in (date, date + timedelta(days=1), date):
            credentials = ReadOnlyCredentials("AK", secret, token)
            request = SignedRequest("POST", url, dict(HEADERS), b'{"a": "\xc3\xa9"}')
            signer.sign(request, credentials, day)
            with pytest.MonkeyPatch.context() as patch:
                theirs = signature_of_botocore(url, credentials, day, patch)
            assert request.headers == theirs
