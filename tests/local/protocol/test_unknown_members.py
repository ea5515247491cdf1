"""A member that the local cloud does not know is rejected by its name; null stands for none."""

import json
from urllib.parse import urlencode

import pytest
from local_cloud_calls import boto, call, error_of, huawei_headers, send, signed_headers

from vidkit.local import LocalCloud
from vidkit.local.ivs.account import IvsAccount
from vidkit.local.ivs.channel_rules import changed_settings, new_settings
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.store import Pages
from vidkit.local.mpc.service import MpcService
from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError, Request
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


@pytest.mark.parametrize(
    ("service", "target", "body", "headers"),
    [
        ("ivs", "/ListChannels", b"{}", {}),
        ("ivs", "/tags/arn:aws:ivs:us-east-1:123456789012:channel%2Fa", b'{"tags": {}}', {}),
        ("kinesisvideo", "/getDataEndpoint", b"{}", {}),
        ("rekognition", "/", b"{}", {"X-Amz-Target": "RekognitionService.ListStreamProcessors"}),
        ("sqs", "/", b"{}", {"X-Amz-Target": "AmazonSQS.ListQueues"}),
        (
            "sns",
            "/",
            b"Action=ListTopics&Version=2010-03-31",
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ],
)
async def test_a_parameter_of_a_query_is_rejected(cloud, service, target, body, headers):
    message = await error_message(cloud, service, f"{target}?Later=1", body, **headers)
    assert "Later is not known here" in message


@pytest.mark.parametrize(
    ("service", "operation", "members", "named"),
    [
        ("sns", "create_topic", {"Name": "t", "Tags": [{"Key": "a", "Value": "b"}]}, "Tags"),
        (
            "sns",
            "create_topic",
            {"Name": "t", "DataProtectionPolicy": "{}"},
            "DataProtectionPolicy",
        ),
        ("sns", "publish", {"Message": "m", "MessageGroupId": "g"}, "MessageGroupId"),
        ("sns", "publish", {"Message": "m", "PhoneNumber": "1"}, "PhoneNumber"),
        (
            "sns",
            "publish_batch",
            {"PublishBatchRequestEntries": [{"Id": "1", "Message": "m", "MessageGroupId": "g"}]},
            "MessageGroupId",
        ),
        ("sqs", "create_queue", {"QueueName": "q", "tags": {"a": "b"}}, "tags"),
        ("sqs", "send_message", {"MessageBody": "m", "MessageGroupId": "g"}, "MessageGroupId"),
        (
            "sqs",
            "send_message",
            {"MessageBody": "m", "MessageDeduplicationId": "d"},
            "MessageDeduplicationId",
        ),
        ("sqs", "receive_message", {"ReceiveRequestAttemptId": "a"}, "ReceiveRequestAttemptId"),
    ],
)
async def test_a_member_of_notifications_that_is_not_served_is_rejected(
    cloud, service, operation, members, named
):
    with boto(cloud, service) as client:
        if "publish" in operation:
            members = {
                **members,
                "TopicArn": (await call(client.create_topic, Name="x"))["TopicArn"],
            }
        elif service == "sqs" and operation != "create_queue":
            url = (await call(client.create_queue, QueueName="x"))["QueueUrl"]
            members = {**members, "QueueUrl": url}
        if operation == "publish_batch":
            response = await call(client.publish_batch, **members)
            message = response["Failed"][0]["Message"]
        else:
            _, _, message = await error_of(getattr(client, operation), **members)
    assert message == f"{named} is not served here."


@pytest.mark.parametrize("path", ["/v3/projects", "/v1/{}/thumbnails"])
async def test_a_parameter_of_a_query_is_rejected_by_huawei_cloud(cloud, path):
    target = f"{path.format(cloud.project_id)}?later=1"
    status, _, body = await send(cloud, "GET", target, b"", huawei_headers(cloud, target))
    assert (status, b"later is not known here" in body) == (400, True)


async def test_a_parameter_of_the_creation_of_a_task_is_rejected():
    service = MpcService(State(Identity()))
    request = Request("POST", "/v1/p/thumbnails", (("later", "1"),), {}, b"{}")
    with pytest.raises(ApiError, match="later is not known here"):
        await service.handle("CreateThumbnailsTask", request)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ([], "later"),
        (["auth"], "later"),
        (["auth", "identity"], "later"),
        (["auth", "identity", "password"], "later"),
        (["auth", "identity", "password", "user"], "later"),
        (["auth", "identity", "password", "user", "domain"], "later"),
        (["auth", "scope"], "later"),
        (["auth", "scope", "project"], "later"),
    ],
)
async def test_an_unknown_member_of_a_request_for_a_token_is_rejected(cloud, path, named):
    identity = cloud.identity
    domain = {"name": identity.domain_name}
    user = {"name": identity.iam_user, "password": identity.iam_password, "domain": domain}
    content = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"id": identity.project_id}},
        }
    }
    place = content
    for name in path:
        place = place[name]
    headers = {"Content-Type": "application/json"}
    body = json.dumps(content).encode()
    assert (await send(cloud, "POST", "/v3/auth/tokens", body, headers))[0] == 201
    place[named] = 1
    body = json.dumps(content).encode()
    status, _, response = await send(cloud, "POST", "/v3/auth/tokens", body, headers)
    assert (status, b"later is not known here" in response) == (400, True)


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
