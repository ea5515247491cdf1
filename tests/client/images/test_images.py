import asyncio
from datetime import timedelta

import pytest

from vidkit import DecodeError, NotFoundError, RequestError, UnavailableError
from vidkit.local.clips import read_clock
from vidkit.local.kinesis_video.state import KinesisVideoState

SECOND = timedelta(seconds=1)


def millis(moment, t0):
    return (moment - t0) // timedelta(milliseconds=1)


async def test_the_clock_in_every_frame_agrees_with_its_timestamp(kit, clock_clip, t0):
    """All frames of the clip, in five passes of every fifth frame: the least interval is 200 ms."""
    shown = {}
    for offset in range(0, 200, 40):
        images = kit.images.get_images(
            stream_name="front-door",
            start_timestamp=t0 + timedelta(milliseconds=offset),
            end_timestamp=t0 + timedelta(seconds=clock_clip.duration, milliseconds=-1),
            sampling_interval=timedelta(milliseconds=200),
        )
        async for image in images:
            assert image.error is None
            at = millis(image.timestamp, t0)
            assert at not in shown
            shown[at] = await asyncio.to_thread(read_clock, image.content)
    assert len(shown) == clock_clip.frame_count
    assert all(at == clock for at, clock in shown.items())
    assert sorted(shown) == [clock_clip.time_of(n) for n in range(clock_clip.frame_count)]


async def test_the_clock_agrees_over_windows_pages_and_gaps(cloud, kit, clock_clip, t0):
    """Between frames, the frame on screen is returned; outside the file there is none."""
    pager = kit.images.get_images(
        stream_arn=cloud.state.of(KinesisVideoState).streams["front-door"].arn,
        start_timestamp=t0 - 3 * SECOND,
        end_timestamp=t0 + timedelta(seconds=clock_clip.duration) + 3 * SECOND,
        sampling_interval=timedelta(milliseconds=270),
        format="PNG",
        max_results=4,
        concurrency=3,
    )
    pages = [page async for page in pager.pages()]
    assert len(pages) > 10
    assert all(1 <= len(page.items) <= 4 for page in pages)
    images = [image for page in pages for image in page.items]
    wanted = list(range(-3000, round(clock_clip.duration * 1000) + 3001, 270))
    assert [millis(image.timestamp, t0) for image in images] == wanted
    for image, at in zip(images, wanted, strict=True):
        if 0 <= at < clock_clip.duration * 1000:
            assert image.content.startswith(b"\x89PNG")
            assert await asyncio.to_thread(read_clock, image.content) == at // 40 * 40
        else:
            assert (image.error, image.content) == ("NO_MEDIA", None)


async def test_pages_resume_at_a_token(kit, t0):
    pager = kit.images.get_images(
        stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + 6 * SECOND, max_results=2
    )
    pages = [page async for page in pager.pages()]
    assert [len(page.items) for page in pages] == [2, 2, 2, 1]
    assert pages[-1].next_token is None
    resumed = [page async for page in pager.pages(token=pages[1].next_token)]
    assert [page.items for page in resumed] == [page.items for page in pages[2:]]
    for token in ("at-1", "x", "at-", pages[0].next_token + "1", "at-²"):
        with pytest.raises(RequestError, match="token"):
            pager.pages(token=token)


async def test_a_second_iteration_starts_anew_and_the_first_page_is_one_call(cloud, kit, t0):
    pager = kit.images.get_images(
        stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + 5 * SECOND, max_results=2
    )
    assert len(await pager.collect()) == len([image async for image in pager]) == 6
    before = len(cloud.calls)
    assert len((await pager).items) == 2
    assert (await pager.first()).timestamp == t0
    assert [call.operation for call in cloud.calls[before:]] == ["GetImages", "GetImages"]


