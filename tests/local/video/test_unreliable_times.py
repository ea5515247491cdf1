"""Files whose times are shuffled, missing, or jump."""

import random
from itertools import chain

import av
import pytest
from PIL import Image
from small_clips import MS, grey, number_of, write_clip

from vidkit.local.video import media, shots

COUNT = 24
MIDDLES = [MS * number + MS // 2 for number in range(COUNT)]
B_FRAMES = {"bf": "3", "g": "12", "x264-params": "b-adapt=0:scenecut=0"}
MPEG2 = {"bf": "2", "g": "12", "b": "4000000"}
OPEN_GOPS = {**B_FRAMES, "x264-params": "b-adapt=0:scenecut=0:open-gop=1"}


def pictures(first=0, count=COUNT):
    return map(grey, range(first, first + count))


def shown(path, offsets):
    return [number_of(image) for image in media.frames_at(path, offsets)]


def joined(path, *recordings):
    """Writes recordings of MPEG-TS one after another into one file."""
    parts = []
    for recording in recordings:
        part = write_clip(path.with_name("part.ts"), recording, options=B_FRAMES)
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))
    return path


def copied(source, target, is_kept=lambda number: True, shift=0):
    """Copies packets, by their numbers in the file, with later times."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = old.streams.video[0]
        copy = new.add_stream_from_template(stream)
        for number, packet in enumerate(old.demux(stream)):
            if packet.dts is not None and is_kept(number):
                packet.pts += shift
                packet.dts += shift
                packet.stream = copy
                new.mux(packet)
    return target


def decoded_times(path):
    with av.open(str(path)) as container:
        return [frame.pts for frame in container.decode(video=0)]


# --- containers without presentation times


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("clip.avi", "libx264", B_FRAMES),
        ("clip.avi", "libx264", OPEN_GOPS),
        ("clip.mxf", "libx264", B_FRAMES),
        ("clip.asf", "libx264", B_FRAMES),
        ("clip.asf", "mpeg2video", MPEG2),
        ("clip.mpg", "libx264", B_FRAMES),
    ],
)
def test_frames_come_in_order_where_the_container_has_no_presentation_times(
    tmp_path, name, codec, options
):
    path = write_clip(tmp_path / name, pictures(), codec=codec, options=options)
    times = decoded_times(path)
    assert None in times or times != sorted(times)
    info = media.probe(path)

    assert (info.frame_count, info.duration) == (COUNT, pytest.approx(COUNT / 25, abs=0.001))
    assert shown(path, MIDDLES) == list(range(COUNT))
    assert shown(path, [-1, COUNT * MS]) == [None, None]


@pytest.mark.parametrize("name", ["clip.avi", "clip.mkv", "clip.flv", "clip.mpg", "clip.mxf"])
def test_reliable_times_are_used_for_seeking(tmp_path, name):
    codec, options = "mpeg2video", MPEG2
    if name == "clip.flv":
        codec, options = "libx264", B_FRAMES
    path = write_clip(tmp_path / name, pictures(), codec=codec, options=options)

    assert media.timeline(path).seekable
    assert shown(path, MIDDLES) == list(range(COUNT))


def test_shuffled_frames_are_found_in_any_order(tmp_path):
    path = write_clip(tmp_path / "clip.avi", pictures(), options=B_FRAMES)
    numbers = list(range(COUNT))
    random.Random(7).shuffle(numbers)

    assert shown(path, [MIDDLES[number] for number in numbers]) == numbers


def test_frames_without_reordering_are_sought_in_any_container(tmp_path):
    path = write_clip(tmp_path / "clip.avi", pictures(), options={"bf": "0", "g": "6"})

    assert media.timeline(path).seekable
    assert shown(path, MIDDLES) == list(range(COUNT))


# --- recordings that were joined


def test_joined_recordings_are_shown_one_after_another(tmp_path):
    path = joined(tmp_path / "joined.ts", pictures(0, 16), pictures(16, 5), pictures(21, 11))
    numbers = [0, 15, 16, 20, 21, 31, 3, 30, 17]
    info = media.probe(path)

    assert info.frame_count == 32
    assert info.duration == pytest.approx(32 / 25, abs=0.001)
    assert shown(path, [MS * number + MS // 2 for number in range(32)]) == list(range(32))
    assert shown(path, [MS * number + MS // 2 for number in numbers]) == numbers


def test_the_second_of_two_recordings_may_be_longer(tmp_path):
    path = joined(tmp_path / "joined.ts", pictures(0, 15), pictures(15, 17))

    assert shown(path, range(MS // 2, 32 * MS, MS)) == list(range(32))


@pytest.mark.parametrize("hours", [0.1, 5, 13])
@pytest.mark.parametrize("order", ["late early", "early late early", "late early late"])
def test_a_recording_may_begin_long_before_the_one_before_it(tmp_path, hours, order):
    path, parts = tmp_path / "joined.ts", []
    for number, when in enumerate(order.split()):
        content = pictures(8 * number, 8)
        part = write_clip(tmp_path / "part.ts", content, options=B_FRAMES)
        if when == "late":
            part = copied(part, tmp_path / "late.ts", shift=round(hours * 3600 * 90_000))
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))
    # A jump forward is a gap, except to the clock of a recording before.
    gap = hours * 3600 if order == "early late early" else 0
    assert media.probe(path).duration == pytest.approx(8 * len(parts) / 25 + gap, abs=0.5)
    last = round(media.probe(path).duration * 1000)
    assert shown(path, [0, last - MS // 2]) == [0, 8 * len(parts) - 1]
    if not gap:
        assert shown(path, range(MS // 2, 16 * MS, MS)) == list(range(16))


def test_shots_are_found_beyond_a_joint(tmp_path):
    red, blue = (Image.new("RGB", (160, 96), colour) for colour in ("red", "blue"))
    path = joined(tmp_path / "joined.ts", [red] * 15, chain([red] * 5, [blue] * 12))
    found = shots.find_shots(path)

    assert [(shot.start_frame, shot.end_frame) for shot in found] == [(0, 19), (20, 31)]
    assert [(shot.start_ms, shot.end_ms) for shot in found] == [(0, 800), (800, 1280)]


@pytest.mark.parametrize("options", [B_FRAMES, OPEN_GOPS])
def test_a_recording_that_begins_between_key_frames_begins_with_the_next_one(tmp_path, options):
    first = write_clip(tmp_path / "first.ts", pictures(0, 16), options=options)
    second = write_clip(tmp_path / "second.ts", pictures(16, 16), options=options)
    cut = copied(second, tmp_path / "cut.ts", lambda number: number > 0)
    path = tmp_path / "joined.ts"
    path.write_bytes(first.read_bytes() + cut.read_bytes())
    with av.open(str(cut)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    key = min(packet.pts for packet in packets if packet.is_keyframe)
    decodable = sum(packet.pts >= key for packet in packets)
    numbers = [*range(16), *range(32 - decodable, 32)]

    assert 0 < decodable < 16
    assert shown(path, range(MS // 2, len(numbers) * MS, MS)) == numbers
    assert media.probe(path).frame_count == len(numbers)


# --- what must stay as it is


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_uneven_times_are_kept(tmp_path, name):
    times = [0, 1, 2, 10, 11, 30, 31, 32, 60, 90]
    path = write_clip(tmp_path / name, pictures(count=10), options=B_FRAMES, times=times)
    edges = [offset for time in times for offset in (MS * time + 1, MS * time - 1)][2:]

    assert shown(path, edges) == [n for number in range(1, 10) for n in (number, number - 1)]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_a_clip_that_begins_late_begins_with_its_first_frame(tmp_path, name):
    times = range(500, 500 + COUNT)
    path = write_clip(tmp_path / name, pictures(), options=B_FRAMES, times=times)
    assert shown(path, MIDDLES) == list(range(COUNT))
    assert media.probe(path).duration == pytest.approx(COUNT / 25, abs=0.002)


@pytest.mark.parametrize("seconds", [0.2, 0.5, 2])
def test_the_clock_of_a_transport_stream_may_wrap(tmp_path, seconds):
    source = write_clip(tmp_path / "source.ts", pictures(), options=B_FRAMES)
    with av.open(str(source)) as container:
        start = container.streams.video[0].start_time
    shift = 2**33 - start - round(seconds * 90_000)
    path = copied(source, tmp_path / "wrapped.ts", shift=shift)

    assert media.probe(path).duration == pytest.approx(COUNT / 25)
    assert shown(path, MIDDLES) == list(range(COUNT))


def test_a_jump_forward_is_a_gap(tmp_path):
    first = write_clip(tmp_path / "first.ts", pictures(0, 8), options=B_FRAMES)
    second = write_clip(tmp_path / "second.ts", pictures(8, 8), options=B_FRAMES)
    late = copied(second, tmp_path / "late.ts", shift=20 * 90_000)
    path = tmp_path / "joined.ts"
    path.write_bytes(first.read_bytes() + late.read_bytes())
    with av.open(str(path)) as container:
        times = sorted(packet.pts for packet in container.demux(video=0) if packet.size)
    gap_end = (times[8] - times[0]) // 90

    assert gap_end > 19_000
    assert shown(path, [0, MS * 7, 10_000, gap_end - 2, gap_end + 2]) == [0, 7, 7, 7, 8]
