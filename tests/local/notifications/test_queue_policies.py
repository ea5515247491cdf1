"""Which queue policies let a topic's messages in, and how forms are read."""

import json

import pytest

from vidkit.local.notifications.attributes import Attribute, digest
from vidkit.local.notifications.query import read_form
from vidkit.local.notifications.queue_policies import admits, is_policy
from vidkit.local.protocol.wire import ApiError

QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
TOPIC = "arn:aws:sns:us-east-1:123456789012:done"
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
}


def lets(*statements):
    document = json.dumps({"Statement": list(statements)})
    return admits(document, queue_arn=QUEUE, topic_arn=TOPIC, account_id="123456789012")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}},
        {"Action": "SQS:SendMessage"},
        {"Action": ["sqs:ReceiveMessage", "sqs:*"]},
        {"Action": "*"},
        {"Resource": "*"},
        {"Resource": "arn:aws:sqs:*:jobs"},
        {"Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}}},
        {"Condition": {"StringEquals": {"AWS:SourceArn": ["x", TOPIC]}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:*:d?ne"}}},
        {"Condition": {"StringLike": {"aws:SourceArn": "arn:aws:sns:*"}}},
        {
            "Condition": {
                "ArnLikeIfExists": {"aws:SourceArn": TOPIC},
                "StringEquals": {"aws:SourceAccount": "123456789012"},
            }
        },
    ],
)
def test_statements_that_allow(changes):
    assert lets({**ALLOW, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Deny"},
        {"Principal": {"Service": "s3.amazonaws.com"}},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
        {"Principal": None},
        {"Action": "sqs:ReceiveMessage"},
        {"Action": None},
        {"Resource": f"{QUEUE}-other"},
        {"Condition": {"ArnEquals": {"aws:SourceArn": f"{TOPIC}-other"}}},
        {"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:sns:*"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:[a-z]*"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Condition": {"NumericEquals": {"aws:SourceArn": TOPIC}}},
        {"Condition": {"ArnEquals": TOPIC}},
        {"Condition": [TOPIC]},
    ],
)
def test_statements_that_do_not_allow(changes):
    assert not lets({**ALLOW, **changes})


def test_a_deny_overrides_every_allow():
    assert lets(ALLOW, {**ALLOW, "Effect": "Deny", "Resource": f"{QUEUE}-other"})
    assert not lets(ALLOW, {**ALLOW, "Effect": "Deny"}, ALLOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"Statement": [ALLOW]}), True),
        (json.dumps({"Statement": ALLOW}), True),
        (json.dumps({"Statement": []}), False),
        (json.dumps({"Statement": ["x"]}), False),
        (json.dumps([ALLOW]), False),
        ("{", False),
        ("", False),
    ],
)
def test_a_policy_is_an_object_with_statements(text, expected):
    assert is_policy(text) is expected


def test_without_a_policy_nothing_is_admitted():
    assert not admits(None, queue_arn=QUEUE, topic_arn=TOPIC, account_id="1")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (b"Action=A&Subject=", {"Action": "A", "Subject": ""}),
        (b"T.member.2=b&T.member.10=c&T.member.1=a", {"T": ["a", "b", "c"]}),
        (
            b"M.entry.1.Name=k&M.entry.1.Value.DataType=String&M.entry.1.Value.StringValue=v",
            {"M": {"k": {"DataType": "String", "StringValue": "v"}}},
        ),
        (b"A=1&A.b=2", {"A": {"b": "2"}}),
        (b"A.member=1", {"A": []}),
        (b"M=%C3%BC", {"M": "ü"}),
    ],
)
def test_forms_become_members(form, expected):
    assert read_form(form) == expected


@pytest.mark.parametrize("form", [b"M=%ff", b"\xff=1"])
def test_a_form_must_be_utf_8(form):
    with pytest.raises(ApiError, match="UTF-8"):
        read_form(form)


def test_the_digest_of_attributes_does_not_depend_on_their_order():
    one, two = Attribute("String", "x"), Attribute("Binary", "AA==")
    assert digest({"a": one, "b": two}) == digest({"b": two, "a": one})
    assert digest({"a": one}) != digest({"b": one})
