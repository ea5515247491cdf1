"""The rules for the countries and origins of IVS. Pure functions."""

import functools
import re
from collections.abc import Sequence
from difflib import get_close_matches
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit

__all__ = ["check_countries", "check_origins", "countries"]

_MAX_ORIGIN_LENGTH = 128

_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*",
    re.IGNORECASE,
)


@functools.cache
def countries() -> dict[str, str]:
    """The names of countries by code; the first call takes a tenth of a second."""
    # Imported on first use, since most calls need no countries.
    import pycountry

    table: Any = pycountry.countries
    return {country.alpha_2: country.name for country in table}


def _suggestion(code: str) -> str:
    upper = code.strip().upper()
    known = countries()
    if upper in known:
        return f"; did you mean {upper!r} ({known[upper]})?"
    by_name = {name.upper(): alpha for alpha, name in known.items()}
    near = get_close_matches(upper, by_name, n=1, cutoff=0.8)
    if near:
        return f"; did you mean {by_name[near[0]]!r} ({known[by_name[near[0]]]})?"
    codes = get_close_matches(upper, known, n=3, cutoff=0.5)
    listed = ", ".join(f"{alpha!r} ({known[alpha]})" for alpha in codes)
    return f"; near it are {listed}" if listed else ""


def check_countries(codes: Sequence[str]) -> Sequence[str]:
    """Check that codes are officially assigned ISO 3166-1 alpha-2 codes.

    Raises:
        ValueError: a code is invalid; the message names the first one and similar codes.
    """
    for code in codes:
        if code not in countries():
            raise ValueError(f"{code!r} is no ISO 3166-1 alpha-2 country code{_suggestion(code)}")
    return codes


def _origin_fault(origin: str) -> str | None:
    # The value of the Origin header for a page that has no origin.
    if origin == "null":
        return None
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return str(error)
    plain = origin == origin.lower() and not any(mark.isspace() for mark in origin)
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    rules = (
        (len(origin) <= _MAX_ORIGIN_LENGTH, f"is longer than {_MAX_ORIGIN_LENGTH} characters"),
        (plain, "must be in lower case and without spaces, as browsers send it"),
        (origin.startswith(f"{parts.scheme}://") and host, "must be scheme://host[:port]"),
        ("@" not in parts.netloc, "must not have a user"),
        (
            not (parts.path or parts.query or parts.fragment)
            and not origin.endswith(("?", "#", ":")),
            "must end after host and port: no path, not even a slash at the end",
        ),
        (
            _is_valid_host(host) and ("[" in parts.netloc) == (":" in host),
            f"has no valid host: {host!r}",
        ),
        (
            port is None or port not in {0, default_port},
            f"must not name port {port}; browsers leave it out",
        ),
        (
            port is None or parts.netloc.endswith(f":{port}"),
            f"must name port {port} without zeros before it",
        ),
    )
    return next((fault for is_valid, fault in rules if not is_valid), None)


def _is_valid_host(host: str) -> bool:
    if ":" not in host:  # otherwise an IPv6 address
        return _HOST.fullmatch(host) is not None
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True


def check_origins(origins: Sequence[str]) -> Sequence[str]:
    """Check that origins are such as browsers send them in the Origin header.

    Raises:
        ValueError: an origin is invalid; the message names the first one and the reason.
    """
    for origin in origins:
        if (fault := _origin_fault(origin)) is not None:
            raise ValueError(f"{origin!r} is no origin such as 'https://example.com': {fault}")
    return origins
