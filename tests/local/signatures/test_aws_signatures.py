import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from local_cloud_calls import to_request

from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.aws import (
    JSON,
    OBJECT_STORE,
    REST_JSON,
    scoped_service,
    verify_aws,
)

IDENTITY = Identity()
HOST = "127.0.0.1:4588"


def now():
    return datetime.now(UTC)


def signed(
    method="POST",
    target="/",
    body=b"{}",
    *,
    service="rekognition",
    region=IDENTITY.region,
    secret=IDENTITY.secret_access_key,
    token=None,
):
    request = AWSRequest(
        method=method,
        url=f"http://{HOST}{target}",
        data=body,
        headers={"Content-Type": "application/x-amz-json-1.1", "Host": HOST},
    )
    credentials = Credentials(IDENTITY.access_key_id, secret, token)
    SigV4Auth(credentials, service, region).add_auth(request)
    return to_request(method, target, dict(request.headers.items()), body)


def verify(request, *, service="rekognition", dialect=JSON, at=None, identity=IDENTITY):
    return verify_aws(request, identity=identity, now=at or now(), service=service, dialect=dialect)


def refused(request, **options):
    with pytest.raises(ApiError) as caught:
        verify(request, **options)
    return caught.value.code, caught.value.status, caught.value.message


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/", b'{"a": 1}'),
        ("GET", "/tags/arn%3Aaws%3Aivs%3Aus-east-1%3A1%3Achannel%2Fx?b=2&a=1&a=%20&c", b""),
        ("DELETE", "/a/./b/../c//d/?tagKeys=x%2By&tagKeys=%E7%BC%A9", b""),
    ],
)
def test_what_botocore_signs_is_accepted(method, target, body):
    assert verify(signed(method, target, body)).body == body


def test_the_published_s3_example_is_accepted():
    headers = {
        "Host": "examplebucket.s3.amazonaws.com",
        "Range": "bytes=0-9",
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-amz-date": "20130524T000000Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 "
            "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
    }
    identity = Identity(
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    options = {
        "service": "s3",
        "dialect": OBJECT_STORE,
        "at": datetime(2013, 5, 24, tzinfo=UTC),
        "identity": identity,
    }
    request = to_request("GET", "/test.txt", headers)
    assert verify(request, **options).body == b""
    other = to_request("GET", "/other.txt", headers)
    assert refused(other, **options)[:2] == ("SignatureDoesNotMatch", 403)


def test_a_wrong_secret_is_rejected():
    code, status, message = refused(signed(secret="another"))
    assert (code, status) == ("InvalidSignatureException", 400)
    assert message.startswith("The request signature we calculated does not match")
    assert refused(signed(secret="another"), dialect=REST_JSON)[1] == 403


def test_an_unknown_key_is_rejected():
    stranger = replace(IDENTITY, access_key_id="AKIASOMEBODYELSE0000")
    code, status, message = refused(signed(), identity=stranger)
    assert (code, status) == ("UnrecognizedClientException", 400)
    assert message == "The security token included in the request is invalid."


def test_a_session_token_is_rejected():
    assert refused(signed(token="session"))[0] == "UnrecognizedClientException"


def test_an_unsigned_request_is_rejected():
    request = to_request("POST", "/", {"Host": HOST})
    assert refused(request)[:2] == ("MissingAuthenticationTokenException", 400)
    assert refused(request, dialect=REST_JSON)[1] == 403


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256 Credential=AK/20240501/us-east-1/rekognition/aws4_request",
        "AWS4-HMAC-SHA256 Credential=AK/20240501, SignedHeaders=host, Signature=00",
        "Bearer something",
        "",
    ],
)
def test_half_an_authorization_is_rejected(authorization):
    headers = {"Host": HOST, "X-Amz-Date": "20240501T000000Z", "Authorization": authorization}
    assert refused(to_request("POST", "/", headers))[:2] == ("IncompleteSignatureException", 400)


def test_a_missing_or_malformed_date_is_rejected():
    request = signed()
    del request.headers["X-Amz-Date"]
    assert refused(request)[0] == "IncompleteSignatureException"
    request.headers["X-Amz-Date"] = "yesterday"
    assert refused(request)[0] == "IncompleteSignatureException"


