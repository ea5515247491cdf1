import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError
from local_cloud_calls import write_video

import vidkit.local
from vidkit.local.__main__ import DEFAULT_START, main

ROOT = Path(vidkit.local.__file__).parents[2]


@contextmanager
def running(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "vidkit.local", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def client(ready, service, endpoint=None):
    return boto3.session.Session().client(
        service,
        endpoint_url=endpoint or ready["endpoint"],
        region_name=ready["region"],
        aws_access_key_id=ready["access_key_id"],
        aws_secret_access_key=ready["secret_access_key"],
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def test_it_serves_streams_and_objects_until_a_signal(tmp_path):
    video = write_video(tmp_path / "a@b=c.mp4")
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with running(
        f"--stream=front-door={video}@{start.isoformat()}",
        f"--stream=plain={video}",
        f"--object=bucket/in/a.mp4={video}",
    ) as (process, ready):
        assert set(ready) == {
            "endpoint",
            "region",
            "access_key_id",
            "secret_access_key",
            "project_id",
            "huawei_region",
            "iam_user",
            "iam_password",
            "domain_name",
        }
        s3 = client(ready, "s3")
        assert s3.get_object(Bucket="bucket", Key="in/a.mp4")["Body"].read() == video.read_bytes()
        streams = client(ready, "kinesisvideo")
        for name, expected in (("front-door", start), ("plain", DEFAULT_START)):
            endpoint = streams.get_data_endpoint(StreamName=name, APIName="GET_IMAGES")
            archive = client(ready, "kinesis-video-archived-media", endpoint["DataEndpoint"])
            images = archive.get_images(
                StreamName=name,
                ImageSelectorType="SERVER_TIMESTAMP",
                StartTimestamp=expected,
                EndTimestamp=expected,
                Format="JPEG",
            )["Images"]
            assert "ImageContent" in images[0]
            archive.close()
        s3.close()
        streams.close()
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=20)
        assert (process.returncode, rest, complaints) == (0, "", "")


def test_it_ends_cleanly_on_sigint_and_with_a_client_connected():
    with running() as (process, ready):
        ivs = client(ready, "ivs")
        ivs.list_playback_restriction_policies()
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=20)
        ivs.close()
        assert (process.returncode, rest, complaints) == (0, "", "")


def test_options_turn_throttling_on_and_add_collections():
    with running("--throttle", "--collection", "family") as (_, ready):
        rekognition = client(ready, "rekognition")
        codes = []
        for collection in ["family", *["nobody"] * 19]:
            with pytest.raises(ClientError) as caught:
                rekognition.start_face_search(
                    Video={"S3Object": {"Bucket": "bucket", "Name": "a.mp4"}},
                    CollectionId=collection,
                )
            codes.append(caught.value.response["Error"]["Code"])
        rekognition.close()
    assert codes[:2] == ["InvalidS3ObjectException", "ResourceNotFoundException"]
    assert "ThrottlingException" in codes


def test_a_port_in_use_gives_one_line_of_error():
    with running() as (_, ready):
        port = ready["endpoint"].rpartition(":")[2]
        with running_main(["--port", port]) as (code, out, err):
            assert (code, out) == (2, "")
            assert err.count("\n") == 1
            assert port in err


@contextmanager
def running_main(arguments):
    process = subprocess.run(
        [sys.executable, "-m", "vidkit.local", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=20,
        check=False,
    )
    yield process.returncode, process.stdout, process.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--stream", "door=/nowhere/a.mp4"], "no video file"),
        (["--object", "bucket/key=/nowhere/a.mp4"], "no file"),
        (["--port", "70000"], "port"),
        (["--job-seconds", "-1"], "job_seconds"),
        (["--sns-endpoint", "http://sns.example.com"], "sns_endpoint"),
    ],
)
def test_invalid_arguments_give_one_line_of_error(capsys, arguments, message):
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert message in shown.err


def test_a_start_without_a_time_zone_is_an_error(capsys, tmp_path):
    video = tmp_path / "a.mp4"
    video.touch()
    assert main(["--stream", f"door={video}@2026-05-01T12:00:00"]) == 2
    assert "time zone" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--stream", "door"], ["--stream", "=a.mp4"], ["--object", "bucket=a.mp4"]]
)
def test_malformed_arguments_are_usage_errors(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
