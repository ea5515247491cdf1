"""What is done to playback restriction policies."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from vidkit.local.ivs.arns import new_arn
from vidkit.local.ivs.error_responses import conflict, invalid, over_quota
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.tags import check_tags
from vidkit.local.runtime.state import State

DEFAULT_MAX_RESULTS: Final = 1
"""Policies on a page where the request names no number."""

_DEFAULTS: Final[Mapping[str, Any]] = {
    "allowedCountries": [],
    "allowedOrigins": [],
    "enableStrictOriginEnforcement": False,
    "name": "",
    "tags": {},
}


class Policies:
    """Create, get, list, update and delete playback restriction policies.

    Lists keep the order of creation. Origins must be an ``Origin`` header's value
    (``https://example.com`` or ``null``). A policy that a channel uses cannot be deleted.

    Args:
        state: what the services share.
        pages: where the tokens of pages come from.
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self._state = state
        self._pages = pages

    def create(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``CreatePlaybackRestrictionPolicy``."""
        policies = self._state.ivs.policies
        check_tags(parameters.get("tags", {}))
        _check_origins(parameters)
        if len(policies) >= self._state.most_policies:
            raise over_quota("playback restriction policies", self._state.most_policies)
        arn = new_arn(self._state.identity, "playback-restriction-policy")
        policy = {"arn": arn, **_DEFAULTS, **parameters}
        policies.put(arn, policy)
        return {"playbackRestrictionPolicy": policy}

    def get(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``GetPlaybackRestrictionPolicy``."""
        return {"playbackRestrictionPolicy": self._state.ivs.policies.find(parameters["arn"])}

    def list_policies(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``ListPlaybackRestrictionPolicies``."""
        found, more = self._pages.page(
            lambda start: self._state.ivs.policies.since(start or 0),
            parameters,
            default_size=DEFAULT_MAX_RESULTS,
            request="ListPlaybackRestrictionPolicies",
        )
        return {"playbackRestrictionPolicies": found, **more}

    def update(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``UpdatePlaybackRestrictionPolicy``."""
        policy = self._state.ivs.policies.find(parameters["arn"])
        _check_origins(parameters)
        policy.update(parameters)
        return {"playbackRestrictionPolicy": policy}

    def delete(self, parameters: Mapping[str, Any]) -> None:
        """``DeletePlaybackRestrictionPolicy``."""
        arn: str = self._state.ivs.policies.find(parameters["arn"])["arn"]
        if users := self._state.ivs.users_of(arn):
            raise conflict(f"{users[0]['arn']} uses the playback restriction policy {arn}.")
        self._state.ivs.policies.remove(arn)


def check_countries(countries: Iterable[str]) -> None:
    """Refuse what is no officially assigned country code (blocking: reads the table of them).

    Raises:
        Fault: ``ValidationException``.
    """
    # Imported on first use: reading the table takes a while.
    import pycountry

    for country in countries:
        known: object = pycountry.countries.get(alpha_2=country) if country.isupper() else None
        if known is None:
            raise invalid(f"allowedCountries: {country!r} is no ISO 3166-1 alpha-2 code.")


def _check_origins(parameters: Mapping[str, Any]) -> None:
    for origin in parameters.get("allowedOrigins", ()):
        if not _is_origin(origin):
            raise invalid(f"allowedOrigins: {origin!r} is no value of an Origin header.")


def _is_origin(text: str) -> bool:
    if text == "null":
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
