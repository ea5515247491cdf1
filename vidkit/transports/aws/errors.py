"""What botocore and aiohttp raise, as vidkit's errors; without secrets that others quote."""

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

__all__ = ["credentials_refused", "shown_cause", "translate", "unusable"]

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


def shown_cause(error: Exception) -> Exception | None:
    """The error, to be a cause; None when its text is not to be seen in a traceback."""
    if isinstance(error, ResponseParserError):
        # Its text is the whole answer, whatever that holds.
        return None
    text = f"{error}"
    return error if redacted(text) == text else None


def unusable(error: Exception) -> ConfigError:
    """What went wrong before anything was sent: configuration, credentials, addresses."""
    if isinstance(error, ResponseParserError):
        return ConfigError("AWS configuration: credentials: an answer that cannot be read")
    return ConfigError(f"AWS configuration: {redacted(str(error))}")


def credentials_refused(error: Any) -> VidKitError:
    """A refusal of the service that credentials come from; nothing else was sent."""
    refused = error.response.get("Error", {})
    found = service_error(
        code=refused.get("Code"),
        status=error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400),
        message=f"credentials: {error.operation_name}: {redacted(str(refused.get('Message')))}",
    )
    found.ambiguous = False
    return found


def translate(error: Exception) -> VidKitError:
    """A vidkit error for whatever botocore raised other than a service's refusal."""
    if isinstance(error, ResponseParserError):
        return DecodeError("the answer is not the XML that its API promises", ambiguous=True)
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
    # EndpointConnectionError also stands for a reset after sending: only its cause tells.
    cause = error.kwargs.get("error") if isinstance(error, botocore_errors.BotoCoreError) else None
    return isinstance(cause, ClientConnectorError | socket.gaierror)
