"""The vendors' own clients, unchanged, against ``python -m vidkit.local``."""

import base64
import json
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from boto3_rekognition_cases import INPUT, JOBS, PROCESSORS, ROLE, VIDEO
from botocore.config import Config
from botocore.exceptions import ClientError

from vidkit.local.clips import read_clock

T0 = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(clock_clip):
    """The local cloud in a process of its own; gives what it printed."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "vidkit.local",
            "--port",
            "0",
            "--job-seconds",
            "0.2",
            "--stream",
            f"front-door={clock_clip.path}@{T0.isoformat()}",
            "--object",
            f"bucket/clip.mp4={clock_clip.path}",
            "--object",
            f"bucket/slow.mp4={clock_clip.path}",
            "--collection",
            "family",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def client(server):
    """Makes boto3 clients that are closed in the end."""
    made = []

    def make(service, *, endpoint=None, secret=None):
        found = boto3.client(
            service,
            endpoint_url=endpoint or server["endpoint"],
            region_name=server["region"],
            aws_access_key_id=server["access_key_id"],
            aws_secret_access_key=secret or server["secret_access_key"],
            config=Config(retries={"total_max_attempts": 1}),
        )
        made.append(found)
        return found

    yield make
    for each in made:
        each.close()


def test_it_prints_what_clients_need(server):
    assert {
        "endpoint",
        "region",
        "access_key_id",
        "secret_access_key",
        "project_id",
    } <= server.keys()
    assert server["endpoint"].startswith("http://127.0.0.1:")


def test_boto3_gets_images(client):
    endpoint = client("kinesisvideo").get_data_endpoint(
        StreamName="front-door", APIName="GET_IMAGES"
    )["DataEndpoint"]
    archive = client("kinesis-video-archived-media", endpoint=endpoint)
    pages = archive.get_paginator("get_images").paginate(
        StreamName="front-door",
        ImageSelectorType="SERVER_TIMESTAMP",
        StartTimestamp=T0,
        EndTimestamp=T0 + timedelta(seconds=6),
        SamplingInterval=200,
        Format="JPEG",
    )
    sizes, times = [], []
    for page in pages:
        sizes.append(len(page["Images"]))
        for image in page["Images"]:
            at = (image["TimeStamp"].astimezone(UTC) - T0) // timedelta(milliseconds=1)

            assert read_clock(base64.b64decode(image["ImageContent"])) == at
            times.append(at)
    assert sizes == [25, 6]
    assert times == list(range(0, 6001, 200))


def test_boto3_lists_fragments(server, client, clock_clip):
    night = [(T0 + timedelta(hours=hours)).isoformat() for hours in (10, 18)]
    stream = {
        "name": "yard",
        "path": str(clock_clip.path),
        "start_timestamp": T0.isoformat(),
        "duration": "P1D",
        "gaps": [night],
        "producer_offset": 3600,
        "fragment_duration": 20,
    }
    tell(server, "streams", stream)
    streams = client("kinesisvideo")

    def archive(api):
        found = streams.get_data_endpoint(StreamName="yard", APIName=api)
        return client("kinesis-video-archived-media", endpoint=found["DataEndpoint"])

    hour = timedelta(hours=1)
    times = {"StartTimestamp": T0 + 10 * hour, "EndTimestamp": T0 + 19 * hour}
    selector = {"FragmentSelectorType": "PRODUCER_TIMESTAMP", "TimestampRange": times}
    pages = (
        archive("LIST_FRAGMENTS")
        .get_paginator("list_fragments")
        .paginate(StreamName="yard", FragmentSelector=selector, MaxResults=70)
    )
    listed = [page["Fragments"] for page in pages]
    assert [len(page) for page in listed] == [70, 70, 41]
    fragments = [fragment for page in listed for fragment in page]
    found = sorted(fragment["ProducerTimestamp"] for fragment in fragments)
    recorded = [T0 + 10 * hour + timedelta(seconds=20 * number) for number in range(180)]
    assert found == [*recorded, T0 + 19 * hour]
    assert {f["ProducerTimestamp"] - f["ServerTimestamp"] for f in fragments} == {hour}
    response = archive("GET_IMAGES").get_images(
        StreamName="yard",
        ImageSelectorType="PRODUCER_TIMESTAMP",
        StartTimestamp=recorded[-1] + timedelta(seconds=19),
        EndTimestamp=recorded[-1] + timedelta(seconds=20),
        SamplingInterval=1000,
        Format="JPEG",
    )
    last, none = response["Images"]
    assert read_clock(base64.b64decode(last["ImageContent"])) == 7000
    assert none["Error"] == "NO_MEDIA"


def finished(get, job_id):
    deadline = time.monotonic() + 20
    while (response := get(JobId=job_id))["JobStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return response


def tell(server, path, content):
    """Set the server up while it runs."""
    request = urllib.request.Request(
        f"{server['endpoint']}/_local/{path}",
        data=json.dumps(content).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("kind", "parameters", "member", "item"), JOBS, ids=[kind for kind, *_ in JOBS]
)
def test_boto3_runs_scripted_jobs(server, client, kind, parameters, member, item):
    rekognition = client("rekognition")
    script = {"kind": kind, "bucket": "bucket", "name": "clip.mp4", "items": [item]}
    tell(server, "results", script)
    job = getattr(rekognition, f"start_{kind}")(Video=VIDEO, JobTag="tag", **parameters)["JobId"]
    found = finished(getattr(rekognition, f"get_{kind}"), job)
    assert (found["JobStatus"], found["JobTag"], found["Video"]) == ("SUCCEEDED", "tag", VIDEO)
    assert found["VideoMetadata"]["Codec"] == "h264"
    assert found[member] == [item]
    failure = {"bucket": "bucket", "name": "clip.mp4", "message": "No.", "kind": kind}
    tell(server, "job-failures", failure)
    job = getattr(rekognition, f"start_{kind}")(Video=VIDEO, **parameters)["JobId"]
    found = finished(getattr(rekognition, f"get_{kind}"), job)
    assert (found["JobStatus"], found["StatusMessage"]) == ("FAILED", "No.")
    tell(server, "job-failures", {**failure, "message": None})


def test_boto3_finds_segments(client, clock_clip):
    rekognition = client("rekognition")
    job = rekognition.start_segment_detection(Video=VIDEO, SegmentTypes=["SHOT", "TECHNICAL_CUE"])[
        "JobId"
    ]
    segments = finished(rekognition.get_segment_detection, job)["Segments"]
    starts = {s["StartTimestampMillis"] for s in segments if s["Type"] == "SHOT"}
    assert {scene.start_ms for scene in clock_clip.scenes} <= starts
    cues = [s for s in segments if s["Type"] == "TECHNICAL_CUE"]
    assert [cue["StartTimestampMillis"] for cue in cues] == [clock_clip.black[0]]


@pytest.mark.parametrize("name", PROCESSORS)
def test_boto3_runs_stream_processors(server, client, name):
    rekognition = client("rekognition")
    template, selectors, expected = PROCESSORS[name]
    made = rekognition.create_stream_processor(
        Name=name, Input=INPUT, RoleArn=ROLE, Tags={"team": "a"}, **template
    )
    arn = made["StreamProcessorArn"]
    assert rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "a"}

    def reached(status):
        deadline = time.monotonic() + 20
        while (shown := rekognition.describe_stream_processor(Name=name))["Status"] != status:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return shown

    shown = reached("STOPPED")
    assert shown["Settings"] == template["Settings"]
    assert isinstance(shown["CreationTimestamp"], datetime)
    assert rekognition.start_stream_processor(Name=name, **selectors)["SessionId"]
    with pytest.raises(rekognition.exceptions.ResourceInUseException):
        rekognition.delete_stream_processor(Name=name)
    reached(expected)
    if expected == "RUNNING":
        rekognition.stop_stream_processor(Name=name)
    reached("STOPPED")
    tell(server, "stream-processor-failures", {"name": name, "message": "No stream."})
    rekognition.start_stream_processor(Name=name, **selectors)
    assert reached("FAILED")["StatusMessage"] == "No stream."
    rekognition.update_stream_processor(Name=name, DataSharingPreferenceForUpdate={"OptIn": True})
    assert reached("STOPPED")["DataSharingPreference"] == {"OptIn": True}
    pages = rekognition.get_paginator("list_stream_processors").paginate()
    listed = [each["Name"] for page in pages for each in page["StreamProcessors"]]
    assert name in listed
    rekognition.delete_stream_processor(Name=name)
    with pytest.raises(rekognition.exceptions.ResourceNotFoundException):
        rekognition.describe_stream_processor(Name=name)


def test_boto3_receives_a_completion_notification_through_sns_and_sqs(client):
    sns, sqs, rekognition = client("sns"), client("sqs"), client("rekognition")
    topic = sns.create_topic(Name="AmazonRekognition-done")["TopicArn"]
    url = sqs.create_queue(QueueName="done", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    assert sqs.get_queue_url(QueueName="done")["QueueUrl"] == url
    assert url in sqs.list_queues()["QueueUrls"]
    assert {"TopicArn": topic} in sns.list_topics()["Topics"]
    wanted = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
    queue = sqs.get_queue_attributes(**wanted)["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["Endpoint"] for each in listed] == [queue]
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "1"
    job = rekognition.start_label_detection(
        Video=VIDEO, NotificationChannel={"SNSTopicArn": topic, "RoleArn": ROLE}
    )["JobId"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["JobId"], notification["Status"], notification["API"]) == (
        job,
        "SUCCEEDED",
        "StartLabelDetection",
    )
    handle = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
    sqs.change_message_visibility(**handle, VisibilityTimeout=120)
    sqs.delete_message(**handle)
    raw = {"SubscriptionArn": subscription, "AttributeName": "RawMessageDelivery"}
    sns.set_subscription_attributes(**raw, AttributeValue="true")
    shown = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert shown["RawMessageDelivery"] == "true"
    sns.publish(TopicArn=topic, Message="raw")
    sqs.send_message(QueueUrl=url, MessageBody="direct")
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "batch"}])
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [each["Body"] for each in messages] == ["raw", "direct", "batch"]
    entries = [
        {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
        for number, each in enumerate(messages)
    ]
    longer = [{**entry, "VisibilityTimeout": 90} for entry in entries]
    changed = sqs.change_message_visibility_batch(QueueUrl=url, Entries=longer)
    assert len(changed["Successful"]) == 3
    deleted = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert len(deleted["Successful"]) == 3
    sqs.purge_queue(QueueUrl=url)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="done")


def test_boto3_keeps_policies(client):
    ivs = client("ivs")
    made = ivs.create_playback_restriction_policy(name="dach", allowedCountries=["DE"])
    arn = made["playbackRestrictionPolicy"]["arn"]
    ivs.update_playback_restriction_policy(arn=arn, allowedOrigins=["https://example.com"])
    found = ivs.get_playback_restriction_policy(arn=arn)["playbackRestrictionPolicy"]
    assert found["allowedCountries"] == ["DE"]
    assert found["allowedOrigins"] == ["https://example.com"]
    listed = ivs.list_playback_restriction_policies()["playbackRestrictionPolicies"]
    assert [policy["arn"] for policy in listed] == [arn]
    ivs.delete_playback_restriction_policy(arn=arn)
    with pytest.raises(ivs.exceptions.ResourceNotFoundException):
        ivs.get_playback_restriction_policy(arn=arn)


def test_boto3_keeps_channels(client):
    ivs = client("ivs")
    policy = ivs.create_playback_restriction_policy(name="dach")["playbackRestrictionPolicy"]["arn"]
    made = ivs.create_channel(name="studio", type="BASIC", playbackRestrictionPolicyArn=policy)
    arn = made["channel"]["arn"]
    assert made["streamKey"]["channelArn"] == arn
    assert ivs.get_channel(arn=arn)["channel"] == made["channel"]
    with pytest.raises(ivs.exceptions.ConflictException) as conflict:
        ivs.delete_playback_restriction_policy(arn=policy)
    assert arn in conflict.value.response["exceptionMessage"]
    assert conflict.value.response["xFrameOptions"] == "DENY"
    updated = ivs.update_channel(arn=arn, name="hall", playbackRestrictionPolicyArn="")["channel"]
    assert (updated["name"], updated["playbackRestrictionPolicyArn"]) == ("hall", "")
    ivs.delete_playback_restriction_policy(arn=policy)
    with pytest.raises(ivs.exceptions.ValidationException):
        ivs.update_channel(arn=arn, preset="HIGHER_BANDWIDTH_DELIVERY")
    pages = ivs.get_paginator("list_channels").paginate(PaginationConfig={"PageSize": 1})
    assert arn in [each["arn"] for page in pages for each in page["channels"]]
    missing = f"{arn[:-12]}abcdefABCDEF"
    batch = ivs.batch_get_channel(arns=[missing, arn])
    assert batch["channels"] == [updated]
    assert [each["arn"] for each in batch["errors"]] == [missing]
    for tagged in (arn, made["streamKey"]["arn"]):
        ivs.tag_resource(resourceArn=tagged, tags={"team": "video", "floor": "2 / 3"})
        ivs.untag_resource(resourceArn=tagged, tagKeys=["team"])
        assert ivs.list_tags_for_resource(resourceArn=tagged)["tags"] == {"floor": "2 / 3"}
    ivs.delete_channel(arn=arn)
    with pytest.raises(ivs.exceptions.ResourceNotFoundException):
        ivs.get_channel(arn=arn)


def test_boto3_stops_a_stream_and_reads_its_session(server, client):
    ivs = client("ivs")
    arn = ivs.create_channel(name="studio")["channel"]["arn"]
    with pytest.raises(ivs.exceptions.ChannelNotBroadcasting):
        ivs.stop_stream(channelArn=arn)
    tell(server, "broadcasts", {"channel_arn": arn})
    with pytest.raises(ivs.exceptions.ConflictException):
        ivs.delete_channel(arn=arn)
    live = ivs.get_stream_session(channelArn=arn)["streamSession"]
    assert live["channel"]["name"] == "studio"
    assert "endTime" not in live
    ivs.stop_stream(channelArn=arn)
    (summary,) = ivs.list_stream_sessions(channelArn=arn)["streamSessions"]
    assert (summary["streamId"], summary["hasErrorEvent"]) == (live["streamId"], False)
    assert summary["startTime"] == live["startTime"] <= summary["endTime"]
    ended = ivs.get_stream_session(channelArn=arn, streamId=live["streamId"])["streamSession"]
    assert ended["truncatedEvents"][0]["name"] == "Session Ended"
    ivs.delete_channel(arn=arn)


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        (
            "kinesisvideo",
            lambda c: c.get_data_endpoint(StreamName="front-door", APIName="GET_IMAGES"),
            "InvalidSignatureException",
        ),
        (
            "kinesis-video-archived-media",
            lambda c: c.get_images(
                StreamName="front-door",
                ImageSelectorType="SERVER_TIMESTAMP",
                StartTimestamp=T0,
                EndTimestamp=T0,
                Format="JPEG",
            ),
            "InvalidSignatureException",
        ),
        (
            "rekognition",
            lambda c: c.get_label_detection(JobId="x"),
            "InvalidSignatureException",
        ),
        ("ivs", lambda c: c.list_playback_restriction_policies(), "InvalidSignatureException"),
        ("s3", lambda c: c.get_object(Bucket="bucket", Key="clip.mp4"), "SignatureDoesNotMatch"),
        ("sns", lambda c: c.list_topics(), "SignatureDoesNotMatch"),
        ("sqs", lambda c: c.list_queues(), "SignatureDoesNotMatch"),
    ],
)
def test_boto3_with_a_wrong_secret_is_rejected(client, service, call, code):
    with pytest.raises(ClientError) as caught:
        call(client(service, secret="wrong"))
    assert caught.value.response["Error"]["Code"] == code


# In a process of its own: the SDK writes to the home folder when it is imported.
HUAWEI = """
import json, sys, time, urllib.request
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmpc.v1 import *

