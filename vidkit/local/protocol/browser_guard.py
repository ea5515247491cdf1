"""Rejects requests that a web page in a browser could have sent to this machine."""

from urllib.parse import urlsplit

from vidkit.local.protocol.wire import Request


def rejection_reason(request: Request) -> str | None:
    """Why a request to an unsigned endpoint must be rejected; None when it may be served.

    Browsers send ``Origin`` or ``Sec-Fetch-Site`` with the requests of pages. A page whose own
    domain name resolves to this machine cannot change the ``Host`` header.
    """
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        host = "?"
    if host not in {"localhost", "::1"} and not host.startswith("127."):
        return f"the host {host!r} is no loopback name"
    # A URL that a person typed into the address bar comes from no site: "none".
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return "requests of web pages are not served"
    return None
