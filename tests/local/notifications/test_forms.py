"""How forms are read, and the digest of message attributes."""

import pytest

from vidkit.local.notifications.attributes import Attribute, digest
from vidkit.local.notifications.query import read_form
from vidkit.local.protocol.wire import ApiError


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (b"Action=A&Subject=", {"Action": "A", "Subject": ""}),
        (b"T.member.2=b&T.member.10=c&T.member.1=a", {"T": ["a", "b", "c"]}),
        (
            b"M.entry.1.Name=k&M.entry.1.Value.DataType=String&M.entry.1.Value.StringValue=v",
            {"M": {"k": {"DataType": "String", "StringValue": "v"}}},
        ),
        (b"A=1&A.b=2", {"A": {"b": "2"}}),
        (b"A.member=1", {"A": []}),
        (b"M=%C3%BC", {"M": "ü"}),
    ],
)
def test_forms_become_members(form, expected):
    assert read_form(form) == expected


@pytest.mark.parametrize("form", [b"M=%ff", b"\xff=1"])
def test_a_form_must_be_utf_8(form):
    with pytest.raises(ApiError, match="UTF-8"):
        read_form(form)


def test_the_digest_of_attributes_does_not_depend_on_their_order():
    one, two = Attribute("String", "x"), Attribute("Binary", "AA==")
    assert digest({"a": one, "b": two}) == digest({"b": two, "a": one})
    assert digest({"a": one}) != digest({"b": one})
