"""Timestamps that a service model wants as ISO 8601, as later models of IVS do."""

import pytest

from vidkit.local.protocol.service_models import ServiceModel
from vidkit.local.protocol.wire import ApiError

MODEL = ServiceModel(
    {
        "operations": {"Do": {"input": {"shape": "Input"}}},
        "shapes": {
            "Input": {
                "type": "structure",
                "members": {"iso": {"shape": "Iso"}, "seconds": {"shape": "Seconds"}},
            },
            "Iso": {"type": "timestamp", "timestampFormat": "iso8601"},
            "Seconds": {"type": "timestamp"},
        },
    }
)


@pytest.mark.parametrize(
    "members",
    [
        {"iso": "2026-01-01T00:00:00Z"},
        {"iso": "2026-01-01T01:00:00.250+01:00"},
        {"seconds": 1767225600.25},
    ],
)
def test_a_timestamp_is_accepted_in_its_own_format(members):
    assert MODEL.accept("Do", members) == members


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"iso": 1767225600}, "iso is no timestamp in ISO 8601"),
        ({"iso": "soon"}, "iso is no timestamp in ISO 8601"),
        ({"iso": "2026-01-01T00:00:00"}, "iso is no timestamp in ISO 8601 with a time zone"),
        ({"seconds": "2026-01-01T00:00:00Z"}, "seconds is no number"),
    ],
)
def test_a_timestamp_in_another_format_is_rejected(members, complaint):
    with pytest.raises(ApiError, match=complaint):
        MODEL.accept("Do", members)
