"""The example scripts, with the arguments of a user."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from example_runs import EXAMPLES, RunHere, environment, run
from PIL import Image

from vidkit.local import LocalCloud
from vidkit.local.clips import render_clip

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def cloud():
    async with LocalCloud() as cloud:
        yield cloud


@pytest.fixture
def run_here(tmp_path, monkeypatch, capsys):
    return RunHere(tmp_path, monkeypatch, capsys)


def test_video_that_rekognition_cannot_read_still_gives_images(run_here, tmp_path):
    with av.open(str(tmp_path / "clip.webm"), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number in range(15):
            image = Image.new("RGB", (160, 90), (200, 10 * number, 60))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    done = run_here("quickstart.py", "clip.webm", "--output", "out")
    assert (done.code, done.error) == (0, "")
    assert done.after("Images: ") == "2 saved, 0 missing"
    assert "H.264" in done.after("No shots: ")
    with Image.open(tmp_path / "out" / "timeline.png") as picture:
        assert picture.width == 2000


def audio_only(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", 48_000, layout="mono")
        frame = av.AudioFrame("s16", "mono", 1024)
        frame.planes[0].update(bytes(2048))
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("kind", ["missing", "text", "folder", "sound"])
def test_what_is_no_video_is_refused_in_one_line(kind, run_here, tmp_path):
    path = tmp_path / {"sound": "sound.m4a"}.get(kind, f"{kind}.mp4")
    if kind == "text":
        path.write_text("no video\nat all\n")
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound":
        audio_only(path)
    done = run_here("quickstart.py", path)
    assert done.code == 2
    assert done.lines == []
    assert done.error.startswith(f"quickstart: {path} is not a readable video: ")
    assert done.error.count("\n") == 1
    assert not (tmp_path / "demo-output").exists()


def test_output_that_cannot_be_written_is_one_line(run_here, tmp_path):
    (tmp_path / "taken").write_text("a file")
    done = run_here("quickstart.py", "--output", "taken", "--seconds", "3")
    assert done.code == 1
    assert done.error.startswith("quickstart: ")
    assert done.error.count("\n") == 1


def test_ctrl_c_ends_without_a_traceback(tmp_path):
    with subprocess.Popen(
        [sys.executable, EXAMPLES / "quickstart.py", "--seconds", "4"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Video: ")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error == "quickstart: stopped\n"


async def test_cloud_runs_against_what_the_environment_names(tmp_path, cloud: LocalCloud):
    clip = render_clip(tmp_path / "clip.mp4", duration=4, width=320, height=180, scenes=2)
    cloud.add_stream("cam", clip.path, start_timestamp=START)
    cloud.add_object("videos", "clip.mp4", clip.path)
    arguments = [
        *("--cloud", "--region", cloud.region, "--length", "6"),
        *("--stream", "cam", "--start", (START - timedelta(seconds=1)).isoformat()),
        *("--bucket", "videos", "--object", "clip.mp4", "--policy", "dach"),
        *("--obs-bucket", "videos", "--obs-object", "clip.mp4"),
        *("--huawei-endpoint", cloud.endpoint),
    ]
    credentials = {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.secret_access_key,
        "HUAWEICLOUD_SDK_AK": cloud.access_key_id,
        "HUAWEICLOUD_SDK_SK": cloud.secret_access_key,
        "HUAWEICLOUD_SDK_PROJECT_ID": cloud.project_id,
    }
    done = await asyncio.to_thread(run, tmp_path, "quickstart.py", *arguments, **credentials)
    assert (done.code, done.error) == (0, "")
    assert done.after("Images: ") == "4 saved, 2 missing"
    assert done.after("Segments: ") == "3 shots, 1 technical cue"
    assert done.after("Policy: ") == "dach: DE, AT, CH"
    assert done.after("The snapshots are in obs://videos/snapshots/")
    assert len(cloud.object_names("videos", "snapshots/")) == 4


async def test_error_of_a_service_is_one_line(tmp_path, cloud: LocalCloud):
    arguments = ("--cloud", "--region", "us-east-1", "--bucket", "videos", "--object", "gone.mp4")
    credentials = {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": cloud.access_key_id,
        "AWS_SECRET_ACCESS_KEY": cloud.secret_access_key,
    }
    done = await asyncio.to_thread(run, tmp_path, "quickstart.py", *arguments, **credentials)
    assert done.code == 1
    assert done.error.startswith("quickstart: rekognition.Start")
    assert "InvalidS3ObjectException" in done.error
    assert done.error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--cloud"], "--cloud needs something to do"),
        (["--cloud", "--stream", "cam"], "--stream and --start go together"),
        (["--bucket", "videos"], "--bucket goes with --cloud"),
        (["--interval", "0.1"], "must be 0.2 to 86400 seconds"),
    ],
)
def test_command_line_that_makes_no_sense_is_refused(arguments, complaint, run_here):
    done = run_here("quickstart.py", *arguments)
    assert done.code == 2
    assert complaint in done.error.splitlines()[-1]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("images.py", ["12:00:05.500000  ", "12:00:06.000000  NO_MEDIA"]),
        ("jobs.py", ["rekognition.label_detection: SUCCEEDED", "00:00:00:00 to 00:00:01:20  shot"]),
        (
            "face_search.py",
            [
                "staff: 3 faces",
                "     0 ms  carla (100 %)",
                "  1000 ms  nobody known",
                "  2000 ms  anna (100 %)",
                "collections left: 0",
            ],
        ),
        pytest.param(
            "many_jobs.py",
            ["first run: 30 labels, 0 repeated", "30 starts, "],
            marks=pytest.mark.long,
        ),
        (
            "policies.py",
            [
                "  sent     CreatePlaybackRestrictionPolicy",
                "  sent     no write",
                "  sent     UpdatePlaybackRestrictionPolicy",
                "deleted    0 policies left",
            ],
        ),
        (
            "call.py",
            [
                "page       2 channels",
                "page       1 channels",
                "lost       a list is requested again: 3 channels",
                "lost       a create is not: AmbiguousError",
                "fragments  ",
                "tasks      0 of MPC",
                "rejected   operation='detect_custom_lables': no operation of rekognition",
                "rejected   ProjectVersionArn: missing; DetectCustomLabels requires it",
                "rejected   Image.Byte: no member of Image; did you mean Bytes?",
                "not here   ListAdConfigurations: UnknownOperationException",
            ],
        ),
        (
            "channels.py",
            [
                "created    4 channels; ****",
                "plan       4 planned",
                "apply      3 changed, 1 live",
                "wait       1 changed, 3 unchanged",
                "session    ",
                "detach     4 changed",
            ],
        ),
        (
            "speed.py",
            [
                "Images of half a minute",
                "  concurrency=1                   150 ",
                "  concurrency=8, the default      150 ",
                "  page after page                 150 ",
                "  pages(), which fetches ahead    150 ",
                "  one kit                          10 ",
            ],
        ),
        ("snapshots.py", ["task 100211: SUCCEEDED", "  clip_4.jpg", "task 100212: FINISHED"]),
    ],
)
def test_example_runs(script, said, run_here, tmp_path):
    done = run_here(script)
    assert (done.code, done.error) == (0, "")
    for beginning in said:
        assert any(line.startswith(beginning) for line in done.lines), beginning
    assert list(tmp_path.iterdir()) == []
