"""A member that the local cloud does not know is rejected by its name; null stands for none."""

import json
from urllib.parse import urlencode

import pytest
from local_cloud_calls import boto, call, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.channel_rules import changed_settings, new_settings
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.store import Pages
from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError
from vidkit.local.runtime.state import Identity, State

SLATE = "failoverSlateConfigurationArn"
FILTER = "filterByFailoverSlateConfigurationArn"


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


async def error_message(cloud, service, target, body, **headers):
    headers = signed_headers(cloud, "POST", target, body, service=service, headers=headers)
    status, _, response = await send(cloud, "POST", target, body, headers)
    assert status == 400
    return response.decode()


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"JobId": "j", "New": 1}, "New"),
        ({"JobId": "j", "New": False}, "New"),
        ({"JobId": "j", "jobId": "j"}, "jobId"),
    ],
)
def test_the_message_names_the_member(parameters, named):
    model = ServiceModel.load("rekognition")
    with pytest.raises(ApiError, match=f"parameters: {named} is not known here"):
        model.accept("GetLabelDetection", parameters)
    assert model.accept("GetLabelDetection", {"JobId": "j", "New": None}) == {"JobId": "j"}


def test_the_message_names_the_path_to_an_inner_member():
    model = ServiceModel.load("rekognition")
    video = {"S3Object": {"Bucket": "bucket", "Name": "n", "Owner": "o"}}
    with pytest.raises(ApiError, match=r"Video\.S3Object\.Owner is not known here"):
        model.accept("StartLabelDetection", {"Video": video})


@pytest.mark.parametrize(
    ("service", "target", "members", "headers"),
    [
        ("ivs", "/ListChannels", {FILTER: "arn:aws:ivs:us-east-1:1:f/a"}, {}),
        ("ivs", "/CreateChannel", {SLATE: "arn:aws:ivs:us-east-1:1:f/a"}, {}),
        (
            "ivs",
            "/tags/arn:aws:ivs:us-east-1:123456789012:channel%2Fa",
            {"tags": {}, FILTER: 1},
            {},
        ),
        (
            "kinesisvideo",
            "/getDataEndpoint",
            {"StreamName": "s", "APIName": "GET_IMAGES", "X": 1},
            {},
        ),
        ("sqs", "/", {"QueueName": "q", "X": 1}, {"X-Amz-Target": "AmazonSQS.CreateQueue"}),
    ],
)
async def test_an_unknown_member_of_a_json_service_is_rejected(
    cloud, service, target, members, headers
):
    message = await error_message(cloud, service, target, json.dumps(members).encode(), **headers)
    assert f"{[*members][-1]} is not known here" in message
    assert not cloud.state.of(IvsAccount).channels


async def test_an_unknown_member_of_a_form_is_rejected(cloud):
    form = {"Action": "CreateTopic", "Version": "2010-03-31", "Name": "t", "X.member.1": "x"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    message = await error_message(cloud, "sns", "/", urlencode(form).encode(), **headers)
    assert "X is not known here" in message
    with boto(cloud, "sns") as sns:
        assert (await call(sns.list_topics)).get("Topics", []) == []


def test_what_a_newer_service_model_knows_is_rejected_as_long_as_it_is_not_served():
    state = State(Identity())
    channels = Channels(state, Pages())
    with pytest.raises(ApiError, match=f"Not served here: {FILTER}"):
        channels.list_channels({FILTER: "x"})
    with pytest.raises(ApiError, match=f"Not served here: {SLATE}"):
        channels.create({SLATE: "x"})
    with pytest.raises(ApiError, match=f"Not served here: {SLATE}"):
        changed_settings(new_settings({}), {"arn": "a", SLATE: "x"})
    assert not state.of(IvsAccount).channels
