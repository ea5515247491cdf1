"""Which queue policies let a topic's messages in."""

import json

import pytest

from vidkit.rekognition.completion.queue_policies import PolicyDecision, evaluate, statements_of

QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"
TOPIC = "arn:aws:sns:us-east-1:123456789012:done"
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": QUEUE,
}


ACCOUNT = "123456789012"


def decide(*statements):
    document = json.dumps({"Statement": list(statements)})
    return evaluate(document, queue_arn=QUEUE, topic_arn=TOPIC, account_id=ACCOUNT).name


def on(operator, key, value):
    return {**ALLOW, "Condition": {operator: {key: value}}}


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
        {"Condition": None},
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
    assert decide({**ALLOW, **changes}) == "ALLOWED"


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": {"Service": "s3.amazonaws.com"}},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
        {"Principal": None},
        {"Effect": "allow"},
        {"Effect": ["Allow"]},
        {"Action": "sqs:ReceiveMessage"},
        {"Action": None},
        {"Resource": f"{QUEUE}-other"},
        {"Condition": {"ArnEquals": {"aws:SourceArn": f"{TOPIC}-other"}}},
        {"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:sns:*"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:[a-z]*:*:*"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
    ],
)
def test_statements_that_do_not_allow(changes):
    assert decide({**ALLOW, **changes}) == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("ArnNotEquals", "aws:SourceArn", TOPIC), "NOT_ALLOWED"),
        (("ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:*:other"), "ALLOWED"),
        (("ArnLike", "aws:SourceArn", ["arn:aws:*", TOPIC]), "ALLOWED"),
        (("ArnNotLike", "aws:SourceArn", ["arn:aws:*", TOPIC]), "NOT_ALLOWED"),
        (("StringNotEquals", "aws:SourceAccount", ["1", ACCOUNT]), "NOT_ALLOWED"),
        (("StringNotLike", "aws:SourceAccount", "9*"), "ALLOWED"),
        (("StringEqualsIgnoreCase", "aws:SourceArn", TOPIC.upper()), "ALLOWED"),
        (("StringNotEqualsIgnoreCase", "aws:SourceArn", TOPIC.upper()), "NOT_ALLOWED"),
        (("ForAnyValue:StringEquals", "aws:SourceAccount", ACCOUNT), "ALLOWED"),
        (("Bool", "aws:SecureTransport", "true"), "ALLOWED"),
        (("Bool", "aws:SecureTransport", False), "NOT_ALLOWED"),
        (("Bool", "aws:PrincipalIsAWSService", "true"), "ALLOWED"),
        # SNS is in no organization.
        (("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1"), "ALLOWED"),
        (("StringNotEquals", "aws:PrincipalOrgID", "o-1"), "ALLOWED"),
        (("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-1/*"), "ALLOWED"),
        (("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*"), "NOT_ALLOWED"),
        (("Null", "aws:PrincipalOrgID", "true"), "ALLOWED"),
        (("Null", "aws:SourceArn", True), "NOT_ALLOWED"),
        # What only SQS can evaluate.
        (("ArnLike", "aws:SourceArn", "arn:aws:sns:*"), "UNKNOWN"),
        (("ArnNotLike", "aws:SourceArn", ["arn:aws:sns:*:other"]), "UNKNOWN"),
        (("StringEquals", "aws:SourceOrgID", "o-1"), "UNKNOWN"),
        (("NumericEquals", "aws:SourceArn", TOPIC), "UNKNOWN"),
        (("StringEquals", "aws:SourceAccount", "${aws:ResourceAccount}"), "UNKNOWN"),
        (("??", "aws:SourceArn", TOPIC), "UNKNOWN"),
    ],
)
def test_conditions(condition, expected):
    assert decide(on(*condition)) == expected
    denied = {"ALLOWED": "DENIED", "NOT_ALLOWED": "ALLOWED", "UNKNOWN": "UNKNOWN"}[expected]
    assert decide(ALLOW, {**on(*condition), "Effect": "Deny"}) == denied


@pytest.mark.parametrize("condition", [{"ArnEquals": TOPIC}, [TOPIC]])
def test_a_condition_that_is_none_decides_nothing(condition):
    assert decide({**ALLOW, "Condition": condition}) == "UNKNOWN"


def test_one_condition_that_fails_is_enough():
    conditions = {
        "NumericEquals": {"aws:EpochTime": "5"},
        "ArnEquals": {"aws:SourceArn": f"{TOPIC}-other"},
    }
    assert decide({**ALLOW, "Condition": conditions}) == "NOT_ALLOWED"
    assert decide(ALLOW, {**ALLOW, "Condition": conditions}) == "ALLOWED"


@pytest.mark.parametrize(
    ("negation", "expected"),
    [
        ({"NotPrincipal": {"Service": "s3.amazonaws.com"}}, "DENIED"),
        ({"NotPrincipal": {"Service": "sns.amazonaws.com"}}, "ALLOWED"),
        ({"NotAction": "sqs:ReceiveMessage"}, "DENIED"),
        ({"NotAction": ["SQS:Send*"]}, "ALLOWED"),
        ({"NotResource": f"{QUEUE}-other"}, "DENIED"),
        ({"NotResource": QUEUE}, "ALLOWED"),
    ],
)
def test_negated_elements(negation, expected):
    (name,) = negation
    rest = {key: value for key, value in ALLOW.items() if f"Not{key}" != name}
    assert decide(ALLOW, {**rest, **negation, "Effect": "Deny"}) == expected


def test_a_deny_overrides_every_allow():
    assert decide(ALLOW, {**ALLOW, "Effect": "Deny", "Resource": f"{QUEUE}-other"}) == "ALLOWED"
    assert decide(ALLOW, {**ALLOW, "Effect": "Deny"}, ALLOW) == "DENIED"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps({"Statement": [ALLOW]}), [ALLOW]),
        (json.dumps({"Statement": ALLOW}), [ALLOW]),
        (json.dumps({"Statement": []}), None),
        (json.dumps({"Statement": ["x"]}), None),
        (json.dumps([ALLOW]), None),
        ("{", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_a_policy_is_an_object_with_statements(text, expected):
    assert statements_of(text) == expected


def test_without_a_policy_nothing_is_allowed():
    decision = evaluate(None, queue_arn=QUEUE, topic_arn=TOPIC, account_id=ACCOUNT)
    assert decision is PolicyDecision.NOT_ALLOWED
