"""Verification of AWS Signature Version 4."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_to_bytes

from vidkit.local.protocol.whole_numbers import whole_number
from vidkit.local.protocol.wire import ApiError, Request
from vidkit.local.runtime.state import Identity
from vidkit.local.signatures.aws_chunked import ChunkedBodyError, ChunkKeys, read_chunked

ALGORITHM = "AWS4-HMAC-SHA256"
_AMZ_DATE = "%Y%m%dT%H%M%SZ"
_FIELD = re.compile(r"\s*([A-Za-z]+)=([^,\s]+)\s*")
_SCOPE_PARTS = 5
_MAX_EXPIRY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The error codes and statuses of one kind of AWS service for signatures it rejects."""

    status: int
    missing: str = "MissingAuthenticationTokenException"
    incomplete: str = "IncompleteSignatureException"
    unknown_key: str = "UnrecognizedClientException"
    wrong_scope: str = "InvalidSignatureException"
    mismatch: str = "InvalidSignatureException"
    skewed: str = "InvalidSignatureException"
    skew: timedelta = timedelta(minutes=5)
    object_store: bool = False
    """S3 encodes paths once, signs the body's hash as a header and allows presigned URLs."""

    @property
    def malformed_status(self) -> int:
        """The status for a signature that cannot be compared, such as one of another scope."""
        return 400 if self.object_store else self.status


JSON = Dialect(status=400)
REST_JSON = Dialect(status=403)
OBJECT_STORE = Dialect(
    status=403,
    missing="AccessDenied",
    incomplete="AuthorizationHeaderMalformed",
    unknown_key="InvalidAccessKeyId",
    wrong_scope="AuthorizationHeaderMalformed",
    mismatch="SignatureDoesNotMatch",
    skewed="RequestTimeTooSkewed",
    skew=timedelta(minutes=15),
    object_store=True,
)


@dataclass(frozen=True, slots=True)
class Payload:
    """The body of a verified request, without the framing of aws-chunked."""

    body: bytes
    trailers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Credential:
    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


@dataclass(frozen=True, slots=True)
class _Claim:
    """The parts of a request's signature, unverified."""

    credential: _Credential
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    expires: timedelta | None = None


def scoped_service(request: Request) -> str | None:
    """The service that a request's credential scope names, unverified."""
    fields = _authorization_fields(request.headers.get("Authorization", ""))
    scope = fields.get("Credential") or dict(request.query).get("X-Amz-Credential", "")
    credential = _credential(scope)
    return credential.service if credential else None


def verify_aws(
    request: Request, *, identity: Identity, now: datetime, service: str, dialect: Dialect
) -> Payload:
    """Check a request's Signature Version 4.

    Args:
        request: the request as it came, with its raw target.
        identity: whose key pair and region are valid.
        now: the time of the service's clock.
        service: the signing name that the credential scope must have.
        dialect: the errors of this kind of service.

    Returns:
        The body without its framing.

    Raises:
        ApiError: the signature is missing, incomplete, expired, of another scope, or wrong.
    """
    headers = _canonical_values(request.headers)
    claim = _claim(request, headers, dialect)
    _check_credential(claim, headers, identity, service, dialect)
    _check_time(claim, _signing_time(claim, dialect), now, dialect)
    _check_signed_headers(claim, headers, dialect)
    payload_hash = _payload_hash(request, headers, claim, dialect)
    canonical = "\n".join(
        (
            request.method,
            _canonical_path(request.raw_target, dialect),
            _canonical_query(request.raw_target),
            *(f"{name}:{headers.get(name, '')}" for name in claim.signed_headers),
            "",
            ";".join(claim.signed_headers),
            payload_hash,
        )
    )
    key = signing_key(identity.secret_access_key, claim.credential.scope)
    to_sign = "\n".join(
        (ALGORITHM, claim.timestamp, claim.credential.scope, _sha256(_wire_bytes(canonical)))
    )
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), _wire_bytes(claim.signature)):
        raise ApiError(
            dialect.mismatch,
            "The request signature we calculated does not match the one that came with it. "
            "Check the secret access key and how the request is signed.",
            status=dialect.status,
        )
    if not payload_hash.startswith("STREAMING-"):
        return Payload(request.body)
    keys = ChunkKeys(key, claim.timestamp, claim.credential.scope, signature)
    return _unchunked(request.body, headers, payload_hash, keys, dialect)


