"""The fast way to read responses gives what Pydantic gives, and is taken wherever it can be."""

import json
import logging
import subprocess
import sys
import threading
from datetime import datetime
from typing import Annotated, Any

import msgspec
import pytest
from damaged_responses import mutated
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis_profiles import examples  # noqa: F401 - registers the profiles
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from random_responses import response
from response_models import response_models, responses_of_operations
from test_published_responses import ANSWERS

from vidkit import DecodeError
from vidkit.models import response_reader
from vidkit.models.leaves import PascalLeaf
from vidkit.models.response_reader import MOST_LEARNED, read, why_slow
from vidkit.models.responses import PascalResponse, decode
from vidkit.rekognition import (
    FaceDetail,
    GetFaceDetectionResponse,
    GetLabelDetectionResponse,
    Landmark,
)

FAST = [model for model in response_models() if why_slow(model) is None]
IDS = {"ids": lambda model: model.__name__}


@pytest.fixture(autouse=True)
def nothing_learned():
    response_reader._learned.clear()
    response_reader._readers.clear()
    yield
    response_reader._learned.clear()
    response_reader._readers.clear()


def read_by_pydantic(model, body):
    return model.model_validate_json(body, by_alias=True, by_name=False)


def content(value: Any) -> Any:
    """All that a value holds, with types, so that 1, 1.0 and True differ, and NaN equals NaN."""
    if isinstance(value, BaseModel):
        members = [(name, content(member)) for name, member in value.__dict__.items()]
        extra = {name: content(member) for name, member in value.__pydantic_extra__.items()}
        return type(value), members, value.model_fields_set, extra, value.__pydantic_private__
    if isinstance(value, msgspec.Struct):
        return type(value), content(list(msgspec.structs.astuple(value)))
    if isinstance(value, list):
        return [content(item) for item in value]
    if isinstance(value, dict):
        return {name: content(item) for name, item in value.items()}
    return type(value), value if isinstance(value, int) else repr(value)


def check(model, body):
    """The fast way gives what Pydantic gives, or leaves the response to it."""
    fast = read(model, body)
    try:
        slow = read_by_pydantic(model, body)
    except ValidationError as error:
        # Pydantic counts brackets in what nobody keeps, too.
        refused = "recursion limit exceeded" not in str(error)
        assert not (refused and fast is not None)
        return None
    if fast is not None:
        assert content(fast) == content(slow)
    return slow


@pytest.mark.parametrize("model", FAST, **IDS)
@given(seed=st.integers(0, 2**32), damaged=st.booleans())
def test_the_fast_way_gives_what_pydantic_gives(model, seed, damaged):
    body = response(model, seed)
    if damaged:
        body = mutated(body, seed)
    slow = check(model, body)
    if slow is not None:
        response_reader.learn(slow)
        check(model, body)


@pytest.mark.parametrize(("model", "text"), ANSWERS.values(), ids=ANSWERS)
def test_published_responses_are_read_fast_once_their_members_are_known(model, text):
    body = text.encode()
    assert content(decode(model, body)) == content(read_by_pydantic(model, body))
    assert content(read(model, body)) == content(read_by_pydantic(model, body))


def test_the_comparison_compares_something_for_every_model():
    seeds = range(60)
    fast = {
        model: sum(read(model, response(model, seed)) is not None for seed in seeds)
        for model in FAST
    }
    assert min(fast.values()) >= 2
    assert sum(fast.values()) > len(FAST) * len(seeds) / 3


def test_nearly_every_response_of_aws_has_a_fast_way_and_the_others_say_why_not():
    slow = {
        model.__name__: why
        for model in [*response_models(), *responses_of_operations()]
        if (why := why_slow(model)) is not None
    }
    # Their identifiers come as text and as numbers.
    for name in (
        "_MpcResponse",
        "CreateThumbnailsTaskResponse",
        "ListThumbnailsTaskResponse",
        "PicInfo",
        "TaskObject",
        "ThumbTask",
    ):
        assert slow.pop(name) == f"{name} is configured with coerce_numbers_to_str"
    assert slow == {
        "GetImagesResponse": "Pydantic reads binary content faster",
        "Image": "Pydantic reads binary content faster",
        "VideoJobPage": "VideoJobPage is abstract",
        "Nothing": "Nothing is configured with extra",
    }


