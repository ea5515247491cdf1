"""What reaches a server: requests of vidkit beside those of aiobotocore's own clients."""

import contextlib
import re

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader

from vidkit import AwsConfig
from vidkit.transports.aws.apis import APIS
from vidkit.transports.aws.transport import AwsTransport
from vidkit.transports.base import AwsRequest

CHANNEL = "arn:aws:ivs:eu-west-1:123456789012:channel/abcDEF123456"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ends"
KEYS = {"access_key_id": "AK", "secret_access_key": "s3cret"}
REGION = "eu-west-1"
# A new one for each request; the signature depends on the date.
OPERATIONS = {"sqs": "list_queues", "sns": "list_topics", "rekognition": "list_collections"}
VARYING = {"x-amz-date", "authorization", "amz-sdk-invocation-id"}
REQUESTS = [
    ("rekognition", "ListStreamProcessors", {}),
    ("rekognition", "StartLabelDetection", {"Video": {"S3Object": {"Bucket": "b", "Name": "é"}}}),
    ("ivs", "GetChannel", {"arn": CHANNEL}),
    ("ivs", "ListTagsForResource", {"resourceArn": CHANNEL}),
    ("ivs", "TagResource", {"resourceArn": CHANNEL, "tags": {"a b": "c"}}),
    ("ivs", "UntagResource", {"resourceArn": CHANNEL, "tagKeys": ["a b", "c&d"]}),
    ("kinesisvideo", "GetDataEndpoint", {"StreamName": "s", "APIName": "GET_IMAGES"}),
    ("kinesis-video-archived-media", "ListFragments", {"StreamName": "s"}),
    ("sqs", "GetQueueAttributes", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q"}),
    ("sns", "GetTopicAttributes", {"TopicArn": TOPIC}),
]
XML = "<GetTopicAttributesResponse><GetTopicAttributesResult/></GetTopicAttributesResponse>"


def on_the_wire(script, index):
    request, body = script.requests[index]
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers.keys() >= VARYING
    return (
        request.method,
        request.raw_path,
        body,
        {name: value for name, value in headers.items() if name not in VARYING},
        re.sub("Signature=.*", "", headers["authorization"]),
    )


@pytest.mark.parametrize(("api", "operation", "params"), REQUESTS)
@pytest.mark.parametrize("token", [None, "t0ken"])
async def test_a_request_is_that_of_aiobotocore(scripted, api, operation, params, token):
    if api == "sns":
        scripted.raw(XML.encode(), content_type="text/xml")
    else:
        scripted.json({})
    transport = AwsTransport(
        AwsConfig(region=REGION, session_token=token, endpoint_url=scripted.endpoint, **KEYS)
    )
    assert (await transport.send(AwsRequest(api, operation, params))).ok
    await transport.close()
    ours = on_the_wire(scripted, 0)
    session = AioSession()
    session.set_credentials("AK", "s3cret", token)
    config = AioConfig(
        proxies={},
        user_agent=f"{session.user_agent()} vidkit",
        retries={"total_max_attempts": 1, "mode": "standard"},
        parameter_validation=False,
    )
    async with session.create_client(
        api, region_name=REGION, endpoint_url=scripted.endpoint, config=config
    ) as client:
        await getattr(client, xform_name(operation))(**params)
    assert ours == on_the_wire(scripted, 1)


async def test_a_request_of_a_function_states_its_trace(scripted, monkeypatch):
    scripted.json({"channels": []})
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "watch")
    async with scripted.kit() as kit:
        # Each invocation of a function has a trace of its own.
        for trace in ("Root=1-5759e988", "Root=1-ä"):
            monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
            await kit.ivs.list_channels().collect()
        monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME")
        await kit.ivs.list_channels().collect()
    traces = [request.headers.get("X-Amzn-Trace-Id") for request, _ in scripted.requests]
    assert traces == ["Root=1-5759e988", "Root=1-%C3%A4", None]


async def endpoint_of_botocore(api, region):
    """Where a client with the complete service model sends its requests."""
    urls = []

    def not_sent(*, request, **_):
        urls.append(request.url)
        return AWSResponse(request.url, 200, {}, None)

    session = AioSession()
    session.set_credentials("AK", "s3cret")
    config = AioConfig(parameter_validation=False)
    async with session.create_client(api, region_name=region, config=config) as client:
        client.meta.events.register("before-send", not_sent)
        # The response has no body, and so fails to be read.
        with contextlib.suppress(AttributeError, TypeError):
            await getattr(client, OPERATIONS[api])()
    return re.sub(r"^(https?://[^/]*)/.*", r"\1", urls[0])


@pytest.mark.parametrize("api", ["rekognition", "sqs", "sns"])
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
    ],
    ids=["plain", "fips", "dual-stack", "both"],
)
async def test_an_endpoint_is_that_of_botocores_rules(api, region, variables, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    transport = AwsTransport(AwsConfig(region=region, **KEYS))
    service = await transport._open(api, None)
    await transport.close()
    assert service.endpoint == await endpoint_of_botocore(api, region)
    assert service.client.template.signing_region == region


async def test_a_service_section_of_a_profile_has_the_endpoint(scripted, monkeypatch, tmp_path):
    path = tmp_path / "config"
    path.write_text(
        "[default]\naws_access_key_id = AK\naws_secret_access_key = s3cret\nservices = here\n"
        f"[services here]\nivs =\n  endpoint_url = {scripted.endpoint}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    scripted.json({"tags": {}})
    transport = AwsTransport(AwsConfig(profile="default", region=REGION))
    request = AwsRequest("ivs", "ListTagsForResource", {"resourceArn": CHANNEL})
    assert (await transport.send(request)).ok
    await transport.close()


@pytest.mark.parametrize("api", list(APIS))
async def test_no_service_model_of_botocore_is_read(api, monkeypatch, scripted):
    read = []
    load = Loader.load_service_model

    def noted(self, service_name, type_name, api_version=None):
        read.append((service_name, type_name))
        return load(self, service_name, type_name, api_version)

    monkeypatch.setattr(Loader, "load_service_model", noted)
    transport = AwsTransport(AwsConfig(region=REGION, endpoint_url=scripted.endpoint, **KEYS))
    await transport._open(api, None)
    await transport.close()
    assert {kind for _, kind in read} == {"endpoint-rule-set-1"}
