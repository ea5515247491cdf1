"""Calls of archived media by the service's own names: data endpoints, media, points."""

import base64
import json

import pytest
from aiohttp import web

from vidkit import DecodeError, NotFoundError, RequestError

WRONG_ENDPOINT = {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}}


class Media:
    """Archived media: two data endpoints, of which one is the stream's at a time."""

    def __init__(self, scripted):
        self.scripted = scripted
        self.paths = []
        self.lookups = []
        self.present = "/one"
        scripted.then(self.respond)

    async def respond(self, request):
        self.paths.append(request.path)
        if request.path == "/getDataEndpoint":
            self.lookups.append(json.loads(self.scripted.requests[-1][1]))
            return web.json_response({"DataEndpoint": self.scripted.endpoint + self.present})
        if not request.path.startswith(self.present):
            return web.json_response(WRONG_ENDPOINT)
        return web.Response(body=b"\x00{media}\xff", content_type="video/mp4")


async def test_media_is_bytes_and_its_data_endpoint_is_looked_up_once(scripted, clip):
    media = Media(scripted)
    params = {"StreamName": "front-door", "Fragments": ["1", "2"]}
    async with scripted.kit() as kit:
        for _ in range(2):
            response = await kit.images.call("GetMediaForFragmentList", params)
            assert response == {"Payload": b"\x00{media}\xff", "ContentType": "video/mp4"}
        await kit.images.call("GetClip", {"StreamName": "front-door", "ClipFragmentSelector": clip})
    assert [lookup["APIName"] for lookup in media.lookups] == [
        "GET_MEDIA_FOR_FRAGMENT_LIST",
        "GET_CLIP",
    ]
    assert media.paths.count("/one/getMediaForFragmentList") == 2
    assert media.paths[-1] == "/one/getClip"


@pytest.fixture
def clip(t0):
    times = {"StartTimestamp": t0, "EndTimestamp": t0}
    return {"FragmentSelectorType": "SERVER_TIMESTAMP", "TimestampRange": times}


async def test_a_stream_that_has_moved_is_found_again(scripted, clip):
    media = Media(scripted)
    params = {"StreamName": "front-door", "ClipFragmentSelector": clip}
    async with scripted.kit() as kit:
        await kit.images.call("GetClip", params)
        media.present = "/two"
        response = await kit.images.call("GetClip", params)
    assert response["Payload"] == b"\x00{media}\xff"
    assert media.paths == [
        "/getDataEndpoint",
        "/one/getClip",
        "/one/getClip",
        "/getDataEndpoint",
        "/two/getClip",
    ]


async def test_an_endpoint_that_stays_wrong_is_an_error(scripted, clip):
    scripted.then(wrong_endpoint(scripted))
    params = {"StreamName": "front-door", "ClipFragmentSelector": clip}
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError, match="the response is JSON, and not the media"):
            await kit.images.call("GetClip", params)
        with pytest.raises(DecodeError, match="no member of GetHLSStreamingSessionURL"):
            await kit.images.call("GetHLSStreamingSessionURL", {"StreamName": "front-door"})


def wrong_endpoint(scripted):
    async def respond(request):
        if request.path == "/getDataEndpoint":
            return web.json_response({"DataEndpoint": scripted.endpoint})
        return web.json_response(WRONG_ENDPOINT)

    return respond


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({}, "StreamName, StreamARN: give exactly one of them; neither given"),
        ({"StreamName": "a", "StreamARN": "b"}, "StreamName, StreamARN: .* both given"),
        ({"StreamARN": "b"}, "GetHLSStreamingSessionURL: StreamARN='b': must be arn:"),
    ],
)
async def test_archived_media_needs_a_stream(scripted, members, complaint):
    async with scripted.kit() as kit:
        with pytest.raises(RequestError, match=complaint):
            await kit.images.call("GetHLSStreamingSessionURL", members)
    assert scripted.requests == []


async def test_by_call_and_by_method_the_same_comes_from_the_local_cloud(cloud, kit, t0, clip):
    times = {"StartTimestamp": t0, "EndTimestamp": t0.replace(second=4)}
    selected = {"StreamName": "front-door", "FragmentSelector": clip | {"TimestampRange": times}}
    typed = await kit.images.list_fragments(
        stream_name="front-door",
        start_timestamp=times["StartTimestamp"],
        end_timestamp=times["EndTimestamp"],
    ).collect()
    pages = [page async for page in kit.images.call_pages("ListFragments", selected)]
    fragments = [one for page in pages for one in page["Fragments"]]
    assert fragments
    assert sorted((one["FragmentNumber"], one["ServerTimestamp"]) for one in fragments) == sorted(
        (one.fragment_number, one.server_timestamp) for one in typed
    )
    images = await kit.images.call(
        "GetImages",
        {
            "StreamName": "front-door",
            "ImageSelectorType": "SERVER_TIMESTAMP",
            "Format": "JPEG",
            **times,
        },
    )
    assert images["Images"][0]["TimeStamp"] == t0
    # A string in the service model.
    assert base64.b64decode(images["Images"][0]["ImageContent"]).startswith(b"\xff\xd8")
    lookups = [call.operation for call in cloud.calls].count("GetDataEndpoint")
    assert lookups == 2, "the cache is that of typed methods"


async def test_an_unknown_stream_is_not_found(kit):
    with pytest.raises(NotFoundError):
        await kit.images.call("GetHLSStreamingSessionURL", {"StreamName": "gone"})
