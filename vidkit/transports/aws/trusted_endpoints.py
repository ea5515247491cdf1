"""The endpoints that AWS requests may go to. Pure functions."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from vidkit.config.endpoints import is_loopback
from vidkit.errors import ConfigError, DecodeError

__all__ = [
    "check_data_endpoint",
    "check_signed_request_url",
    "dns_suffixes",
    "endpoint_variable",
    "is_service_endpoint",
]

# No user, query or fragment, and nothing that two parsers could read in two ways.
_ENDPOINT = re.compile(
    r"https?://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?"
)


def endpoint_variable(service_id: str) -> str:
    """The environment variable that botocore reads for the endpoint of one service."""
    return f"AWS_ENDPOINT_URL_{service_id.replace(' ', '_').replace('-', '_').upper()}"


def dns_suffixes(partitions: Iterable[Mapping[str, Any]], region: str) -> tuple[str, ...]:
    """The DNS suffixes of a region's services, from botocore's partition data."""
    known = list(partitions)
    partition = next(
        (
            one
            for one in known
            if region in one["regions"] or re.fullmatch(one["regionRegex"], region)
        ),
        # botocore, too, uses the first partition for an unknown region.
        known[0],
    )
    outputs = partition["outputs"]
    plain = outputs["dnsSuffix"]
    return tuple({plain: 1, f"vpce.{plain}": 1, outputs["dualStackDnsSuffix"]: 1})


def is_service_endpoint(
    address: str, *, service: str, region: str, suffixes: Iterable[str]
) -> bool:
    """Whether an endpoint is https, in the domain of an AWS service in a region.

    Buckets, functions and instances of any customer have names below AWS's domains as well, so the
    service and the region must precede the suffix.

    Args:
        address: the endpoint, such as ``https://b-1a2b.kinesisvideo.eu-central-1.amazonaws.com``.
        service: such as ``kinesisvideo``.
        region: such as ``eu-central-1``.
        suffixes: the result of `dns_suffixes`.
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
    """Check that a request may go to a data endpoint that a response named.

    Args:
        address: the data endpoint.
        configured: endpoints that were configured in place of the service's own, if any.
        service: the service's name in its domain.
        region: the client's region.
        suffixes: the result of `dns_suffixes`.

    Raises:
        DecodeError: it is neither the service's nor on a configured host.
    """
    own = list(configured)
    if not own:
        fits = is_service_endpoint(address, service=service, region=region, suffixes=suffixes)
        where = f"https below {service}.{region}.{next(iter(suffixes))}"
    else:
        host = _host(address)
        fits = host is not None and any(
            host == _host(each) or (is_loopback(address) and is_loopback(each)) for each in own
        )
        where = f"on the configured host {' or '.join(_origin(each) for each in own)}"
    if not fits:
        raise DecodeError(
            f"the data endpoint {_origin(address)!r} is not {where}; nothing was sent there"
        )


def check_signed_request_url(address: str) -> None:
    """Check that a signed request may go to a URL: plain http must not leave this machine.

    Raises:
        ConfigError: the URL is plain http to another machine.
    """
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        raise ConfigError(
            f"endpoint_url, or AWS_ENDPOINT_URL: {_origin(address)!r} must be https; plain http "
            "is for this machine's own addresses, or needs allow_http=True"
        )


def _host(address: str) -> str | None:
    return found["host"].lower() if (found := _ENDPOINT.fullmatch(address)) else None


def _origin(address: str) -> str:
    """The origin of an endpoint, for a message: without path, query (both may be long) and user."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "no address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"[:200]
