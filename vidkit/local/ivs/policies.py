"""The operations on playback restriction policies."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.arns import new_arn
from vidkit.local.ivs.error_responses import conflict, invalid, over_quota
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.tags import check_tags
from vidkit.local.runtime.state import State

DEFAULT_MAX_RESULTS: Final = 1
"""The default number of policies on a page."""

_DEFAULTS: Final[Mapping[str, Any]] = {
    "allowedCountries": [],
    "allowedOrigins": [],
    "enableStrictOriginEnforcement": False,
    "name": "",
    "tags": {},
}


class Policies:
    """Create, get, list, update and delete playback restriction policies.

    Lists are in the order of creation. Origins must be values of an ``Origin`` header
    (``https://example.com`` or ``null``). A policy that a channel uses cannot be deleted.

    Args:
        state: what the services share.
        pages: issues and reads page tokens.
    """

    def __init__(self, state: State, pages: Pages) -> None:
        self._state = state
        self._account = state.of(IvsAccount)
        self._pages = pages

    def create(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``CreatePlaybackRestrictionPolicy``."""
        policies, quota = self._account.policies, self._account.max_policies
        check_tags(parameters.get("tags", {}))
        _check_origins(parameters)
        if len(policies) >= quota:
            raise over_quota("playback restriction policies", quota)
        arn = new_arn(self._state.identity, "playback-restriction-policy")
        policy = {"arn": arn, **_DEFAULTS, **parameters}
        policies.put(arn, policy)
        return {"playbackRestrictionPolicy": policy}

    def get(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``GetPlaybackRestrictionPolicy``."""
        return {"playbackRestrictionPolicy": self._account.policies.find(parameters["arn"])}

    def list_policies(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``ListPlaybackRestrictionPolicies``."""
        found, more = self._pages.page(
            lambda start: self._account.policies.since(start or 0),
            parameters,
            default_size=DEFAULT_MAX_RESULTS,
            request="ListPlaybackRestrictionPolicies",
        )
        return {"playbackRestrictionPolicies": found, **more}

    def update(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """``UpdatePlaybackRestrictionPolicy``."""
        policy = self._account.policies.find(parameters["arn"])
        _check_origins(parameters)
        policy.update(parameters)
        return {"playbackRestrictionPolicy": policy}

    def delete(self, parameters: Mapping[str, Any]) -> None:
        """``DeletePlaybackRestrictionPolicy``."""
        arn: str = self._account.policies.find(parameters["arn"])["arn"]
        if users := self._account.users_of(arn):
            raise conflict(f"{users[0]['arn']} uses the playback restriction policy {arn}.")
        self._account.policies.remove(arn)


def check_countries(countries: Iterable[str]) -> None:
    """Check that countries are officially assigned codes (blocking: reads the table of them).

    Raises:
        ApiError: ``ValidationException``.
    """
    # Imported on first use, because it is slow.
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
