"""Answers that go on for ever, go deep, are huge, or say that they are compressed."""

import asyncio
import gzip
import json
import zlib

import pytest

from vidkit import DecodeError, RetryPolicy
from vidkit.rekognition import NotificationChannel

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}
BODY = json.dumps({"playbackRestrictionPolicy": POLICY}).encode()
TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-x"
CHANNEL = NotificationChannel(
    sns_topic_arn=TOPIC, role_arn="arn:aws:iam::123456789012:role/rekognition"
)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def xml(operation, content):
    return (
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{content}'
        f"</{operation}Result></{operation}Response>"
    ).encode()


SUBSCRIBED = (
    f"<member><SubscriptionArn>{TOPIC}:1</SubscriptionArn><Protocol>sqs</Protocol>"
    f"<Endpoint>{QUEUE}</Endpoint></member>"
)
SUBSCRIPTIONS = f"<Subscriptions>{SUBSCRIBED}</Subscriptions>"


def check(kit):
    return kit.rekognition.check_completion_queue(QUEUE_URL, notification_channel=CHANNEL)


async def test_subscriptions_that_never_end_are_an_error(scripted):
    endless = xml("ListSubscriptionsByTopic", f"{SUBSCRIPTIONS}<NextToken>again</NextToken>")
    scripted.raw(xml("GetTopicAttributes", "<Attributes/>"), content_type="text/xml")
    scripted.json({"Attributes": {"QueueArn": QUEUE}})
    scripted.raw(endless, content_type="text/xml")
    async with scripted.kit() as kit, asyncio.timeout(20):
        with pytest.raises(DecodeError, match="token it had given before"):
            await check(kit)
    assert len(scripted.requests) == 4


@pytest.mark.parametrize(
    "policy", ["[" * 100_000, '{"a":' * 100_000, "9" * 10_000, "NaN", "\ud800"]
)
async def test_a_policy_of_a_queue_that_is_none_admits_nobody(scripted, policy):
    scripted.raw(xml("GetTopicAttributes", "<Attributes/>"), content_type="text/xml")
    scripted.json({"Attributes": {"QueueArn": QUEUE, "Policy": policy}})
    scripted.raw(xml("ListSubscriptionsByTopic", SUBSCRIPTIONS), content_type="text/xml")
    scripted.raw(xml("GetSubscriptionAttributes", "<Attributes/>"), content_type="text/xml")
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        if policy == "\ud800":
            with pytest.raises(DecodeError):
                await check(kit)
        else:
            (finding,) = await check(kit)
            assert "policy" in finding.problem


async def test_one_string_of_a_hundred_megabytes_is_read(scripted):
    """It is below the limit: an answer like any other."""
    long = b"x" * (100 << 20)
    scripted.raw(BODY[:-2] + b', "name": "' + long + b'"}}')
    async with scripted.kit() as kit:
        policy = await kit.ivs.get_playback_restriction_policy(ARN)
    assert len(policy.name) == len(long)


@pytest.mark.parametrize("service", ["ivs", "mpc"])
@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", lambda body: b"\x0b\x02\x80" + body),
        ("zstd", lambda body: b"\x28\xb5\x2f\xfd" + body),
        ("identity", None),
        ("x-nothing", None),
        ("gzip", None),
        ("gzip, deflate, br, " * 100, None),
    ],
)
async def test_nothing_is_unpacked_whatever_it_is_said_to_be(scripted, service, coding, pack):
    """Nobody asked for it, so a packed body is no answer, and a plain one is one."""
    body = BODY if service == "ivs" else b'{"task_array": []}'

    async def answer(request):
        sent = pack(body) if pack else body
        request.transport.write(
            f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(sent)}\r\n\r\n".encode()
            + sent
        )
        request.transport.close()
        raise asyncio.CancelledError

    scripted.then(answer)
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        call = (
            kit.ivs.get_playback_restriction_policy(ARN)
            if service == "ivs"
            else kit.mpc.list_thumbnails_task().collect()
        )
        if pack:
            with pytest.raises(DecodeError):
                await call
        else:
            await call
    assert scripted.requests[0][0].headers["Accept-Encoding"] == "identity"
