"""Texts that come from outside, of any content: a result or a VidKitError, soon."""

import asyncio
import base64
import json
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples

from vidkit import AwsConfig, RetryPolicy, VidKit, VidKitError
from vidkit.jobs.journal import Journal
from vidkit.jobs.tokens import JobRef
from vidkit.rekognition import parse_connected_home_event, parse_face_search_record
from vidkit.rekognition.completion.messages import read_completion
from vidkit.transports.base import HttpResponse
from vidkit.transports.error_responses import retry_after
from vidkit.transports.huawei.credentials.profile import ProfileSource

T0 = datetime(2026, 1, 1, tzinfo=UTC)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["JobId", "Message", "SUCCEEDED", "vidkit1.", "10" * 400]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8)
            | st.sampled_from(
                [
                    "Message",
                    "JobId",
                    "Status",
                    "API",
                    "Records",
                    "kinesis",
                    "data",
                    "labels",
                    "eventNamespace",
                    "inputInformation",
                    "k",
                    "i",
                    "p",
                    "kind",
                    "id",
                    "place",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


_ODD_JSON = [
    "[" * 100_000,
    "[" * 100_000 + "]" * 100_000,
    '{"a":' * 100_000,
    '{"JobId": 1e400, "Status": -1e400, "Timestamp": 1e400}',
    '{"JobId": "j", "Status": "SUCCEEDED", "Timestamp": ' + "9" * 10_000 + "}",
    '{"JobId": NaN, "Status": Infinity, "Message": -Infinity}',
    '{"JobId": "a", "JobId": "b", "Status": 1, "Status": "SUCCEEDED", "Message": 1, "Message": 2}',
    '{"JobId": "\\ud800", "Status": "\\udfff\\ud800", "Message": "\\u0000"}',
    '\ufeff{"JobId": "j", "Status": "SUCCEEDED"}',
]
ODD = [
    *_ODD_JSON,
    *(json.dumps({"Type": "Notification", "Message": text}) for text in _ODD_JSON),
    *("vidkit1." + _encoded(text.encode("utf-8", "surrogatepass")) for text in _ODD_JSON[3:]),
    *("vidkit1." + _encoded(text.encode("utf-16", "surrogatepass")) for text in _ODD_JSON[3:]),
    "vidkit1." + _encoded(b"[" * 1500),
    "at-" + "9" * 10_000,
    "9" * 10_000,
    "1e400",
    "[basic]\nak=%(sk)s\nsk=%(ak)s",
    "[basic]\nak=a\nak=b\nsk=c",
    "\x00",
    "\ud800",
    "٣",
]

TEXTS = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")),
    VALUES.map(json.dumps),
    VALUES.map(lambda value: json.dumps(json.dumps(value))),
    VALUES.map(lambda value: json.dumps({"Message": json.dumps(value), "Type": "Notification"})),
    VALUES.map(lambda value: "vidkit1." + _encoded(json.dumps(value).encode())),
    st.binary(max_size=60).map(lambda raw: "vidkit1." + _encoded(raw)),
    st.integers().map("at-{}".format),
    st.integers().map(str),
    st.sampled_from(ODD),
    st.text(max_size=50).map("[basic]\nak=a\nsk={}".format),
)


def job_token(text):
    JobRef.from_token(text)


def completion_message(text):
    read_completion(text)


def connected_home_event(text):
    parse_connected_home_event(text)


def face_search_record(text):
    parse_face_search_record(text)


def retry_after_header(text):
    found = retry_after(HttpResponse(429, b"", {"retry-after": text}))
    assert found is None or found >= 0


def _paging(text, pager_of):
    async def read():
        async with VidKit() as kit:
            pages = pager_of(kit).pages(token=text)
            await asyncio.wait_for(anext(pages), 5)

    asyncio.run(read())


def images_page_token(text):
    _paging(
        text,
        lambda kit: kit.images.get_images(stream_name="s", start_timestamp=T0, end_timestamp=T0),
    )


def tasks_page_token(text):
    _paging(text, lambda kit: kit.mpc.list_thumbnails_task())


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch):
    """A token that is good by chance leads nowhere."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


@pytest.mark.parametrize(
    "read",
    [
        job_token,
        completion_message,
        connected_home_event,
        face_search_record,
        retry_after_header,
    ],
)
@settings(max_examples=examples(150), deadline=5000)
@given(text=TEXTS)
def test_any_text_is_a_result_or_an_error_of_ours(read, text):
    try:
        read(text)
    except VidKitError as error:
        told = str(error)
    else:
        told = ""
    assert len(told) < 2000


@pytest.mark.parametrize("read", [images_page_token, tasks_page_token])
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=TEXTS)
def test_any_page_token_is_a_page_or_an_error_of_ours(read, text):
    try:
        read(text)
    except (VidKitError, StopAsyncIteration):
        told = True
    else:
        told = False
    # Nobody answers, so there is no page either.
    assert told


AWS_FILES = [
    b"[profile p]\nregion=us-east-1\naws_access_key_id=a\naws_secret_access_key=b\n",
    b"[p]\naws_access_key_id=a\naws_secret_access_key=b\n",
    b"[profile p]\nregion=us-east-1\nsource_profile=p\nrole_arn=arn:aws:iam::1:role/x\n",
    b"[profile p]\nregion=us-east-1\ncredential_process=\xff\n",
    b"[profile p]\nregion=us-east-1\ncredential_process=false\n",
    b"[profile p]\nregion=\xe9\n[profile p]\nregion=b\n",
    b"[profile p]\nregion=us-east-1\nregion=us-east-2\n",
    b"[profile p\nregion",
    b"[profile p]\ns3=\n  a\n",
    b"[profile p]\nregion=us-east-1\nweb_identity_token_file=/nowhere\nrole_arn=x\n",
    b"[profile p]\nregion=us-east-1\nsso_session=\xf0\x9f\x98\x80\nsso_account_id=1\n",
]
HUGE = 100 << 20

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32-be", "latin-1"])
FILES = st.binary(max_size=300) | st.builds(
    lambda text, encoding: text.encode(encoding, "replace"), TEXTS, ENCODINGS
)


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=FILES)
@example(content=b"[" * 50_000 + b"\n")
def test_any_journal_is_read_or_refused(tmp_path, content):
    path = tmp_path / "journal"
    path.write_bytes(content)

    async def read():
        journal = Journal(path)
        try:
            await journal.open()
        except VidKitError:
            refused = True
        else:
            refused = False
        finally:
            journal.close()
        # What is refused is not touched.
        assert not refused or path.read_bytes() == content

    asyncio.run(read())


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=FILES)
@example(content=b"[basic]\nak = a%(b)s\nsk = 100%\n")
def test_any_profile_file_is_read_or_refused(tmp_path, content):
    path = tmp_path / "credentials"
    path.write_bytes(content)

    async def read():
        try:
            await ProfileSource(str(path), None, required=True).fetch()
        except VidKitError as error:
            told = str(error)
        else:
            told = ""
        assert len(told) < 2000

    asyncio.run(read())


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    config=FILES | st.sampled_from(AWS_FILES),
    credentials=FILES | st.sampled_from(AWS_FILES),
)
def test_any_config_files_of_aws_are_read_or_refused(tmp_path, config, credentials):
    with pytest.MonkeyPatch.context() as patch:
        for name, content in (("CONFIG_FILE", config), ("SHARED_CREDENTIALS_FILE", credentials)):
            path = tmp_path / name
            path.write_bytes(content)
            patch.setenv(f"AWS_{name}", str(path))
        for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name)

        async def ask():
            aws = AwsConfig(profile="p", endpoint_url="http://127.0.0.1:9")
            async with VidKit(aws=aws, retry=RetryPolicy.none(), deadline=5) as kit:
                await kit.ivs.list_channels().first()

        # Nobody answers, so the best of files leads to an error as well.
        with pytest.raises(VidKitError) as caught:
            asyncio.run(ask())
    assert 0 < len(str(caught.value)) < 2000


@pytest.mark.parametrize(
    "read",
    [
        job_token,
        completion_message,
        connected_home_event,
        face_search_record,
        retry_after_header,
        images_page_token,
        tasks_page_token,
    ],
)
@pytest.mark.parametrize("piece", ["a", "9", "vidkit1.", "[", '{"JobId":', "\x00"])
def test_a_hundred_megabytes_are_refused_soon_and_cheaply(read, piece):
    text = piece * (HUGE // len(piece))
    told = ""
    tracemalloc.start()
    try:
        started = time.process_time()
        try:
            read(text)
        except (VidKitError, StopAsyncIteration) as error:
            told = str(error)
        took = time.process_time() - started
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(told) < 2000
    assert took < 10
    assert peak < 4 * HUGE
