"""The examples that save images as files."""

import av
import pytest
from example_runs import RunHere
from PIL import Image


@pytest.fixture
def example(tmp_path, monkeypatch, capsys):
    run_here = RunHere(tmp_path, monkeypatch, capsys)

    def run(name, output):
        done = run_here(name, tmp_path / output)
        assert (done.code, done.error) == (0, "")
        return tmp_path / output, done.lines

    return run


def test_save_images_saves_what_was_recorded(example):
    folder, told = example("save_images.py", "frames")
    names = sorted(path.name for path in folder.iterdir())
    # The end of a fragment is requested too, and is where a gap begins.
    assert len(names) == 120 + 60
    assert names[0] == "2026-05-01T09-00-00.000Z.jpg"
    assert any(line.startswith("180 saved, 0 skipped") for line in told)
    in_gaps, without_image = (
        int(text.replace(",", "")) for text in told[-1].split() if text[0].isdigit()
    )
    assert 180 + in_gaps + without_image == 24 * 3600
    # A fragment counts for 20 s at least, since its listed length may be too short.
    assert 0 < without_image <= 2 * 21


def test_contact_sheet_shows_the_range(example):
    path, told = example("contact_sheet.py", "sheet.png")
    with Image.open(path) as sheet:
        assert sheet.size == (1280, 540)
        assert len(sheet.getcolors(1 << 24)) > 100
    assert told[0].startswith("12 images on 1280 x 540 pixels")


def test_to_video_makes_a_film(example):
    path, told = example("to_video.py", "film.mp4")
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 150
    assert told[0].startswith("150 frames")