class Inner(PascalResponse):
    size: int


class Checked(PascalResponse):
    size: int

    @field_validator("size")
    @classmethod
    def _double(cls, size: int) -> int:
        return 2 * size


class CheckedWhole(PascalResponse):
    size: int

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, members: Any) -> Any:
        return {"Size": 7}


class Private(PascalResponse):
    _secret: int = PrivateAttr(default=5)


class After(PascalResponse):
    def model_post_init(self, context: Any, /) -> None:
        raise ValueError("never valid")


class OwnInit(PascalResponse):
    def __init__(self, **members: Any) -> None:
        super().__init__(**members)


class Strict(PascalResponse):
    model_config = ConfigDict(strict=True)


class Thawed(PascalResponse):
    model_config = ConfigDict(frozen=False)


class Aliases(PascalResponse):
    size: int = Field(validation_alias=AliasChoices("Size", "size"))


class FromOthers(PascalResponse):
    size: int = 5
    twice: int = Field(default_factory=lambda members: 2 * members["size"])


class ValidatedDefault(PascalResponse):
    size: int = Field(default="5", validate_default=True)


class Holder(PascalResponse):
    checked: list[Checked] | None = None


class Binary(PascalResponse):
    content: Annotated[bytes, Field(min_length=1)] | None = None


class Tree(PascalResponse):
    branches: "list[Tree] | None" = None


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Checked, "Checked has validators"),
        (CheckedWhole, "CheckedWhole has validators"),
        (Private, "Private has private attributes"),
        (After, "After has its own model_post_init"),
        (OwnInit, "OwnInit has its own __init__"),
        (Strict, "Strict is configured with strict"),
        (Thawed, "Thawed is configured with frozen"),
        (Aliases, "Aliases.size has several aliases"),
        (FromOthers, "FromOthers.twice is more than a type and a default"),
        (ValidatedDefault, "ValidatedDefault.size is more than a type and a default"),
        (Holder, "Checked has validators"),
        (Binary, "Pydantic reads binary content faster"),
        (Tree, "Tree holds itself"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_model_that_does_what_only_pydantic_can_has_no_fast_way(model, why):
    assert why_slow(model) == why
    assert read(model, b"{}") is None


class Small(PascalLeaf):
    at: datetime | None = None


class Members(PascalResponse):
    bounded: Annotated[int, Field(ge=1)] | None = None
    text: str = Field(default="x", min_length=1)
    when: datetime | None = None
    anything: Any = None
    pair: tuple[int, str] | None = None
    by_name: dict[str, Inner] | None = None
    several: int | str | None = None
    holey: list[Inner | None] = Field(default_factory=list[Inner | None])
    leaf: Small | None = None
    inner: Inner | None = None


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"Bounded": 1, "Text": "a", "When": "2026-05-01T12:00:00Z", "Pair": [1, "b"]},
        {"Anything": {"a": [1, 2.5, None, 10**30, "é"]}, "ByName": {"a": {"Size": 1}}},
        {"Several": "5", "Holey": [None, {"Size": 5}, None]},
        {"Leaf": {"At": "2026-05-01T12:00:00Z"}, "Inner": {"Size": 2}},
        {"Leaf": None, "Inner": None, "Anything": None},
    ],
)
def test_members_that_msgspec_does_not_read_alike_are_read_by_pydantic(members):
    body = json.dumps(members).encode()
    assert content(read(Members, body)) == content(read_by_pydantic(Members, body))


@pytest.mark.parametrize(
    "text",
    ['{"Bounded":0}', '{"Text":""}', '{"Text":null}', '{"Pair":[1]}', '{"ByName":{"a":{}}}'],
)
def test_what_pydantic_refuses_in_one_member_is_its_error(text):
    assert read(Members, text.encode()) is None
    with pytest.raises(DecodeError, match=text.split('"')[1]):
        decode(Members, text.encode())


def test_defaults_are_made_anew():
    first, second = (read(Members, b"{}") for _ in range(2))
    assert first.holey == second.holey == []
    assert first.holey is not second.holey


