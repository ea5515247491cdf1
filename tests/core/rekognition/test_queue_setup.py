import pytest

from vidkit.rekognition.completion.queue_setup import allows_topic

TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:AmazonRekognition-x"
ALLOWED = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
    "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}},
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}}, True),
        ({"Action": ["SQS:SendMessage", "sqs:ReceiveMessage"]}, True),
        ({"Action": "sqs:*"}, True),
        ({"Resource": "*"}, True),
        ({"Condition": None}, True),
        ({"Condition": {"ArnLike": {"aws:sourcearn": ["x", "arn:aws:sns:*"]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, True),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Principal": 5}, False),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Resource": QUEUE + "-other"}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": TOPIC + "-other"}}}, False),
    ],
)
def test_a_policy_allows_a_topic(change, expected):
    assert allows_topic({"Statement": ALLOWED | change}, TOPIC, QUEUE) is expected
    assert (
        allows_topic({"Statement": [{"Effect": "Deny"}, ALLOWED | change]}, TOPIC, QUEUE)
        is expected
    )


@pytest.mark.parametrize("policy", [{}, {"Statement": []}, {"Statement": "x"}, {"Statement": [1]}])
def test_an_invalid_policy_allows_no_topic(policy):
    assert not allows_topic(policy, TOPIC, QUEUE)
