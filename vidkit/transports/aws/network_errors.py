"""The errors of aiohttp for a request of vidkit's own."""

import socket
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ClientSSLError,
    ConnectionTimeoutError,
)
from aiohttp.http_exceptions import HttpProcessingError

from vidkit._internal.descriptors import is_lack_of_descriptors, lack_of_descriptors
from vidkit.errors import TransportError, VidKitError, VidKitTimeoutError
from vidkit.transports.redaction import redacted

__all__ = ["NETWORK_ERRORS", "network_error"]

NETWORK_ERRORS = (ClientError, HttpProcessingError, OSError)
"""What aiohttp raises for a network that fails; TimeoutError is an OSError."""

_NEVER_SENT = (
    ClientConnectorError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ConnectionTimeoutError,
    socket.gaierror,
)


def network_error(error: Exception, url: str) -> VidKitError:
    """The vidkit error for one of `NETWORK_ERRORS`.

    Args:
        error: what aiohttp raised.
        url: the URL of the request; the message has its origin.
    """
    if is_lack_of_descriptors(error):
        return lack_of_descriptors()
    text = redacted(f"{_origin(url)}: {str(error) or type(error).__name__}")
    sent = not isinstance(error, _NEVER_SENT)
    if isinstance(error, TimeoutError):
        return VidKitTimeoutError(text, retryable=True, ambiguous=sent)
    may_pass = not isinstance(error, ClientSSLError)
    return TransportError(text, retryable=may_pass, ambiguous=may_pass and sent)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
