"""Verification of Huawei Cloud's SDK-HMAC-SHA256 signatures."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.huawei_accounts import HuaweiAccounts, iso
from vidkit.local.runtime.state import Identity

ALGORITHM = "SDK-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([^,\s]+)"
)
_SDK_DATE = "%Y%m%dT%H%M%SZ"
_SKEW = timedelta(minutes=15)


def claimed_access_key(request: Request) -> str | None:
    """The access key in a request's signature, unverified; None when it has no signature."""
    authorization = request.headers.get("Authorization", "")
    if not authorization.startswith(ALGORITHM):
        return None
    found = _AUTHORIZATION.fullmatch(authorization.strip())
    return found[1] if found else ""


def verify_huawei(
    request: Request, *, identity: Identity, accounts: HuaweiAccounts, now: datetime
) -> None:
    """Check a request's SDK-HMAC-SHA256 signature as the API gateway does.

    Five wrong signatures in a row lock the key for five minutes.

    Args:
        request: the request as it came, with its raw target.
        identity: whose key pair is valid.
        accounts: the temporary keys, which are valid as well, and the locked keys.
        now: the time of the gateway's clock.

    Raises:
        ApiError: ``APIGW.0301``; for a wrong signature the message contains the gateway's
            canonical request, with ``|`` for line ends.
    """
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    if "authorization" not in headers:
        raise authentication_error("authorization not found")
    found = _AUTHORIZATION.fullmatch(headers["authorization"])
    if found is None:
        raise authentication_error("authorization header malformed")
    access, names, signature = found.groups()
    if accounts.is_locked(access, now):
        raise authentication_error("AK access failed to reach the limit,forbidden.")
    secret = _secret(access, headers, identity=identity, accounts=accounts, now=now)
    date = headers.get("x-sdk-date", "")
    signed = sorted(name.lower() for name in names.split(";"))
    if "x-sdk-date" not in signed:
        raise authentication_error("calc ak sk signature fail:X-Sdk-Date is not signed")
    _check_date(date, now)
    _check_body(request.body, headers)
    canonical = canonical_request(request, headers, signed)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    to_sign = f"{ALGORITHM}\n{date}\n{digest}".encode()
    expected = hmac.digest(secret.encode(), to_sign, "sha256").hex()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape")):
        accounts.count_wrong_signature(access, now)
        shown = canonical.replace("\n", "|").encode("utf-8", "replace").decode()
        raise authentication_error(f"verify aksk signature fail,canonicalRequest:{shown}")
    accounts.forget_wrong_signatures(access)


def authentication_error(reason: str) -> ApiError:
    """The gateway's error for credentials that it rejects."""
    return ApiError("APIGW.0301", f"Incorrect IAM authentication information: {reason}", status=401)


def canonical_request(request: Request, headers: Mapping[str, str], signed: list[str]) -> str:
    """The canonical request, whose hash is signed.

    Args:
        request: the request as it came, with its raw target.
        headers: its headers, names in lower case, values trimmed.
        signed: the sorted names of the signed headers.
    """
    path, _, query = request.raw_target.partition("?")
    uri = "/".join(quote(unquote_to_bytes(part), safe="-_.~") for part in path.split("/"))
    pairs = sorted(
        (unquote_to_bytes(name), unquote_to_bytes(value))
        for name, _, value in (part.partition("=") for part in query.split("&") if part)
    )
    payload = hashlib.sha256(request.body).hexdigest()
    if request.body:
        payload = headers.get("x-sdk-content-sha256", payload)
    return "\n".join(
        (
            request.method,
            uri if uri.endswith("/") else f"{uri}/",
            "&".join(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in pairs),
            *(f"{name}:{headers.get(name, '')}" for name in signed),
            "",
            ";".join(signed),
            payload,
        )
    )


def _secret(
    access: str,
    headers: Mapping[str, str],
    *,
    identity: Identity,
    accounts: HuaweiAccounts,
    now: datetime,
) -> str:
    """The secret of an access key, after a check of its security token."""
    token = headers.get("x-security-token")
    if access == identity.access_key_id:
        if token is not None:
            # A permanent key has no security token.
            raise authentication_error("decrypt token fail")
        return identity.secret_access_key
    key = accounts.temporary_keys.get(access)
    if key is None or token is None:
        # The gateway treats a temporary key without its token as an unknown key.
        raise authentication_error(f"Get secretKey failed,ak:{access},err:ak not exist")
    if not hmac.compare_digest(key.security_token.encode(), token.encode("utf-8", "replace")):
        raise authentication_error("decrypt token fail")
    if now >= key.expires_at:
        raise authentication_error(f"token expires, expires_at:{iso(key.expires_at)}")
    return key.secret_key


def _check_date(date: str, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(date, _SDK_DATE).replace(tzinfo=UTC)
    except ValueError:
        raise authentication_error("calc ak sk signature fail:X-Sdk-Date malformed") from None
    if abs(now - signed_at) > _SKEW:
        raise authentication_error("calc ak sk signature fail:signature expired")


def _check_body(body: bytes, headers: Mapping[str, str]) -> None:
    declared = headers.get("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")
    if body and declared not in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}:
        raise authentication_error(
            "verify aksk signature fail,the body does not have the declared hash"
        )
