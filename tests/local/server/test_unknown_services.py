import pytest
from local_cloud_calls import boto, error_of, send, signed_headers

from vidkit.local import LocalCloud

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def cloud():
    async with LocalCloud() as running:
        yield running


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sts", "get_caller_identity", {}),
        ("iam", "list_roles", {}),
        ("ec2", "describe_regions", {}),
        ("route53", "list_hosted_zones", {}),
        ("cloudfront", "list_distributions", {}),
        ("dynamodb", "list_tables", {}),
        ("lambda", "list_functions", {}),
    ],
)
async def test_a_service_that_is_not_here_is_an_error_in_its_clients_protocol(
    cloud, service, operation, parameters
):
    with boto(cloud, service) as client:
        status, code, message = await error_of(getattr(client, operation), **parameters)
    assert (status, code) == (404, "UnknownOperationException")
    assert f"no service {service!r}" in message
    assert cloud.calls[-1].service == "unknown"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        (
            "sts",
            "assume_role_with_web_identity",
            {
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "RoleSessionName": "s1",
                "WebIdentityToken": "token",
            },
        ),
        ("cognito-identity", "get_id", {"IdentityPoolId": "us-east-1:pool"}),
    ],
)
async def test_unsigned_calls_of_other_services_are_errors_in_their_clients_protocol(
    cloud, service, operation, parameters
):
    with boto(cloud, service) as client:
        status, code, message = await error_of(getattr(client, operation), **parameters)
    assert (status, code) == (404, "UnknownOperationException")
    assert "The local cloud has no service" in message


async def test_cbor_is_an_error_in_cbor(cloud):
    path = "/service/EventBridge/operation/ListBuses"
    headers = {"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    signed = signed_headers(cloud, "POST", path, b"\xa0", service="events", headers=headers)
    status, response_headers, body = await send(cloud, "POST", path, b"\xa0", signed)
    assert (status, response_headers["Smithy-Protocol"]) == (404, "rpc-v2-cbor")
    # A map of two pairs of texts, the first of them with the code.
    assert body.startswith(
        b"\xa2\x7a\x00\x00\x00\x06__type\x7a\x00\x00\x00\x19UnknownOperationException"
    )
    assert body.endswith(b"The local cloud has no service 'events'.")


async def test_the_query_protocol_of_sqs_is_an_error_in_that_protocol(cloud):
    body = b"Action=ListQueues&Version=2012-11-05"
    headers = signed_headers(cloud, "POST", "/", body, service="sqs", headers=FORM)
    status, _, document = await send(cloud, "POST", "/", body, headers)
    assert status == 404
    assert b"<ErrorResponse><Error><Type>Sender</Type>" in document
    assert b"JSON 1.0" in document


async def test_an_unsigned_request_to_sns_gets_the_error_of_sns(cloud):
    body = b"Action=ListTopics&Version=2010-03-31"
    status, _, document = await send(cloud, "POST", "/", body, FORM)
    assert status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in document
