import asyncio
import base64
import io
import os
import threading
from collections import Counter

import pytest
from local_cloud_calls import FRAME_RATE, SECONDS, brightness, write_video
from PIL import Image

from vidkit.local.runtime.worker_threads import in_worker_thread
from vidkit.local.video import media, pictures
from vidkit.local.video.pictures import Pictures, Style, VideoFile

JPEG = Style("JPEG", 80, None)
FRAMES = SECONDS * FRAME_RATE


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "clip.mp4")


@pytest.fixture
def decoded(monkeypatch):
    """Counts how often each frame is decoded."""
    counted = Counter()
    real = media.numbered_frames

    def counting(path, line, numbers, **options):
        for number, image in zip(numbers, real(path, line, numbers, **options), strict=True):
            counted[number] += 1
            yield image

    monkeypatch.setattr(pictures.media, "numbered_frames", counting)
    return counted


def opened(text):
    return Image.open(io.BytesIO(base64.b64decode(text)))


def test_a_picture_is_encoded_once(video, decoded):
    kept, file = Pictures(), VideoFile.at(video)
    first = kept.encoded(file, [35, 5, 5, 15], JPEG)
    assert first.keys() == {5, 15, 35}
    for number, text in first.items():
        picture = opened(text)
        assert (picture.format, picture.size) == ("JPEG", (64, 48))
        grey = picture.convert("L").getpixel((32, 24))
        assert grey == pytest.approx(brightness(number // FRAME_RATE), abs=4)
    again = kept.encoded(VideoFile.at(video), [36, 5, 15, 35], JPEG)
    assert {number: again[number] for number in first} == first
    assert decoded == {5: 1, 15: 1, 35: 1, 36: 1}


def test_each_style_is_a_picture_of_its_own(video):
    kept, file = Pictures(), VideoFile.at(video)
    for style in (JPEG, Style("PNG", 80, None), Style("JPEG", 80, (20, 10))):
        for _ in range(2):
            picture = opened(kept.encoded(file, [0], style)[0])
            assert (picture.format, picture.size) == (style.format, style.size or (64, 48))
    best = kept.encoded(file, [0], Style("JPEG", 100, None))[0]
    assert best != kept.encoded(file, [0], JPEG)[0]


def test_a_changed_file_is_decoded_again(video, decoded, tmp_path):
    kept = Pictures()
    before = kept.encoded(VideoFile.at(video), [0], JPEG)
    os.utime(video, ns=(1, 1))
    assert kept.encoded(VideoFile.at(video), [0], JPEG) == before
    assert decoded == {0: 2}


def test_the_oldest_pictures_are_dropped_first(video, decoded):
    file = VideoFile.at(video)
    one = len(Pictures().encoded(file, [0], JPEG)[0])
    decoded.clear()
    kept = Pictures(max_bytes=one * 12)
    for number in range(FRAMES):
        assert kept.encoded(file, [number, 0], JPEG).keys() == {number, 0}
        assert 0 < kept.cached_bytes <= one * 12
    assert decoded == dict.fromkeys(range(FRAMES), 1)
    kept.encoded(file, [1], JPEG)
    assert decoded[1] == 2
    kept.clear()
    assert kept.cached_bytes == 0


def test_a_picture_larger_than_the_cache_is_encoded_each_time(video, decoded):
    kept, file = Pictures(max_bytes=10), VideoFile.at(video)
    for _ in range(3):
        assert kept.encoded(file, [0, 1], JPEG).keys() == {0, 1}
        assert kept.cached_bytes == 0
    assert decoded == {0: 3, 1: 3}


async def test_threads_that_want_the_same_pictures_share_them(video, decoded):
    kept, file = Pictures(), VideoFile.at(video)
    wanted = [list(range(start, start + 10)) for start in (0, 5, 0, 3, 8, 0)]
    found = await asyncio.gather(*(in_worker_thread(kept.encoded, file, w, JPEG) for w in wanted))
    assert [list(each) and sorted(each) for each in found] == wanted
    assert decoded == dict.fromkeys(range(18), 1)
    assert len({each[9] for each in found if 9 in each}) == 1


async def test_a_waiting_thread_encodes_what_another_failed_to_encode(video, monkeypatch):
    kept, file = Pictures(), VideoFile.at(video)
    failing, go_on = threading.Event(), threading.Event()
    real = media.numbered_frames

    def fail_once(path, line, numbers, **options):
        if not failing.is_set():
            failing.set()
            assert go_on.wait(20)
            raise media.NotAVideoError(path, "on purpose")
        yield from real(path, line, numbers, **options)

    monkeypatch.setattr(pictures.media, "numbered_frames", fail_once)
    first = asyncio.ensure_future(in_worker_thread(kept.encoded, file, [0, 1], JPEG))
    assert await asyncio.to_thread(failing.wait, 20)
    second = asyncio.ensure_future(in_worker_thread(kept.encoded, file, [1, 2], JPEG))
    while not kept.cached_bytes:  # the second has made frame 2 and waits for frame 1
        await asyncio.sleep(0.01)
    assert not second.done()
    go_on.set()
    with pytest.raises(media.NotAVideoError):
        await first
    assert (await second).keys() == {1, 2}


def test_a_missing_file_is_no_video(tmp_path):
    with pytest.raises(media.NotAVideoError, match="no such file"):
        VideoFile.at(tmp_path / "nothing.mp4")
