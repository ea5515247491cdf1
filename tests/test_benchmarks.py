"""The benchmarks' machinery, and that the fast ways give what the slow ones give."""

import asyncio
import base64
import json
import os
import statistics
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pydantic_core
import pytest

from vidkit.paging import TokenPages

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import bodies, clients, clocks, processes, results, rows, tables  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.limits import struct_of  # noqa: E402
from vidkit.rekognition.faces import GetFaceDetectionAnswer  # noqa: E402
from vidkit.rekognition.labels import GetLabelDetectionAnswer  # noqa: E402


@pytest.fixture(scope="module")
def addresses():
    with processes.running_server() as found:
        yield found


@pytest.fixture(autouse=True)
def no_accounts(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def in_the_services_words(page):
    return json.loads(page.model_dump_json(by_alias=True, exclude_unset=True, exclude_none=True))


def without_metadata(page):
    return {name: value for name, value in page.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize(
    ("operation", "model"),
    [
        ("get_face_detection", GetFaceDetectionAnswer),
        ("get_label_detection", GetLabelDetectionAnswer),
    ],
)
async def test_the_typed_page_is_the_dict_of_the_slow_way(addresses, operation, model):
    async with (
        clients.kit_on(addresses[0]) as kit,
        clients.aiobotocore_client("rekognition", addresses[0]) as client,
    ):
        typed = await getattr(kit.rekognition, operation)("results-1000")
        raw = without_metadata(await getattr(client, operation)(JobId="results-1000"))
    assert len(typed.items) == 1000
    assert in_the_services_words(typed) == raw
    assert typed == model.model_validate(raw)


async def test_the_typed_policies_are_those_of_the_slow_way(addresses):
    async with (
        clients.kit_on(addresses[0]) as kit,
        clients.aiobotocore_client("ivs", addresses[0]) as client,
    ):
        one = await kit.ivs.get_playback_restriction_policy(bodies.POLICY_ARN)
        raw = await client.get_playback_restriction_policy(arn=bodies.POLICY_ARN)
        some = await kit.ivs.list_playback_restriction_policies(next_token="975").collect()
        slow = await client.list_playback_restriction_policies(nextToken="975", maxResults=25)
    assert in_the_services_words(one) == raw["playbackRestrictionPolicy"]
    assert [in_the_services_words(policy) for policy in some] == slow["playbackRestrictionPolicies"]
    assert len(some) == 25


async def test_windows_at_once_give_the_images_of_page_after_page(addresses):
    points, size = 60, 500
    end = bodies.FIRST_MOMENT + timedelta(seconds=points - 1)
    stream = f"front-door-{size}"
    async with (
        clients.kit_on(addresses[0]) as kit,
        clients.aiobotocore_client("kinesis-video-archived-media", addresses[0]) as client,
    ):
        fast = await kit.images.get_images(
            stream_name=stream, start_timestamp=bodies.FIRST_MOMENT, end_timestamp=end
        ).collect()
        pages = client.get_paginator("get_images").paginate(
            StreamName=stream,
            StartTimestamp=bodies.FIRST_MOMENT,
            EndTimestamp=end + timedelta(milliseconds=1),
            ImageSelectorType="SERVER_TIMESTAMP",
            SamplingInterval=1000,
            Format="JPEG",
        )
        slow = [
            (image["TimeStamp"], base64.b64decode(image["ImageContent"]))
            async for page in pages
            for image in page["Images"]
        ]
    assert [(image.timestamp, image.content) for image in fast] == slow
    assert len(slow) == points


def test_the_limit_reads_the_same_values():
    body = b'{"JobStatus":"SUCCEEDED","Faces":[' + bodies.joined(bodies.face_items()[:20]) + b"]}"
    msgspec = pytest.importorskip("msgspec")
    typed = GetFaceDetectionAnswer.model_validate_json(body)
    struct = msgspec.json.decode(body, type=struct_of(GetFaceDetectionAnswer))
    assert pydantic_core.from_json(body) == msgspec.json.decode(body)
    for ours, theirs in zip(typed.faces, struct.faces, strict=True):
        assert ours.face.bounding_box.width == theirs.face.bounding_box.width
        assert [mark.x for mark in ours.face.landmarks] == [
            mark.x for mark in theirs.face.landmarks
        ]
        assert ours.face.eye_direction.yaw == theirs.face.eye_direction.yaw


class Pages:
    """Three pages; notes when each is asked for."""

    def __init__(self):
        self.asked = []

    async def fetch(self, token, _):
        self.asked.append(token)
        number = int(token or 0)
        following = str(number + 1) if number < 2 else None
        return type("Page", (), {"items": [number], "next_token": following})()

    def iterator(self, *, ahead):
        return TokenPages(self.fetch, asyncio.get_running_loop().create_task, ahead=ahead)


async def test_the_next_page_is_asked_for_before_work_that_keeps_the_loop():
    service = Pages()
    # Nothing is awaited between pages: what was asked for by then was asked for before.
    pages = service.iterator(ahead=True)
    seen = [(page.items, list(service.asked)) async for page in pages]
    assert seen == [([0], [None]), ([1], [None, "1", "2"]), ([2], [None, "1", "2"])]


async def test_a_page_whose_reader_was_cancelled_is_not_lost():
    service = Pages()
    pages = service.iterator(ahead=True)
    assert (await anext(pages)).items == [0]
    reader = asyncio.ensure_future(anext(pages))
    while "2" not in service.asked:
        await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert [page.items async for page in pages] == [[1], [2]]


async def test_fetching_ahead_gives_the_pages_of_one_after_another():
    ahead = [page.items async for page in Pages().iterator(ahead=True)]
    assert ahead == [page.items async for page in Pages().iterator(ahead=False)] == [[0], [1], [2]]


async def test_cases_run_in_turns():
    order = []

    async def first():
        order.append("a")

    async def second():
        order.append("b")

    values = await clocks.in_turns({"a": first, "b": second}, samples=2, loops=1)
    assert order == ["a", "b"] * 3
    assert {name: len(found) for name, found in values.items()} == {"a": 2, "b": 2}


async def test_a_stall_is_seen():
    async def stall():
        await asyncio.sleep(0.01)
        clocks.time.sleep(0.1)

    assert await clocks.longest_stall(stall) >= 0.09


def test_a_cold_process_has_what_an_installation_has():
    statement = (
        "import sys, aiobotocore.session; "
        "assert 'httpx' in sys.modules; assert not {'rich', 'click'} & set(sys.modules)"
    )
    assert processes.run_fresh("benchmarks.cold", statement) > 0


@pytest.mark.parametrize("who", ["vidkit", "aiobotocore", "vidkit, importing"])
def test_the_stall_of_a_first_client_is_measured(addresses, who):
    assert rows.Bench(addresses).work("first:stall", who=who) > 0


def test_a_figure_compares_with_the_best_peer():
    row = results.RowResult(
        10,
        "work",
        "wall time",
        (
            results.Case("ours", "second", (2.0, 4.0, 3.0)),
            results.Case("slow", "second", (9.0, 9.0, 9.0)),
            results.Case("best", "second", (6.0, 6.0, 6.0)),
        ),
        (
            results.Aim("time", "ours", ("slow", "best"), 0.5),
            results.Aim("speed", "ours", ("slow", "best"), 2.5, at_most=False),
        ),
    )
    time, speed = row.figures
    assert (time.ratio, time.peer, time.is_met) == (0.5, "best", True)
    assert (speed.ratio, speed.is_met) == (2.0, False)
    assert time.deviation == pytest.approx(0.5 * row.case("ours").mad / 3.0)
    assert row.case("ours").median == statistics.median((2.0, 4.0, 3.0))


def test_the_rows_are_the_seventeen():
    assert [row.number for row in rows.ROWS] == list(range(1, 18))
    assert all(row.aims for row in rows.ROWS)


def test_a_row_is_measured_saved_and_drawn(addresses, tmp_path):
    row = next(row for row in rows.ROWS if row.number == 6)
    bench = rows.Bench(addresses, quick=True)
    cases = bench.cases("calls:small_calls", samples=2, loops=2)
    result = results.RowResult(row.number, row.title, row.measured, cases, row.aims)
    assert tables.row_table(result).row_count == len(cases) == 3
    assert tables.summary_table([result]).row_count == 1

    file, suite = tmp_path / "run.json", tmp_path / "suite.json"
    results.save(file, [result], {"python": "3", "cores": 2})
    assert results.load(file) == ([result], {"python": "3", "cores": 2})
    results.save_pyperf(suite, [result])
    assert "06 vidkit" in suite.read_text("utf-8")

    # Heavy, and needed for pictures alone: scripts/test does not install it.
    pytest.importorskip("matplotlib")
    drawing = [sys.executable, "-m", "benchmarks", "chart", str(file), "--folder", str(tmp_path)]
    subprocess.run(drawing, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "row-06.svg").read_text("utf-8").count("aiobotocore") >= 1


def test_a_row_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "99"])
    assert "1 to 17" in capsys.readouterr().err
