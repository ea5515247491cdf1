"""The errors of botocore and aiohttp as vidkit errors, without secrets."""

# botocore ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import socket
from typing import Any

from aiohttp import ClientConnectorError
from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

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
    botocore_errors.CredentialRetrievalError,
    botocore_errors.EndpointProviderError,
    botocore_errors.InvalidEndpointConfigurationError,
    botocore_errors.LoginError,
    botocore_errors.MetadataRetrievalError,
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.SSOError,
    botocore_errors.TokenRetrievalError,
)


def safe_cause(error: Exception) -> Exception | None:
    """The error as a cause; None when its text must not appear in a traceback."""
    if isinstance(error, ResponseParserError):
        # Its text is the whole response, which may hold secrets.
        return None
    text = f"{error}"
    return error if redacted(text) == text else None


def configuration_error(error: Exception) -> ConfigError:
    """The error for a failure before anything was sent: configuration, credentials, endpoints."""
    if isinstance(error, ResponseParserError):
        return ConfigError("AWS configuration: credentials: a response that cannot be read")
    return ConfigError(f"AWS configuration: {redacted(str(error))}")


def credentials_error(error: Any) -> VidKitError:
    """The error for an error response of a service that provides credentials.

    The caller's own request was not sent.
    """
    details = error.response.get("Error", {})
    converted = service_error(
        code=details.get("Code"),
        status=error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400),
        message=f"credentials: {error.operation_name}: {redacted(str(details.get('Message')))}",
    )
    converted.ambiguous = False
    return converted


def translate(error: Exception) -> VidKitError:
    """The vidkit error for an error of botocore that is no error response."""
    if isinstance(error, ResponseParserError):
        return DecodeError("the response is not the XML that its API defines", ambiguous=True)
    text = redacted(f"{error}")
    if isinstance(error, _CONFIG_ERRORS):
        return ConfigError(text)
    sent = not _never_sent(error)
    if isinstance(error, botocore_errors.ConnectTimeoutError | botocore_errors.ReadTimeoutError):
        return VidKitTimeoutError(text, retryable=True, ambiguous=sent)
    if isinstance(error, botocore_errors.SSLError):
        return TransportError(text)
    if isinstance(error, botocore_errors.HTTPClientError | botocore_errors.ConnectionError):
        return TransportError(text, retryable=True, ambiguous=sent)
    return TransportError(f"{type(error).__name__}: {text}", ambiguous=True)


def _never_sent(error: Exception) -> bool:
    if isinstance(
        error, botocore_errors.ConnectTimeoutError | botocore_errors.ProxyConnectionError
    ):
        return True
    # EndpointConnectionError also covers a reset after sending: only its cause says which.
    cause = error.kwargs.get("error") if isinstance(error, botocore_errors.BotoCoreError) else None
    return isinstance(cause, ClientConnectorError | socket.gaierror)