def signing_key(secret_access_key: str, scope: str) -> bytes:
    """The key of a scope ``date/region/service/aws4_request``."""
    key = f"AWS4{secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _authorization_fields(authorization: str) -> dict[str, str]:
    algorithm, _, rest = authorization.strip().partition(" ")
    if algorithm != ALGORITHM:
        return {}
    return {m[1]: m[2] for part in rest.split(",") if (m := _FIELD.fullmatch(part))}


def _credential(scope: str) -> _Credential | None:
    parts = scope.rsplit("/", _SCOPE_PARTS - 1)
    return _Credential(*parts) if len(parts) == _SCOPE_PARTS else None


def _canonical_values(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names; values trimmed and folded, repeated ones joined."""
    values: dict[str, str] = {}
    for name, value in headers.items():
        folded = " ".join(value.split())
        lowered = name.lower()
        values[lowered] = f"{values[lowered]},{folded}" if lowered in values else folded
    return values


def _claim(request: Request, headers: Mapping[str, str], dialect: Dialect) -> _Claim:
    query = dict(request.query)
    if "authorization" in headers:
        fields = _authorization_fields(headers["authorization"])
        timestamp, expires = headers.get("x-amz-date") or _date(headers), None
    elif dialect.object_store and query.get("X-Amz-Algorithm") == ALGORITHM:
        fields = {
            name: query.get(f"X-Amz-{name}", "")
            for name in ("Credential", "SignedHeaders", "Signature")
        }
        timestamp, expires = query.get("X-Amz-Date", ""), _expiry(query)
    else:
        raise ApiError(dialect.missing, "The request is not signed.", status=dialect.status)
    credential = _credential(fields.get("Credential", ""))
    absent = [name for name in ("SignedHeaders", "Signature") if not fields.get(name)]
    if credential is None:
        absent.insert(0, "Credential")
    if not timestamp:
        absent.append("X-Amz-Date")
    if credential is None or absent:
        raise ApiError(
            dialect.incomplete,
            f"The authorization is incomplete or malformed: {', '.join(absent)} needed.",
            status=dialect.malformed_status,
        )
    names = tuple(sorted(name.lower() for name in fields["SignedHeaders"].split(";")))
    return _Claim(credential, names, fields["Signature"], timestamp, expires)


def _date(headers: Mapping[str, str]) -> str:
    """The ``Date`` header, which replaces ``X-Amz-Date``, in the form of the latter."""
    date = headers.get("date", "")
    try:
        signed_at = parsedate_to_datetime(date)
        # The zone -0000 means UTC, and is read as no zone.
        signed_at = signed_at.astimezone(UTC) if signed_at.tzinfo else signed_at
        return signed_at.strftime(_AMZ_DATE)
    except (ValueError, OverflowError):
        # It may also be in the form of X-Amz-Date, which is checked later.
        return date


def _expiry(query: Mapping[str, str]) -> timedelta:
    text = query.get("X-Amz-Expires", "")
    seconds = whole_number(text, 0, _MAX_EXPIRY // timedelta(seconds=1))
    if seconds is not None:
        return timedelta(seconds=seconds)
    raise ApiError(
        "AuthorizationQueryParametersError",
        "X-Amz-Expires must be a number of seconds, 604800 at most.",
    )


def _check_credential(
    claim: _Claim,
    headers: Mapping[str, str],
    identity: Identity,
    service: str,
    dialect: Dialect,
) -> None:
    credential = claim.credential
    if (
        credential.access_key_id != identity.access_key_id
        # The only key pair is a permanent one, which has no session token.
        or "x-amz-security-token" in headers
    ):
        raise ApiError(
            dialect.unknown_key,
            "The AWS access key id is not known here."
            if dialect.object_store
            else "The security token included in the request is invalid.",
            status=dialect.status,
        )
    wrong: str | None = None
    if credential.region != identity.region:
        wrong = f"to region {identity.region!r}, not {credential.region!r}"
    elif credential.service != service:
        wrong = f"to service {service!r}, not {credential.service!r}"
    elif credential.terminator != "aws4_request":
        wrong = "with the terminator 'aws4_request'"
    if wrong:
        raise ApiError(
            dialect.wrong_scope,
            f"The credential should be scoped {wrong}.",
            status=dialect.malformed_status,
        )


def _signing_time(claim: _Claim, dialect: Dialect) -> datetime:
    try:
        signed_at = datetime.strptime(claim.timestamp, _AMZ_DATE).replace(tzinfo=UTC)
    except ValueError:
        raise ApiError(
            dialect.incomplete,
            f"The date must look like 20240501T120000Z; it is {claim.timestamp!r}.",
            status=dialect.malformed_status,
        ) from None
    if claim.credential.date != claim.timestamp[:8]:
        raise ApiError(
            dialect.mismatch,
            f"The credential scope is of {claim.credential.date}, the date is {claim.timestamp}.",
            status=dialect.status,
        )
    return signed_at


def _check_time(claim: _Claim, signed_at: datetime, now: datetime, dialect: Dialect) -> None:
    if claim.expires is not None:
        if now > signed_at + claim.expires:
            raise ApiError(
                "AccessDenied", "The presigned address has expired.", status=dialect.status
            )
        early = now + dialect.skew < signed_at
        stale = False
    else:
        early, stale = signed_at > now + dialect.skew, signed_at < now - dialect.skew
    if not (early or stale):
        return
    minutes = int(dialect.skew.total_seconds() // 60)
    clock = now.strftime(_AMZ_DATE)
    if dialect.object_store:
        message = f"The request's time {claim.timestamp} is over {minutes} min from {clock}."
    elif stale:
        limit = (now - dialect.skew).strftime(_AMZ_DATE)
        message = (
            f"Signature expired: {claim.timestamp} is now earlier than {limit} "
            f"({clock} - {minutes} min.)"
        )
    else:
        limit = (now + dialect.skew).strftime(_AMZ_DATE)
        message = (
            f"Signature of the future: {claim.timestamp} is later than {limit} "
            f"({clock} + {minutes} min.)"
        )
    raise ApiError(dialect.skewed, message, status=dialect.status)


def _check_signed_headers(claim: _Claim, headers: Mapping[str, str], dialect: Dialect) -> None:
    needed: Iterable[str] = ["host"]
    if dialect.object_store:
        needed = ["host", *(name for name in headers if name.startswith("x-amz-"))]
    unsigned = sorted(set(needed) - set(claim.signed_headers))
    if unsigned:
        raise ApiError(
            "AccessDenied" if dialect.object_store else dialect.mismatch,
            f"These headers must be signed: {', '.join(unsigned)}.",
            status=dialect.status,
        )


def _payload_hash(
    request: Request, headers: Mapping[str, str], claim: _Claim, dialect: Dialect
) -> str:
    actual = _sha256(request.body)
    if not dialect.object_store:
        return actual
    declared = headers.get("x-amz-content-sha256")
    if declared is None:
        if claim.expires is not None:
            return "UNSIGNED-PAYLOAD"
        raise ApiError("InvalidRequest", "The header x-amz-content-sha256 is needed.")
    if declared not in {actual, "UNSIGNED-PAYLOAD"} and not declared.startswith("STREAMING-"):
        raise ApiError(
            "XAmzContentSHA256Mismatch",
            "The header x-amz-content-sha256 is not the hash of the body that came.",
        )
    return declared


def _unchunked(
    body: bytes, headers: Mapping[str, str], mode: str, keys: ChunkKeys, dialect: Dialect
) -> Payload:
    try:
        content, trailers = read_chunked(body, mode=mode, keys=keys)
    except ChunkedBodyError as error:
        if error.forged:
            raise ApiError(dialect.mismatch, str(error), status=dialect.status) from None
        raise ApiError("InvalidRequest", str(error)) from None
    if headers.get("x-amz-decoded-content-length", "") != str(len(content)):
        raise ApiError("IncompleteBody", "x-amz-decoded-content-length is not the body's length.")
    return Payload(content, trailers)


def _canonical_path(raw_target: str, dialect: Dialect) -> str:
    path = raw_target.partition("?")[0]
    if dialect.object_store:
        return quote(unquote_to_bytes(path), safe="/-_.~")
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    tail = "/" if kept and path.endswith("/") else ""
    return quote("/" + "/".join(kept) + tail, safe="/-_.~")


def _canonical_query(raw_target: str) -> str:
    pairs: list[tuple[str, str]] = []
    for part in raw_target.partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if part and name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(raw: str) -> str:
    return quote(unquote_to_bytes(raw), safe="-_.~")


def _wire_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