async def test_size_and_quality_are_passed_on(kit, t0):
    async def first(**parameters):
        return await kit.images.get_images(
            stream_name="front-door", start_timestamp=t0, end_timestamp=t0, **parameters
        ).first()

    small = await first(width_pixels=64, height_pixels=36, format="PNG")
    assert small.content[16:24] == (64).to_bytes(4) + (36).to_bytes(4)
    coarse, fine = await first(jpeg_quality=5), await first(jpeg_quality=95)
    assert len(coarse.content) < len(fine.content) / 2


async def test_many_at_once_look_the_endpoint_up_once(cloud, kit, t0):
    async def one(n):
        at = t0 + n * SECOND / 4
        pager = kit.images.get_images(
            stream_name="front-door", start_timestamp=at, end_timestamp=at
        )
        return await pager.first()

    images = await asyncio.gather(*(one(n) for n in range(8)))
    assert all(image.content for image in images)
    operations = [call.operation for call in cloud.calls]
    assert operations.count("GetDataEndpoint") == 1
    assert operations.count("GetImages") == 8


async def test_at_most_concurrency_windows_are_under_way(scripted, t0):
    under_way, most = 0, 0

    async def answer(request):
        nonlocal under_way, most
        if request.path == "/getDataEndpoint":
            return await endpoint(request)
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return await images(request)

    scripted.json({"DataEndpoint": scripted.endpoint}).json({"Images": []})
    endpoint, images = scripted.answers
    scripted.answers = [answer]
    async with scripted.kit() as kit:
        pager = kit.images.get_images(
            stream_name="s",
            start_timestamp=t0,
            end_timestamp=t0 + timedelta(minutes=10),
            concurrency=5,
        )
        assert await pager.collect() == []
    assert most == 5
    assert len(scripted.requests) == 25 + 1


async def test_a_slow_reader_slows_the_fetching(cloud, kit, t0):
    pages = kit.images.get_images(
        stream_name="front-door",
        start_timestamp=t0,
        end_timestamp=t0 + 100 * SECOND,
        max_results=1,
        concurrency=4,
    ).pages()
    await anext(pages)

    def fetched():
        return sum(call.operation == "GetImages" for call in cloud.calls)

    async with asyncio.timeout(10):
        while fetched() < 4:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert fetched() == 4


async def test_pages_resume_at_a_token_before_1970_too(kit, t0):
    end = t0.replace(year=1969)
    pager = kit.images.get_images(
        stream_name="front-door", start_timestamp=end - 5 * SECOND, end_timestamp=end, max_results=2
    )
    page = await pager
    rest = [page.items async for page in pager.pages(token=page.next_token)]
    assert [image.timestamp for items in rest for image in items] == [
        end - n * SECOND for n in (3, 2, 1, 0)
    ]


async def test_a_picture_is_believed_rather_than_an_error_of_the_same_time(scripted, t0):
    at = {"TimeStamp": t0.timestamp()}
    error, picture = at | {"Error": "NO_MEDIA"}, at | {"ImageContent": "/+8="}
    for images in [error, picture], [picture, error]:
        scripted.json({"DataEndpoint": scripted.endpoint}).json({"Images": images})
    async with scripted.kit() as kit, scripted.kit() as other:
        for each in kit, other:
            (image,) = await each.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).collect()
            assert (image.error, len(image.content)) == (None, 2)


async def test_next_tokens_within_a_window_are_followed(scripted, t0):
    def image(second):
        return {"TimeStamp": t0.timestamp() + second, "ImageContent": "/+8="}

    scripted.json({"DataEndpoint": scripted.endpoint})
    scripted.json({"Images": [image(0), image(1)], "NextToken": "abc="})
    scripted.json({"Images": [image(3), image(2)], "NextToken": ""})
    async with scripted.kit() as kit:
        images = await kit.images.get_images(
            stream_name="s", start_timestamp=t0, end_timestamp=t0 + 3 * SECOND
        ).collect()
    assert [image.timestamp - t0 for image in images] == [n * SECOND for n in range(4)]
    assert b'"NextToken":"abc="' in scripted.requests[2][1].replace(b" ", b"")


