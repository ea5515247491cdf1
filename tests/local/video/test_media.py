import io
import os
import pickle
import wave
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.codec.context import ThreadType
from PIL import Image, ImageChops, ImageStat

from vidkit.local.clips import read_clock, render_clip
from vidkit.local.video import media
from vidkit.local.video.media import NotAVideoError
from vidkit.local.video.video_files import opened


def difference(one, other):
    """How far two pictures are apart, on average over the pixels, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def remux(source, target, *, format, shift_seconds=0):
    """Copies the video stream, all times moved by some seconds."""
    with av.open(str(source)) as old, av.open(str(target), "w", format=format) as new:
        stream = old.streams.video[0]
        copy = new.add_stream_from_template(stream)
        shift = int(shift_seconds / stream.time_base)
        for packet in old.demux(stream):
            if packet.dts is not None:
                packet.pts += shift
                packet.dts += shift
                packet.stream = copy
                new.mux(packet)
    return target


# --- probe


def test_probe_returns_the_properties_of_a_real_file(carphone):
    info = media.probe(carphone)

    assert info.path == carphone
    assert info.duration == pytest.approx(4.004)
    assert (info.width, info.height) == (193, 144)
    assert info.pixel_aspect == Fraction(128, 117)
    assert info.frame_rate == pytest.approx(30000 / 1001)
    assert info.codec == "h264"
    assert info.container == "QuickTime / MOV"
    assert info.color_range == "LIMITED"
    assert info.frame_count == 120
    assert info.audio is None
    assert not info.has_audio


def test_probe_returns_the_audio_stream(ntsc_clip):
    info = media.probe(str(ntsc_clip.path))

    assert info.has_audio
    assert info.audio.codec == "aac"
    assert info.audio.sample_rate == 48_000
    assert info.audio.channels == 1
    assert info.audio.duration == pytest.approx(ntsc_clip.duration, abs=0.05)
    assert info.duration == pytest.approx(ntsc_clip.duration, abs=1e-6)


def test_probe_notices_a_changed_file(tmp_path):
    path = tmp_path / "clip.mp4"
    render_clip(path, duration=0.4, width=160, height=90, scenes=1)
    before = media.probe(path)
    render_clip(path, duration=0.8, width=192, height=108, scenes=1)
    after = media.probe(path)

    assert (before.frame_count, before.width) == (10, 160)
    assert (after.frame_count, after.width) == (20, 192)


@pytest.mark.parametrize(
    ("format", "container"),
    [
        ("matroska", "Matroska / WebM"),
        ("mpegts", "MPEG-TS (MPEG-2 Transport Stream)"),
        ("mov", "QuickTime / MOV"),
    ],
)
def test_time_starts_with_the_first_frame_whatever_the_container_says(
    clock_clip, tmp_path, format, container
):
    path = remux(clock_clip.path, tmp_path / "late", format=format, shift_seconds=7)
    info = media.probe(path)
    times = [clock_clip.time_of(n) for n in range(0, clock_clip.frame_count, 9)]

    assert info.container == container
    assert info.frame_count == clock_clip.frame_count
    assert info.duration == pytest.approx(clock_clip.duration, abs=0.002)
    assert [read_clock(image) for image in media.frames_at(path, times)] == times


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_titles_in_another_encoding_than_utf_8_are_no_obstacle(tmp_path, name):
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Xberwachung"
        stream = container.add_stream("libx264", 25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.metadata["title"] = "Xberwachung"
        container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode())
    content = path.read_bytes()
    assert b"Xberwachung" in content
    path.write_bytes(content.replace(b"Xberwachung", "Überwachung".encode("latin-1")))
    assert media.probe(path).frame_count == 1
    assert [image.size for image in media.frames_at(path, [0])] == [(64, 48)]


def test_files_are_decoded_without_frame_threads(carphone):
    with opened(carphone) as (_, stream):
        assert not stream.thread_type & ThreadType.FRAME


# --- what is not a video

NO_FORMAT = "it is damaged, or in a format that is not a video's"


def text(path):
    path.write_text("these are words\n" * 500)


def sound(path):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))


def sound_in_mp4(path):
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", 48_000, layout="mono")
        frame = av.AudioFrame("s16", "mono", 4096)
        frame.sample_rate = 48_000
        frame.planes[0].update(bytes(8192))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def picture(path):
    Image.new("RGB", (64, 64), "red").save(path, "PNG")


def playlist(path):
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _: None, "no such file or directory"),
        (Path.mkdir, "it is a directory"),
        (os.mkfifo, "it is not a file"),
        (Path.touch, NO_FORMAT),
        (text, NO_FORMAT),
        (sound, NO_FORMAT),
        (sound_in_mp4, "there is no video stream in it"),
        (picture, NO_FORMAT),
        (playlist, NO_FORMAT),
    ],
)
@pytest.mark.parametrize("call", [media.probe, lambda path: media.frames_at(path, [0])])
def test_what_is_not_a_video_is_rejected_by_name_and_reason(tmp_path, make, reason, call):
    path = tmp_path / "thing.txt"
    make(path)
    with pytest.raises(NotAVideoError) as caught:
        call(path)

    assert str(caught.value) == f"{path} is not a readable video: {reason}"
    assert isinstance(caught.value, ValueError)


def test_a_file_without_its_frames_is_rejected(carphone, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(carphone.read_bytes()[:3000])
    with pytest.raises(NotAVideoError, match=r"cut\.mp4 is not a readable video: "):
        media.probe(path)


def test_the_error_survives_pickling():
    error = pickle.loads(pickle.dumps(NotAVideoError(Path("a.mp4"), "it is a directory")))

    assert str(error) == "a.mp4 is not a readable video: it is a directory"
    assert error.reason == "it is a directory"


# --- encode, fit


@pytest.fixture
def image(clock_clip):
    (image,) = media.frames_at(clock_clip.path, [600])
    return image


def test_jpeg_is_the_default_and_close_to_the_picture(image):
    content = media.encode(image)
    read = Image.open(io.BytesIO(content))

    assert content[:2] == b"\xff\xd8"
    assert read.size == image.size
    assert 0 < difference(read, image) < 4


def test_better_quality_takes_more_bytes(image):
    low, middle, high = (len(media.encode(image, quality=quality)) for quality in (10, 80, 100))

    assert low < middle < high
    assert len(media.encode(image)) == middle


def test_png_is_lossless(image):
    content = media.encode(image, format="PNG")

    assert content.startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(content)).tobytes() == image.tobytes()


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_picture_is_stretched_to_the_size(image, format):
    read = Image.open(io.BytesIO(media.encode(image, format=format, size=(200, 300))))

    assert read.size == (200, 300)
    assert difference(read.convert("RGB").resize(image.size), image) < 12


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_pictures_of_other_modes_are_encoded_as_rgb(mode):
    read = Image.open(io.BytesIO(media.encode(Image.new(mode, (8, 8)))))

    assert read.mode == "RGB"


@pytest.mark.parametrize(
    ("size", "max_length", "fitted"),
    [
        ((1920, 1080), 480, (480, 270)),
        ((1080, 1920), 480, (270, 480)),
        ((640, 360), 3840, (3840, 2160)),
        ((176, 144), 480, (480, 392)),
        ((500, 500), 240, (240, 240)),
        ((4000, 3), 240, (240, 2)),
    ],
)
def test_fit_keeps_the_aspect(size, max_length, fitted):
    assert media.fit(*size, max_length=max_length) == fitted


def test_an_unknown_audio_codec_is_no_audio(tmp_path):
    path = tmp_path / "odd.mp4"
    render_clip(path, duration=1, width=160, height=90, scenes=1, audio=True)
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"zzzz").replace(b"esds", b"xxxx"))
    info = media.probe(path)
    assert (info.audio, info.frame_count) == (None, 25)
