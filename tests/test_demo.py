"""What the demo leaves and says, run once as a program of its own."""

import ast
import shutil

import pytest
from example_runs import run
from PIL import Image

from vidkit.local.clips import read_clock, render_clip

SECONDS = 8


def calls(lines: list[str]) -> dict[str, list[str]]:
    """The closing table: what stands beside each operation."""
    rows = [line.replace("|", " ").replace("│", " ").split() for line in lines]
    return {row[0]: row[1:] for row in rows if len(row) == 7 and row[-1] == "ms"}


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
