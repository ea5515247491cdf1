import random
from fractions import Fraction
from itertools import pairwise

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageStat

from vidkit.local import clips
from vidkit.local.clips import ClockError, read_clock, render_clip
from vidkit.local.video import media
from vidkit.local.video.burnt_in_clock import LAST_MS, Clock, clock_text

SIZE = (320, 180)


def burnt(ms, *, dim=False, size=SIZE, ground="#4070a0"):
    image = Image.new("RGB", size, "black" if dim else ground)
    Clock(size).burn(image, ms, dim=dim)
    return image


@pytest.fixture(scope="module")
def frames(clock_clip):
    times = [clock_clip.time_of(n) for n in range(clock_clip.frame_count)]
    return list(zip(times, media.frames_at(clock_clip.path, times), strict=True))


# --- the clock


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image,
        media.encode,
        lambda image: media.encode(image, quality=50),
        lambda image: media.encode(image, format="PNG"),
        lambda image: media.encode(image, quality=60, size=(160, 90)),
        lambda image: media.encode(image, quality=60, size=(480, 200)),
        lambda image: image.convert("L"),
        lambda image: ImageEnhance.Brightness(image).enhance(0.6),
        lambda image: image.filter(ImageFilter.GaussianBlur(0.8)),
    ],
    ids=["as is", "jpeg", "quality 50", "png", "half", "stretched", "grey", "darker", "blurred"],
)
def test_every_frame_of_a_clip_shows_its_time(frames, change):
    assert [read_clock(change(image)) for _, image in frames] == [ms for ms, _ in frames]


@pytest.mark.parametrize("size", [(160, 90), (322, 182), (640, 360), (1000, 200), (180, 320)])
@settings(max_examples=examples(25), deadline=None)
@given(ms=st.integers(0, LAST_MS), dim=st.booleans())
def test_any_time_can_be_burnt_and_read(size, ms, dim):
    assert read_clock(burnt(ms, dim=dim, size=size)) == ms


@pytest.mark.parametrize("dim", [False, True])
@settings(max_examples=examples(40), deadline=None)
@given(square=st.integers(0, 39), ms=st.integers(0, LAST_MS))
def test_a_wrong_square_is_noticed(dim, square, ms):
    image = burnt(ms, dim=dim)
    left, top = 8 * square, SIZE[1] - 7
    box = (left, top, left + 8, SIZE[1])
    _, light = image.crop((0, top, *SIZE)).convert("L").getextrema()
    image.paste((0 if image.getpixel(box[:2])[0] else light,) * 3, box)

    with pytest.raises(ClockError):
        read_clock(image)


@pytest.mark.parametrize("colour", ["black", "white", "#808080"])
def test_a_plain_picture_has_no_clock(colour):
    with pytest.raises(ClockError, match="no clock"):
        read_clock(Image.new("RGB", SIZE, colour))


def test_a_picture_of_something_else_has_no_clock(carphone):
    for image in media.frames_at(carphone, range(0, 4000, 100)):
        with pytest.raises(ClockError):
            read_clock(image)


@pytest.mark.parametrize("content", [b"", b"no picture", media.encode(burnt(5))[:300]])
def test_bytes_that_are_no_picture_are_rejected(content):
    with pytest.raises(ValueError, match="cannot be read"):
        read_clock(content)


def test_a_cropped_picture_is_not_misread():
    with pytest.raises(ClockError):
        read_clock(burnt(123_456).crop((0, 0, SIZE[0] - 40, SIZE[1])))


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "00:00:00.000"), (12_340, "00:00:12.340"), (3_723_004, "01:02:03.004")],
)
def test_clock_texts_have_hours_minutes_and_seconds(ms, text):
    assert clock_text(ms) == text


def test_the_digits_are_drawn(frames):
    # Times that differ in the digits alone: the strip is cut off before comparing.
    def digits(ms):
        return burnt(ms).crop((0, 0, SIZE[0], SIZE[1] - 8)).tobytes()

    assert digits(1000) == digits(1000) != digits(2000)
    assert digits(0) != Image.new("RGB", (SIZE[0], SIZE[1] - 8), "#4070a0").tobytes()


def test_a_dim_clock_is_dark_but_readable():
    lowest, highest = burnt(123_456, dim=True).convert("L").getextrema()

    assert lowest == 0
    assert 0 < highest <= 32


