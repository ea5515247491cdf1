"""Stream processors of the local Rekognition: their rules and their lives."""

import copy
import uuid
from datetime import timedelta

import pytest
from rekognition_calls import NOW, call, code_of

from vidkit.local import LocalCloud
from vidkit.local.rekognition import processors
from vidkit.local.rekognition.state import RekognitionState

ROLE = "arn:aws:iam::123456789012:role/r"
INPUT = {"KinesisVideoStream": {"Arn": "arn:aws:kinesisvideo:us-east-1:123456789012:stream/door/1"}}
FACES = {
    "Name": "faces",
    "Input": INPUT,
    "Output": {"KinesisDataStream": {"Arn": "arn:aws:kinesis:us-east-1:123456789012:stream/out"}},
    "Settings": {"FaceSearch": {"CollectionId": "family", "FaceMatchThreshold": 90.0}},
    "RoleArn": ROLE,
}
HOME = {
    "Name": "home",
    "Input": INPUT,
    "Output": {"S3Destination": {"Bucket": "results", "KeyPrefix": "door/"}},
    "Settings": {"ConnectedHome": {"Labels": ["PERSON", "PET"], "MinConfidence": 70}},
    "RoleArn": ROLE,
    "NotificationChannel": {
        "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:AmazonRekognition-home"
    },
    "KmsKeyId": "alias/key",
    "RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0}, {"X": 1, "Y": 0}, {"X": 1, "Y": 1}]}],
    "DataSharingPreference": {"OptIn": False},
}
SELECTORS = {
    "StartSelector": {"KVSStreamStartSelector": {"ProducerTimestamp": 1}},
    "StopSelector": {"MaxDurationInSeconds": 30},
}
BOX = {"BoundingBox": {"Left": 0, "Top": 0, "Width": 1, "Height": 1}}


@pytest.fixture(autouse=True)
def seconds(state):
    state.job_seconds = 2
    return 2


def at(state, seconds):
    state.now = lambda: NOW + timedelta(seconds=seconds)


async def status(service, name):
    return (await call(service, "DescribeStreamProcessor", Name=name))["Status"]


async def create(service, template, **changes):
    return await call(service, "CreateStreamProcessor", **{**template, **changes})


async def test_a_processor_is_described_as_it_was_created(rekognition, state):
    at(state, 0.25)
    for template in (FACES, HOME):
        name = template["Name"]
        response = await create(rekognition, template, Tags={"team": "a"})
        arn = f"arn:aws:rekognition:us-east-1:123456789012:streamprocessor/{name}"
        assert response == {"StreamProcessorArn": arn}
        created = NOW.timestamp() + 0.25
        assert await call(rekognition, "DescribeStreamProcessor", Name=name) == {
            **template,
            "StreamProcessorArn": arn,
            "Status": "STOPPED",
            "CreationTimestamp": created,
            "LastUpdateTimestamp": created,
        }
        tags = await call(rekognition, "ListTagsForResource", ResourceArn=arn)
        assert tags == {"Tags": {"team": "a"}}
    nobody = call(rekognition, "ListTagsForResource", ResourceArn=f"{arn}-other")
    assert await code_of(nobody) == "ResourceNotFoundException"


@pytest.mark.parametrize(("given", "kept"), [(None, 80.0), (10, 80.0), (95, 95)])
async def test_no_face_match_threshold_is_below_80(rekognition, given, kept):
    search = {"CollectionId": "c"} | ({} if given is None else {"FaceMatchThreshold": given})
    await create(rekognition, FACES, Settings={"FaceSearch": search})
    shown = await call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert shown["Settings"] == {"FaceSearch": {"CollectionId": "c", "FaceMatchThreshold": kept}}


