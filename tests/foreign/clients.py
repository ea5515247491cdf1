"""Clients in Python against a running local cloud; prints a line for each call.

It runs in an environment of its own, in which vidkit is not installed.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

ENDPOINT, REGION = os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"]
MISSING = "arn:aws:ivs:us-east-1:123456789012:channel/abcdefABCDEF"
START = datetime(2026, 1, 1, tzinfo=UTC)
VIDEO = {"S3Object": {"Bucket": "videos", "Name": "clip.mp4"}}


def check(client: str, call: str, work: Callable[[], Any]) -> None:
    """Carry out a call and print how it ended."""
    try:
        work()
        result = "ok"
    except Exception as error:  # noqa: BLE001 - whatever a client raises is its row of the table
        result = f"{type(error).__name__}: {error}".replace("\n", " ").replace("\t", " ")[:200]
    sys.stdout.write(f"{client}\t{call}\t{result}\n")


def expect(wanted: str, work: Callable[[], Any]) -> None:
    """Check that a call ends in an error whose text contains a word.

    Raises:
        AssertionError: it does not.
    """
    try:
        work()
    except Exception as error:
        if wanted in f"{type(error).__name__} {error}":
            return
        raise
    raise AssertionError(f"no {wanted}")


def with_boto3() -> None:
    """boto3, the newest."""
    import boto3

    name = "boto3"
    ivs, s3, sns = boto3.client("ivs"), boto3.client("s3"), boto3.client("sns")
    check(name, "IVS create and list channels", lambda: (ivs.create_channel(), ivs.list_channels()))
    check(name, "IVS error", lambda: expect("There is no", lambda: ivs.get_channel(arn=MISSING)))

    def images() -> None:
        named = {"StreamName": "door", "APIName": "GET_IMAGES"}
        found = boto3.client("kinesisvideo").get_data_endpoint(**named)["DataEndpoint"]
        media = boto3.client("kinesis-video-archived-media", endpoint_url=found)
        span = {"StartTimestamp": START, "EndTimestamp": START + timedelta(seconds=1)}
        kind = {"ImageSelectorType": "SERVER_TIMESTAMP", "Format": "JPEG"}
        assert media.get_images(StreamName="door", **kind, **span)["Images"]

    check(name, "Kinesis Video images", images)
    start = boto3.client("rekognition").start_face_detection
    check(name, "Rekognition start", lambda: start(Video=VIDEO))
    put = {"Bucket": "videos", "Key": "boto3.txt", "Body": b"hello"}
    check(
        name,
        "objects put and list",
        lambda: (s3.put_object(**put), s3.list_objects_v2(Bucket="videos")),
    )

    once = {**put, "IfNoneMatch": "*"}
    check(
        name,
        "objects put where one is",
        lambda: expect("PreconditionFailed", lambda: s3.put_object(**once)),
    )
    cold = {**put, "StorageClass": "GLACIER"}
    check(
        name,
        "objects in another storage class are NotImplemented",
        lambda: expect("NotImplemented", lambda: s3.put_object(**cold)),
    )

    def batch() -> None:
        topic = sns.create_topic(Name="boto3")["TopicArn"]
        entries = [{"Id": "1", "Message": "m"}]
        assert sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)["Successful"]

    check(name, "SNS publish batch", batch)

    def queue() -> None:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="boto3")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"

    check(name, "SQS send and receive", queue)
    sts = boto3.client("sts")
    unknown = "UnknownOperationException"
    check(
        name,
        "error of a service that is not here",
        lambda: expect(unknown, sts.get_caller_identity),
    )


def with_capo() -> None:
    """capo's clients, generated from the service models."""
    from capo_ivs import ivsClient
    from capo_kinesis_video_archived_media import KinesisVideoArchivedMediaClient
    from capo_rekognition import RekognitionClient

    ivs = ivsClient(endpoint=ENDPOINT, region=REGION)
    name = "capo"
    check(name, "IVS create and list channels", lambda: (ivs.create_channel(), ivs.list_channels()))
    check(name, "IVS error", lambda: expect("ResourceNotFound", lambda: ivs.get_channel(MISSING)))
    rekognition = RekognitionClient(endpoint=ENDPOINT, region=REGION)
    video = {"s3_object": {"bucket": "videos", "name": "clip.mp4"}}
    check(name, "Rekognition start", lambda: rekognition.start_face_detection(video))

    def fragments() -> None:
        import boto3

        named = {"StreamName": "door", "APIName": "LIST_FRAGMENTS"}
        found = boto3.client("kinesisvideo").get_data_endpoint(**named)["DataEndpoint"]
        media = KinesisVideoArchivedMediaClient(endpoint=found, region=REGION)
        span = {"start_timestamp": START, "end_timestamp": START + timedelta(seconds=1)}
        selector = {"fragment_selector_type": "SERVER_TIMESTAMP", "timestamp_range": span}
        media.list_fragments(stream_name="door", fragment_selector=selector)

    check(name, "Kinesis Video fragments", fragments)


def with_awscli() -> None:
    """awscli 1, as a program."""

    def aws(*arguments: str) -> None:
        command = [sys.executable, "-m", "awscli", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())

    name = "awscli 1"
    check(name, "IVS list channels", lambda: aws("ivs", "list-channels"))
    check(
        name,
        "IVS error",
        lambda: expect("There is no", lambda: aws("ivs", "get-channel", "--arn", MISSING)),
    )
    check(name, "objects list", lambda: aws("s3", "ls", "s3://videos"))
    # Without the option, awscli 1 sends SQS's calls to AWS, whatever the environment says.
    queue = ("sqs", "create-queue", "--queue-name", "cli", "--endpoint-url", ENDPOINT)
    check(name, "SQS create queue, with --endpoint-url", lambda: aws(*queue))
    check(name, "SNS list topics", lambda: aws("sns", "list-topics"))
    sts = ("sts", "get-caller-identity")
    unknown = "UnknownOperationException"
    check(name, "error of a service that is not here", lambda: expect(unknown, lambda: aws(*sts)))


def with_obs() -> None:
    """Huawei's client of OBS, with signatures of AWS."""
    from obs import ObsClient

    client = ObsClient(
        access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        server=ENDPOINT,
        signature="v4",
        region=REGION,
        path_style=True,
        max_retry_count=0,
    )

    def checked(response: Any) -> None:
        if response.status >= 300:
            raise RuntimeError(f"{response.status} {response.errorCode} {response.errorMessage}")

    name = "esdk-obs-python, signature v4"
    check(name, "put object", lambda: checked(client.putContent("videos", "obs.txt", "hello")))
    check(
        name,
        "get object",
        lambda: checked(client.getObject("videos", "obs.txt", loadStreamInMemory=True)),
    )
    check(name, "list buckets", lambda: checked(client.listBuckets(isQueryLocation=False)))
    listing = "list objects (version 1) is NotImplemented"
    check(name, listing, lambda: expect("501", lambda: checked(client.listObjects("videos"))))
    check(name, "delete object", lambda: checked(client.deleteObject("videos", "obs.txt")))


for each in (with_boto3, with_capo, with_awscli, with_obs):
    each()
