"""Which addresses AWS requests go to, whatever answers and environment say."""

import pytest
from botocore.loaders import Loader
from botocore.session import get_session
from kit_options import FAST

from vidkit import AwsConfig, ConfigError, DecodeError, VidKit
from vidkit.transports.aws.transport import AwsTransport
from vidkit.transports.aws.trusted_endpoints import (
    check_data_endpoint,
    dns_suffixes,
    endpoint_variable,
    is_service_endpoint,
)
from vidkit.transports.base import AwsRequest

ADDRESS = "http://127.0.0.1:1"


def suffixes(region):
    return dns_suffixes(Loader().load_data("partitions")["partitions"], region)


@pytest.mark.parametrize(
    ("region", "first"),
    [
        ("eu-central-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("xx-new-1", "amazonaws.com"),
        ("mx-unheard-7", "amazonaws.com"),
    ],
)
def test_a_region_has_the_domain_of_its_partition(region, first):
    assert suffixes(region)[0] == first
    assert len(suffixes(region)) == 3


EVIL = "https://evil.example"
OWN = [
    "https://kinesisvideo.eu-central-1.amazonaws.com",
    "https://b-1a2b3c4d.kinesisvideo.eu-central-1.amazonaws.com",
    "https://B-1A2B.KinesisVideo.eu-central-1.amazonaws.com:443/",
    "https://kinesisvideo-fips.eu-central-1.amazonaws.com",
    "https://b-1.kinesisvideo.eu-central-1.api.aws",
    "https://vpce-1-2.kinesisvideo.eu-central-1.vpce.amazonaws.com",
]
FOREIGN = [
    EVIL,
    "http://b-1.kinesisvideo.eu-central-1.amazonaws.com",
    "https://b-1.kinesisvideo.eu-west-1.amazonaws.com",
    "https://b-1.kinesisvideo.eu-central-1.amazonaws.com.evil.example",
    "https://b-1.kinesisvideo.eu-central-1.amazonaws.com.cn",
    "https://evilkinesisvideo.eu-central-1.amazonaws.com",
    "https://bucket.s3.eu-central-1.amazonaws.com",
    "https://kinesisvideo.s3.amazonaws.com",
    "https://abc.execute-api.eu-central-1.amazonaws.com",
    "https://kinesisvideo.eu-central-1.s3.amazonaws.com",
    "https://kinesisvideo.eu-central-1.amazonaws.com@evil.example",
    "https://user:pw@kinesisvideo.eu-central-1.amazonaws.com",
    "https://evil.example\\.kinesisvideo.eu-central-1.amazonaws.com",
    "https://evil.example#.kinesisvideo.eu-central-1.amazonaws.com",
    "https://evil.example?.kinesisvideo.eu-central-1.amazonaws.com",
    "https://evil.example/.kinesisvideo.eu-central-1.amazonaws.com",
    "https://kinesisvideo.eu-central-1.amazonaws.com\n.evil.example",
    "https://127.0.0.1",
    "https://[::1]",
    "https://[kinesisvideo.eu-central-1.amazonaws.com",
    "ftp://kinesisvideo.eu-central-1.amazonaws.com",
    "",
]


@pytest.mark.parametrize(
    ("address", "fits"),
    [*((address, True) for address in OWN), *((address, False) for address in FOREIGN)],
)
def test_data_endpoints_are_the_services_own(address, fits):
    place = {"service": "kinesisvideo", "region": "eu-central-1"}
    place["suffixes"] = suffixes("eu-central-1")
    assert is_service_endpoint(address, **place) is fits
    if fits:
        check_data_endpoint(address, configured=[], **place)
        return
    with pytest.raises(DecodeError, match="nothing was sent there") as caught:
        check_data_endpoint(address, configured=[], **place)
    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize(
    ("configured", "address", "fits"),
    [
        ("http://127.0.0.1:4588", "http://127.0.0.1:4588/data/1", True),
        ("http://127.0.0.1:4588", "http://localhost:99", True),
        ("https://aws.test:8443", "https://aws.test:8443/data", True),
        ("https://aws.test", "https://AWS.test:9", True),
        ("https://aws.test", "https://sub.aws.test", False),
        ("https://aws.test", "http://127.0.0.1:9", False),
        ("https://aws.test", OWN[0], False),
        ("http://127.0.0.1:4588", OWN[0], False),
        ("http://127.0.0.1:4588", EVIL, False),
        ("http://127.0.0.1:4588", "http://127.0.0.1:1@evil.example", False),
    ],
)
def test_with_a_configured_address_data_endpoints_stay_on_its_host(configured, address, fits):
    def check():
        check_data_endpoint(
            address,
            configured=[configured],
            service="kinesisvideo",
            region="eu-central-1",
            suffixes=suffixes("eu-central-1"),
        )

    if fits:
        check()
        return
    with pytest.raises(DecodeError, match="configured host"):
        check()


def test_every_address_of_the_service_model_is_the_services_own():
    """What botocore itself resolves, in each region that it knows."""
    session = get_session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("kinesisvideo", partition_name=partition):
            client = session.create_client(
                "kinesis-video-archived-media",
                region_name=region,
                aws_access_key_id="a",
                aws_secret_access_key="b",
            )
            assert is_service_endpoint(
                client.meta.endpoint_url,
                service=client.meta.service_model.endpoint_prefix,
                region=region,
                suffixes=suffixes(region),
            )


def media_request(endpoint):
    return AwsRequest(
        "kinesis-video-archived-media",
        "GetImages",
        {"StreamName": "s", "ImageSelectorType": "SERVER_TIMESTAMP", "Format": "JPEG"}
        | {"StartTimestamp": 0, "EndTimestamp": 0},
        endpoint,
    )


@pytest.mark.parametrize("endpoint", [EVIL, OWN[0], "https://169.254.169.254"])
async def test_a_data_endpoint_elsewhere_gets_nothing(scripted, endpoint):
    scripted.json({"DataEndpoint": endpoint})
    transport = AwsTransport(
        AwsConfig(
            region="us-east-1",
            access_key_id="a",
            secret_access_key="b",
            endpoint_url=scripted.endpoint,
        )
    )
    with pytest.raises(DecodeError, match="nothing was sent there") as caught:
        await transport.send(media_request(endpoint))
    await transport.close()
    assert (caught.value.retryable, caught.value.ambiguous) == (False, False)
    assert scripted.requests == []


async def test_without_a_configured_address_this_machine_gets_nothing(scripted):
    scripted.json({"Images": []})
    config = AwsConfig(region="us-east-1", access_key_id="a", secret_access_key="b")
    transport = AwsTransport(config)
    with pytest.raises(DecodeError, match=r"https below kinesisvideo\.us-east-1\.amazonaws\.com"):
        await transport.send(media_request(scripted.endpoint))
    await transport.close()
    assert scripted.requests == []


async def test_the_variable_of_the_service_that_answers_configures_the_media_too(
    scripted, monkeypatch
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_KINESIS_VIDEO", scripted.endpoint)
    scripted.json({"DataEndpoint": scripted.endpoint}).json({"Images": []})
    # The variable wins over the one address for all services.
    config = AwsConfig(
        region="us-east-1", access_key_id="a", secret_access_key="b", endpoint_url=ADDRESS
    )
    transport = AwsTransport(config)
    await transport.send(AwsRequest("kinesisvideo", "GetDataEndpoint", {"StreamName": "s"}))
    assert (await transport.send(media_request(scripted.endpoint))).ok
    await transport.close()
    assert len(scripted.requests) == 2


async def test_variables_that_are_to_be_ignored_are(scripted, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_IVS", ADDRESS)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    scripted.json({})
    transport = AwsTransport(
        AwsConfig(
            region="us-east-1",
            access_key_id="a",
            secret_access_key="b",
            endpoint_url=scripted.endpoint,
        )
    )
    assert (await transport.send(AwsRequest("ivs", "ListPlaybackRestrictionPolicies", {}))).ok
    await transport.close()


@pytest.mark.parametrize("api", ["rekognition", "ivs", "kinesisvideo", "sns", "sqs"])
def test_the_variables_are_named_as_botocore_names_them(api, monkeypatch):
    service_id = Loader().load_service_model(api, "service-2")["metadata"]["serviceId"]
    monkeypatch.setenv(endpoint_variable(service_id), "http://127.0.0.1:9")
    client = get_session().create_client(
        api, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert client.meta.endpoint_url == "http://127.0.0.1:9"


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IVS"])
async def test_plain_http_goes_to_this_machine_alone(monkeypatch, variable):
    address = "http://aws.invalid:80"
    monkeypatch.setenv(variable, address)
    config = AwsConfig(region="us-east-1", access_key_id="a", secret_access_key="b")
    async with VidKit(aws=config) as kit:
        with pytest.raises(ConfigError, match="https") as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert caught.value.attempts == 1
    assert not caught.value.ambiguous


def test_a_plain_address_elsewhere_is_refused_where_it_is_given():
    with pytest.raises(ConfigError, match=r"endpoint_url.*https.*allow_http"):
        AwsConfig(endpoint_url="http://aws.invalid:80")
    assert AwsConfig(endpoint_url="http://aws.invalid:80", allow_http=True).allow_http
    with pytest.raises(ConfigError, match="allow_http"):
        AwsConfig(allow_http="yes")


async def test_plain_http_goes_elsewhere_where_it_is_allowed(scripted, monkeypatch):
    scripted.json({"playbackRestrictionPolicies": []})
    # As if the server were another machine.
    monkeypatch.setattr("vidkit.transports.aws.trusted_endpoints.is_loopback", lambda _: False)
    keys = {"region": "us-east-1", "access_key_id": "a", "secret_access_key": "b"}
    for allowed in (True, False):
        config = AwsConfig(**keys, endpoint_url=scripted.endpoint, allow_http=allowed)
        async with VidKit(aws=config) as kit:
            if allowed:
                assert await kit.ivs.list_playback_restriction_policies().collect() == []
            else:
                with pytest.raises(ConfigError, match="allow_http"):
                    await kit.ivs.list_playback_restriction_policies().collect()
    assert len(scripted.requests) == 1


async def test_credentials_are_not_fetched_over_plain_http_either(scripted, monkeypatch, tmp_path):
    path = tmp_path / "config"
    path.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://sts.invalid")
    config = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=scripted.endpoint)
    async with VidKit(aws=config) as kit:
        with pytest.raises(ConfigError, match="https"):
            await kit.ivs.list_playback_restriction_policies().collect()
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "https://service.test:99999", "Port out of range"),
        ("HTTPS_PROXY", "http://127.0.0.1:99999", "not the address of a proxy"),
        ("AWS_CA_BUNDLE", "/none/such.pem", "'/none/such.pem' cannot be read: No such file"),
        ("AWS_CA_BUNDLE", __file__, "cannot be read"),
    ],
)
async def test_what_no_request_can_be_sent_with_is_a_config_error(monkeypatch, name, value, said):
    for one in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv(name, value)
    aws = AwsConfig(region="us-east-1", access_key_id="AKIA", secret_access_key="s3cret")
    async with VidKit(aws=aws, **FAST) as kit:
        with pytest.raises(ConfigError, match=said):
            await kit.ivs.list_channels().collect()
