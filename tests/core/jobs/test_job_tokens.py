"""Tokens of jobs, which later versions must accept too."""

import base64
import json

import pytest

from vidkit import RequestError
from vidkit.jobs.tokens import JobRef

# Tokens are stored in files and databases: their format must never change.
KEPT = {
    "vidkit1.WyJyZWtvZ25pdGlvbi5mYWNlX3NlYXJjaCIsImoiLCJ1cy1lYXN0LTEiXQ": JobRef(
        "rekognition.face_search", "j", "us-east-1"
    ),
    "vidkit1.WyJtcGMudGh1bWJuYWlscyIsIjEyMyIsImNuLW5vcnRoLTQvcCJd": JobRef(
        "mpc.thumbnails", "123", "cn-north-4/p"
    ),
    "vidkit1.WyJhLmIiLCJ-fn4_Pz8iLCIiXQ": JobRef("a.b", "~~~???", ""),
}


def token_of(content):
    text = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))
    return "vidkit1." + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(("token", "ref"), KEPT.items())
def test_a_token_is_the_same_in_every_version(token, ref):
    assert ref.token() == token
    assert JobRef.from_token(token) == ref


@pytest.mark.parametrize(
    "content",
    [
        5,
        "text",
        "",
        {},
        None,
        [],
        ["a.b", "id"],
        ["a.b", "id", "place", "more"],
        ["a.b", "id", 5],
        ["a.b", None, "place"],
        [5, "id", "place"],
        ["", "id", "place"],
        ["a.b", "", "place"],
        "[" * 1000,
    ],
)
def test_a_token_of_anything_else_is_refused(content):
    with pytest.raises(RequestError) as caught:
        JobRef.from_token(token_of(content))
    assert caught.value.message.startswith("token: ")
    assert "Job.token" in caught.value.message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("junk", ["!", "\n", " ", "=", "+", "/", "é"])
@pytest.mark.parametrize("count", [1, 4])
def test_a_character_that_no_token_has_is_refused(junk, count):
    whole = next(iter(KEPT))
    with pytest.raises(RequestError):
        JobRef.from_token(whole[:20] + count * junk + whole[20:])


def test_a_token_is_only_so_long():
    def token(length):
        return token_of(["a.b", "i" * length, "place"])

    longest = max(range(1400, 1600), key=lambda n: (len(token(n)) <= 2048, n))
    assert len(token(longest)) == 2048
    assert JobRef.from_token(token(longest)).id == "i" * longest
    with pytest.raises(RequestError):
        JobRef.from_token(token(longest + 1))


def test_the_service_is_what_the_kind_begins_with():
    assert JobRef("rekognition.face.search", "j", "p").service == "rekognition"
