import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from vidkit import DecodeError, RequestError
from vidkit.images import Image
from vidkit.images.models import GetImagesResponse
from vidkit.models.open_enums import Open
from vidkit.models.requests import AwareDatetime, PascalRequest, to_wire
from vidkit.models.responses import PascalResponse, decode


class Wanted(PascalRequest):
    min_confidence: Annotated[float, Field(ge=0, le=100)] | None = None
    names: Sequence[str] | None = None
    moment: AwareDatetime | None = None


Status = Literal["DONE"]
SLOW = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64"))


class Found(PascalResponse):
    job_status: Open[Status]
    frame_rate: float | None = None


def test_requests_go_out_under_the_services_names_without_what_was_not_given():
    assert to_wire(Wanted(min_confidence=5)) == {"MinConfidence": 5.0}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"min_confidence": 101}, ["min_confidence=101", "100"]),
        ({"min_confidence": "x" * 500}, ["min_confidence='xxx", "..."]),
        ({"MinConfidence": 5}, ["MinConfidence", "no such parameter", "min_confidence"]),
        ({"names": "Cat"}, ["names='Cat'"]),
        ({"names": ["Cat", 5]}, ["names.1=5"]),
        ({"moment": datetime(2026, 1, 1)}, ["moment", "aware"]),  # noqa: DTZ001
        ({"min_confidence": -1, "names": 3}, ["min_confidence=-1", "names=3"]),
    ],
)
def test_a_bad_request_names_parameter_value_and_what_is_allowed(parameters, words):
    with pytest.raises(RequestError) as caught:
        Wanted(**parameters)
    for word in words:
        assert word in str(caught.value)
    assert len(str(caught.value)) < 400


def test_moments_are_sent_as_utc():
    request = Wanted(moment=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert request.moment == datetime(2026, 1, 1, tzinfo=UTC)
    assert request.moment.tzinfo is UTC


def test_responses_take_what_tomorrow_brings():
    found = decode(Found, b'{"JobStatus":"PAUSED","FrameRate":30,"FileExtension":"mp4"}')
    assert (found.job_status, found.frame_rate) == ("PAUSED", 30.0)
    assert found.model_extra == {"FileExtension": "mp4"}
    assert found.model_dump(by_alias=True, exclude_unset=True, exclude_none=True) == {
        "JobStatus": "PAUSED",
        "FrameRate": 30.0,
        "FileExtension": "mp4",
    }


def test_responses_are_read_by_the_services_names_only_and_made_by_ours():
    with pytest.raises(DecodeError):
        decode(Found, b'{"job_status":"DONE"}')
    assert Found(job_status="DONE").job_status == "DONE"


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"<html>", b'{"JobStatus":5}', b'{"JobStatus":null}', b"\xff"],
)
def test_what_the_api_does_not_promise_is_a_decode_error(body):
    with pytest.raises(DecodeError, match=r"not a valid Found: .*\d+ bytes") as caught:
        decode(Found, body)
    assert caught.value.__cause__ is None


def test_an_answer_never_shows_in_its_decode_error():
    with pytest.raises(DecodeError) as caught:
        decode(Found, b'{"JobStatus":{"secret":"s3cret-value"}}')
    assert "s3cret-value" not in str(caught.value)


@pytest.mark.parametrize("millis", [1767225600000, 1767225600001, 1767225600123, 1767225600999])
def test_epoch_seconds_keep_their_milliseconds(millis):
    body = f'{{"Images":[{{"TimeStamp":{millis / 1000},"ImageContent":"/+8="}}]}}'.encode()
    image = decode(GetImagesResponse, body).images[0]
    assert image.timestamp == datetime.fromtimestamp(millis // 1000, UTC) + timedelta(
        milliseconds=millis % 1000
    )
    assert image.content == b"\xff\xef"


def test_an_image_prints_short():
    image = Image(timestamp=datetime(2026, 1, 1, tzinfo=UTC), content=b"x" * 1000)
    assert repr(image) == str(image) == "<Image 2026-01-01T00:00:00.000+00:00 1000 bytes>"


def _content(text: str) -> bytes | None:
    body = json.dumps({"Images": [{"TimeStamp": 1, "ImageContent": text}]}).encode()
    return decode(GetImagesResponse, body).images[0].content


@given(st.binary(max_size=100))
@example(b"\xff\xef")
def test_content_is_what_was_encoded_in_whichever_base64(content):
    """Decoded as pydantic decodes it, although most content takes a faster path."""
    for encoded in (base64.b64encode(content), base64.urlsafe_b64encode(content)):
        for text in (encoded.decode(), encoded.decode().rstrip("=")):
            assert _content(text) == content == SLOW.validate_json(json.dumps(text))


def _strictly_decoded(text: str) -> bytes:
    """Decoded by Python's base64, without the excess padding that it accepts."""
    content = base64.b64decode(text, validate=True)
    if len(base64.b64encode(content)) != len(text):
        raise ValueError("too much padding")
    return content


@given(st.text(st.sampled_from("AQg/+-_= \n*é"), max_size=9))
@example("QR==")
@example("AAAA=")
@example("AAAA====")
def test_what_is_no_base64_is_an_error_and_no_picture(text):
    """Valid as for pydantic, except that the bits after the last byte may have any value."""
    try:
        expected = SLOW.validate_json(json.dumps(text))
    except ValidationError:
        try:
            expected = _strictly_decoded(text)
        except ValueError:
            with pytest.raises(DecodeError, match="ImageContent"):
                _content(text)
            return
    assert _content(text) == expected


def test_java_floats_and_content_that_is_no_base64():
    assert decode(Found, b'{"JobStatus":"","FrameRate":1.5869E-4}').frame_rate == 1.5869e-4
    with pytest.raises(DecodeError):
        decode(GetImagesResponse, b'{"Images":[{"TimeStamp":1,"ImageContent":"*"}]}')
