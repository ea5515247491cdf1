"""Suggestions for names that are not known."""

import pytest

from vidkit._internal.suggestions import did_you_mean

KNOWN = ["GetChannel", "BatchGetChannel", "DeleteChannel", "ListStreams", "ListStreamKeys"]


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("get_channel", "; did you mean GetChannel?"),
        ("getchannel", "; did you mean GetChannel?"),
        ("ListStreem", "; did you mean ListStreams or ListStreamKeys?"),
        ("Xyz", ""),
        ("", ""),
    ],
)
def test_near_names_are_suggested(name, clause):
    assert did_you_mean(name, KNOWN) == clause
