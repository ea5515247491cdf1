import json
from datetime import timedelta
from itertools import pairwise

import pytest

from vidkit import DecodeError, NotFoundError, RequestError
from vidkit.local.kinesis_video.state import KinesisVideoState

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def yard(cloud, clock_clip, t0):
    """A camera that recorded half an hour twice; its own clock is a little ahead."""
    cloud.add_stream(
        "yard",
        clock_clip.path,
        start_timestamp=t0,
        duration=3 * HOUR,
        gaps=[(t0 + HOUR / 2, t0 + 2.5 * HOUR)],
        producer_offset=timedelta(seconds=5, milliseconds=250),
    )
    return "yard"


async def test_all_fragments_of_all_pages_are_listed(cloud, kit, yard, t0):
    listed = kit.images.list_fragments(
        stream_name=yard, start_timestamp=t0, end_timestamp=t0 + 3 * HOUR, max_results=400
    )
    found = await listed.collect()
    starts = sorted(fragment.server_timestamp for fragment in found)
    assert [fragment.server_timestamp for fragment in found] != starts
    assert len(starts) == len(set(starts)) == 2 * 900
    assert starts[0] == t0
    assert {after - before for before, after in pairwise(starts)} == {
        2 * SECOND,
        2 * HOUR + 2 * SECOND,
    }
    for fragment in found:
        assert fragment.fragment_length_in_milliseconds == 2000
        assert fragment.producer_timestamp - fragment.server_timestamp == 5.25 * SECOND
        assert fragment.fragment_number.isdecimal()
        assert fragment.fragment_size_in_bytes > 0
    calls = [call.operation for call in cloud.calls]
    assert calls == ["GetDataEndpoint", *["ListFragments"] * 5]


async def test_the_range_is_of_the_clock_that_is_asked_for_with_both_ends(kit, yard, t0):
    async def count(kind, start, end):
        return len(
            await kit.images.list_fragments(
                stream_name=yard,
                fragment_selector_type=kind,
                start_timestamp=t0 + start * SECOND,
                end_timestamp=t0 + end * SECOND,
            ).collect()
        )

    assert await count("SERVER_TIMESTAMP", 0, 4) == 3
    assert await count("SERVER_TIMESTAMP", 0.001, 3.999) == 1
    assert await count("PRODUCER_TIMESTAMP", 5.25, 9.25) == 3
    assert await count("PRODUCER_TIMESTAMP", 0, 5) == 0


async def test_pages_go_on_at_a_token_and_items_go_to_a_file(cloud, kit, yard, t0, tmp_path):
    pager = kit.images.list_fragments(
        stream_arn=cloud.state.of(KinesisVideoState).streams[yard].arn,
        start_timestamp=t0,
        end_timestamp=t0 + 20 * SECOND,
        max_results=4,
    )
    pages = [page async for page in pager.pages()]
    assert [len(page.items) for page in pages] == [4, 4, 3]
    rest = [page async for page in pager.pages(token=pages[0].next_token)]
    assert [page.items for page in rest] == [page.items for page in pages[1:]]
    assert await pager.to_jsonl(tmp_path / "fragments.jsonl") == 11
    line = json.loads((tmp_path / "fragments.jsonl").read_text().splitlines()[0])
    assert line["FragmentLengthInMilliseconds"] == 2000


async def test_an_answer_without_fragments_is_an_error_that_says_so(scripted, t0):
    scripted.json({"DataEndpoint": scripted.endpoint}).json({"Output": {}})
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="LIST_FRAGMENTS data endpoint") as caught:
            await kit.images.list_fragments(
                stream_name="s", start_timestamp=t0, end_timestamp=t0
            ).first()
    assert (caught.value.service, caught.value.operation) == ("images", "ListFragments")
    assert json.loads(scripted.requests[0][1])["APIName"] == "LIST_FRAGMENTS"


async def test_each_api_has_an_endpoint_of_its_own(cloud, kit, yard, t0):
    asked = {"stream_name": yard, "start_timestamp": t0, "end_timestamp": t0}
    for _ in range(2):
        await kit.images.get_images(**asked).first()
        await kit.images.list_fragments(**asked).first()
        assert (await kit.images.get_images(**asked, skip_gaps=True).first()).content
    operations = [call.operation for call in cloud.calls]
    assert operations.count("GetDataEndpoint") == 2
    with pytest.raises(NotFoundError):
        await kit.images.list_fragments(**asked | {"stream_name": "nobody"}).first()


async def test_images_of_what_was_recorded_by_the_producers_clock(cloud, kit, yard, t0):
    """Half an hour twice in three hours, including the images at their very ends."""
    pager = kit.images.get_images(
        stream_name=yard,
        image_selector_type="PRODUCER_TIMESTAMP",
        start_timestamp=t0,
        end_timestamp=t0 + 4 * HOUR,
        sampling_interval=timedelta(seconds=30),
        width_pixels=64,
        height_pixels=36,
        skip_gaps=True,
    )
    images = await pager.collect()
    assert all(image.content for image in images)
    offsets = [(image.timestamp - t0) / SECOND for image in images]
    first, second = range(30, 1801, 30), range(9030, 10_801, 30)
    assert offsets == [*first, *second]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stream_name": None}, ["stream_name", "neither"]),
        ({"fragment_selector_type": "CLOCK"}, ["fragment_selector_type='CLOCK'"]),
        ({"start_timestamp": 7}, ["start_timestamp=7", "aware datetime"]),
        ({"end_timestamp": "before"}, ["end_timestamp", "before"]),
        ({"max_results": 1001}, ["max_results=1001", "1000"]),
        ({"max_result": 1}, ["max_result", "max_results"]),
    ],
)
async def test_bad_input_is_refused_before_anything_is_sent(scripted, t0, change, words):
    if change.get("end_timestamp") == "before":
        change = {"end_timestamp": t0 - SECOND}
    asked = {"stream_name": "s", "start_timestamp": t0, "end_timestamp": t0}
    async with scripted.kit() as kit:
        with pytest.raises(RequestError) as caught:
            kit.images.list_fragments(**asked | change)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert scripted.requests == []
