import asyncio
import socket

import aiohttp
import pytest
from botocore import exceptions as botocore_errors
from yarl import URL

from vidkit import AwsConfig, ConfigError, TransportError, VidKitTimeoutError
from vidkit.transports.aws import AwsTransport, _translate
from vidkit.transports.base import AwsRequest

KEY = aiohttp.client_reqrep.ConnectionKey("127.0.0.1", 80, False, True, None, None, None)
REFUSED = aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused"))
ADDRESS = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("raised", "cls", "retryable", "ambiguous"),
    [
        (
            botocore_errors.EndpointConnectionError(endpoint_url=ADDRESS, error=REFUSED),
            TransportError,
            True,
            False,
        ),
        (
            botocore_errors.EndpointConnectionError(endpoint_url=ADDRESS, error=socket.gaierror()),
            TransportError,
            True,
            False,
        ),
        (
            botocore_errors.EndpointConnectionError(
                endpoint_url=ADDRESS, error=aiohttp.ClientOSError(104, "reset")
            ),
            TransportError,
            True,
            True,
        ),
        (
            botocore_errors.ConnectionClosedError(endpoint_url=ADDRESS),
            TransportError,
            True,
            True,
        ),
        (
            botocore_errors.ConnectTimeoutError(endpoint_url=ADDRESS),
            VidKitTimeoutError,
            True,
            False,
        ),
        (botocore_errors.ReadTimeoutError(endpoint_url=ADDRESS), VidKitTimeoutError, True, True),
        (
            botocore_errors.SSLError(endpoint_url=ADDRESS, error="self-signed"),
            TransportError,
            False,
            False,
        ),
        (
            botocore_errors.ProxyConnectionError(proxy_url=ADDRESS),
            TransportError,
            True,
            False,
        ),
        (botocore_errors.NoCredentialsError(), ConfigError, False, False),
        (
            botocore_errors.CredentialRetrievalError(provider="sso", error_msg="x"),
            ConfigError,
            False,
            False,
        ),
        (ValueError("a bug below"), TransportError, False, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_botocore_raises_becomes_ours(raised, cls, retryable, ambiguous):
    error = _translate(raised)
    assert type(error) is cls
    assert (error.retryable, error.ambiguous) == (retryable, ambiguous)


async def test_many_first_calls_open_one_client(scripted, monkeypatch):
    scripted.json({})
    config = AwsConfig(
        region="us-east-1",
        access_key_id="a",
        secret_access_key="b",
        endpoint_url=scripted.endpoint,
    )
    transport = AwsTransport(config)
    request = AwsRequest("ivs", "ListPlaybackRestrictionPolicies", {})
    replies = await asyncio.gather(*(transport.send(request) for _ in range(5)))
    assert {reply.status for reply in replies} == {200}
    assert len(transport._clients) == 1
    await transport.close()
    await transport.close()


async def test_a_request_can_go_to_an_address_of_its_own(scripted):
    scripted.json({"Images": []})
    config = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=ADDRESS
    )
    transport = AwsTransport(config)
    reply = await transport.send(
        AwsRequest(
            "kinesis-video-archived-media",
            "GetImages",
            {"StreamName": "s", "ImageSelectorType": "SERVER_TIMESTAMP", "Format": "JPEG"}
            | {"StartTimestamp": 0, "EndTimestamp": 0},
            f"{scripted.endpoint}/data/7/",
        )
    )
    await transport.close()
    assert reply.body == b'{"Images": []}'
    request, _ = scripted.requests[0]
    assert URL(str(request.url)).path == "/data/7/getImages"
    assert request.headers["Host"] == scripted.endpoint.removeprefix("http://")


async def test_half_a_key_pair_in_the_environment_is_a_config_error(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    transport = AwsTransport(AwsConfig(region="us-east-1"))
    with pytest.raises(ConfigError, match=r"aws_secret_access_key|credentials"):
        await transport.send(AwsRequest("ivs", "ListPlaybackRestrictionPolicies", {}))
    await transport.close()
