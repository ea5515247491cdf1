"""Rejects requests that a web page in a browser could have sent to this machine."""

import re

from vidkit.config.endpoints import is_loopback_host
from vidkit.local.protocol.wire import Request

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::[0-9]*)?")


def rejection_reason(request: Request) -> str | None:
    """Why a request to an unsigned endpoint must be rejected; None when it may be served.

    Browsers send ``Origin`` or ``Sec-Fetch-Site`` with the requests of pages. A page whose own
    domain name resolves to this machine cannot change the ``Host`` header.
    """
    named = request.headers.get("Host", "")
    found = _HOST.fullmatch(named)
    if found is None or not is_loopback_host((found[1] or found[2]).lower()):
        return f"the host {named!r} is no loopback name"
    # A URL that a person typed into the address bar comes from no site: "none".
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return "requests of web pages are not served"
    return None
