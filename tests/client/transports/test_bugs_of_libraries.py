"""What a library raises unforeseen, wherever it does: one error of ours, after one attempt."""

import aiohttp
import pytest

from vidkit import VidKitError


def broken(*_, **__):
    raise TypeError("a bug")


async def ivs(kit):
    await kit.ivs.create_playback_restriction_policy(name="x")


async def rekognition(kit):
    await kit.rekognition.list_stream_processors()


async def mpc(kit):
    await kit.mpc.list_thumbnails_task()


@pytest.mark.parametrize(
    ("call", "at"),
    [
        (ivs, (aiohttp.ClientSession, "request")),
        (rekognition, (aiohttp.ClientSession, "request")),
        (mpc, (aiohttp.ClientSession, "request")),
        (rekognition, (aiohttp.StreamReader, "iter_any")),
        (mpc, (aiohttp.StreamReader, "iter_any")),
        (rekognition, "botocore.auth.SigV4Auth.canonical_request"),
        (mpc, "vidkit.transports.huawei.auth.sign"),
    ],
)
async def test_a_bug_inside_a_library_is_not_tried_again(scripted, monkeypatch, call, at):
    scripted.json({})
    attempts = []
    async with scripted.kit(on_event=lambda event: attempts.append(event.attempt)) as kit:
        if isinstance(at, str):
            monkeypatch.setattr(at, broken)
        else:
            monkeypatch.setattr(*at, broken)
        with pytest.raises(VidKitError, match="TypeError") as caught:
            await call(kit)
    assert attempts == [1]
    assert not caught.value.retryable