def faces(*details, **more):
    items = [{"Timestamp": 40 * n, "Face": detail} for n, detail in enumerate(details)]
    return json.dumps({"JobStatus": "SUCCEEDED", "Faces": items, **more}).encode()


def test_a_member_of_tomorrow_makes_one_response_slow_and_no_more(caplog):
    caplog.set_level(logging.DEBUG, "vidkit")
    hat = {"Value": ["huge", 10**30, "é"]}
    body = faces({"Confidence": 99.5}, {"Confidence": 98.5, "Hat": hat}, New=1)
    body = body.replace(b'"huge"', b"1e400")
    assert read(GetFaceDetectionResponse, body) is None
    assert "unknown field" in caplog.messages[-1]
    slow = decode(GetFaceDetectionResponse, body)
    lines = len(caplog.messages)
    fast = decode(GetFaceDetectionResponse, body)
    assert len(caplog.messages) == lines
    assert content(fast) == content(slow)
    assert fast.items[1].face.model_extra == {"Hat": {"Value": [float("inf"), 10**30, "é"]}}
    assert fast.items[1].face.model_fields_set == {"confidence", "Hat"}
    assert (fast.model_extra, fast.items[0].face.model_extra) == ({"New": 1}, {})
    without = faces({"Confidence": 97.5})
    assert content(read(GetFaceDetectionResponse, without)) == content(
        read_by_pydantic(GetFaceDetectionResponse, without)
    )


def test_an_unknown_member_of_a_leaf_is_left_out_at_once():
    body = faces({"Landmarks": [{"Type": "tip", "X": 0.5, "Z": {"deep": [1]}}]})
    (item,) = read(GetFaceDetectionResponse, body).items
    assert item.face.landmarks == [Landmark(type="tip", x=0.5)]


