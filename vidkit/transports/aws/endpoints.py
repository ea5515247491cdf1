"""Which addresses AWS requests may go to. Pure functions."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from vidkit.config.endpoints import is_loopback
from vidkit.errors import ConfigError, DecodeError

__all__ = [
    "check_data_endpoint",
    "check_private",
    "dns_suffixes",
    "endpoint_variable",
    "is_of_the_service",
]

# No user, query or fragment, and nothing that two parsers could read in two ways.
_ADDRESS = re.compile(
    r"https?://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?"
)


def endpoint_variable(service_id: str) -> str:
    """The environment variable in which botocore looks for one service's address."""
    return f"AWS_ENDPOINT_URL_{service_id.replace(' ', '_').replace('-', '_').upper()}"


def dns_suffixes(partitions: Iterable[Mapping[str, Any]], region: str) -> tuple[str, ...]:
    """The domains that a region's services are in, by botocore's data of partitions."""
    known = list(partitions)
    partition = next(
        (
            one
            for one in known
            if region in one["regions"] or re.fullmatch(one["regionRegex"], region)
        ),
        # As botocore does for a region that nobody has heard of.
        known[0],
    )
    outputs = partition["outputs"]
    plain = outputs["dnsSuffix"]
    return tuple({plain: 1, f"vpce.{plain}": 1, outputs["dualStackDnsSuffix"]: 1})


def is_of_the_service(address: str, *, service: str, region: str, suffixes: Iterable[str]) -> bool:
    """Whether an address is https, in the domain of a service of AWS in a region.

    Buckets, functions and machines of anybody have names below AWS's domains as well, so the
    service and its region have to stand in front of them.

    Args:
        address: such as ``https://b-1a2b.kinesisvideo.eu-central-1.amazonaws.com``.
        service: such as ``kinesisvideo``.
        region: such as ``eu-central-1``.
        suffixes: what `dns_suffixes` gives.
    """
    host = _host(address)
    if not host or urlsplit(address).scheme != "https":
        return False
    ends = "|".join(re.escape(suffix) for suffix in suffixes)
    domain = rf"(.+\.)?{re.escape(service)}(-fips)?\.{re.escape(region)}\.({ends})"
    return re.fullmatch(domain, host) is not None


def check_data_endpoint(
    address: str, *, configured: Iterable[str], service: str, region: str, suffixes: Iterable[str]
) -> None:
    """Whether a request may go to an address that an answer of the service named.

    Args:
        address: what the answer named.
        configured: addresses that were configured in place of the service's own, if any.
        service: the service's name in its domain.
        region: the client's region.
        suffixes: what `dns_suffixes` gives.

    Raises:
        DecodeError: it is none of the service's, nor on the configured host.
    """
    places = list(configured)
    if not places:
        fits = is_of_the_service(address, service=service, region=region, suffixes=suffixes)
        where = f"https below {service}.{region}.{next(iter(suffixes))}"
    else:
        host = _host(address)
        fits = host is not None and any(
            host == _host(place) or (is_loopback(address) and is_loopback(place))
            for place in places
        )
        where = f"on the configured host {' or '.join(_origin(place) for place in places)}"
    if not fits:
        raise DecodeError(
            f"the data endpoint {_origin(address)!r} is not {where}; nothing was sent there"
        )


def check_private(address: str) -> None:
    """Whether signed requests may go to an address: plain http does not leave this machine.

    Raises:
        ConfigError: it is plain http, elsewhere.
    """
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        raise ConfigError(
            f"endpoint_url, or AWS_ENDPOINT_URL: {_origin(address)!r} must be https; plain http "
            "is for this machine's own addresses, or needs allow_http=True"
        )


def _host(address: str) -> str | None:
    return found["host"].lower() if (found := _ADDRESS.fullmatch(address)) else None


def _origin(address: str) -> str:
    """An address for a message: without path and query, which may be long, and without a user."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "no address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"[:200]
