"""However much a server sends, little of it is kept; however oddly, an error of ours ends it."""

import asyncio
import gzip
import json
import tracemalloc

import pytest
from aiohttp import web

from vidkit import AmbiguousError, AwsConfig, DecodeError, RetryPolicy, VidKit, VidKitError
from vidkit.transports import body_limit
from vidkit.transports.body_limit import read_body

ARN = "arn:aws:ivs:us-east-1:123456789012:playback-restriction-policy/abcDEF123456"
POLICY = {"playbackRestrictionPolicy": {"arn": ARN, "allowedCountries": [], "allowedOrigins": []}}
LIMIT = 1 << 20
SENT = 64 << 20
PIECE = b" " * (1 << 16)


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(body_limit, "MAX_BODY_SIZE", LIMIT)


def get(kit):
    return kit.ivs.get_playback_restriction_policy(ARN)


class Flood:
    """Sends far more than the limit, for as long as somebody reads."""

    def __init__(self, *, chunked=True, status=200):
        self.chunked = chunked
        self.status = status
        self.sent = 0
        self.ended = asyncio.Event()

    async def __call__(self, request):
        response = web.StreamResponse(status=self.status)
        if self.chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = SENT
        await response.prepare(request)
        try:
            while self.sent < SENT:
                await response.write(PIECE)
                self.sent += len(PIECE)
        finally:
            self.ended.set()
        return response


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "with a length"])
async def test_a_flood_is_cut_off_and_takes_no_memory(scripted, small_limit, chunked, status):
    scripted.json(POLICY).then(flood := Flood(chunked=chunked, status=status))
    async with scripted.kit() as kit:
        await get(kit)
        tracemalloc.start()
        try:
            with pytest.raises(DecodeError, match=f"larger than {LIMIT} bytes") as caught:
                await get(kit)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # The connection is dropped: the server cannot go on.
        await asyncio.wait_for(flood.ended.wait(), 10)
    error = caught.value
    assert (error.status, error.attempts, error.operation) == (
        status,
        1,
        "GetPlaybackRestrictionPolicy",
    )
    assert flood.sent < SENT / 2
    assert peak < 8 * LIMIT
    assert len(scripted.requests) == 2


async def test_after_a_flood_the_next_call_is_fine(scripted, small_limit):
    scripted.then(flood := Flood()).json(POLICY)
    async with scripted.kit() as kit:
        with pytest.raises(DecodeError):
            await get(kit)
        assert (await get(kit)).arn == ARN
        await asyncio.wait_for(flood.ended.wait(), 10)
        first, second = (request.transport for request, _ in scripted.requests)
        assert first is None
        assert second is not None


async def test_a_create_whose_answer_is_a_flood_is_in_doubt(scripted, small_limit):
    scripted.then(Flood())
    async with scripted.kit() as kit:
        with pytest.raises(AmbiguousError):
            await kit.ivs.create_playback_restriction_policy(name="x")
    assert len(scripted.requests) == 1


