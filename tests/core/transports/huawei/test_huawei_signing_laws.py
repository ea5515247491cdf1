"""Our signatures against those of Huawei's own signer, for whatever requests come to mind."""

from types import SimpleNamespace

import httpx
import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from vidkit.transports.huawei.auth import SignedAuth
from vidkit.transports.huawei.signer import canonical_query, sign

KEYS = {"access_key": "AKEXAMPLE0000000TEST", "secret_key": "SKexample0000000000000TEST"}

# No lone surrogates: they have no UTF-8.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
tokens = st.text(st.sampled_from("abcXYZ019-"), min_size=1, max_size=10)
values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
paths = st.lists(texts, max_size=5).map(lambda parts: "/" + "/".join(parts))
queries = st.lists(st.tuples(st.one_of(st.sampled_from(["a", "b", "ü"]), texts), texts), max_size=6)
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "get"])
hosts = st.sampled_from(
    ["mpc.cn-north-4.myhuaweicloud.com", "127.0.0.1:4588", "example.com:8443", "[::1]:80"]
)
bodies = st.one_of(st.just(b""), st.binary(max_size=60), texts.map(str.encode))


@st.composite
def header_sets(draw):
    """Headers whose names differ in more than their case, some with underscores."""
    drawn = draw(st.dictionaries(tokens, values, max_size=5))
    headers = {f"X-{name}": value for name, value in drawn.items()}
    headers = {name.lower(): (name, value) for name, value in headers.items()}
    named = dict(headers.values()) | {"X_With_Underscore": "not signed"}
    if draw(st.booleans()):
        named["Content-Type"] = draw(
            st.sampled_from(["application/json", "application/json;charset=UTF-8"])
        )
    if draw(st.booleans()):
        named["X-Security-Token"] = draw(tokens)
    if draw(st.booleans()):
        named["X-Sdk-Content-Sha256"] = "UNSIGNED-PAYLOAD"
    return named | {"X-Sdk-Date": "20240501T120000Z"}


def official(method, host, path, query, headers, body):
    request = SdkRequest(
        method=method,
        schema="https",
        host=host,
        resource_path=path,
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    keys = SimpleNamespace(ak=KEYS["access_key"], sk=KEYS["secret_key"])
    return Signer(keys).sign(request)


@given(methods, hosts, paths, queries, header_sets(), bodies)
def test_our_signature_is_that_of_huaweis_own_signer(method, host, path, query, headers, body):
    expected = official(method, host, path, query, headers, body)
    ours = sign(method, path, query, {**headers, "Host": host}, body, **KEYS)
    assert ours == expected.header_params["Authorization"]
    sent = canonical_query(query)
    assert expected.uri == (f"{path}?{sent}" if sent else path)


@given(paths, queries)
def test_a_query_in_any_order_has_one_signature(path, query):
    headers = {"Host": "h", "X-Sdk-Date": "20240501T120000Z"}
    assert sign("GET", path, query, headers, b"", **KEYS) == sign(
        "GET", path, query[::-1], headers, b"", **KEYS
    )


@given(
    methods.map(str.upper),
    st.lists(tokens, max_size=4).map(lambda parts: "/" + "/".join(parts)),
    queries,
    bodies,
)
def test_what_httpx_sends_is_what_was_signed(method, path, query, body):
    url = f"https://mpc.example.com:8443{path}"
    if query:
        url = f"{url}?{canonical_query(query)}"
    request = httpx.Request(
        method, url, content=body, headers={"Content-Type": "application/json", "X-Project-Id": "p"}
    )
    auth = SignedAuth(KEYS["access_key"], KEYS["secret_key"], security_token="temporary")
    signed = next(auth.auth_flow(request))
    headers = {
        name: signed.headers[name]
        for name in ("Content-Type", "Host", "X-Project-Id", "X-Sdk-Date", "X-Security-Token")
    }
    expected = official(method, headers["Host"], path, query, headers, body)
    assert signed.headers["Authorization"] == expected.header_params["Authorization"]
    assert signed.url.raw_path.decode() == expected.uri


@pytest.mark.parametrize("path", ["/a%2541", "/a%2Fb", "/%E6%97%A5", "/a%20b/%7e", "/%zz"])
def test_an_encoded_path_is_decoded_once(path):
    request = httpx.Request("GET", httpx.URL("https://h").copy_with(raw_path=path.encode()))
    signed = next(SignedAuth(KEYS["access_key"], KEYS["secret_key"]).auth_flow(request))
    headers = {name: signed.headers[name] for name in ("Host", "X-Sdk-Date")}
    expected = official("GET", "h", signed.url.raw_path.decode(), [], headers, b"")
    assert signed.headers["Authorization"] == expected.header_params["Authorization"]


def test_where_our_signer_and_huaweis_differ():
    # Huawei's does not hash a body that is neither JSON nor BSON, and says so in a header; ours
    # signs what it is given. vidkit sends JSON alone.
    headers = {"Content-Type": "text/plain", "X-Sdk-Date": "20240501T120000Z"}
    expected = official("POST", "h", "/x", [], headers, b"text").header_params
    assert expected["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    ours = sign("POST", "/x", [], {**headers, "Host": "h"}, b"text", **KEYS)
    assert ours != expected["Authorization"]
    told = {**headers, "Host": "h", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    assert sign("POST", "/x", [], told, b"text", **KEYS) == expected["Authorization"]
