"""The proxy that the environment sets for an endpoint."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from vidkit.config.endpoints import is_link_local, is_loopback

__all__ = ["environment_proxy"]


def environment_proxy(address: str) -> str | None:
    """The proxy of ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``; None without."""
    if is_loopback(address) or is_link_local(address):
        return None
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.hostname or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