def test_what_one_thread_learns_while_another_makes_its_reader_is_not_forgotten(monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    make = response_reader.model_filler

    def make_slowly(model, *parts):
        if threading.current_thread() is slow and model is GetFaceDetectionResponse:
            begun.set()
            assert go_on.wait(10)
        return make(model, *parts)

    monkeypatch.setattr(response_reader, "model_filler", make_slowly)
    old, new = faces({"Confidence": 1}), faces({"Confidence": 1}, New=1)
    slow = threading.Thread(target=decode, args=(GetFaceDetectionResponse, old), daemon=True)
    learner = threading.Thread(target=decode, args=(GetFaceDetectionResponse, new), daemon=True)
    slow.start()
    assert begun.wait(10)
    learner.start()
    # Enough to learn, if nothing made it wait.
    learner.join(0.5)
    go_on.set()
    for thread in (slow, learner):
        thread.join(10)
    assert decode(GetFaceDetectionResponse, new) == read(GetFaceDetectionResponse, new)


def test_a_service_cannot_teach_us_without_end():
    for n in range(3 * MOST_LEARNED):
        decode(GetFaceDetectionResponse, faces({f"New{n}": n}))
    assert {model: len(names) for model, names in response_reader._learned.items()} == {
        FaceDetail: MOST_LEARNED
    }
    late = faces({"New0": 1, f"New{3 * MOST_LEARNED - 1}": 2})
    assert read(GetFaceDetectionResponse, late) is None
    (item,) = decode(GetFaceDetectionResponse, late).items
    assert item.face.model_extra == {"New0": 1, f"New{3 * MOST_LEARNED - 1}": 2}


@pytest.mark.parametrize("name", ["", "two words", 'é"\\', "1st", "\n"])
def test_names_that_no_service_has_are_never_learned(name):
    body = faces({name: 1})
    for _ in range(2):
        (item,) = decode(GetFaceDetectionResponse, body).items
        assert item.face.model_extra == {name: 1}
    assert response_reader._learned == {}


def test_models_share_nothing_that_a_program_can_change():
    page = read(GetFaceDetectionResponse, faces({"Confidence": 1}, {"Confidence": 2}))
    one, other = (item.face for item in page.items)
    one.model_fields_set.add("pose")
    one.model_extra["New"] = 1
    copied = one.model_copy(update={"smile": None, "New": 2})
    assert copied.model_fields_set == {"confidence", "smile", "New"}
    for face in (one, other):
        assert (face.model_fields_set, face.model_extra) == ({"confidence"}, {})
        assert face.model_dump(exclude_unset=True) in ({"confidence": 1}, {"confidence": 2})


@given(st.integers(0, 63))
@example(0)
def test_what_was_given_is_known_whatever_it_was(bits):
    names = ["Name", "Confidence", "Instances", "Parents", "Aliases", "Categories"]
    values = ["Dog", 1.5, [], [], None, []]
    label = {
        name: value
        for n, (name, value) in enumerate(zip(names, values, strict=True))
        if bits >> n & 1
    }
    body = json.dumps({"JobStatus": "x", "Labels": [{"Label": label}]}).encode()
    assert content(read(GetLabelDetectionResponse, body)) == content(
        read_by_pydantic(GetLabelDetectionResponse, body)
    )


WRONG = [None, [], {}, "x", True, 1.5, [[]], {"a": 1}]
PLACES = {
    "JobStatus": '{"JobStatus":%s}',
    "Faces": '{"JobStatus":"x","Faces":%s}',
    "Faces.0": '{"JobStatus":"x","Faces":[%s]}',
    "Faces.0.Timestamp": '{"JobStatus":"x","Faces":[{"Timestamp":%s}]}',
    "Faces.0.Face.Landmarks": '{"JobStatus":"x","Faces":[{"Face":{"Landmarks":%s}}]}',
    "Faces.0.Face.Landmarks.0": '{"JobStatus":"x","Faces":[{"Face":{"Landmarks":[%s]}}]}',
    "Faces.0.Face.Landmarks.0.X": '{"JobStatus":"x","Faces":[{"Face":{"Landmarks":[{"X":%s}]}}]}',
    "Faces.0.Face.Smile.Value": '{"JobStatus":"x","Faces":[{"Face":{"Smile":{"Value":%s}}}]}',
    "VideoMetadata.Codec": '{"JobStatus":"x","VideoMetadata":{"Codec":%s}}',
}


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_type_at_any_member_is_an_error_that_names_it(place):
    errors = 0
    for value in WRONG:
        body = (PLACES[place] % json.dumps(value)).encode()
        try:
            read_by_pydantic(GetFaceDetectionResponse, body)
        except ValidationError:
            errors += 1
            assert read(GetFaceDetectionResponse, body) is None
            with pytest.raises(DecodeError, match=f": {place}[.0]*: Input should be"):
                decode(GetFaceDetectionResponse, body)
        else:
            check(GetFaceDetectionResponse, body)
    assert errors >= 3


def test_a_slow_response_is_logged_without_what_it_holds(caplog):
    caplog.set_level(logging.DEBUG, "vidkit")
    decode(GetFaceDetectionResponse, faces({"Confidence": "5"}, StatusMessage="s3cret-value"))
    (line,) = caplog.messages
    # A record with an error would keep the frames of the call, which hold the response.
    assert all(isinstance(part, str) for part in caplog.records[0].args)
    assert line.startswith("GetFaceDetectionResponse: read by pydantic, not by msgspec: ")
    assert ".Face.Confidence" in line
    assert "s3cret-value" not in line


def test_msgspec_is_imported_with_the_first_large_response_and_not_before():
    code = """
import sys
import vidkit, vidkit.kit, vidkit.config.aws
assert not {"msgspec", "pydantic"} & sys.modules.keys()
import vidkit.images.client, vidkit.ivs.client, vidkit.mpc.client
assert "msgspec" not in sys.modules
from vidkit.models.responses import decode
from vidkit.ivs.models.policies import ListPlaybackRestrictionPoliciesResponse as Page
decode(Page, b'{"playbackRestrictionPolicies":[]}')
assert "msgspec" not in sys.modules
body = b'{"playbackRestrictionPolicies":[' + b" " * 10_000 + b'],"new":1}'
slow, fast = decode(Page, body), decode(Page, body)
assert "msgspec" in sys.modules
assert slow == fast
assert fast.model_extra == {"new": 1}
"""
    subprocess.run([sys.executable, "-c", code], check=True)
