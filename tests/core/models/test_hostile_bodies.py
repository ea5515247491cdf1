"""Responses that are huge, deep or broken: a value or our error, in bounded time and memory."""

import time
import tracemalloc
from contextlib import contextmanager

import pytest
from pydantic import TypeAdapter, ValidationError
from response_models import response_models

from vidkit import DecodeError
from vidkit.ivs.models.tags import ListTagsForResourceResponse
from vidkit.models.leaves import PascalLeaf
from vidkit.models.responses import decode
from vidkit.rekognition import GetFaceDetectionResponse


@contextmanager
def bounded(*, seconds, memory):
    tracemalloc.start()
    started = time.process_time()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < seconds
    assert peak < memory


HUGE = {
    "digits": b"9" * 5000,
    "digits after a point": b"0." + b"9" * 5000,
    "exponent": b"1e5000",
    "lists": b"[" * 10_000 + b"]" * 10_000,
    "objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "open lists": b"[" * 10_000,
    "a flood of members": b"{" + b",".join(b'"m%d":1' % n for n in range(20_000)) + b"}",
    "a flood of items": b"[" + b"{}," * 50_000 + b"{}]",
    "twice": b'1,"Timestamp":2',
}


@pytest.mark.parametrize("place", ["Timestamp", "New", "Face"])
@pytest.mark.parametrize("what", HUGE)
def test_hostile_members_are_a_value_or_our_error_soon(what, place):
    body = b'{"JobStatus":"x","Faces":[{"%s":%s}]}' % (place.encode(), HUGE[what])
    found = []
    with bounded(seconds=10, memory=100 * len(body) + 5_000_000):
        for _ in range(2):
            try:
                found.append(decode(GetFaceDetectionResponse, body))
            except DecodeError as error:
                assert len(str(error)) < 300  # noqa: PT017
    if found:
        expected = GetFaceDetectionResponse.model_validate_json(body, by_alias=True, by_name=False)
        assert found == [expected] * 2


def test_a_response_of_two_hundred_megabytes_takes_little_more_than_its_results():
    head, tail = b'{"JobStatus":"x","StatusMessage":"', b'","Faces":5}'
    body = head + b"x" * (200 << 20) + tail
    with (
        bounded(seconds=20, memory=3 * len(body)),
        pytest.raises(DecodeError, match="Faces: Input should be a valid array"),
    ):
        decode(GetFaceDetectionResponse, body)


LISTS = [
    (model, field.validation_alias or name)
    for model in response_models()
    for name, field in model.model_fields.items()
    if "list[" in str(field.annotation)
]


@pytest.mark.parametrize(
    ("model", "name"), LISTS, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_list_of_wrong_items_has_one_error(model, name):
    # No member of any list is a list.
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(b'{"%s":[%s[]]}' % (name.encode(), b"[]," * 1000))
    assert [error["loc"] for error in caught.value.errors() if error["loc"][0] == name] == [
        (name, 0)
    ]


def test_a_map_of_wrong_values_has_one_error():
    tags = b",".join(b'"tag%d":1' % n for n in range(1000))
    with pytest.raises(DecodeError, match=r"tags.tag0: Input should be a valid string \("):
        decode(ListTagsForResourceResponse, b'{"tags":{%s}}' % tags)


def test_lists_of_leaf_shapes_end_with_their_first_error_too():
    landmarks = b'{"Landmarks":[%s5],"Confidence":"x"}' % (b"5," * 1000)
    body = b'{"Faces":[%s{"Face":%s}]}' % (b'{"Face":%s},' % landmarks * 1000, landmarks)
    with pytest.raises(DecodeError, match=r"Faces.0.Face.Landmarks.0: .* and 1 more problems "):
        decode(GetFaceDetectionResponse, body)


class Corners(PascalLeaf):
    at: list[int] | None = None


def test_a_list_in_a_leaf_shape_of_a_model_of_yours_has_one_error():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Corners).validate_json(b'{"At":[%s"x"]}' % (b'"x",' * 1000))
    assert [error["loc"] for error in caught.value.errors()] == [("At", 0)]


@pytest.mark.parametrize("text", ['"%s"', '{"Type":"%s"}', '{"New":"%s"}', '{"%s":1}'])
@pytest.mark.parametrize("odd", [b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\q", b"\x01"])
def test_text_that_is_none_is_an_error_wherever_it_stands(text, odd):
    member = text.encode().replace(b"%s", odd)
    body = b'{"JobStatus":"x","Faces":[{"Face":{"Landmarks":[%s]}}]}' % member
    with pytest.raises(DecodeError):
        decode(GetFaceDetectionResponse, body)
