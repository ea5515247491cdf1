"""Checks of endpoint URLs. Pure functions."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from vidkit._internal.arguments import short_repr
from vidkit.errors import ConfigError

__all__ = [
    "check_endpoint_url",
    "check_secure_endpoint",
    "is_link_local",
    "is_loopback",
    "is_loopback_host",
]


def check_endpoint_url(value: str | None, parameter: str) -> None:
    """Check that a value is None or an endpoint URL.

    It has a scheme (http or https), a host, and optionally a port and a path.

    Raises:
        ConfigError: it is not. The message omits the value, which may hold a password.
    """
    if value is None:
        return
    try:
        parts = urlsplit(value)
        is_valid = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    else:
        is_valid = is_valid and not parts.query and not parts.fragment and parts.username is None
    if not is_valid:
        raise ConfigError(
            f"{parameter}: must be a URL such as https://host:port, without user, query or fragment"
        )


def check_secure_endpoint(value: str | None, parameter: str, *, allow_http: bool = False) -> None:
    """Check that credentials may be sent to an endpoint.

    It must be https, or http to a loopback address.

    Args:
        value: the endpoint URL, or None.
        parameter: the name of the parameter, for the error message.
        allow_http: whether http is allowed to any address.

    Raises:
        ConfigError: the value is not an endpoint URL, or http is not allowed there.
    """
    check_endpoint_url(value, parameter)
    if allow_http or not value:
        return
    if urlsplit(value).scheme == "http" and not is_loopback(value):
        raise ConfigError(
            f"{parameter}={short_repr(value)}: must be https; plain http is for this machine's own "
            "addresses, or needs allow_http=True"
        )


def is_loopback(address: str | None) -> bool:
    """Whether a URL's host is this machine, which is never behind a proxy."""
    try:
        return is_loopback_host(urlsplit(address or "").hostname or "")
    except ValueError:
        return False


@lru_cache(maxsize=64)
def is_loopback_host(host: str) -> bool:
    """Whether a host is ``localhost`` or a loopback address.

    An address is parsed, because a name such as ``127.example.com`` looks like one.

    Args:
        host: a name or an address, without port and brackets.
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_link_local(address: str) -> bool:
    """Whether a URL's host is link-local, as that of a metadata service is."""
    try:
        return ip_address(urlsplit(address).hostname or "").is_link_local
    except ValueError:
        return False
