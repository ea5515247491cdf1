"""Amazon IVS of the local cloud: playback restriction policies."""

import json
import re
import secrets
import string
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import pycountry

from vidkit.local.lazy_models import LazyModel
from vidkit.local.page_tokens import PageTokens
from vidkit.local.state import State
from vidkit.local.threads import in_thread
from vidkit.local.wire import Answer, Fault, Request, parse_json

DEFAULT_MAX_RESULTS: Final = 1
"""Policies on a page where the request names no number."""

_MEDIA_TYPE: Final = "application/json"
_ID_CHARACTERS: Final = string.ascii_letters + string.digits
_ID_LENGTH: Final = 12
_OPERATIONS: Final = frozenset(
    {
        "CreatePlaybackRestrictionPolicy",
        "GetPlaybackRestrictionPolicy",
        "UpdatePlaybackRestrictionPolicy",
        "DeletePlaybackRestrictionPolicy",
        "ListPlaybackRestrictionPolicies",
    }
)
_DEFAULTS: Final[Mapping[str, Any]] = {
    "allowedCountries": [],
    "allowedOrigins": [],
    "enableStrictOriginEnforcement": False,
    "name": "",
    "tags": {},
}
# The model's own pattern is in a notation that Python's re lacks: letters, digits, spaces of any
# script, and these signs.
_TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_FAULT_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "*",
    "Cache-Control": "no-store, no-cache",
    "X-Content-Type-Options": "nosniff",
}


class Ivs:
    """Create, get, update, delete and list playback restriction policies.

    Lists keep the order of creation. Countries must be officially assigned ISO 3166-1 codes,
    origins an ``Origin`` header's value (``https://example.com``), ``*`` or ``null``.
    """

    name = "ivs"

    def __init__(self, state: State) -> None:
        self._identity = state.identity
        self._policies: dict[str, dict[str, Any]] = {}
        self._serials: dict[str, int] = {}
        self._created = 0
        self._tokens = PageTokens()
        self._model = LazyModel("ivs", code="ValidationException")

    def operation(self, request: Request) -> str | None:
        """The operation that the path names."""
        operation = request.path.removeprefix("/")
        return operation if request.method == "POST" and operation in _OPERATIONS else None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        body = parse_json(request.body, fault=_invalid("The request body must be one JSON object."))
        parameters = await self._model.accept(operation, body)
        await in_thread(_check, parameters)
        match operation:
            case "CreatePlaybackRestrictionPolicy":
                return _policy_answer(self._create(parameters))
            case "GetPlaybackRestrictionPolicy":
                return _policy_answer(self._find(parameters))
            case "UpdatePlaybackRestrictionPolicy":
                policy = self._find(parameters)
                policy.update(parameters)
                return _policy_answer(policy)
            case "DeletePlaybackRestrictionPolicy":
                arn = self._find(parameters)["arn"]
                del self._policies[arn], self._serials[arn]
                return Answer(status=204)
            case _:
                return self._list(parameters)

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as the service has it: its type in a header, ``exceptionMessage`` in the body."""
        del request_id  # The server puts it into a header; the body has none.
        return Answer(
            status=fault.status,
            body=json.dumps({"exceptionMessage": fault.message}).encode(),
            headers={
                "Content-Type": _MEDIA_TYPE,
                "x-amzn-ErrorType": fault.code,
                **_FAULT_HEADERS,
            },
        )

    async def close(self) -> None:
        """End the work that is still running: each request ends its own."""

    def _create(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        identity = self._identity
        suffix = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))
        arn = (
            f"arn:aws:ivs:{identity.region}:{identity.account_id}"
            f":playback-restriction-policy/{suffix}"
        )
        self._policies[arn] = {"arn": arn, **_DEFAULTS, **parameters}
        self._serials[arn] = self._created
        self._created += 1
        return self._policies[arn]

    def _find(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        policy = self._policies.get(parameters["arn"])
        if policy is None:
            raise Fault(
                "ResourceNotFoundException",
                f"There is no playback restriction policy {parameters['arn']}.",
                status=404,
            )
        return policy

    def _list(self, parameters: Mapping[str, Any]) -> Answer:
        start: int | None = 0
        # An empty token is within the model's limits and asks for the first page.
        if token := parameters.get("nextToken"):
            start = self._tokens.read(token, "ListPlaybackRestrictionPolicies")
        if start is None:
            raise _invalid("nextToken is not one of this operation's.")
        size: int = parameters.get("maxResults", DEFAULT_MAX_RESULTS)
        # Counted by creation: a policy deleted between two pages shifts none of the others.
        left = [arn for arn, serial in self._serials.items() if serial >= start]
        content: dict[str, Any] = {
            "playbackRestrictionPolicies": [self._policies[arn] for arn in left[:size]]
        }
        if len(left) > size:
            position = self._serials[left[size]]
            content["nextToken"] = self._tokens.issue(position, "ListPlaybackRestrictionPolicies")
        return Answer.json(content, media_type=_MEDIA_TYPE)


def _policy_answer(policy: Mapping[str, Any]) -> Answer:
    return Answer.json({"playbackRestrictionPolicy": policy}, media_type=_MEDIA_TYPE)


def _check(parameters: Mapping[str, Any]) -> None:
    """Hold what the service documents beyond its model (blocking: reads the table of countries)."""
    for country in parameters.get("allowedCountries", ()):
        known: object = pycountry.countries.get(alpha_2=country) if country.isupper() else None
        if known is None:
            raise _invalid(f"allowedCountries: {country!r} is no ISO 3166-1 alpha-2 code.")
    for origin in parameters.get("allowedOrigins", ()):
        if not _is_origin(origin):
            raise _invalid(f"allowedOrigins: {origin!r} is no value of an Origin header.")
    tags: Mapping[str, str] = parameters.get("tags", {})
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            raise _invalid(f"tags: {key!r} begins with the reserved 'aws:'.")
        if not (_TAG_TEXT.fullmatch(key) and _TAG_TEXT.fullmatch(value)):
            raise _invalid(f"tags: {key!r} has characters that tags may not have.")


def _is_origin(text: str) -> bool:
    if text in {"*", "null"}:
        return True
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if not host or text != text.strip():
        return False
    shown = f"[{host}]" if ":" in host else host
    suffix = "" if port is None else f":{port}"
    return text.lower() == f"{parts.scheme}://{shown}{suffix}"


def _invalid(message: str) -> Fault:
    return Fault("ValidationException", message)