def test_a_stale_signature_is_rejected():
    code, status, message = refused(signed(), at=now() + timedelta(minutes=6))
    assert (code, status) == ("InvalidSignatureException", 400)
    assert message.startswith("Signature expired: ")
    assert "is now earlier than" in message
    assert verify(signed(), at=now() + timedelta(minutes=4))


def test_a_signature_of_the_future_is_rejected():
    code, _, message = refused(signed(), at=now() - timedelta(minutes=6))
    assert code == "InvalidSignatureException"
    assert message.startswith("Signature of the future: ")


def test_the_object_store_allows_a_quarter_of_an_hour():
    request = signed("GET", "/b/k", b"", service="s3")
    code, status, _ = refused(
        request, service="s3", dialect=OBJECT_STORE, at=now() + timedelta(minutes=16)
    )
    assert (code, status) == ("RequestTimeTooSkewed", 403)


def test_a_scope_of_another_region_is_rejected():
    code, _, message = refused(signed(region="eu-west-1"))
    assert code == "InvalidSignatureException"
    assert "region" in message


def test_a_scope_of_another_service_is_rejected():
    code, _, message = refused(signed(service="ivs"))
    assert code == "InvalidSignatureException"
    assert "service" in message


def test_a_date_that_is_not_the_scopes_is_rejected():
    request = signed()
    moment = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    other = moment + timedelta(days=1)
    request.headers["X-Amz-Date"] = other.strftime("%Y%m%dT%H%M%SZ")
    assert refused(request, at=other)[0] == "InvalidSignatureException"


def test_a_changed_body_is_rejected():
    changed = replace(signed(body=b'{"a": 1}'), body=b'{"a": 2}')
    assert refused(changed)[0] == "InvalidSignatureException"


def test_a_changed_path_query_or_header_is_rejected():
    request = signed(target="/a?x=1")
    assert refused(replace(request, raw_target="/b?x=1"))[0] == "InvalidSignatureException"
    assert refused(replace(request, raw_target="/a?x=2"))[0] == "InvalidSignatureException"
    request.headers["Host"] = "another:80"
    assert refused(request)[0] == "InvalidSignatureException"


def test_the_host_must_be_signed():
    request = signed()
    request.headers["Authorization"] = request.headers["Authorization"].replace(";host", "")
    assert "host" in refused(request)[2]


def test_the_object_store_checks_the_declared_hash():
    request = AWSRequest(
        method="PUT", url=f"http://{HOST}/b/k", data=b"one", headers={"Host": HOST}
    )
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(b"one").hexdigest()
    credentials = Credentials(IDENTITY.access_key_id, IDENTITY.secret_access_key)
    SigV4Auth(credentials, "s3", IDENTITY.region).add_auth(request)
    headers = dict(request.headers.items())
    options = {"service": "s3", "dialect": OBJECT_STORE}
    assert verify(to_request("PUT", "/b/k", headers, b"one"), **options).body == b"one"
    changed = to_request("PUT", "/b/k", headers, b"two")
    assert refused(changed, **options)[0] == "XAmzContentSHA256Mismatch"
    added = to_request("PUT", "/b/k", headers | {"x-amz-acl": "public-read"}, b"one")
    assert refused(added, **options)[:2] == ("AccessDenied", 403)


def presigned(expires):
    request = AWSRequest(method="GET", url=f"http://{HOST}/b/a%20key", headers={"Host": HOST})
    credentials = Credentials(IDENTITY.access_key_id, IDENTITY.secret_access_key)
    S3SigV4QueryAuth(credentials, "s3", IDENTITY.region, expires=expires).add_auth(request)
    parts = urlsplit(request.url)
    return to_request("GET", f"{parts.path}?{parts.query}", {"Host": HOST})


