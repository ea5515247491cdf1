import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from local_cloud_calls import to_request

from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, TemporaryKey
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.huawei import canonical_request, verify_huawei

VECTORS = json.loads(Path(__file__).with_name("huawei_vectors.json").read_text("utf-8"))
HUAWEI_NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def huawei_request(vector):
    return to_request(
        vector["method"], vector["target"], dict(vector["headers"]), vector["body"].encode()
    )


def huawei_identity(vector):
    return Identity(access_key_id=vector["ak"], secret_access_key=vector["sk"])


def huawei_refusal(request, identity, at, accounts=None):
    accounts = HuaweiAccounts() if accounts is None else accounts
    with pytest.raises(ApiError) as caught:
        verify_huawei(request, identity=identity, accounts=accounts, now=at)
    assert (caught.value.code, caught.value.status) == ("APIGW.0301", 401)
    return caught.value.message


def vector_now(vector):
    stamp = vector["headers"]["X-Sdk-Date"]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_huawei_vectors_have_their_canonical_request(vector):
    request = huawei_request(vector)
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    names = vector["headers"]["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    assert canonical_request(request, headers, names.split(";")) == vector["canonical_request"]


PERMANENT = [vector for vector in VECTORS if "X-Security-Token" not in vector["headers"]]


@pytest.mark.parametrize("vector", PERMANENT, ids=lambda vector: vector["name"])
def test_huawei_vectors_are_accepted_and_forged_ones_rejected(vector):
    request, identity, at = huawei_request(vector), huawei_identity(vector), vector_now(vector)
    verify_huawei(request, identity=identity, accounts=HuaweiAccounts(), now=at)
    for forged in (
        replace(request, method="PATCH"),
        replace(request, raw_target=f"{request.raw_target}x"),
        replace(request, body=b"another"),
    ):
        message = huawei_refusal(forged, identity, at)
        assert "verify aksk signature fail" in message
        assert f"canonicalRequest:{forged.method}|" in message
        assert "\n" not in message
    assert "verify aksk" in huawei_refusal(
        request, replace(identity, secret_access_key="another"), at
    )


def temporary(**changes):
    """The vector with a security token, and accounts that know its key."""
    vector = next(vector for vector in VECTORS if vector["name"] == "temporary_credentials")
    key = TemporaryKey(
        vector["ak"],
        vector["sk"],
        vector["headers"]["X-Security-Token"],
        HUAWEI_NOW + timedelta(minutes=5),
    )
    accounts = HuaweiAccounts(temporary_keys={key.access_key: replace(key, **changes)})
    return huawei_request(vector), accounts


def test_huawei_accepts_temporary_keys_with_their_token():
    request, accounts = temporary()
    verify_huawei(request, identity=Identity(), accounts=accounts, now=HUAWEI_NOW)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"security_token": "another"}, "decrypt token fail"),
        ({"secret_key": "another"}, "verify aksk signature fail"),
        ({"expires_at": HUAWEI_NOW}, "token expires, expires_at:2024-05-01T12:00:00.000000Z"),
    ],
)
def test_huawei_rejects_temporary_keys_that_are_wrong_or_old(changes, message):
    request, accounts = temporary(**changes)
    assert message in huawei_refusal(request, Identity(), HUAWEI_NOW, accounts)


def test_huawei_knows_no_temporary_key_without_its_token():
    request, accounts = temporary()
    headers = {name: value for name, value in request.headers.items() if "Token" not in name}
    message = huawei_refusal(replace(request, headers=headers), Identity(), HUAWEI_NOW, accounts)
    assert "Get secretKey failed" in message


def test_huawei_rejects_a_token_with_a_permanent_key():
    vector = next(vector for vector in VECTORS if vector["name"] == "temporary_credentials")
    message = huawei_refusal(huawei_request(vector), huawei_identity(vector), HUAWEI_NOW)
    assert "decrypt token fail" in message


def test_five_wrong_signatures_in_a_row_lock_a_key_for_five_minutes():
    vector, accounts = VECTORS[0], HuaweiAccounts()
    right, identity = huawei_request(vector), huawei_identity(vector)
    wrong = replace(right, method="PATCH")

    def at(minutes):
        return HUAWEI_NOW + timedelta(minutes=minutes)

    for _ in range(4):
        assert "verify aksk" in huawei_refusal(wrong, identity, at(0), accounts)
    verify_huawei(right, identity=identity, accounts=accounts, now=at(0))
    for _ in range(5):
        assert "verify aksk" in huawei_refusal(wrong, identity, at(1), accounts)
    for minutes in (1, 5.9):
        assert "reach the limit,forbidden" in huawei_refusal(right, identity, at(minutes), accounts)
    verify_huawei(right, identity=identity, accounts=accounts, now=at(6))
    assert "verify aksk" in huawei_refusal(wrong, identity, at(6), accounts)


def test_huawei_rejects_an_unknown_key():
    assert "Get secretKey failed" in huawei_refusal(
        huawei_request(VECTORS[0]), Identity(), HUAWEI_NOW
    )


@pytest.mark.parametrize("minutes", [-16, 16])
def test_huawei_rejects_a_stale_date(minutes):
    vector = VECTORS[0]
    at = HUAWEI_NOW + timedelta(minutes=minutes)
    message = huawei_refusal(huawei_request(vector), huawei_identity(vector), at)
    assert message.endswith("calc ak sk signature fail:signature expired")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Authorization": None}, "authorization not found"),
        ({"Authorization": "SDK-HMAC-SHA256 nonsense"}, "malformed"),
        (
            {"Authorization": "SDK-HMAC-SHA256 Access={ak}, SignedHeaders=host, Signature=00"},
            "not signed",
        ),
        ({"X-Sdk-Date": "now"}, "malformed"),
    ],
)
def test_huawei_rejects_half_a_signature(changes, message):
    vector = VECTORS[0]
    headers = dict(vector["headers"])
    for name, value in changes.items():
        if value is None:
            del headers[name]
        else:
            headers[name] = value.format(ak=vector["ak"])
    request = replace(huawei_request(vector), headers=headers)
    assert message in huawei_refusal(request, huawei_identity(vector), HUAWEI_NOW)


def test_huawei_checks_a_declared_hash():
    vector = next(vector for vector in VECTORS if vector["name"] == "post_json_body")
    headers = vector["headers"] | {"X-Sdk-Content-Sha256": hashlib.sha256(b"another").hexdigest()}
    request = replace(huawei_request(vector), headers=headers)
    message = huawei_refusal(request, huawei_identity(vector), HUAWEI_NOW)
    assert "declared hash" in message
