"""Requests that a web page in a browser could have sent to this machine."""

from urllib.parse import urlsplit

from vidkit.local.protocol.wire import Request


def page_complaint(request: Request) -> str | None:
    """Why a request to an unsigned endpoint must not be served; None when nothing is wrong.

    Browsers send ``Origin`` or ``Sec-Fetch-Site`` with what pages ask for, and a page that has
    had its own name point here cannot change the ``Host``.
    """
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        host = "?"
    if host not in {"localhost", "::1"} and not host.startswith("127."):
        return f"the host {host!r} is no loopback name"
    # What a person typed into the address line comes from no site: "none".
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return "requests of web pages are not served"
    return None