def test_a_presigned_address_is_accepted_until_it_expires():
    options = {"service": "s3", "dialect": OBJECT_STORE}
    assert verify(presigned(60), **options).body == b""
    late = refused(presigned(60), **options, at=now() + timedelta(seconds=70))
    assert late == ("AccessDenied", 403, "The presigned address has expired.")
    forged = replace(presigned(60), raw_target=presigned(60).raw_target.replace("a%20key", "b"))
    assert refused(forged, **options)[0] == "SignatureDoesNotMatch"
    assert refused(presigned(10**6), **options)[0] == "AuthorizationQueryParametersError"


def test_only_the_object_store_accepts_presigned_urls():
    assert refused(presigned(60))[0] == "MissingAuthenticationTokenException"


def test_boto3s_presigned_address_is_accepted():
    client = boto3.session.Session().client(
        "s3",
        region_name=IDENTITY.region,
        endpoint_url=f"http://{HOST}",
        aws_access_key_id=IDENTITY.access_key_id,
        aws_secret_access_key=IDENTITY.secret_access_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    url = urlsplit(
        client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "a/b c"})
    )
    client.close()
    request = to_request("GET", f"{url.path}?{url.query}", {"Host": HOST})
    assert scoped_service(request) == "s3"
    assert verify(request, service="s3", dialect=OBJECT_STORE).body == b""


def test_the_scope_names_the_service():
    assert scoped_service(signed(service="ivs")) == "ivs"
    assert scoped_service(to_request("GET", "/", {})) is None
    assert scoped_service(to_request("GET", "/", {"Authorization": "AWS a:b"})) is None


def put_in_chunks(signature):
    """A PUT of nothing, in one chunk with the given signature."""
    body = b"0;chunk-signature=%s\r\n\r\n" % signature
    request = AWSRequest(
        method="PUT",
        url=f"http://{HOST}/b/k",
        data=body,
        headers={
            "Host": HOST,
            "X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "X-Amz-Decoded-Content-Length": "0",
        },
    )
    credentials = Credentials(IDENTITY.access_key_id, IDENTITY.secret_access_key)
    SigV4Auth(credentials, "s3", IDENTITY.region).add_auth(request)
    return to_request("PUT", "/b/k", dict(request.headers.items()), body)


def test_a_forged_chunk_is_a_wrong_signature():
    options = {"service": "s3", "dialect": OBJECT_STORE}
    assert refused(put_in_chunks(b"00"), **options)[:2] == ("SignatureDoesNotMatch", 403)


def test_the_object_store_needs_the_hash_in_a_header():
    request = signed("GET", "/b/k", b"", service="s3")
    error = refused(request, service="s3", dialect=OBJECT_STORE)
    assert error[:2] == ("InvalidRequest", 400)


def test_a_scope_without_its_terminator_is_rejected():
    request = signed()
    request.headers["Authorization"] = request.headers["Authorization"].replace(
        "/aws4_request", "/aws5_request"
    )
    assert refused(request)[0] == "InvalidSignatureException"


def signed_with_date(date):
    """A request that botocore signs with ``Date``, because it has that header already."""
    request = AWSRequest("GET", f"http://{HOST}/bucket/key", headers={"Host": HOST, "Date": "x"})
    credentials = Credentials(IDENTITY.access_key_id, IDENTITY.secret_access_key)
    S3SigV4Auth(credentials, "s3", IDENTITY.region).add_auth(request)
    headers = dict(request.headers.items())
    assert "X-Amz-Date" not in headers
    return to_request("GET", "/bucket/key", headers | ({"Date": date} if date else {}), b"")


def test_a_date_header_stands_for_a_missing_x_amz_date():
    options = {"service": "s3", "dialect": OBJECT_STORE}
    assert verify(signed_with_date(None), **options).body == b""
    late = now() + timedelta(minutes=20)
    assert refused(signed_with_date(None), at=late, **options)[0] == "RequestTimeTooSkewed"
    changed = format_datetime(now() + timedelta(minutes=1), usegmt=True)
    assert refused(signed_with_date(changed), **options)[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Dec 9999 23:00:00 -1200"])
def test_a_date_header_that_is_no_date_is_rejected(date):
    request = signed_with_date(date or " ")
    code, status, _ = refused(request, service="s3", dialect=OBJECT_STORE)
    assert (code, status) == ("AuthorizationHeaderMalformed", 400)
