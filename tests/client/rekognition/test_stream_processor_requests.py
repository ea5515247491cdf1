from datetime import UTC, datetime, timedelta, timezone

import pytest
from stream_processor_examples import (
    BOX,
    CONNECTED_HOME,
    FACE_SEARCH,
    FACES,
    HOME,
    ROLE,
    SEARCH,
    TO_KINESIS,
    TO_S3,
    TOPIC,
    TRIANGLE,
    VIDEO,
    after,
    at_fragment,
    sent,
)

from vidkit import (
    RequestError,
)
from vidkit.rekognition import (
    ConnectedHomeSettings,
    ConnectedHomeSettingsForUpdate,
    FaceSearchSettings,
    KinesisDataStream,
    KinesisVideoStream,
    KinesisVideoStreamStartSelector,
    RegionOfInterest,
    S3Destination,
    StreamProcessingStartSelector,
    StreamProcessingStopSelector,
    StreamProcessorDataSharingPreference,
    StreamProcessorInput,
    StreamProcessorNotificationChannel,
    StreamProcessorOutput,
    StreamProcessorSettings,
    StreamProcessorSettingsForUpdate,
)


async def test_every_parameter_of_create_reaches_the_service(scripted):
    scripted.json({"StreamProcessorArn": "arn"})
    async with scripted.kit() as kit:
        response = await kit.rekognition.create_stream_processor(
            "door",
            **CONNECTED_HOME,
            tags={"site": "home"},
            kms_key_id="arn:aws:kms:us-east-1:123456789012:key/1",
            regions_of_interest=[BOX, TRIANGLE],
            data_sharing_preference=StreamProcessorDataSharingPreference(opt_in=True),
        )
        await kit.rekognition.create_stream_processor("gate", **FACE_SEARCH)
    assert response.stream_processor_arn == "arn"
    home, search = sent(scripted)
    assert home == (
        "CreateStreamProcessor",
        {
            "Name": "door",
            "Input": {"KinesisVideoStream": {"Arn": VIDEO}},
            "Output": {"S3Destination": {"Bucket": "my-bucket", "KeyPrefix": "door/"}},
            "Settings": {"ConnectedHome": {"Labels": ["PERSON", "PACKAGE"], "MinConfidence": 70}},
            "RoleArn": ROLE,
            "Tags": {"site": "home"},
            "NotificationChannel": {"SNSTopicArn": TOPIC},
            "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
            "RegionsOfInterest": [
                {"BoundingBox": {"Width": 1, "Height": 0.5, "Left": 0, "Top": 0.5}},
                {"Polygon": [{"X": 0, "Y": 1}, {"X": 0.5, "Y": 0}, {"X": 1, "Y": 1}]},
            ],
            "DataSharingPreference": {"OptIn": True},
        },
    )
    assert search == (
        "CreateStreamProcessor",
        {
            "Name": "gate",
            "Input": {"KinesisVideoStream": {"Arn": VIDEO}},
            "Output": {"KinesisDataStream": {"Arn": FACES}},
            "Settings": {"FaceSearch": {"CollectionId": "staff", "FaceMatchThreshold": 85}},
            "RoleArn": ROLE,
        },
    )


async def test_every_parameter_of_update_and_list_reaches_the_service(scripted):
    scripted.json({})
    async with scripted.kit() as kit:
        await kit.rekognition.update_stream_processor(
            "door",
            settings_for_update=StreamProcessorSettingsForUpdate(
                connected_home_for_update=ConnectedHomeSettingsForUpdate(
                    labels=["PET"], min_confidence=12.5
                )
            ),
            regions_of_interest_for_update=[],
            data_sharing_preference_for_update=StreamProcessorDataSharingPreference(opt_in=False),
            parameters_to_delete=["RegionsOfInterest"],
        )
        await kit.rekognition.list_stream_processors(max_results=7, next_token="t1")
        await kit.rekognition.list_stream_processors()
    assert sent(scripted) == [
        (
            "UpdateStreamProcessor",
            {
                "Name": "door",
                "SettingsForUpdate": {
                    "ConnectedHomeForUpdate": {"Labels": ["PET"], "MinConfidence": 12.5}
                },
                "RegionsOfInterestForUpdate": [],
                "DataSharingPreferenceForUpdate": {"OptIn": False},
                "ParametersToDelete": ["RegionsOfInterest"],
            },
        ),
        ("ListStreamProcessors", {"MaxResults": 7, "NextToken": "t1"}),
        ("ListStreamProcessors", {"MaxResults": 1000}),
    ]


