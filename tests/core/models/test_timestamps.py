"""Timestamps in responses: their unit is that of the member, whatever the size of the number."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from vidkit.models.timestamps import EpochMillis, EpochSeconds, EpochSecondsInMillis, Timestamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = [TypeAdapter(kind) for kind in (EpochSeconds, EpochSecondsInMillis, Timestamp)]
MILLIS = TypeAdapter(EpochMillis)
ALL = [*SECONDS, MILLIS]


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_milliseconds_of_any_size_are_milliseconds(millis):
    expected = EPOCH + timedelta(milliseconds=millis)
    assert MILLIS.validate_python(millis) == expected
    assert MILLIS.validate_json(str(millis)) == expected
    assert MILLIS.validate_json(f'"{millis}"') == expected
    assert json.loads(MILLIS.dump_json(expected)) == millis


@pytest.mark.parametrize("adapter", SECONDS, ids=["seconds", "in millis", "any"])
@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_seconds_of_any_size_are_seconds(adapter, seconds):
    expected = EPOCH + timedelta(seconds=seconds)
    for text in (f"{seconds}", f"{seconds}.0", f'"{seconds}"', f'"{seconds}.0"'):
        assert adapter.validate_json(text) == expected


def test_fractions_are_kept_to_the_microsecond():
    expected = datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert TypeAdapter(EpochSeconds).validate_python(1767225600.123456) == expected
    assert MILLIS.validate_python(1767225600123.456) == expected
    assert TypeAdapter(EpochSecondsInMillis).validate_python(1767225600.123456) == (
        expected.replace(microsecond=123000)
    )


@pytest.mark.parametrize("adapter", ALL)
@pytest.mark.parametrize(
    "text", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00"]
)
def test_iso_8601_is_accepted_too(adapter, text):
    assert adapter.validate_python(text) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("adapter", ALL)
@pytest.mark.parametrize(
    "value",
    [10**400, -(10**400), 1e300, float("inf"), float("nan"), "9" * 400, "", "soon", "1e9", [], {}],
)
def test_what_is_no_timestamp_is_a_validation_error(adapter, value):
    with pytest.raises(ValidationError):
        adapter.validate_python(value)
