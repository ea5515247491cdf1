"""MPC's error codes: found in texts, and explained where a message is generic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidkit.mpc.error_codes import MEANINGS, code_in, explained

NO_TASK = "the task does not exist"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MPC.10067: the input has no video stream.", "MPC.10067"),
        ("failed (APIGW.0301)", "APIGW.0301"),
        ("APIG.0308", "APIG.0308"),
        ("first MPC.10202, then MPC.10211", "MPC.10202"),
        ("XMPC.10202", None),
        ("MPC.102", None),
        ("MPC.1234567890", None),
        ("mpc.10202", None),
        ("", None),
        (None, None),
    ],
)
def test_the_first_code_in_a_text_is_found(text, code):
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("code", "text", "message"),
    [
        ("MPC.10211", None, NO_TASK),
        ("MPC.10211", "", NO_TASK),
        ("MPC.10211", " ", NO_TASK),
        ("MPC.10211", "MPC.10211", f"MPC.10211 ({NO_TASK})"),
        ("MPC.10211", " MPC.10211: Error. ", f"MPC.10211: Error. ({NO_TASK})"),
        ("MPC.10211", "Operation failed", f"Operation failed ({NO_TASK})"),
        ("MPC.10211", "no such task", "no such task"),
        ("MPC.10211", "fail X", "fail X"),
        ("MPC.10211", "MPC.10211: no such task", "MPC.10211: no such task"),
        ("APIG.0308", "fail", "fail (too many requests in a short time)"),
        ("APIGW.0308", "fail", "fail (too many requests in a short time)"),
        ("MPC.99999", "fail", "fail"),
        ("MPC.99999", None, None),
        (None, "fail", "fail"),
        (None, None, None),
    ],
)
def test_a_generic_message_gets_the_meaning_of_its_code(code, text, message):
    assert explained(code, text) == message


@given(st.none() | st.sampled_from(sorted(MEANINGS)) | st.text(), st.none() | st.text())
def test_no_text_is_lost(code, text):
    message = explained(code, text)
    assert message == text or message.startswith((text or "").strip())