# --- the clip


def test_the_clip_matches_its_description(clock_clip):
    info = media.probe(clock_clip.path)

    assert (info.width, info.height) == (clock_clip.width, clock_clip.height) == SIZE
    assert info.duration == clock_clip.duration == 8
    assert info.frame_rate == clock_clip.frame_rate == 25
    assert info.frame_count == clock_clip.frame_count == 200
    assert (info.codec, info.container) == ("h264", "QuickTime / MOV")
    assert not info.has_audio
    with av.open(str(clock_clip.path)) as container:
        assert container.streams.video[0].pix_fmt == "yuv420p"


def test_scenes_and_gap_cover_the_clip(clock_clip):
    spans = sorted([*((s.start_ms, s.end_ms) for s in clock_clip.scenes), clock_clip.black])

    assert spans[0][0] == 0
    assert spans[-1][1] == 8000
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert clock_clip.black[1] - clock_clip.black[0] == pytest.approx(500, abs=40)
    assert clock_clip.scenes[1].end_ms == clock_clip.black[0]


def test_scenes_have_different_names_and_labels(tmp_path):
    clip = render_clip(tmp_path / "many.mp4", duration=1.6, width=160, height=90, scenes=8)
    names = [scene.name for scene in clip.scenes]

    assert len(set(names)) == 8
    assert names[6] == f"{names[0]} 2"
    assert all(scene.labels for scene in clip.scenes)
    assert len({scene.labels for scene in clip.scenes}) == 6


def test_things_move_within_a_scene(frames):
    upper = [image.crop((0, 0, 320, 150)).tobytes() for ms, image in frames if ms in (200, 600)]

    assert upper[0] != upper[1]


def test_one_scene_has_no_gap(ntsc_clip):
    assert ntsc_clip.black is None
    assert len(ntsc_clip.scenes) == 1
    assert ntsc_clip.frame_count == 60
    assert ntsc_clip.frame_rate == Fraction(30000, 1001)
    assert ntsc_clip.time_of(1) == 33
    assert ntsc_clip.time_of(30) == 1001


def test_the_tone_is_as_long_as_the_pictures(ntsc_clip):
    with av.open(str(ntsc_clip.path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))

    assert samples / 48_000 == pytest.approx(ntsc_clip.duration, abs=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 321}, "even"),
        ({"height": 181}, "even"),
        ({"width": 158}, "160x90"),
        ({"height": 88}, "160x90"),
        ({"duration": 0}, "too few"),
        ({"duration": 0.6, "scenes": 3}, "too few"),
        ({"scenes": 0}, "too few"),
        ({"duration": 20_000}, "ends at"),
    ],
)
def test_what_cannot_be_rendered_is_rejected(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        render_clip(tmp_path / "clip.mp4", **{"width": 320, "height": 180, **options})

    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"old")

    def burn(self, image, ms, *, dim=False):
        if ms > 500:
            raise RuntimeError("disk full")

    monkeypatch.setattr(clips.Clock, "burn", burn)
    with pytest.raises(RuntimeError, match="disk full"):
        render_clip(path, duration=2, width=160, height=90)

    assert [file.name for file in tmp_path.iterdir()] == ["clip.mp4"]
    assert path.read_bytes() == b"old"


def test_rendering_twice_gives_the_same_pictures(tmp_path):
    one, other = (
        render_clip(tmp_path / name, duration=1, width=160, height=90, scenes=1)
        for name in ("one.mp4", "other.mp4")
    )
    pictures = [media.frames_at(clip.path, range(0, 1000, 200)) for clip in (one, other)]

    for first, second in zip(*pictures, strict=True):
        # What is drawn is the same; x264 rounds it now and then another way in another place.
        assert max(ImageStat.Stat(ImageChops.difference(first, second)).mean) < 1
    assert (one.scenes, one.black) == (other.scenes, other.black)


def test_noise_is_not_read_as_a_time():
    noise = random.Random(5)
    wrong = 0
    for _ in range(300):
        content = noise.randbytes(40 * 24)
        image = Image.frombytes("L", (40, 24), content).resize(SIZE, Image.Resampling.NEAREST)
        try:
            read_clock(media.encode(image))
        except ClockError:
            wrong += 1

    assert wrong == 300