async def test_a_page_token_that_comes_twice_is_an_error(scripted, t0):
    scripted.json({"DataEndpoint": scripted.endpoint})
    scripted.json({"Images": [], "NextToken": "same"})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="before"):
            await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()


async def test_a_timestamp_that_two_windows_answer_comes_once(scripted, t0):
    def images(*seconds):
        return {
            "Images": [{"TimeStamp": t0.timestamp() + s, "ImageContent": "/+8="} for s in seconds]
        }

    scripted.json({"DataEndpoint": scripted.endpoint})
    scripted.json(images(0, 1)).json(images(1, 2, 2))
    async with scripted.kit() as kit:
        found = await kit.images.get_images(
            stream_name="s",
            start_timestamp=t0,
            end_timestamp=t0 + 3 * SECOND,
            max_results=2,
            concurrency=1,
        ).collect()
    assert [image.timestamp - t0 for image in found] == [0 * SECOND, SECOND, 2 * SECOND]


async def test_a_picture_that_stands_for_long_comes_once_however_many_windows_answer_it(
    scripted, t0
):
    """An image of an earlier window is returned again, after a window that has none."""
    responses = [[0, 1], [1], [], [1], [0.5, 6, 99], [8, 99], [9]]

    scripted.json({"DataEndpoint": scripted.endpoint})
    for seconds in responses:
        images = [{"TimeStamp": t0.timestamp() + s, "ImageContent": "/+8="} for s in seconds]
        scripted.json({"Images": images})
    async with scripted.kit() as kit:
        found = await kit.images.get_images(
            stream_name="s",
            start_timestamp=t0,
            end_timestamp=t0 + 13 * SECOND,
            max_results=2,
            concurrency=1,
        ).collect()
    # A timestamp in the future does not exclude the images after it.
    assert [(image.timestamp - t0) / SECOND for image in found] == [0, 1, 6, 99, 8, 9]


UNKNOWN_OPERATION = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
)


async def test_a_200_without_images_is_an_error_that_says_so(scripted, t0):
    assert len(UNKNOWN_OPERATION) == 90
    scripted.json({"DataEndpoint": scripted.endpoint}).raw(UNKNOWN_OPERATION)
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="data endpoint") as caught:
            await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()
    assert (caught.value.service, caught.value.operation) == ("images", "GetImages")
    assert caught.value.status == 200
    assert len(scripted.requests) == 2


async def test_an_endpoint_that_fails_is_looked_up_again(scripted, t0):
    endpoint = {"DataEndpoint": scripted.endpoint}
    found = {"Images": [{"TimeStamp": t0.timestamp(), "Error": "NO_MEDIA"}]}
    scripted.json(endpoint).json(found)
    # The cached endpoint now responds as a wrong one does; a new look-up finds the right one.
    scripted.raw(UNKNOWN_OPERATION).json(endpoint).json(found)
    async with scripted.kit() as kit:

        async def first():
            return await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()

        assert (await first()).error == "NO_MEDIA"
        assert (await first()).error == "NO_MEDIA"
    paths = [request.path for request, _ in scripted.requests]
    assert paths == [
        "/getDataEndpoint",
        "/getImages",
        "/getImages",
        "/getDataEndpoint",
        "/getImages",
    ]