async def test_a_gzip_bomb_is_not_inflated(scripted, small_limit):
    bomb = gzip.compress(gzip.compress(b" " * (SENT // 2)))

    async def answer(_):
        return web.Response(
            body=bomb,
            headers={"Content-Encoding": "gzip, gzip", "Content-Type": "application/json"},
        )

    scripted.json(POLICY).then(answer)
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        await get(kit)
        tracemalloc.start()
        try:
            with pytest.raises(DecodeError):
                await get(kit)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * LIMIT
    assert scripted.requests[1][0].headers["Accept-Encoding"] == "identity"


async def test_a_flood_from_huawei_is_cut_off_too(scripted, small_limit):
    scripted.then(flood := Flood())
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        with pytest.raises(DecodeError, match="larger"):
            await kit.mpc.list_thumbnails_task().collect()
        await asyncio.wait_for(flood.ended.wait(), 10)
    assert flood.sent < SENT / 2


async def test_a_gzip_bomb_from_huawei_is_not_inflated_either(scripted, small_limit):
    bomb = gzip.compress(gzip.compress(b" " * (SENT // 2)))

    async def answer(_):
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip, gzip"})

    scripted.json({"task_array": []}).then(answer)
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        await kit.mpc.list_thumbnails_task().collect()
        tracemalloc.start()
        try:
            with pytest.raises(DecodeError):
                await kit.mpc.list_thumbnails_task().collect()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * LIMIT
    assert scripted.requests[1][0].headers["Accept-Encoding"] == "identity"


async def test_an_answer_of_just_the_limit_is_read(scripted, monkeypatch):
    body = web.json_response(POLICY).body
    scripted.raw(body)
    async with scripted.kit() as kit:
        monkeypatch.setattr(body_limit, "MAX_BODY_SIZE", len(body))
        assert (await get(kit)).arn == ARN
        monkeypatch.setattr(body_limit, "MAX_BODY_SIZE", len(body) - 1)
        with pytest.raises(DecodeError, match="larger"):
            await get(kit)


async def test_a_flood_in_place_of_temporary_credentials_ends_the_call(
    scripted, small_limit, monkeypatch, tmp_path
):
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\naws_access_key_id=a\naws_secret_access_key=b\n"
        "[profile assumed]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", scripted.endpoint)
    scripted.then(Flood())
    aws = AwsConfig(profile="assumed", region="us-east-1", endpoint_url=scripted.endpoint)
    async with VidKit(aws=aws) as kit:
        with pytest.raises(DecodeError, match="larger") as caught:
            await kit.ivs.create_playback_restriction_policy(name="x")
    # Not the creation, which was never sent, is in doubt.
    assert not caught.value.ambiguous
    assert len(scripted.requests) == 1


async def pieces(*given):
    for piece in given:
        yield piece


@pytest.mark.parametrize(
    "given", [(), (b"abc",), (b"a", b"b", b"c"), (b"", b"abc"), (b"ab", b"", b"c")]
)
async def test_pieces_are_put_together_in_order(given):
    assert await read_body(pieces(*given), status=200, headers={}) == b"".join(given)


@pytest.mark.parametrize("declared", [3, 4, 16, 1000])
async def test_less_than_was_declared_is_not_filled_up(declared):
    headers = {"content-length": str(declared)}
    assert await read_body(pieces(b"ab", b"c"), status=200, headers=headers) == b"abc"
    assert await read_body(pieces(), status=204, headers=headers) == b""


@pytest.mark.parametrize(("count", "size"), [(200_000, 1), (200, 1 << 16)])
@pytest.mark.parametrize("says_so", [True, False])
async def test_pieces_take_little_more_memory_than_what_they_hold(count, size, says_so):
    async def pieces_of_that_size():
        for _ in range(count):
            yield bytes(size)

    headers = {"content-length": str(count * size)} if says_so else {}
    tracemalloc.start()
    try:
        body = await read_body(pieces_of_that_size(), status=200, headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) == count * size
    assert peak < 1.3 * count * size


async def test_no_room_is_made_for_a_length_that_is_only_said():
    tracemalloc.start()
    try:
        await read_body(pieces(b"{}"), status=200, headers={"content-length": str(200 << 20)})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("length", ["9" * 5000, "1048577", " 0001048577 "])
async def test_a_length_beyond_the_limit_is_believed(small_limit, length):
    with pytest.raises(DecodeError):
        await read_body(pieces(b"{}"), status=200, headers={"content-length": length})


@pytest.mark.parametrize("length", ["", "-1", "x", "1e9", "²", "0", "1", "2", "3", "1000"])
async def test_a_length_that_is_wrong_is_no_reason_to_refuse(small_limit, length):
    assert await read_body(pieces(b"{}"), status=200, headers={"content-length": length}) == b"{}"


DEEP = 20_000
TWICE = (
    b'{"playbackRestrictionPolicy": 7, "playbackRestrictionPolicy": '
    + json.dumps(POLICY["playbackRestrictionPolicy"]).encode()
)
ODD = {
    "arrays": b"[" * DEEP,
    "closed arrays": b"[" * DEEP + b"]" * DEEP,
    "objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "arrays below a member": b'{"message": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "a huge number": b'{"code": ' + b"9" * 20_000 + b"}",
    "a huge power": b'{"code": 1e999999}',
    "NaN": b'{"playbackRestrictionPolicy": NaN, "total": NaN, "message": Infinity}',
    "UTF-16": json.dumps(POLICY).encode("utf-16"),
    "UTF-32": json.dumps(POLICY).encode("utf-32-be"),
    "Latin-1": '{"message": "h\xe9las"}'.encode("latin-1"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(POLICY).encode(),
    "half a surrogate": b'{"message": "\\ud800", "code": "\\udfff"}',
    "zeros": b"\x00" * 100,
    "a code of another kind": b'{"code": {"a": 1}, "message": [1], "__type": 7}',
}


@pytest.mark.parametrize("status", [200, 403, 500])
async def test_odd_json_ends_in_a_result_or_an_error_of_ours(scripted, status):
    ended = {}
    async with scripted.kit(retry=RetryPolicy.none()) as kit:
        calls = {
            "ivs": lambda: get(kit),
            "rekognition": lambda: kit.rekognition.list_stream_processors().collect(),
            "mpc": lambda: kit.mpc.list_thumbnails_task().collect(),
        }
        for odd, body in ODD.items():
            scripted.answers.clear()
            scripted.raw(body, status=status)
            for service, call in calls.items():
                try:
                    await call()
                except VidKitError as error:
                    ended[odd, service] = str(error)
                else:
                    ended[odd, service] = None
    results = {key for key, told in ended.items() if told is None}
    if status != 200:
        assert results == set()
    # Members that are not the model's own are no business of ours; the rest is no answer.
    assert ("UTF-16", "ivs") not in results
    assert ("arrays", "mpc") not in results
    for told in filter(None, ended.values()):
        assert len(told) < 1000
        told.encode("utf-8", "surrogatepass")


async def test_of_a_member_that_comes_twice_the_last_one_counts(scripted):
    scripted.raw(TWICE + b"}")
    async with scripted.kit() as kit:
        assert (await get(kit)).arn == ARN
