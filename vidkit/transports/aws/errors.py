"""The errors of botocore and aiohttp as vidkit errors, without secrets."""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import socket
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from aiohttp.http_exceptions import HttpProcessingError
from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from vidkit._internal.descriptors import (
    has_free_descriptor,
    is_lack_of_descriptors,
    lack_of_descriptors,
)
from vidkit.errors import (
    ConfigError,
    DecodeError,
    TransportError,
    VidKitError,
    VidKitTimeoutError,
    service_error,
)
from vidkit.transports.redaction import redacted

__all__ = ["configuration_error", "credentials_error", "safe_cause", "translate"]

_CONFIG_ERRORS = (
    botocore_errors.BaseEndpointResolverError,
    botocore_errors.EndpointProviderError,
    botocore_errors.InvalidEndpointConfigurationError,
    botocore_errors.NoCredentialsError,
)


_NETWORK_ERRORS = (ClientError, HttpProcessingError, OSError)


def safe_cause(error: Exception) -> Exception | None:
    """The error as a cause; None when its text must not appear in a traceback."""
    if isinstance(error, ResponseParserError):
        # Its text is the whole response, which may hold secrets.
        return None
    text = f"{error}"
    return error if redacted(text) == text else None


def configuration_error(error: Exception) -> VidKitError:
    """The error for a failure to open a client: configuration, credentials, endpoints.

    A ConfigError is kept, unless its cause may be a lack of file descriptors: botocore treats files
    that it cannot open like files that do not exist.
    """
    if isinstance(error, VidKitError) and not isinstance(error, ConfigError):
        return error
    if is_lack_of_descriptors(error) or not has_free_descriptor():
        return lack_of_descriptors()
    if isinstance(error, ConfigError):
        return error
    if isinstance(error, ResponseParserError):
        return ConfigError("AWS configuration: credentials: a response that cannot be read")
    return ConfigError(f"AWS configuration: {redacted(str(error))}")


def credentials_error(error: Exception, source: str = "") -> VidKitError:
    """The error for a failure of a source of credentials.

    The caller's own request was not sent.

    Args:
        error: what aiobotocore raised.
        source: the name of the source in the message.
    """
    if is_lack_of_descriptors(error):
        return lack_of_descriptors()
    failure = _credentials_error(error, source)
    failure.ambiguous = False
    return failure


def _credentials_error(error: Exception, source: str) -> VidKitError:
    if isinstance(error, VidKitError):
        return error
    if isinstance(error, botocore_errors.ClientError):
        return _credentials_rejected(error)
    if isinstance(error, ResponseParserError):
        return DecodeError(f"credentials: {source}a response that cannot be read")
    if _is_of_network(error):
        failure = translate(error)
        failure.message = f"credentials: {source}{failure.message}"
        return failure
    known = isinstance(error, botocore_errors.BotoCoreError)
    kind = "" if known else f"{type(error).__name__}: "
    return ConfigError(f"credentials: {source}{kind}{redacted(str(error))}")


def _credentials_rejected(error: Any) -> VidKitError:
    """The error for an error response of a service that provides credentials."""
    details = error.response.get("Error", {})
    return service_error(
        code=details.get("Code"),
        status=error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400),
        message=f"credentials: {error.operation_name}: {redacted(str(details.get('Message')))}",
    )


def translate(error: Exception) -> VidKitError:
    """The vidkit error for an error of botocore that is no error response."""
    if isinstance(error, ResponseParserError):
        return DecodeError("the response is not the XML that its API defines", ambiguous=True)
    if is_lack_of_descriptors(error):
        return lack_of_descriptors()
    text = redacted(f"{error}")
    if isinstance(error, _CONFIG_ERRORS):
        return ConfigError(text)
    sent = not _never_sent(error)
    if isinstance(error, botocore_errors.ConnectTimeoutError | botocore_errors.ReadTimeoutError):
        return VidKitTimeoutError(text, retryable=True, ambiguous=sent)
    if _is_of_network(error):
        may_pass = not isinstance(error, botocore_errors.SSLError)
        return TransportError(text, retryable=may_pass, ambiguous=may_pass and sent)
    # A bug of a library, which another attempt would meet again.
    is_wrapped = isinstance(error, botocore_errors.HTTPClientError)
    cause = _cause(error) if is_wrapped else error
    return TransportError(f"{type(cause).__name__}: {text}", ambiguous=True)


def _is_of_network(error: Exception) -> bool:
    """Whether an error is one of connections, and not a bug in a library.

    aiobotocore makes an HTTPClientError of whatever is raised while it sends.
    """
    if type(error) is botocore_errors.HTTPClientError:
        return isinstance(_cause(error), _NETWORK_ERRORS)
    return isinstance(error, botocore_errors.HTTPClientError | botocore_errors.ConnectionError)


def _cause(error: Any) -> object:
    """What aiobotocore made an error of."""
    return error.kwargs.get("error")


def _never_sent(error: Exception) -> bool:
    if isinstance(
        error, botocore_errors.ConnectTimeoutError | botocore_errors.ProxyConnectionError
    ):
        return True
    # EndpointConnectionError also covers a reset after sending: only its cause says which.
    cause = error.kwargs.get("error") if isinstance(error, botocore_errors.BotoCoreError) else None
    return isinstance(cause, ClientConnectorError | socket.gaierror)
