"""The example scripts, each run as a user runs it."""

import ast
import asyncio
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from PIL import Image

import vidkit
from vidkit.local import LocalCloud
from vidkit.local.clips import read_clock, render_clip

EXAMPLES = Path(__file__).parents[1] / "examples"
START = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 8


def environment(**more: str) -> dict[str, str]:
    """What a script sees: the vidkit under test, and none of the caller's credentials."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "HUAWEICLOUD_"))
    }
    path = [str(Path(vidkit.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    fixed = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "COLUMNS": "100",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return kept | fixed | more


@dataclass
class Run:
    code: int
    lines: list[str]
    error: str

    def after(self, beginning: str) -> str:
        """The rest of the one line that begins so."""
        (line,) = (line for line in self.lines if line.startswith(beginning))
        return line.removeprefix(beginning)


def run(folder: Path, script: str, *arguments: str | Path, **variables: str) -> Run:
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout.splitlines(), done.stderr)


def calls(lines: list[str]) -> dict[str, list[str]]:
    """The closing table: what stands beside each operation."""
    rows = [line.replace("|", " ").replace("│", " ").split() for line in lines]
    return {row[0]: row[1:] for row in rows if len(row) == 7 and row[-1] == "ms"}


@pytest.fixture
async def cloud():
    async with LocalCloud() as cloud:
        yield cloud


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder):
    """The demo without an argument, on a shorter clip."""
    done = run(folder, "quickstart.py", "--seconds", str(SECONDS))
    assert (done.code, done.error) == (0, "")
    return done


@pytest.fixture(scope="module")
def output(folder, demo):
    return folder / "demo-output"


def test_demo_saves_one_image_a_second_named_by_its_time(output):
    names = sorted(path.name for path in (output / "frames").iterdir())
    assert names == [f"20260101T0000{second:02}.000Z.jpg" for second in range(SECONDS)]
    for second, name in enumerate(names):
        with Image.open(output / "frames" / name) as image:
            assert image.size == (640, 360)
            assert read_clock(image) == 1000 * second


def test_demo_draws_its_pictures(output):
    for name in ("contact_sheet.png", "timeline.png"):
        with Image.open(output / name) as picture:
            picture.load()
            assert picture.format == "PNG"
            assert 960 <= picture.width <= 2000
            assert picture.height > 400
            assert len(picture.getcolors(1 << 24)) > 100


def test_demo_saves_snapshots(output):
    snapshots = sorted((output / "snapshots").iterdir())
    assert len(snapshots) == SECONDS
    for path in snapshots:
        with Image.open(path) as image:
            assert image.size == (480, 270)


def test_demo_says_what_it_did(demo):
    assert demo.after("Images: ") == f"{SECONDS} saved, 0 missing"
    assert demo.after("Labels: ") == "22 labels"
    assert demo.after("Segments: ") == "7 shots, 1 technical cue"
    assert demo.after("Policy: ") == "vidkit-demo: DE, AT, CH"
    left = demo.after("Left in demo-output: ")
    assert left == "contact_sheet.png, timeline.png, rendered_clip.mp4, frames/, snapshots/"


def test_demo_counts_its_calls(demo):
    table = calls(demo.lines)
    once = (
        "images.GetDataEndpoint",
        "images.GetImages",
        "rekognition.StartLabelDetection",
        "rekognition.StartSegmentDetection",
        "ivs.CreatePlaybackRestrictionPolicy",
        "mpc.CreateThumbnailsTask",
    )
    polled = (
        # Before the policy is created, and after it.
        "ivs.ListPlaybackRestrictionPolicies",
        "rekognition.GetLabelDetection",
        "rekognition.GetSegmentDetection",
        "mpc.ListThumbnailsTask",
    )
    assert set(table) == {*once, *polled, "all"}
    for name in once:
        assert table[name][:2] == ["1", "0"], name
    for name in polled:
        assert int(table[name][0]) >= 2, name
    assert int(table.pop("all")[0]) == sum(int(row[0]) for row in table.values())


async def test_the_three_lines_to_try_next_run(demo, capsys):
    *_, first, second, third = [line for line in demo.lines if line]
    program = compile(
        f"{first}\n{second}\n{third}\n", "try next", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    )
    await eval(program, {})
    assert "name='dach'" in capsys.readouterr().out


def test_own_video_replaces_what_the_last_run_left(output, tmp_path):
    output = shutil.copytree(output, tmp_path / "demo-output")
    notes = output / "frames" / "notes.txt"
    notes.write_text("mine")
    clip = render_clip(tmp_path / "härbour scene.mp4", duration=3, width=320, height=180, scenes=1)
    done = run(tmp_path, "quickstart.py", clip.path, "--interval", "0.5")
    assert (done.code, done.error) == (0, "")
    assert done.after("Labels: ") == "0 labels"
    assert "Rekognition itself finds them" in done.after("No labels: ")
    assert done.after("Segments: ") == "1 shot, 0 technical cues"
    left = done.after("Left in demo-output: ")
    assert left == "contact_sheet.png, timeline.png, frames/, snapshots/"
    frames = sorted(path.name for path in (output / "frames").glob("*.jpg"))
    assert frames == [f"20260101T00000{half // 2}.{500 * (half % 2):03}Z.jpg" for half in range(6)]
    assert notes.read_text() == "mine"
    names = {path.name for path in (output / "snapshots").iterdir()}
    assert names == {"snapshot_0.jpg", "snapshot_1.jpg", "snapshot_2.jpg"}


def test_video_that_rekognition_cannot_read_still_gives_images(tmp_path):
    with av.open(str(tmp_path / "clip.webm"), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number in range(15):
            image = Image.new("RGB", (160, 90), (200, 10 * number, 60))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    done = run(tmp_path, "quickstart.py", "clip.webm", "--output", "out")
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
def test_what_is_no_video_is_refused_in_one_line(kind, tmp_path):
    path = tmp_path / {"sound": "sound.m4a"}.get(kind, f"{kind}.mp4")
    if kind == "text":
        path.write_text("no video\nat all\n")
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound":
        audio_only(path)
    done = run(tmp_path, "quickstart.py", path)
    assert done.code == 2
    assert done.lines == []
    assert done.error.startswith(f"quickstart: {path} is not a readable video: ")
    assert done.error.count("\n") == 1
    assert not (tmp_path / "demo-output").exists()


def test_output_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "taken").write_text("a file")
    done = run(tmp_path, "quickstart.py", "--output", "taken", "--seconds", "3")
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
def test_command_line_that_makes_no_sense_is_refused(arguments, complaint, tmp_path):
    done = run(tmp_path, "quickstart.py", *arguments)
    assert done.code == 2
    assert complaint in done.error.splitlines()[-1]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("images.py", ["12:00:05.500000  ", "12:00:06.000000  NO_MEDIA"]),
        ("jobs.py", ["rekognition.label_detection: SUCCEEDED", "00:00:00:00 to 00:00:01:20  shot"]),
        ("many_jobs.py", ["first run: 30 labels, 0 told before", "30 starts, "]),
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
        ("snapshots.py", ["task 100211: SUCCEEDED", "  clip_4.jpg", "task 100212: FINISHED"]),
    ],
)
def test_example_runs(script, said, tmp_path):
    done = run(tmp_path, script)
    assert (done.code, done.error) == (0, "")
    for beginning in said:
        assert any(line.startswith(beginning) for line in done.lines), beginning
    assert list(tmp_path.iterdir()) == []
