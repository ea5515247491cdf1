import asyncio
import socket
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from local_cloud_calls import boto, call, send, write_video

from vidkit.errors import AuthError
from vidkit.local import Identity, LocalCloud, ScriptedLabel
from vidkit.local.kinesis_video.state import KinesisVideoState
from vidkit.local.rekognition.state import RekognitionState

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "192.168.1.4", "::", "example.com", "127.example.com", ""]
)
def test_only_loopback_is_served(host):
    with pytest.raises(ValueError, match="loopback"):
        LocalCloud(host=host)


@pytest.mark.parametrize("options", [{"port": -1}, {"port": 70000}, {"job_seconds": -1}])
def test_invalid_arguments_are_rejected(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        LocalCloud(**options)


async def test_use_before_start_and_after_close_is_an_error():
    cloud = LocalCloud()
    with pytest.raises(RuntimeError, match="not started"):
        _ = cloud.endpoint
    assert repr(cloud) == "<LocalCloud not started>"
    await cloud.close()
    await cloud.start()
    with pytest.raises(RuntimeError, match="already"):
        await cloud.start()
    endpoint = cloud.endpoint
    assert endpoint in repr(cloud)
    await cloud.close()
    await cloud.close()
    with pytest.raises(RuntimeError, match="not started"):
        _ = cloud.endpoint


async def test_it_restarts_with_its_objects():
    cloud = LocalCloud()
    cloud.add_object("bucket", "key", b"content")
    for _ in range(2):
        async with cloud:
            with boto(cloud, "s3") as s3:
                head = await call(s3.head_object, Bucket="bucket", Key="key")
                assert head["ContentLength"] == 7


async def test_nothing_is_left_after_close():
    before = asyncio.all_tasks()
    async with LocalCloud() as cloud:
        port = int(cloud.endpoint.rpartition(":")[2])
        await send(cloud, "GET", "/_local/calls")
    assert asyncio.all_tasks() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


async def test_a_port_in_use_is_an_os_error():
    async with LocalCloud() as cloud:
        second = LocalCloud(port=int(cloud.endpoint.rpartition(":")[2]))
        with pytest.raises(OSError, match="address"):
            await second.start()
        await second.close()


async def test_ipv6_loopback_is_served():
    async with LocalCloud(host="::1") as cloud:
        assert cloud.endpoint.startswith("http://[::1]:")
        with boto(cloud, "ivs") as ivs:
            assert await call(ivs.list_playback_restriction_policies)


async def test_the_name_of_loopback_is_served():
    async with LocalCloud(host="localhost") as cloud, aiohttp.ClientSession() as session:
        port = cloud.endpoint.rpartition(":")[2]
        async with session.get(f"http://localhost:{port}/_local/calls") as response:
            assert response.status == 200


async def test_a_service_that_fails_to_close_does_not_keep_the_others_open(monkeypatch):
    from vidkit.local.kinesis_video.service import KinesisVideoService
    from vidkit.local.objects.service import ObjectsService

    closed = []

    async def fail(service):
        closed.append(service.name)
        raise ZeroDivisionError

    monkeypatch.setattr(KinesisVideoService, "close", fail)
    monkeypatch.setattr(ObjectsService, "close", fail)
    cloud = LocalCloud()
    await cloud.start()
    with pytest.raises(ZeroDivisionError):
        await cloud.close()
    assert sorted(closed) == ["images", "objects"]


async def test_the_identity_can_be_set():
    identity = Identity(region="eu-central-1", access_key_id="AKIAOTHER", secret_access_key="x")
    async with LocalCloud(identity=identity) as cloud:
        assert (cloud.region, cloud.access_key_id, cloud.secret_access_key) == (
            "eu-central-1",
            "AKIAOTHER",
            "x",
        )
        assert cloud.project_id == identity.project_id
        with boto(cloud, "ivs") as ivs:
            created = await call(ivs.create_playback_restriction_policy)
            assert ":eu-central-1:" in created["playbackRestrictionPolicy"]["arn"]


def test_streams_need_a_time_zone_a_name_and_a_file(tmp_path):
    cloud = LocalCloud()
    path = tmp_path / "a.mp4"
    with pytest.raises(FileNotFoundError, match=r"a\.mp4"):
        cloud.add_stream("door", path, start_timestamp=T0)
    path.touch()
    with pytest.raises(ValueError, match="time zone"):
        cloud.add_stream("door", path, start_timestamp=T0.replace(tzinfo=None))
    with pytest.raises(ValueError, match="stream name"):
        cloud.add_stream("", path, start_timestamp=T0)
    stream = cloud.add_stream("door", path, start_timestamp=T0)
    assert stream.arn == (
        f"arn:aws:kinesisvideo:us-east-1:123456789012:stream/door/{T0.timestamp() * 1000:.0f}"
    )
    assert cloud.state.of(KinesisVideoState).streams == {"door": stream}


def test_objects_are_bytes_or_files(tmp_path):
    cloud = LocalCloud()
    file = tmp_path / "a.txt"
    with pytest.raises(FileNotFoundError):
        cloud.add_object("bucket", "a.txt", file)
    file.write_bytes(b"one")
    cloud.add_object("bucket", "in/a.txt", str(file))
    cloud.add_object("bucket", "in/b.txt", b"two")
    cloud.add_object("other", "in/c.txt", b"three")
    assert cloud.read_object("bucket", "in/a.txt") == b"one"
    assert cloud.read_object("bucket", "in/b.txt") == b"two"
    assert cloud.object_names("bucket") == ["in/a.txt", "in/b.txt"]
    assert cloud.object_names("bucket", "in/b") == ["in/b.txt"]
    with pytest.raises(KeyError):
        cloud.read_object("bucket", "nothing")
    with pytest.raises(ValueError, match="empty"):
        cloud.add_object("bucket", "", b"")


def test_scripted_labels_are_the_apis_items():
    cloud = LocalCloud()
    box = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
    label = ScriptedLabel(
        "Car",
        timedelta(seconds=1.5),
        confidence=88.5,
        duration=timedelta(seconds=2),
        parents=["Vehicle"],
        categories=["Vehicles and Automotive"],
        aliases=["Automobile"],
        instances=[box],
    )
    cloud.script_labels("bucket", "a.mp4", [label])
    assert cloud.state.of(RekognitionState).labels["bucket", "a.mp4"] == [
        {
            "Timestamp": 1500,
            "StartTimestampMillis": 1500,
            "EndTimestampMillis": 3500,
            "DurationMillis": 2000,
            "Label": {
                "Name": "Car",
                "Confidence": 88.5,
                "Instances": [{"BoundingBox": box, "Confidence": 88.5}],
                "Parents": [{"Name": "Vehicle"}],
                "Aliases": [{"Name": "Automobile"}],
                "Categories": [{"Name": "Vehicles and Automotive"}],
            },
        }
    ]


async def test_throttling_can_be_switched_on_and_off():
    async with LocalCloud(throttle=True) as cloud:
        assert cloud.throttle
        with boto(cloud, "rekognition") as rekognition:

            def lists():
                return [rekognition.list_stream_processors() for _ in range(20)]

            with pytest.raises(rekognition.exceptions.ThrottlingException, match="Slow down"):
                await call(lists)
            cloud.throttle = False
            assert len(await call(lists)) == 20


async def test_its_kit_is_a_client_of_it(tmp_path):
    video = await call(write_video, tmp_path / "a.mp4")
    cloud = LocalCloud()
    cloud.add_stream("front-door", video, start_timestamp=T0)
    with pytest.raises(RuntimeError, match="not started"):
        cloud.kit()
    async with cloud, cloud.kit(deadline=5) as kit:
        policy = await kit.ivs.create_playback_restriction_policy(name="dach")
        assert policy.name == "dach"
        images = await kit.images.get_images(
            stream_name="front-door",
            start_timestamp=T0,
            end_timestamp=T0 + timedelta(seconds=3),
            sampling_interval=timedelta(seconds=1),
        ).collect()
        assert len(images) == 4
        tasks = await kit.mpc.list_thumbnails_task().collect()
        assert tasks == []
    assert {c.service for c in cloud.calls} == {"ivs", "images", "mpc"}


async def test_the_options_of_its_kit_override_its_own():
    from vidkit import AwsConfig

    async with LocalCloud() as cloud:
        stranger = AwsConfig(
            region=cloud.region,
            access_key_id="AKIASTRANGER",
            secret_access_key="wrong",
            endpoint_url=cloud.endpoint,
        )
        async with cloud.kit(aws=stranger) as kit:
            with pytest.raises(AuthError):
                await kit.ivs.create_playback_restriction_policy(name="dach")
