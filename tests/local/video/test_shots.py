from fractions import Fraction
from itertools import pairwise

import av
import pytest
from av.video.reformatter import ColorRange

from vidkit.local.video import media
from vidkit.local.video.media import NotAVideoError
from vidkit.local.video.shots import BlackSpan, Shot, find_black, find_shots, smpte

WIDTH, HEIGHT = 64, 100


def write_flat(path, colours, *, full=False, rate=25, bright_rows=0, format="mp4", start=0):
    """Writes a lossless video of one colour (Y, U, V) a frame, the first rows bright."""
    color_range = ColorRange.JPEG if full else ColorRange.MPEG
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream("libx264", rate, {"qp": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.color_range = color_range
        for number, colour in enumerate(colours):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            frame.color_range = color_range
            luma, *chroma = frame.planes
            bright = bright_rows * luma.line_size
            luma.update(bytes([235]) * bright + bytes([colour[0]]) * (luma.buffer_size - bright))
            for plane, value in zip(chroma, colour[1:], strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts, frame.time_base = start + number, 1 / Fraction(rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def grey(*levels):
    return [(level, 128, 128) for level in levels]


def spans(found):
    return [(span.start_frame, span.end_frame) for span in found]


# --- shots


def test_the_cuts_of_a_rendered_clip_are_found_at_their_frames(clock_clip):
    shots = find_shots(clock_clip.path)
    starts = sorted([*(scene.start_ms for scene in clock_clip.scenes), clock_clip.black[0]])

    assert [shot.start_ms for shot in shots] == starts
    assert [shot.start_frame for shot in shots] == [ms // 40 for ms in starts]
    assert all(shot.confidence > 90 for shot in shots)


def test_shots_cover_the_video(clock_clip):
    shots = find_shots(clock_clip.path)

    assert [shot.index for shot in shots] == list(range(len(shots)))
    assert (shots[0].start_frame, shots[0].start_ms) == (0, 0)
    for before, after in pairwise(shots):
        assert after.start_frame == before.end_frame + 1
        assert after.start_ms == before.end_ms
    assert shots[-1].end_frame == clock_clip.frame_count - 1
    assert shots[-1].end_ms == 8000


def test_times_count_from_the_first_frame(tmp_path):
    path = write_flat(tmp_path / "late.ts", grey(*[40] * 5, *[200] * 5), format="mpegts", start=50)
    (_, second) = find_shots(path)

    assert media.timeline(path).times[0] > 0
    assert (second.start_ms, second.end_ms) == (200, 400)


def test_a_real_video_without_cuts_is_one_shot(carphone):
    assert find_shots(carphone) == [
        Shot(index=0, start_ms=0, end_ms=4004, start_frame=0, end_frame=119, confidence=100.0)
    ]


def test_a_cut_between_colours_of_one_brightness_is_found(tmp_path):
    red, blue = (100, 90, 220), (100, 220, 90)
    path = write_flat(tmp_path / "colours.mp4", [red] * 7 + [blue] * 5)

    assert spans(find_shots(path)) == [(0, 6), (7, 11)]


def test_a_slow_change_is_no_cut(tmp_path):
    path = write_flat(tmp_path / "fade.mp4", grey(*range(20, 220, 4)))

    assert spans(find_shots(path)) == [(0, 49)]


def test_times_between_two_ms_are_rounded_down(tmp_path):
    path = write_flat(
        tmp_path / "ntsc.mp4", grey(*[40] * 5, *[200] * 5), rate=Fraction(30000, 1001)
    )
    shots = find_shots(path)

    assert [(shot.start_ms, shot.end_ms) for shot in shots] == [(0, 166), (166, 333)]


def test_confidence_grows_with_the_change(tmp_path):
    weak = write_flat(tmp_path / "weak.mp4", grey(*[60] * 5, *[90] * 5))
    strong = write_flat(tmp_path / "strong.mp4", grey(*[60] * 5, *[130] * 5))
    (_, one), (_, other) = find_shots(weak), find_shots(strong)

    assert 50 <= one.confidence < 90 < other.confidence <= 100


def test_the_threshold_decides_what_is_a_cut(tmp_path):
    path = write_flat(tmp_path / "weak.mp4", grey(*[60] * 5, *[90] * 5))

    assert len(find_shots(path, threshold=5)) == 2
    assert len(find_shots(path, threshold=30)) == 1


# --- black frames


def test_the_black_gap_of_a_rendered_clip_is_found_although_it_has_a_clock(clock_clip):
    start, end = clock_clip.black

    (span,) = find_black(clock_clip.path)
    assert (span.start_ms, span.end_ms) == (start, end)
    assert (span.start_frame, span.end_frame) == (start // 40, end // 40 - 1)
    assert 99 <= span.confidence <= 100


def test_a_real_video_has_no_black_frames(carphone):
    assert find_black(carphone) == []


def test_black_at_both_ends_and_single_frames(tmp_path):
    path = write_flat(tmp_path / "ends.mp4", grey(16, 16, 200, 16, 200, 200, 16, 16))

    assert find_black(path) == [
        BlackSpan(0, 80, 0, 1, 100.0),
        BlackSpan(120, 160, 3, 3, 100.0),
        BlackSpan(240, 320, 6, 7, 100.0),
    ]


@pytest.mark.parametrize(
    ("full", "threshold", "darkest_not_black"),
    [
        (False, 0.2, 60),  # 16 + 0.2 * 219 = 59.8
        (True, 0.2, 52),  # 0.2 * 255 = 51
        (False, 0.1, 38),  # 16 + 0.1 * 219 = 37.9
        (True, 0.1, 26),  # 0.1 * 255 = 25.5
    ],
)
def test_what_counts_as_black_depends_on_the_color_range(
    tmp_path, full, threshold, darkest_not_black
):
    levels = (180, darkest_not_black - 1, darkest_not_black, 180)
    path = write_flat(tmp_path / "levels.mp4", grey(*levels), full=full)

    assert media.probe(path).color_range == ("FULL" if full else "LIMITED")
    assert spans(find_black(path, max_pixel_threshold=threshold)) == [(1, 1)]


def test_enough_of_the_picture_has_to_be_black(tmp_path):
    path = write_flat(tmp_path / "rows.mp4", grey(*[16] * 4), bright_rows=5)

    assert find_black(path) == []
    assert find_black(path, min_coverage_percentage=95.1) == []
    (span,) = find_black(path, min_coverage_percentage=95)
    assert (span.start_frame, span.end_frame) == (0, 3)
    assert span.confidence == pytest.approx(95)


@pytest.mark.parametrize("find", [find_shots, find_black])
def test_what_is_not_a_video_is_rejected(tmp_path, find):
    with pytest.raises(NotAVideoError, match="no such file"):
        find(tmp_path / "missing.mp4")


# --- timecodes


@pytest.mark.parametrize(
    ("frame", "rate", "timecode"),
    [
        (0, 25, "00:00:00:00"),
        (24, 25.0, "00:00:00:24"),
        (25, 25, "00:00:01:00"),
        (25 * 3661 + 7, 25, "01:01:01:07"),
        (24 * 60, 24000 / 1001, "00:01:00:00"),
        (1800, 30, "00:01:00:00"),
        (3, 0.5, "00:00:03:00"),
        (1799, 30000 / 1001, "00:00:59;29"),
        (1800, 30000 / 1001, "00:01:00;02"),
        (17981, Fraction(30000, 1001), "00:09:59;29"),
        (17982, 29.97, "00:10:00;00"),
        (19781, 29.97, "00:10:59;29"),
        (19782, 29.97, "00:11:00;02"),
        (107892, 29.97, "01:00:00;00"),
        (3599, 60000 / 1001, "00:00:59;59"),
        (3600, 60000 / 1001, "00:01:00;04"),
        (35964, 59.94, "00:10:00;00"),
    ],
)
def test_timecodes(frame, rate, timecode):
    assert smpte(frame, rate) == timecode


@pytest.mark.parametrize(("rate", "nominal"), [(30000 / 1001, 30), (60000 / 1001, 60)])
def test_drop_frame_leaves_out_the_first_numbers_of_most_minutes(rate, nominal):
    dropped = nominal // 15
    expected = [
        f"{minute // 60:02}:{minute % 60:02}:{second:02};{frame:02}"
        for minute in range(21)
        for second in range(60)
        for frame in range(nominal)
        if second or frame >= dropped or minute % 10 == 0
    ]

    assert [smpte(frame, rate) for frame in range(len(expected))] == expected