async def test_the_selectors_reach_the_service(scripted):
    scripted.json({"SessionId": "s1"})
    half_an_hour_east = timezone(timedelta(minutes=30))
    moment = datetime(2026, 1, 1, 0, 30, 0, 123999, tzinfo=half_an_hour_east)
    by_time = StreamProcessingStartSelector(
        kvs_stream_start_selector=KinesisVideoStreamStartSelector(producer_timestamp=moment)
    )
    async with scripted.kit() as kit:
        response = await kit.rekognition.start_stream_processor(
            "door", start_selector=by_time, stop_selector=after(120)
        )
        await kit.rekognition.start_stream_processor(
            "door", start_selector=at_fragment("17"), stop_selector=StreamProcessingStopSelector()
        )
        await kit.rekognition.start_stream_processor("gate")
    assert response.session_id == "s1"
    assert [body for _, body in sent(scripted)] == [
        {
            "Name": "door",
            "StartSelector": {"KVSStreamStartSelector": {"ProducerTimestamp": 1767225600123}},
            "StopSelector": {"MaxDurationInSeconds": 120},
        },
        {
            "Name": "door",
            "StartSelector": {"KVSStreamStartSelector": {"FragmentNumber": "17"}},
            "StopSelector": {},
        },
        {"Name": "gate"},
    ]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"name": ""}, ["name=''"]),
        ({"name": "a door"}, ["name='a door'"]),
        ({"name": "x" * 129}, ["name="]),
        ({"name": 5}, ["name=5"]),
        ({"role_arn": "rekognition"}, ["role_arn='rekognition'"]),
        ({"input": VIDEO}, ["input=", "StreamProcessorInput"]),
        ({"output": TO_S3}, ["output", "face search", "kinesis_data_stream"]),
        ({"kms_key_id": "alias/door"}, ["kms_key_id", "label detection"]),
        ({"regions_of_interest": [BOX]}, ["regions_of_interest", "label detection"]),
        ({"kind": "faces"}, ["kind", "settings"]),
        ({"settings": HOME}, ["output", "s3_destination"]),
        ({"settings": HOME, "output": TO_S3}, ["notification_channel", "missing"]),
        (CONNECTED_HOME | {"kms_key_id": "*"}, ["kms_key_id='*'"]),
        (CONNECTED_HOME | {"kms_key_id": "k" * 2049}, ["kms_key_id=", "2048"]),
        (CONNECTED_HOME | {"regions_of_interest": [BOX] * 11}, ["regions_of_interest", "10"]),
        (CONNECTED_HOME | {"regions_of_interest": BOX}, ["regions_of_interest"]),
        ({"tags": {"aws:x": "y"}}, ["tags=", "'aws:x'", "reserved"]),
        ({"tags": {f"k{n}": "" for n in range(201)}}, ["tags=", "at most 200", "201"]),
    ],
)
async def test_invalid_parameters_of_create_are_rejected_before_they_are_sent(
    scripted, parameters, words
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await kit.rekognition.create_stream_processor(
                **({"name": "gate"} | FACE_SEARCH | parameters)
            )
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("describe_stream_processor", {"name": "a/b"}, ["DescribeStreamProcessor", "name='a/b'"]),
        ("stop_stream_processor", {"name": ""}, ["StopStreamProcessor", "name=''"]),
        ("delete_stream_processor", {"name": "ü"}, ["DeleteStreamProcessor", "name='ü'"]),
        ("delete_stream_processor", {}, ["name"]),
        (
            "start_stream_processor",
            {"name": "x", "start_selector": at_fragment()},
            ["stop_selector: missing", "both selectors"],
        ),
        (
            "start_stream_processor",
            {"name": "x", "stop_selector": after(1)},
            ["start_selector: missing", "both selectors"],
        ),
        ("start_stream_processor", {"name": "x", "stop_selector": 10}, ["stop_selector=10"]),
        (
            "update_stream_processor",
            {"name": "x", "parameters_to_delete": ["Labels"]},
            ["parameters_to_delete.0='Labels'", "ConnectedHomeMinConfidence"],
        ),
        (
            "update_stream_processor",
            {"name": "x", "parameters_to_delete": "RegionsOfInterest"},
            ["parameters_to_delete='RegionsOfInterest'"],
        ),
        (
            "update_stream_processor",
            {"name": "x", "regions_of_interest_for_update": [BOX] * 11},
            ["regions_of_interest_for_update", "10"],
        ),
        ("wait_for_status", {"name": "a/b", "status": "RUNNING"}, ["name='a/b'"]),
        ("wait_for_status", {"name": "x", "status": "running"}, ["status='running'", "STOPPED"]),
        ("wait_for_status", {"name": "x", "status": []}, ["status=[]", "STOPPED"]),
        (
            "wait_for_status",
            {"name": "x", "status": "RUNNING", "timeout": 0},
            ["timeout=0", "more than 0"],
        ),
    ],
)
async def test_invalid_parameters_are_rejected_before_they_are_sent(
    scripted, method, parameters, words
):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            await getattr(kit.rekognition, method)(**parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


@pytest.mark.parametrize(
    "parameters",
    [{"max_results": 0}, {"max_results": "all"}, {"next_token": ""}, {"next_token": "x" * 256}],
)
async def test_parameters_of_a_list_are_checked_by_the_call(scripted, parameters):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=r"rekognition\.ListStreamProcessors"):
            kit.rekognition.list_stream_processors(**parameters)


NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: KinesisVideoStream(arn=FACES), ["KinesisVideoStream", "arn=", "kinesisvideo"]),
        (lambda: KinesisDataStream(arn=VIDEO), ["KinesisDataStream", "arn=", "kinesis:"]),
        (StreamProcessorInput, ["kinesis_video_stream", "missing"]),
        (StreamProcessorOutput, ["kinesis_data_stream, s3_destination", "neither"]),
        (
            lambda: StreamProcessorOutput(
                kinesis_data_stream=TO_KINESIS.kinesis_data_stream,
                s3_destination=TO_S3.s3_destination,
            ),
            ["exactly one", "both"],
        ),
        (StreamProcessorSettings, ["face_search, connected_home", "exactly one", "neither"]),
        (
            lambda: StreamProcessorSettings(
                face_search=SEARCH.face_search, connected_home=HOME.connected_home
            ),
            ["face_search, connected_home", "exactly one", "both"],
        ),
        (lambda: S3Destination(bucket="ab"), ["bucket='ab'", "3"]),
        (lambda: S3Destination(bucket="my-bucket", key_prefix="x" * 1025), ["key_prefix", "1024"]),
        (FaceSearchSettings, ["collection_id", "missing"]),
        (
            lambda: FaceSearchSettings(collection_id="staff", face_match_threshold=101),
            ["face_match_threshold=101", "100"],
        ),
        (lambda: FaceSearchSettings(collection_id="a b"), ["collection_id='a b'"]),
        (lambda: ConnectedHomeSettings(labels=[]), ["labels=[]", "1"]),
        (lambda: ConnectedHomeSettings(labels="PET"), ["labels='PET'"]),
        (lambda: ConnectedHomeSettings(labels=["CAR"]), ["labels.0='CAR'", "PACKAGE"]),
        (lambda: ConnectedHomeSettings(labels=["PET"] * 129), ["labels", "128"]),
        (
            lambda: ConnectedHomeSettings(labels=["PET"], min_confidence=-1),
            ["min_confidence=-1", "0"],
        ),
        (lambda: ConnectedHomeSettingsForUpdate(min_confidence=100.5), ["min_confidence=100.5"]),
        (
            lambda: StreamProcessorNotificationChannel(sns_topic_arn="topic"),
            ["sns_topic_arn='topic'"],
        ),
        (
            lambda: StreamProcessorNotificationChannel(sns_topic_arn=TOPIC, role_arn=ROLE),
            ["role_arn", "no such parameter", "sns_topic_arn"],
        ),
        (lambda: StreamProcessorDataSharingPreference(opt_in=1), ["opt_in=1"]),
        (KinesisVideoStreamStartSelector, ["producer_timestamp, fragment_number", "neither"]),
        (
            lambda: KinesisVideoStreamStartSelector(
                producer_timestamp=datetime(2026, 1, 1, tzinfo=UTC), fragment_number="1"
            ),
            ["exactly one", "both"],
        ),
        (
            lambda: KinesisVideoStreamStartSelector(producer_timestamp=NAIVE),
            ["producer_timestamp=", "aware"],
        ),
        (
            lambda: KinesisVideoStreamStartSelector(producer_timestamp=1767225600000),
            ["producer_timestamp=1767225600000", "datetime"],
        ),
        (
            lambda: KinesisVideoStreamStartSelector(
                producer_timestamp=datetime(1969, 12, 31, tzinfo=UTC)
            ),
            ["producer_timestamp=", "1970"],
        ),
        (lambda: at_fragment("12a"), ["fragment_number='12a'"]),
        (lambda: at_fragment("1" * 129), ["fragment_number="]),
        (lambda: after(0), ["max_duration_in_seconds=0", "1"]),
        (lambda: after(121), ["max_duration_in_seconds=121", "120"]),
        (lambda: after(1.5), ["max_duration_in_seconds=1.5"]),
        (RegionOfInterest, ["bounding_box", "polygon"]),
        (
            lambda: RegionOfInterest(bounding_box=BOX.bounding_box, polygon=TRIANGLE.polygon),
            ["bounding_box", "polygon"],
        ),
        (lambda: RegionOfInterest(polygon=TRIANGLE.polygon[:2]), ["polygon", "3"]),
    ],
)
def test_invalid_models_are_rejected_by_their_constructor(make, words):
    with pytest.raises(RequestError) as caught:
        make()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
async def test_arns_of_every_partition_are_accepted(scripted, partition):
    def there(arn):
        return arn.replace("arn:aws:", f"arn:{partition}:")

    scripted.json({})
    async with scripted.kit() as kit:
        await kit.rekognition.create_stream_processor(
            "door",
            input=StreamProcessorInput(kinesis_video_stream=KinesisVideoStream(arn=there(VIDEO))),
            output=TO_S3,
            settings=HOME,
            role_arn=there(ROLE),
            notification_channel=StreamProcessorNotificationChannel(sns_topic_arn=there(TOPIC)),
        )
    ((_, body),) = sent(scripted)
    assert body["RoleArn"] == there(ROLE)
    assert KinesisDataStream(arn=there(FACES)).arn == there(FACES)
