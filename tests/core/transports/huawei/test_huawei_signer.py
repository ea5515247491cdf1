import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from vidkit.transports.huawei.signer import canonical_query, canonical_request, sdk_date, sign

# Made by running huaweicloudsdkcore's own signer; the file says which version.
FILE = Path(__file__).with_name("huawei_signing_vectors.json")
VECTORS = json.loads(FILE.read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_signatures_of_huaweis_own_signer_come_out_byte_for_byte(vector):
    given = vector["input"]
    query = [(key, str(value)) for key, value in given["query"]]
    headers = {
        name: value for name, value in vector["final_headers"].items() if name != "Authorization"
    }
    body = (given["body"] or "").encode()
    request = canonical_request(given["method"], given["path"], query, headers, body)
    assert request == vector["canonical_request"]
    assert canonical_query(query) == vector["canonical_query"]
    signature = sign(
        given["method"],
        given["path"],
        query,
        headers,
        body,
        access_key=given["ak"],
        secret_key=given["sk"],
    )
    assert signature == vector["authorization"]


def test_there_are_nine_vectors():
    assert len(VECTORS) == 9


def test_the_date_is_utc_in_whole_seconds():
    moment = datetime(2026, 3, 1, 1, 2, 3, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert sdk_date(moment) == "20260228T230203Z"
    assert sdk_date(datetime(2026, 3, 1, tzinfo=UTC)) == "20260301T000000Z"
