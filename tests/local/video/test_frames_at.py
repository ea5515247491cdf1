import av
import pytest
from PIL import Image

from vidkit.local.clips import read_clock
from vidkit.local.video import decoding, media
from vidkit.local.video.media import NotAVideoError


def decode_all(path):
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]


def without_packets(source, target, is_lost):
    """Copies a file and wipes out the coded frames that ``is_lost(ms)`` chooses."""
    content = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.size and is_lost(packet.pts * stream.time_base * 1000):
                content[packet.pos : packet.pos + packet.size] = bytes(packet.size)
    target.write_bytes(content)
    return target


def turn(path, target, matrix):
    """Copies an MP4 file, with another display matrix in its track header."""
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 4 + 40
    content[start : start + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in matrix)
    target.write_bytes(content)
    return target


@pytest.fixture
def counted(monkeypatch):
    """The presentation times of all frames that were decoded."""
    seen = []

    def decoded(container, stream, line, original=decoding.decoded):
        for frame in original(container, stream, line):
            seen.append(frame.pts)
            yield frame

    monkeypatch.setattr(decoding, "decoded", decoded)
    return seen


def test_every_frame_is_found_by_its_own_time(clock_clip):
    times = [clock_clip.time_of(n) for n in range(clock_clip.frame_count)]

    assert [read_clock(image) for image in media.frames_at(clock_clip.path, times)] == times


def test_a_frame_stays_until_the_next_one(clock_clip):
    offsets = [0, 1, 39, 40, 79, 80, 7959, 7960, 7999]
    images = media.frames_at(clock_clip.path, offsets)

    assert [read_clock(image) for image in images] == [0, 0, 0, 40, 40, 80, 7920, 7960, 7960]


def test_there_is_no_frame_outside_the_video(clock_clip):
    offsets = [-10_000, -1, 0, 7999, 8000, 8001, 10**12]
    found = [image is not None for image in media.frames_at(clock_clip.path, offsets)]

    assert found == [False, False, True, True, False, False, False]


def test_no_offsets_no_frames(clock_clip):
    assert list(media.frames_at(clock_clip.path, [])) == []


def test_offsets_may_come_in_any_order_and_twice(clock_clip):
    offsets = [5000, 120, 120, 7960, 0, 5000, 4960, -1, 5040, 8000, 40]
    images = list(media.frames_at(clock_clip.path, offsets))

    assert [image and read_clock(image) for image in images] == [
        *(5000, 120, 120, 7960, 0, 5000, 4960, None, 5040, None, 40)
    ]


def test_the_ms_before_a_frame_that_begins_between_two_is_the_frame_before(ntsc_clip):
    # Frame n begins at n * 1001 / 30 ms; at its clock's time, rounded down, it has not yet begun.
    offsets = range(2002)
    shown = [offset * 30 // 1001 for offset in offsets]
    images = media.frames_at(ntsc_clip.path, offsets)

    assert [read_clock(image) for image in images] == [n * 1001 // 30 for n in shown]


def test_frames_of_a_real_file_are_exactly_those_of_plain_decoding(carphone):
    expected = decode_all(carphone)
    first_ms = [-(-n * 1001 // 30) for n in range(120)]
    last_ms = [-(-n * 1001 // 30) - 1 for n in range(1, 121)]

    for offsets in (first_ms, last_ms):
        images = list(media.frames_at(carphone, offsets, square_pixels=False))
        assert [image.tobytes() for image in images] == [image.tobytes() for image in expected]


def test_a_late_frame_is_reached_from_its_key_frame(clock_clip, counted):
    line = media.timeline(clock_clip.path)
    key = max(line.keys)
    counted.clear()
    (image,) = media.frames_at(clock_clip.path, [7000])

    assert read_clock(image) == 7000
    assert min(counted) == key
    assert len(counted) < 60


def test_frames_between_two_offsets_are_skipped(clock_clip, counted):
    media.probe(clock_clip.path)
    counted.clear()
    images = media.frames_at(clock_clip.path, [0, 40, 7000])

    assert [read_clock(image) for image in images] == [0, 40, 7000]
    assert len(counted) < 70


def test_ascending_offsets_decode_each_frame_once(clock_clip, counted):
    media.probe(clock_clip.path)
    counted.clear()
    times = [clock_clip.time_of(n) for n in range(clock_clip.frame_count)]
    assert all(media.frames_at(clock_clip.path, times))

    keys = len(media.timeline(clock_clip.path).keys)
    assert len(counted) <= clock_clip.frame_count + keys


def test_damage_in_the_middle_leaves_the_other_frames(clock_clip, tmp_path):
    content = bytearray(clock_clip.path.read_bytes())
    start = content.index(b"mdat") + len(content) // 3
    content[start : start + 4000] = bytes(4000)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(content)
    images = list(media.frames_at(path, range(0, 8000, 200)))

    assert all(images)
    assert read_clock(images[0]) == 0
    assert read_clock(images[-1]) == 7800


def test_a_lost_frame_is_replaced_by_the_one_before(clock_clip, tmp_path):
    path = without_packets(
        clock_clip.path, tmp_path / "lost.mp4", {600, 1000, 7920, 7960}.__contains__
    )
    for offset in (600, 1000, 7960):
        (image,) = media.frames_at(path, [offset])
        assert 0 < offset - read_clock(image) <= 200

    images = media.frames_at(path, [560, 600, 640])
    assert [read_clock(image) for image in images] == [560, 560, 640]


def test_frames_that_vanish_between_the_call_and_the_reading_are_an_error(clock_clip, tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(clock_clip.path.read_bytes())
    images = media.frames_at(path, [0])
    without_packets(clock_clip.path, path, lambda _: True)

    with pytest.raises(NotAVideoError, match="no longer"):
        next(images)


def test_a_file_of_wiped_out_frames_is_rejected(clock_clip, tmp_path):
    path = without_packets(clock_clip.path, tmp_path / "wiped.mp4", lambda _: True)

    with pytest.raises(NotAVideoError, match="none of its frames can be decoded"):
        media.probe(path)


def test_time_starts_where_an_edit_list_lets_the_video_start(clock_clip, tmp_path):
    content = bytearray(clock_clip.path.read_bytes())
    entry = content.index(b"elst") + 12
    start = int.from_bytes(content[entry + 4 : entry + 8], "big")
    content[entry + 4 : entry + 8] = (start + 10 * 512).to_bytes(4, "big")  # ten frames later
    path = tmp_path / "edited.mp4"
    path.write_bytes(content)
    images = list(media.frames_at(path, [0, 40, 4000]))

    assert [read_clock(image) for image in images] == [400, 440, 4400]
    assert media.probe(path).frame_count == clock_clip.frame_count - 10


@pytest.mark.parametrize(
    ("matrix", "transpose"),
    [
        # Fixed-point rows as track headers have them: turned clockwise by 90, 180, 270 degrees.
        ((0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30), Image.Transpose.ROTATE_270),
        ((-1 << 16, 0, 0, 0, -1 << 16, 0, 0, 0, 1 << 30), Image.Transpose.ROTATE_180),
        ((0, -1 << 16, 0, 1 << 16, 0, 0, 0, 0, 1 << 30), Image.Transpose.ROTATE_90),
    ],
)
def test_rotated_video_is_shown_upright(carphone, tmp_path, matrix, transpose):
    path = turn(carphone, tmp_path / "turned.mp4", matrix)
    (plain,) = media.frames_at(carphone, [1000])
    (turned,) = media.frames_at(path, [1000])
    info = media.probe(path)

    assert turned.tobytes() == plain.transpose(transpose).tobytes()
    assert (info.width, info.height) == turned.size