server = json.loads(sys.argv[1])

def client(secret):
    keys = BasicCredentials(server["access_key_id"], secret, server["project_id"])
    return MpcClient.new_builder().with_credentials(keys).with_endpoint(server["endpoint"]).build()

mpc = client(server["secret_access_key"])

def place(name):
    return ObsObjInfo(bucket="bucket", location=server["huawei_region"], object=name)

def create(name="clip.mp4"):
    body = CreateThumbReq(input=place(name), output=place("out"),
                          thumbnail_para=ThumbnailPara(type="TIME", time=2), original_dir=1)
    return mpc.create_thumbnails_task(CreateThumbnailsTaskRequest(body=body)).task_id

def get(task_id):
    return mpc.list_thumbnails_task(ListThumbnailsTaskRequest(task_id=[task_id])).task_array[0]

first = create()
while get(first).status in ("WAITING", "PROCESSING"):
    time.sleep(0.1)
# A task over it can be canceled however busy this machine is.
content = json.dumps({"bucket": "bucket", "name": "slow.mp4", "seconds": 3600}).encode()
headers = {"Content-Type": "application/json"}
url = server["endpoint"] + "/_local/job-durations"
urllib.request.urlopen(urllib.request.Request(url, content, headers)).close()
tasks = [*(create() for _ in range(4)), create("slow.mp4")]
mpc.delete_thumbnails_task(DeleteThumbnailsTaskRequest(task_id=tasks[-1]))
refusals = []
for call in (
    lambda: client("wrong").list_thumbnails_task(ListThumbnailsTaskRequest()),
    lambda: client("wrong").delete_thumbnails_task(DeleteThumbnailsTaskRequest(task_id=first)),
    lambda: create("missing.mp4"),
):
    try:
        call()
    except ClientRequestException as error:
        refusals.append([error.status_code, error.error_code])
print(json.dumps({
    "first": get(first).status,
    "pictures": [picture.pic_name for picture in get(first).thumbnail_info],
    "canceled": get(tasks[-1]).status,
    "listed": len(mpc.list_thumbnails_task(ListThumbnailsTaskRequest(size=100)).task_array),
    "refusals": refusals,
}))
"""


def test_huaweis_own_sdk_runs_every_operation(server, client, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HUAWEI, json.dumps(server)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content == {
        "first": "SUCCEEDED",
        "pictures": ["clip_0.jpg", "clip_2.jpg", "clip_4.jpg", "clip_6.jpg"],
        "canceled": "CANCELED",
        "listed": 6,
        "refusals": [[401, "APIGW.0301"], [401, "APIGW.0301"], [403, "MPC.10209"]],
    }
    picture = client("s3").get_object(Bucket="bucket", Key="out/clip_4.jpg")["Body"].read()
    assert read_clock(picture) == 4000
