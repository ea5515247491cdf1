import asyncio
import ssl

import pytest
from yarl import URL

from vidkit import (
    AwsConfig,
    ConfigError,
    DecodeError,
    RequestError,
    RetryPolicy,
    TransportError,
    UnavailableError,
    VidKit,
    VidKitError,
)
from vidkit.transports.aws.transport import AwsTransport
from vidkit.transports.base import AwsRequest

ADDRESS = "http://127.0.0.1:1"


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
    assert {response.status for response in replies} == {200}
    assert len(transport._services) == 1
    await transport.close()
    await transport.close()


async def test_a_request_can_go_to_an_address_of_its_own(scripted):
    scripted.json({"Images": []})
    config = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=ADDRESS
    )
    transport = AwsTransport(config)
    response = await transport.send(
        AwsRequest(
            "kinesis-video-archived-media",
            "GetImages",
            {"StreamName": "s", "ImageSelectorType": "SERVER_TIMESTAMP", "Format": "JPEG"}
            | {"StartTimestamp": 0, "EndTimestamp": 0},
            f"{scripted.endpoint}/data/7/",
        )
    )
    await transport.close()
    assert response.body == b'{"Images": []}'
    request, _ = scripted.requests[0]
    assert URL(str(request.url)).path == "/data/7/getImages"
    assert request.headers["Host"] == scripted.endpoint.removeprefix("http://")


async def test_half_a_key_pair_in_the_environment_is_a_config_error(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    transport = AwsTransport(AwsConfig(region="us-east-1"))
    with pytest.raises(ConfigError, match=r"aws_secret_access_key|credentials"):
        await transport.send(AwsRequest("ivs", "ListPlaybackRestrictionPolicies", {}))
    await transport.close()


async def test_credentials_follow_no_redirect(scripted, monkeypatch, tmp_path):
    path = tmp_path / "config"
    path.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=c\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", scripted.endpoint)
    scripted.json({}, status=307, Location=f"{scripted.endpoint}/elsewhere")
    config = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=scripted.endpoint)
    async with VidKit(aws=config) as kit:
        with pytest.raises(VidKitError):
            await kit.ivs.list_playback_restriction_policies().collect()
    assert {request.path for request, _ in scripted.requests} == {"/"}


async def test_a_service_of_credentials_that_is_down_is_asked_by_one_layer(
    scripted, monkeypatch, tmp_path
):
    path = tmp_path / "config"
    path.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", scripted.endpoint)
    scripted.raw(b"", status=503, content_type="text/xml")
    config = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=scripted.endpoint)
    async with VidKit(aws=config, retry=RetryPolicy(max_attempts=3, base_delay=0)) as kit:
        with pytest.raises(UnavailableError) as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    # Nothing was created for certain: the request was never sent.
    assert not caught.value.ambiguous
    assert caught.value.attempts == len(scripted.requests) == 3


async def test_a_get_on_a_connection_that_has_gone_is_not_sent_twice(scripted):
    scripted.json({"tags": {}}).drop()
    arn = "arn:aws:ivs:us-east-1:123456789012:channel/abcDEF123456"
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        await kit.ivs.list_tags_for_resource(arn)
        with pytest.raises(TransportError):
            await kit.ivs.list_tags_for_resource(arn)
    assert [request.method for request, _ in scripted.requests] == ["GET", "GET"]


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lolololololol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><CreateTopicResponse><TopicArn>&j;</TopicArn></CreateTopicResponse>"
)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"", b"{}", b"\xff\xfe<", BILLION.encode(), b"<a>" * 50_000],
    ids=["html", "nothing", "json", "encoding", "entities", "depth"],
)
async def test_xml_that_is_none_of_the_api_is_an_answer_or_our_error(scripted, body):
    scripted.raw(body, content_type="text/xml")
    transport = AwsTransport(
        AwsConfig(
            region="us-east-1",
            access_key_id="a",
            secret_access_key="b",
            endpoint_url=scripted.endpoint,
        )
    )
    try:
        response = await transport.send(AwsRequest("sns", "CreateTopic", {"Name": "t"}))
    except DecodeError as error:
        told = error
        body = str(error)
    else:
        told = None
        body = response.body
    await transport.close()
    assert len(body) < 1000
    assert told is None or told.__cause__ is None


@pytest.mark.parametrize("encoding", ["none-such", "rot13", "gbk", "utf-7"])
async def test_xml_in_an_encoding_that_cannot_be_read_is_an_error_of_its_status(scripted, encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?><CreateTopicResponse/>'.encode()
    scripted.raw(body, content_type="text/xml").raw(body, status=503, content_type="text/xml")
    keys = {"access_key_id": "a", "secret_access_key": "b"}
    transport = AwsTransport(AwsConfig(region="us-east-1", endpoint_url=scripted.endpoint, **keys))
    request = AwsRequest("sns", "CreateTopic", {"Name": "t"})
    with pytest.raises(DecodeError, match="not the XML"):
        await transport.send(request)
    assert (await transport.send(request)).status == 503
    await transport.close()


async def test_requests_say_who_sends_them(scripted, monkeypatch):
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "night-shift")
    scripted.json({"tags": {}})
    async with scripted.kit() as kit:
        await kit.ivs.list_tags_for_resource("arn:aws:ivs:us-east-1:123456789012:channel/a")
    names = scripted.requests[0][0].headers["User-Agent"].split()
    assert {"vidkit", "app/night-shift"} <= set(names)
    assert any(name.startswith("aiobotocore/") for name in names)


async def test_authorities_are_read_once_for_all_clients(scripted, monkeypatch):
    read = []
    load = ssl.SSLContext.load_verify_locations

    def loading(self, *arguments):
        read.append(arguments)
        return load(self, *arguments)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", loading)
    scripted.json({"tags": {}, "JobStatus": "IN_PROGRESS"})
    for count in (1, 2):
        async with scripted.kit() as kit:
            await kit.ivs.list_tags_for_resource("arn:aws:ivs:us-east-1:123456789012:channel/a")
            await kit.rekognition.get_label_detection("a" * 64)
        # Another transport may have another configuration.
        assert len(read) == count


async def test_a_transport_that_closes_as_an_api_has_opened_says_so(monkeypatch):
    config = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=ADDRESS
    )
    transport = AwsTransport(config)
    open_service = transport._open_service
    closing = []

    async def then_close(*given):
        service = await open_service(*given)

        def close():
            closing.append(asyncio.create_task(transport.close()))

        # Closing comes between the end of the opening and the call that waits for it.
        asyncio.get_running_loop().call_soon(close)
        return service

    monkeypatch.setattr(transport, "_open_service", then_close)
    with pytest.raises(RequestError, match="closed"):
        await transport.send(AwsRequest("ivs", "ListChannels", {}))
    await closing[0]
