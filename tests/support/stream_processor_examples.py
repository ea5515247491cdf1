"""Parameters of stream processors, and what arrived of them."""

import json

from vidkit.rekognition import (
    BoundingBox,
    ConnectedHomeSettings,
    FaceSearchSettings,
    KinesisDataStream,
    KinesisVideoStream,
    KinesisVideoStreamStartSelector,
    Point,
    RegionOfInterest,
    S3Destination,
    StreamProcessingStartSelector,
    StreamProcessingStopSelector,
    StreamProcessorInput,
    StreamProcessorNotificationChannel,
    StreamProcessorOutput,
    StreamProcessorSettings,
)

VIDEO = "arn:aws:kinesisvideo:us-east-1:123456789012:stream/front-door/1767225600000"
FACES = "arn:aws:kinesis:us-east-1:123456789012:stream/AmazonRekognition-faces"
TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-door"
ROLE = "arn:aws:iam::123456789012:role/service/rekognition"

INPUT = StreamProcessorInput(kinesis_video_stream=KinesisVideoStream(arn=VIDEO))
TO_KINESIS = StreamProcessorOutput(kinesis_data_stream=KinesisDataStream(arn=FACES))
TO_S3 = StreamProcessorOutput(s3_destination=S3Destination(bucket="my-bucket", key_prefix="door/"))
SEARCH = StreamProcessorSettings(
    face_search=FaceSearchSettings(collection_id="staff", face_match_threshold=85)
)
HOME = StreamProcessorSettings(
    connected_home=ConnectedHomeSettings(labels=["PERSON", "PACKAGE"], min_confidence=70)
)
CHANNEL = StreamProcessorNotificationChannel(sns_topic_arn=TOPIC)
BOX = RegionOfInterest(bounding_box=BoundingBox(width=1, height=0.5, left=0, top=0.5))
TRIANGLE = RegionOfInterest(polygon=[Point(x=0, y=1), Point(x=0.5, y=0), Point(x=1, y=1)])

FACE_SEARCH = {"input": INPUT, "output": TO_KINESIS, "settings": SEARCH, "role_arn": ROLE}
CONNECTED_HOME = {
    "input": INPUT,
    "output": TO_S3,
    "settings": HOME,
    "role_arn": ROLE,
    "notification_channel": CHANNEL,
}


def at_fragment(number="91343852333181432392682062622220590765191907586"):
    selector = KinesisVideoStreamStartSelector(fragment_number=number)
    return StreamProcessingStartSelector(kvs_stream_start_selector=selector)


def after(seconds):
    return StreamProcessingStopSelector(max_duration_in_seconds=seconds)


def sent(scripted):
    """The operations and bodies that arrived."""
    return [
        (request.headers["X-Amz-Target"].removeprefix("RekognitionService."), json.loads(body))
        for request, body in scripted.requests
    ]