async def test_look_ups_are_told_with_their_attempts(scripted, t0):
    scripted.json({}, status=500)
    events = []
    async with scripted.kit(on_event=events.append) as kit:
        with pytest.raises(UnavailableError) as caught:
            await kit.images.get_images(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()
    assert caught.value.attempts == 4
    assert [(e.operation, e.attempt) for e in events] == [
        ("GetDataEndpoint", n) for n in (1, 2, 3, 4)
    ]


async def test_an_unknown_stream_is_not_found(kit, t0):
    with pytest.raises(NotFoundError) as caught:
        await kit.images.get_images(
            stream_name="nobody", start_timestamp=t0, end_timestamp=t0
        ).first()
    assert caught.value.code == "ResourceNotFoundException"
    assert caught.value.attempts == 1
    assert caught.value.next_token is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stream_nam": "x"}, ["stream_nam", "stream_name"]),
        ({"stream_name": None}, ["stream_name", "stream_arn", "neither"]),
        (
            {"stream_arn": "arn:aws:kinesisvideo:us-east-1:123456789012:stream/s/1"},
            ["stream_name", "stream_arn", "both"],
        ),
        ({"stream_name": None, "stream_arn": "arn:aws:s3:::x"}, ["stream_arn", "arn:aws:s3:::x"]),
        ({"stream_name": "no spaces"}, ["stream_name", "'no spaces'"]),
        ({"start_timestamp": "T0-naive"}, ["start_timestamp", "aware"]),
        ({"end_timestamp": "T0-naive"}, ["end_timestamp", "aware"]),
        ({"start_timestamp": 1767225600}, ["start_timestamp=1767225600", "aware datetime"]),
        ({"end_timestamp": "before"}, ["end_timestamp", "start_timestamp", "2025-12-31"]),
        ({"sampling_interval": timedelta(milliseconds=199)}, ["sampling_interval", "200"]),
        ({"sampling_interval": 1000}, ["sampling_interval=1000", "timedelta"]),
        ({"sampling_interval": timedelta(microseconds=200_001)}, ["sampling_interval", "whole"]),
        ({"width_pixels": 640}, ["width_pixels=640", "height_pixels=None", "both"]),
        ({"height_pixels": 360}, ["height_pixels=360", "both"]),
        ({"width_pixels": 0, "height_pixels": 360}, ["width_pixels=0", "1"]),
        ({"width_pixels": 3841, "height_pixels": 360}, ["width_pixels=3841", "3840"]),
        ({"width_pixels": 640, "height_pixels": 2161}, ["height_pixels=2161", "2160"]),
        ({"format": "GIF"}, ["format='GIF'", "JPEG", "PNG"]),
        ({"image_selector_type": "CLOCK"}, ["image_selector_type='CLOCK'", "SERVER_TIMESTAMP"]),
        ({"jpeg_quality": 101}, ["jpeg_quality=101", "100"]),
        ({"jpeg_quality": 80, "format": "PNG"}, ["jpeg_quality=80", "PNG"]),
        ({"max_results": 26}, ["max_results=26", "25"]),
        ({"concurrency": 0}, ["concurrency=0", "1"]),
        ({"concurrency": True}, ["concurrency=True"]),
    ],
)
async def test_bad_input_is_refused_before_anything_is_sent(scripted, t0, change, words):
    special = {"T0-naive": t0.replace(tzinfo=None), "before": t0 - SECOND}
    parameters = {
        "stream_name": "s",
        "start_timestamp": t0,
        "end_timestamp": t0 + SECOND,
    } | {name: special.get(str(value), value) for name, value in change.items()}
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            kit.images.get_images(**parameters)
    for word in words:
        assert word in str(caught.value)
    assert scripted.requests == []


async def test_missing_parameters_are_named(kit):
    with pytest.raises(RequestError, match="start_timestamp"):
        kit.images.get_images(stream_name="s")


async def test_an_abandoned_iteration_leaves_nothing_running(cloud, kit, t0):
    async for _ in kit.images.get_images(
        stream_name="front-door", start_timestamp=t0, end_timestamp=t0 + 60 * SECOND, max_results=1
    ):
        break
    # Requests that were sent may still get a response.
    before = -1
    async with asyncio.timeout(10):
        while before != len(cloud.calls):
            before = len(cloud.calls)
            await asyncio.sleep(0.3)
    assert before < 60
