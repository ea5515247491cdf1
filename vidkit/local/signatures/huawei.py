"""Signatures of requests: Huawei Cloud's SDK-HMAC-SHA256."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from vidkit.local.state import Identity
from vidkit.local.wire import Fault, Request

ALGORITHM = "SDK-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([^,\s]+)"
)
_SDK_DATE = "%Y%m%dT%H%M%SZ"
_SKEW = timedelta(minutes=15)


def verify_huawei(request: Request, *, identity: Identity, now: datetime) -> None:
    """Check a request's SDK-HMAC-SHA256 signature as the API gateway does.

    Args:
        request: the request as it came, with its raw target.
        identity: whose key pair is valid.
        now: the time of the gateway's clock.

    Raises:
        Fault: ``APIGW.0301``; where the signature is wrong the message carries the gateway's
            canonical request, with ``|`` for line ends.
    """
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    if "authorization" not in headers:
        raise _refusal(
            "decrypt token fail" if "x-auth-token" in headers else "authorization not found"
        )
    found = _AUTHORIZATION.fullmatch(headers["authorization"])
    if found is None:
        raise _refusal("authorization header malformed")
    access, names, signature = found.groups()
    if access != identity.access_key_id:
        raise _refusal("Get secretKey failed")
    if "x-security-token" in headers:
        # The one key pair is a permanent one: no security token belongs to it.
        raise _refusal("decrypt token fail")
    date = headers.get("x-sdk-date", "")
    signed = sorted(name.lower() for name in names.split(";"))
    if "x-sdk-date" not in signed:
        raise _refusal("calc ak sk signature fail:X-Sdk-Date is not signed")
    _check_date(date, now)
    _check_body(request.body, headers)
    canonical = canonical_request(request, headers, signed)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    to_sign = f"{ALGORITHM}\n{date}\n{digest}".encode()
    expected = hmac.digest(identity.secret_access_key.encode(), to_sign, "sha256").hex()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape")):
        told = canonical.replace("\n", "|").encode("utf-8", "replace").decode()
        raise _refusal(f"verify aksk signature fail,canonicalRequest:{told}")


def canonical_request(request: Request, headers: Mapping[str, str], signed: list[str]) -> str:
    """The text whose hash is signed.

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


def _check_date(date: str, now: datetime) -> None:
    try:
        moment = datetime.strptime(date, _SDK_DATE).replace(tzinfo=UTC)
    except ValueError:
        raise _refusal("calc ak sk signature fail:X-Sdk-Date malformed") from None
    if abs(now - moment) > _SKEW:
        raise _refusal("calc ak sk signature fail:signature expired")


def _check_body(body: bytes, headers: Mapping[str, str]) -> None:
    declared = headers.get("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")
    if body and declared not in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}:
        raise _refusal("verify aksk signature fail,the body does not have the declared hash")


def _refusal(reason: str) -> Fault:
    return Fault("APIGW.0301", f"Incorrect IAM authentication information: {reason}", status=401)