@pytest.mark.parametrize(
    ("template", "changes"),
    [
        (FACES, {"Settings": {}}),
        (FACES, {"Settings": {**FACES["Settings"], **HOME["Settings"]}}),
        (FACES, {"Settings": {"FaceSearch": {}}}),
        (FACES, {"Input": {}}),
        (FACES, {"Output": {}}),
        (FACES, {"Output": HOME["Output"]}),
        (FACES, {"Output": {**FACES["Output"], **HOME["Output"]}}),
        (FACES, {"KmsKeyId": "alias/key"}),
        (FACES, {"RegionsOfInterest": [BOX]}),
        (FACES, {"Tags": {"aws:team": "a"}}),
        (FACES, {"Name": "a b"}),
        (FACES, {"RoleArn": "me"}),
        (HOME, {"Output": FACES["Output"]}),
        (HOME, {"Output": {**FACES["Output"], **HOME["Output"]}}),
        (HOME, {"Settings": {"ConnectedHome": {}}}),
        (HOME, {"Settings": {"ConnectedHome": {"Labels": ["CAR"]}}}),
        (HOME, {"Settings": {"ConnectedHome": {"Labels": []}}}),
        (HOME, {"RegionsOfInterest": [{}]}),
        (HOME, {"RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0}] * 2}]}),
        (HOME, {"RegionsOfInterest": [BOX] * 11}),
    ],
)
async def test_an_invalid_processor_is_not_created(rekognition, template, changes):
    refused = create(rekognition, template, **copy.deepcopy(changes))
    assert await code_of(refused) == "InvalidParameterException"
    assert (await call(rekognition, "ListStreamProcessors"))["StreamProcessors"] == []


async def test_face_search_starts_runs_and_stops(rekognition, state):
    await create(rekognition, FACES)
    session = (await call(rekognition, "StartStreamProcessor", Name="faces"))["SessionId"]
    assert uuid.UUID(session)
    seen = [await status(rekognition, "faces")]
    at(state, 2)
    shown = await call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert shown["LastUpdateTimestamp"] == NOW.timestamp() + 2
    seen.append(shown["Status"])
    at(state, 3600)
    seen.append(await status(rekognition, "faces"))
    assert await call(rekognition, "StopStreamProcessor", Name="faces") == {}
    seen.append(await status(rekognition, "faces"))
    at(state, 3602)
    seen.append(await status(rekognition, "faces"))
    assert seen == ["STARTING", "RUNNING", "RUNNING", "STOPPING", "STOPPED"]
    again = await call(rekognition, "StartStreamProcessor", Name="faces")
    assert again["SessionId"] != session


@pytest.mark.parametrize(("stop", "lasts"), [({"MaxDurationInSeconds": 120}, 120), ({}, 10)])
async def test_connected_home_stays_starting_until_its_time_is_over(
    rekognition, state, stop, lasts
):
    await create(rekognition, HOME)
    await call(
        rekognition,
        "StartStreamProcessor",
        Name="home",
        StartSelector={"KVSStreamStartSelector": {"FragmentNumber": "123"}},
        StopSelector=stop,
    )
    for moment, expected in ((0, "STARTING"), (lasts - 0.1, "STARTING"), (lasts, "STOPPED")):
        at(state, moment)
        assert await status(rekognition, "home") == expected


@pytest.mark.parametrize(
    ("template", "selectors"),
    [
        (FACES, SELECTORS),
        (FACES, {"StopSelector": {}}),
        (HOME, {}),
        (HOME, {"StartSelector": SELECTORS["StartSelector"]}),
        (HOME, {"StopSelector": SELECTORS["StopSelector"]}),
        (HOME, {**SELECTORS, "StartSelector": {}}),
        (HOME, {**SELECTORS, "StartSelector": {"KVSStreamStartSelector": {}}}),
        (HOME, {**SELECTORS, "StopSelector": {"MaxDurationInSeconds": 121}}),
        (
            HOME,
            {
                **SELECTORS,
                "StartSelector": {
                    "KVSStreamStartSelector": {"ProducerTimestamp": 1, "FragmentNumber": "2"}
                },
            },
        ),
    ],
)
async def test_selectors_are_for_connected_home_which_needs_both(rekognition, template, selectors):
    await create(rekognition, template)
    name = template["Name"]
    refused = call(rekognition, "StartStreamProcessor", Name=name, **selectors)
    assert await code_of(refused) == "InvalidParameterException"
    assert await status(rekognition, name) == "STOPPED"


@pytest.mark.parametrize(
    "operation",
    [f"{verb}StreamProcessor" for verb in ("Describe", "Start", "Stop", "Update", "Delete")],
)
async def test_a_missing_processor_is_not_found(rekognition, operation):
    assert await code_of(call(rekognition, operation, Name="x")) == "ResourceNotFoundException"


async def test_a_name_or_a_processor_in_use_is_an_error(rekognition):
    await create(rekognition, FACES)
    in_use = "ResourceInUseException"
    assert await code_of(create(rekognition, HOME, Name="faces")) == in_use
    assert await code_of(call(rekognition, "StopStreamProcessor", Name="faces")) == in_use
    await call(rekognition, "StartStreamProcessor", Name="faces")
    for verb in ("Start", "Update", "Delete"):
        assert await code_of(call(rekognition, f"{verb}StreamProcessor", Name="faces")) == in_use


async def test_a_deleted_name_can_be_used_again(rekognition):
    await create(rekognition, FACES)
    assert await call(rekognition, "DeleteStreamProcessor", Name="faces") == {}
    gone = call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert await code_of(gone) == "ResourceNotFoundException"
    await create(rekognition, FACES)


async def test_ten_face_searches_may_run(rekognition, state):
    for number in range(11):
        await create(rekognition, FACES, Name=f"p{number}")
    for number in range(10):
        await call(rekognition, "StartStreamProcessor", Name=f"p{number}")
    more = call(rekognition, "StartStreamProcessor", Name="p10")
    assert await code_of(more) == "LimitExceededException"
    await create(rekognition, HOME)
    await call(rekognition, "StartStreamProcessor", Name="home", **SELECTORS)
    await call(rekognition, "StopStreamProcessor", Name="p3")
    at(state, 2)
    await call(rekognition, "StartStreamProcessor", Name="p10")


async def test_as_many_processors_may_exist_as_the_quota_allows(rekognition, monkeypatch):
    monkeypatch.setattr(processors, "MAX_PROCESSORS", 1)
    await create(rekognition, FACES)
    assert await code_of(create(rekognition, HOME)) == "LimitExceededException"


async def test_an_update_changes_and_deletes_settings(rekognition, state):
    await create(rekognition, HOME)
    await call(
        rekognition,
        "UpdateStreamProcessor",
        Name="home",
        SettingsForUpdate={"ConnectedHomeForUpdate": {"Labels": ["ALL"]}},
        RegionsOfInterestForUpdate=[BOX],
        DataSharingPreferenceForUpdate={"OptIn": True},
        ParametersToDelete=["ConnectedHomeMinConfidence"],
    )
    assert await status(rekognition, "home") == "UPDATING"
    at(state, 2)
    shown = await call(rekognition, "DescribeStreamProcessor", Name="home")
    assert shown["Status"] == "STOPPED"
    assert shown["Settings"] == {"ConnectedHome": {"Labels": ["ALL"]}}
    assert shown["RegionsOfInterest"] == [BOX]
    assert shown["DataSharingPreference"] == {"OptIn": True}
    await call(
        rekognition, "UpdateStreamProcessor", Name="home", ParametersToDelete=["RegionsOfInterest"]
    )
    assert "RegionsOfInterest" not in await call(
        rekognition, "DescribeStreamProcessor", Name="home"
    )


@pytest.mark.parametrize(
    ("template", "changes"),
    [
        (FACES, {"SettingsForUpdate": {"ConnectedHomeForUpdate": {"Labels": ["ALL"]}}}),
        (FACES, {"RegionsOfInterestForUpdate": [BOX]}),
        (FACES, {"ParametersToDelete": ["RegionsOfInterest"]}),
        (HOME, {"SettingsForUpdate": {"ConnectedHomeForUpdate": {"Labels": ["CAR"]}}}),
        (HOME, {"RegionsOfInterestForUpdate": [{}]}),
        (HOME, {"ParametersToDelete": ["Everything"]}),
        (
            HOME,
            {
                "RegionsOfInterestForUpdate": [BOX],
                "ParametersToDelete": ["RegionsOfInterest"],
            },
        ),
        (
            HOME,
            {
                "SettingsForUpdate": {"ConnectedHomeForUpdate": {"MinConfidence": 50}},
                "ParametersToDelete": ["ConnectedHomeMinConfidence"],
            },
        ),
    ],
)
async def test_an_invalid_update_is_rejected(rekognition, template, changes):
    await create(rekognition, template)
    name = template["Name"]
    before = await call(rekognition, "DescribeStreamProcessor", Name=name)
    refused = call(rekognition, "UpdateStreamProcessor", Name=name, **changes)
    assert await code_of(refused) == "InvalidParameterException"
    assert await call(rekognition, "DescribeStreamProcessor", Name=name) == before


async def test_lists_page_in_the_order_of_creation(rekognition, state):
    for number in range(5):
        await create(rekognition, FACES, Name=f"p{number}")
    page = await call(rekognition, "ListStreamProcessors", MaxResults=2)
    assert page["StreamProcessors"] == [
        {"Name": "p0", "Status": "STOPPED"},
        {"Name": "p1", "Status": "STOPPED"},
    ]
    await call(rekognition, "DeleteStreamProcessor", Name="p1")
    rest = await call(rekognition, "ListStreamProcessors", NextToken=page["NextToken"])
    assert [item["Name"] for item in rest["StreamProcessors"]] == ["p2", "p3", "p4"]
    assert "NextToken" not in rest
    invalid = "InvalidPaginationTokenException"
    assert await code_of(call(rekognition, "ListStreamProcessors", NextToken="x")) == invalid
    at(state, 24 * 3600 + 1)
    late = call(rekognition, "ListStreamProcessors", NextToken=page["NextToken"])
    assert await code_of(late) == invalid


async def test_a_processor_fails_on_demand_once(rekognition, state):
    cloud = LocalCloud()
    failures = cloud.state.of(RekognitionState).processor_failures
    state.of(RekognitionState).processor_failures = failures
    await create(rekognition, FACES)
    cloud.fail_stream_processor("faces", "No stream.")
    assert await status(rekognition, "faces") == "STOPPED"
    await call(rekognition, "StartStreamProcessor", Name="faces")
    assert await status(rekognition, "faces") == "STARTING"
    at(state, 2)
    shown = await call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert (shown["Status"], shown["StatusMessage"]) == ("FAILED", "No stream.")
    await call(rekognition, "StartStreamProcessor", Name="faces")
    at(state, 4)
    shown = await call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert shown["Status"] == "RUNNING"
    assert "StatusMessage" not in shown
    cloud.fail_stream_processor("faces", "Lost it.")
    shown = await call(rekognition, "DescribeStreamProcessor", Name="faces")
    assert (shown["Status"], shown["StatusMessage"]) == ("FAILED", "Lost it.")
    assert cloud.state.of(RekognitionState).processor_failures == {}
