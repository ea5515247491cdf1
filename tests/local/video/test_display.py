"""Pictures are turned, mirrored, stretched and cropped as a player shows them."""

import struct
from fractions import Fraction

import av
import pytest
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition
from PIL import Image
from small_clips import SIZE, grey, number_of, write_clip

from vidkit.local.video import media, shots

ONE = 1 << 16
CORNER = (40, 24)
"""Half of the picture's size: a corner's."""


def cornered():
    """A picture with a red corner at the top left."""
    picture = Image.new("RGB", SIZE, "black")
    picture.paste("red", (0, 0, *CORNER))
    return picture


def with_matrix(path, across, down):
    """Sets the display matrix in the track header of an MP4 file.

    Args:
        path: the file.
        across: where a step to the right leads, to the right and down.
        down: where a step down leads.
    """
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 4 + 40
    matrix = (*across, 0, *down, 0, 0, 0, 1 << 30)
    content[start : start + 36] = struct.pack(">9i", *(round(number) for number in matrix))
    path.write_bytes(content)
    return path


def red_corners(image):
    width, height = image.size
    spots = {
        (right, down): image.getpixel((8 + right * (width - 16), 8 + down * (height - 16)))
        for right in (0, 1)
        for down in (0, 1)
    }
    return [corner for corner, (red, *_) in spots.items() if red > 120]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("plain") / "clip.mp4", [cornered()] * 3)


@pytest.fixture
def copy(plain, tmp_path):
    path = tmp_path / "copy.mp4"
    path.write_bytes(plain.read_bytes())
    return path


def first_of(path, **options):
    (image,) = media.frames_at(path, [0], **options)
    return image


# --- turned and mirrored


@pytest.mark.parametrize("across", [(ONE, 0), (-ONE, 0), (0, ONE), (0, -ONE)])
@pytest.mark.parametrize("sign", [1, -1])
def test_pictures_are_turned_and_mirrored_as_the_display_matrix_says(copy, across, sign):
    down = sign * across[1], sign * across[0]
    image = first_of(with_matrix(copy, across, down))
    info = media.probe(copy)

    assert image.size == (info.width, info.height) == (SIZE if across[0] else SIZE[::-1])
    # A corner that is moved to the left of, or above, the others comes to the other edge.
    moved = [-1 if one + other < 0 else 0 for one, other in zip(across, down, strict=True)]
    assert red_corners(image) == [tuple(abs(edge) for edge in moved)]


def test_a_scaled_matrix_mirrors_too(copy):
    assert red_corners(first_of(with_matrix(copy, (-2 * ONE, 0), (0, ONE / 2)))) == [(1, 0)]


def test_a_matrix_that_is_askew_by_less_than_a_degree_counts(copy):
    slant = ONE // 100
    assert red_corners(first_of(with_matrix(copy, (-ONE, slant), (slant, ONE)))) == [(1, 0)]


def test_a_picture_is_not_turned_by_other_angles(copy):
    assert red_corners(first_of(with_matrix(copy, (ONE, ONE), (-ONE, ONE)))) == [(0, 0)]


# --- the pixel aspect


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(4, 3), (213, 96)),
        (Fraction(8, 9), (160, 108)),
        (Fraction(1), SIZE),
        (Fraction(50), SIZE),
    ],
)
def test_pixels_become_square_where_one_side_grows(tmp_path, aspect, size):
    path = write_clip(tmp_path / "clip.mp4", [cornered()] * 3, aspect=aspect)
    info = media.probe(path)

    assert (info.width, info.height) == size
    assert info.pixel_aspect == (1 if size == SIZE else aspect)
    assert first_of(path).size == size
    assert red_corners(first_of(path)) == [(0, 0)]


def test_pixels_can_be_kept_as_stored(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", [cornered()] * 3, aspect=Fraction(4, 3))
    info = media.probe(path, square_pixels=False)

    assert (info.width, info.height) == SIZE
    assert first_of(path, square_pixels=False).size == SIZE
    (image,) = media.numbered_frames(path, media.timeline(path), [0], square_pixels=False)
    assert image.size == SIZE


def test_a_turned_picture_is_stretched_along_its_own_pixels(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", [cornered()] * 3, aspect=Fraction(4, 3))
    with_matrix(path, (0, ONE), (-ONE, 0))
    info = media.probe(path)

    assert first_of(path).size == (info.width, info.height) == (96, 213)
    assert info.pixel_aspect == Fraction(3, 4)


# --- cropped


def test_a_few_columns_at_the_left_edge_are_cropped(plain, tmp_path):
    path = tmp_path / "cropped.mp4"
    with av.open(str(plain)) as old, av.open(str(path), "w") as new:
        stream = old.streams.video[0]
        crop = BitStreamFilterContext(
            "h264_metadata=crop_left=8:crop_top=4", stream, new.add_stream_from_template(stream)
        )
        for packet in old.demux(stream):
            for filtered in crop.filter(packet if packet.dts is not None else None):
                filtered.stream = new.streams.video[0]
                new.mux(filtered)
    info = media.probe(path)

    assert first_of(path).size == (info.width, info.height) == (152, 92)
    assert first_of(path).getpixel((CORNER[0] - 8 + 4, 4))[0] < 60
    assert len(shots.find_shots(path)) == 1


# --- the track


def two_tracks(path, *, default):
    """A file with a small preview of frame 9 and a video of frames 0 to 4.

    Args:
        path: the file to write.
        default: which of the two tracks is marked.
    """
    tracks = [[grey(9).resize((80, 48))] * 2, [grey(number) for number in range(5)]]
    with av.open(str(path), "w") as container:
        for number, pictures in enumerate(tracks):
            stream = container.add_stream("libx264", 25)
            stream.width, stream.height = pictures[0].size
            stream.pix_fmt = "yuv420p"
            stream.disposition = Disposition.default if number == default else 0
        for stream, pictures in zip(container.streams.video, tracks, strict=True):
            for picture in pictures:
                container.mux(stream.encode(av.VideoFrame.from_image(picture)))
            container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
@pytest.mark.parametrize("default", [0, 1])
def test_the_default_track_is_the_video(tmp_path, name, default):
    path = two_tracks(tmp_path / name, default=default)
    info = media.probe(path)

    assert (info.width, info.frame_count) == ((160, 5) if default else (80, 2))
    assert number_of(first_of(path)) == (0 if default else 9)


def test_a_cover_picture_is_never_the_video(tmp_path):
    path = tmp_path / "covered.mp4"
    source = write_clip(tmp_path / "source.mp4", map(grey, range(5)))
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        cover = new.add_stream("mjpeg", 25)
        cover.width, cover.height, cover.pix_fmt = 640, 384, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        video = new.add_stream_from_template(old.streams.video[0])
        video.disposition = 0
        picture = av.VideoFrame.from_image(Image.new("RGB", (640, 384), "red"))
        new.mux(cover.encode(picture))
        new.mux(cover.encode(None))
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                new.mux(packet)
    with av.open(str(path)) as container:
        assert any(s.disposition & Disposition.attached_pic for s in container.streams.video)
    info = media.probe(path)

    assert (info.width, info.frame_count) == (160, 5)
    assert [number_of(image) for image in media.frames_at(path, [0, 170])] == [0, 4]
