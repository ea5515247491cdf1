"""Addresses of endpoints: whether they are sound, whose they are, what goes to them; pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from vidkit._internal.arguments import shown
from vidkit.errors import ConfigError

__all__ = ["check_address", "check_private", "is_link_local", "is_loopback"]


def check_address(value: str | None, parameter: str) -> None:
    """An address of scheme, host and perhaps port and path.

    Raises:
        ConfigError: it is not; the value, which may hold a password, is not shown.
    """
    if value is None:
        return
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    else:
        sound = sound and not parts.query and not parts.fragment and parts.username is None
    if not sound:
        raise ConfigError(f"{parameter}: must be an address such as https://host:port, no more")


def check_private(value: str | None, parameter: str, *, allow_http: bool = False) -> None:
    """An address that credentials may be sent to: plain http does not leave this machine.

    Raises:
        ConfigError: it is no address, or a plain one elsewhere.
    """
    check_address(value, parameter)
    if allow_http or not value:
        return
    if urlsplit(value).scheme == "http" and not is_loopback(value):
        raise ConfigError(
            f"{parameter}={shown(value)}: must be https; plain http is for this machine's own "
            "addresses, or needs allow_http=True"
        )


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own, which no proxy can reach for us."""
    host = urlsplit(address or "").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_link_local(address: str) -> bool:
    """Whether an address is on this machine's own link, as metadata services are."""
    try:
        return ip_address(urlsplit(address).hostname or "").is_link_local
    except ValueError:
        return False
