"""The benchmarks' machinery, and that the fast ways give what the slow ones give."""

import asyncio
import base64
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import weakref
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pydantic_core
import pytest

from vidkit.paging.pages import TokenPages

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import __main__ as program  # noqa: E402
from benchmarks import (  # noqa: E402
    bodies,
    clients,
    clocks,
    page,
    page_measures,
    processes,
    results,
    rows,
    tables,
)
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.bench import Bench  # noqa: E402
from benchmarks.cases.image_readers import images_reader  # noqa: E402
from benchmarks.cases.jobs import on_a_queue  # noqa: E402
from benchmarks.cases.readers import results_reader  # noqa: E402
from benchmarks.cases.streams import at_once  # noqa: E402
from benchmarks.job_items import job_items  # noqa: E402
from benchmarks.kinds import KINDS  # noqa: E402
from benchmarks.limits import struct_of  # noqa: E402
from vidkit.rekognition.kinds.faces import GetFaceDetectionResponse  # noqa: E402


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


# Person tracking ended, as vidkit warns; its pages are measured all the same.
@pytest.mark.filterwarnings("ignore:Rekognition ended support for person tracking")
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_the_typed_page_is_the_dict_of_the_slow_way(addresses, kind):
    async with AsyncExitStack() as stack:
        typed = await (await results_reader(stack, addresses[0], kind.noun, "vidkit"))()
        raw = await (await results_reader(stack, addresses[0], kind.noun, "aiobotocore"))()
    raw = without_metadata(raw)
    assert len(typed.items) == len(raw[kind.member]) == 1000
    assert in_the_services_words(typed) == raw
    assert typed == kind.model.model_validate(raw)


def in_snake_case(value):
    """The value with botocore's names of members as capo writes them."""
    if isinstance(value, list):
        return [in_snake_case(each) for each in value]
    if isinstance(value, dict):
        return {snake(name): in_snake_case(each) for name, each in value.items()}
    return value


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("noun", ["faces", "labels"])
async def test_capo_reads_the_same_page(addresses, noun):
    pytest.importorskip("capo_rekognition")
    async with AsyncExitStack() as stack:
        page = await (await results_reader(stack, addresses[0], noun, "capo"))()
        raw = await (await results_reader(stack, addresses[0], noun, "aiobotocore"))()
    assert page == in_snake_case(without_metadata(raw))


async def test_capo_reads_the_same_images(addresses):
    pytest.importorskip("capo_kinesis_video_archived_media")
    async with AsyncExitStack() as stack:
        contents, theirs, typed = [
            await (await images_reader(stack, addresses[0], 700, who))()
            for who in ("aiobotocore + b64decode", "capo + b64decode", "vidkit")
        ]
    assert contents == theirs == [image.content for image in typed.items]
    assert [len(content) for content in contents] == [700] * 25


async def test_capo_reads_all_images_of_all_streams(addresses):
    pytest.importorskip("capo_kinesis_video")
    found = await at_once(addresses[0], "capo", streams=2, images=30, size=100)
    assert found["seconds"] > 0


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
    body = b'{"JobStatus":"SUCCEEDED","Faces":[' + bodies.joined(job_items("faces")[:20]) + b"]}"
    msgspec = pytest.importorskip("msgspec")
    typed = GetFaceDetectionResponse.model_validate_json(body)
    struct = msgspec.json.decode(body, type=struct_of(GetFaceDetectionResponse))
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


async def test_pages_in_a_row_meet_the_collector_as_in_a_program(monkeypatch):
    monkeypatch.setattr(clocks.gc, "collect", lambda: pytest.fail("collected by hand"))
    thresholds, passes = gc.get_threshold(), []

    def note(phase, info):
        if phase == "stop":
            passes.append(info["generation"])

    async def page():
        assert gc.isenabled()
        assert gc.get_threshold() == thresholds
        await asyncio.sleep(0)
        return [[number] for number in range(20_000)]

    gc.callbacks.append(note)
    try:
        await clocks.in_a_row(page, 5)
    finally:
        gc.callbacks.remove(note)
    assert passes


class Page:
    pass


async def test_pages_in_a_row_are_counted_and_each_is_kept_until_the_next():
    pages, alive = [], []

    async def page():
        await asyncio.sleep(0.005)
        alive.append([number for number, each in enumerate(pages) if each() is not None])
        clocks.time.sleep(0.1 if len(pages) == 2 else 0)
        until = clocks.time.process_time() + 0.02
        while clocks.time.process_time() < until:
            pass
        read = Page()
        pages.append(weakref.ref(read))
        return read

    cpu, stall = await clocks.in_a_row(page, 8)
    # The first page opens connections, and does not count.
    assert alive == [[], *([number] for number in range(8))]
    assert 0.02 <= cpu < 0.1
    assert stall >= 0.1


def test_a_cold_process_has_what_an_installation_has():
    statement = (
        "import sys, aiobotocore.session; "
        "assert 'httpx' in sys.modules; assert not {'rich', 'click'} & set(sys.modules)"
    )
    assert processes.run_cold(statement) > 0


def test_a_cold_process_has_imported_nothing_before_its_clock_starts():
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    expected = {*bare.stdout.split(), "time", "httpx._main"}
    statement = f"import sys; more = set(sys.modules) - {expected!r}; assert not more, more"
    assert processes.run_cold(statement) >= 0


def test_the_peak_of_a_cold_process_is_its_own(addresses):
    much = bytearray(300_000_000)
    began = str(clocks.time.monotonic())
    run = processes.run_cold("aiobotocore", addresses[0], began)
    assert 20e6 < run["peak"] < len(much)
    assert 0.05 < run["cpu"] < 10
    assert list(run["stages"]) == ["Python, asyncio", "aiobotocore, its client, the call"]


def test_the_first_call_of_capo_is_measured(addresses):
    pytest.importorskip("capo_rekognition")
    run = processes.run_cold("capo", addresses[0], str(clocks.time.monotonic()))
    assert run["cpu"] > 0
    assert len(run["stages"]) == 3


@pytest.mark.parametrize("who", ["vidkit", "aiobotocore", "vidkit, importing"])
def test_the_stall_of_a_first_client_is_measured(addresses, who):
    assert Bench(addresses).work("first:stall", who=who) > 0


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


def test_the_rows_are_the_eighteen():
    assert [row.number for row in rows.ROWS] == list(range(1, 19))
    assert all(row.aims for row in rows.ROWS)


class Stub:
    """A bench that notes what it would measure, and finds a value for each."""

    def __init__(self, *, quick=False):
        self.bench = Bench({}, quick=quick)
        self.quick, self.several, self.once = quick, self.bench.several, self.bench.once
        self.ran = []

    def work(self, function, *, latency=0, **parameters):
        self.ran.append((parameters["who"], parameters.get("pages")))
        if function == "pages:memory":
            return 1
        return {noun: (len(self.ran), 0.5) for noun in parameters.get("nouns", ["images"])}

    def cases(self, function, *, latency=0, **parameters):
        assert function in {"pages:results", "pages:images", "pages:stalls"}
        return tuple(results.Case(name, "second", (1.0, 1.0)) for name in parameters["names"])


PAGE_ROWS = [row for row in rows.ROWS if row.number in {1, 2, 3, 4, 5, 18}]


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("row", PAGE_ROWS, ids=lambda row: str(row.number))
def test_a_row_of_pages_has_the_cases_that_its_targets_compare(row, quick):
    stub = Stub(quick=quick)
    result = row.result(stub)
    assert len(result.figures) == len(row.aims)
    names = [case.name for case in result.cases]
    assert len(set(names)) == len(names)


def test_clients_read_pages_in_a_row_alternately_in_a_process_each():
    stub = Stub()
    (case, *_) = page_measures.labels(stub)
    first = ["vidkit", "aiobotocore", "capo"]
    further = [who for who, _ in stub.ran[3:8]]
    assert [who for who, _ in stub.ran] == [*first, *further, *first, *first]
    assert not set(first) & set(further)
    assert {pages for _, pages in stub.ran} == {page_measures.PAGES_IN_A_ROW} == {30}
    assert case == results.Case("vidkit", "second", (1, 9, 12))


def test_faces_are_read_once_for_their_cpu_and_their_stalls():
    stub = Stub()
    cpu = page_measures.faces(stub)
    ran = len(stub.ran)
    stalls = page_measures.stalls(stub)
    assert len(stub.ran) == ran
    assert (cpu[0].name, cpu[0].values[0]) == ("vidkit", 1)
    assert (stalls[0].name, stalls[0].values[0]) == ("vidkit", 0.5)


def test_a_row_is_measured_saved_and_drawn(addresses, tmp_path):
    row = next(row for row in rows.ROWS if row.number == 6)
    bench = Bench(addresses, quick=True)
    left_out = [] if find_spec("capo_ivs") else ["capo"]
    cases = bench.cases("calls:small_calls", samples=2, loops=2, left_out=left_out)
    aims = tuple(aim for aim in row.aims if set(aim.peers) <= {case.name for case in cases})
    result = results.RowResult(row.number, row.title, row.measured, cases, aims)
    assert tables.row_table(result).row_count == len(cases) == 5 - len(left_out)
    assert tables.summary_table([result]).row_count == len(aims) >= 1

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


async def test_ends_are_published_as_far_apart_as_asked_for(addresses):
    async with clients.kit_on(addresses[0]) as kit:
        began = clocks.time.monotonic()
        await on_a_queue(kit, addresses[0], 3, after=0.05, apart=0.15, linger=0.01)
        assert clocks.time.monotonic() - began >= 0.35


def test_a_single_sample_has_no_deviation(tmp_path):
    cases = (results.Case("ours", "second", (1.0,)), results.Case("theirs", "second", (2.0, 2.0)))
    row = results.RowResult(
        1, "work", "wall time", cases, (results.Aim("time", "ours", ("theirs",), 0.6),)
    )
    assert row.case("ours").mad is None
    assert row.figures[0].deviation is None
    assert list(tables.row_table(row).columns[2].cells) == ["-", "0 µs"]
    assert list(tables.summary_table([row]).columns[5].cells) == ["-"]

    docs = tmp_path / "page.md"
    docs.write_text("<!-- a run: begin --><!-- a run: end -->", "utf-8")
    page.write_page(docs, [results.Run([row], MACHINE)])
    text = docs.read_text("utf-8")
    assert "| <= 0.6 | 0.5 |" in text
    assert "| ours | 1 | 1.00 s | - |" in text


def test_titles_tell_how_much_was_measured():
    row = next(row for row in rows.ROWS if row.number == 9)
    assert row.title_in(Bench({})) == row.title
    quick = Bench({}, quick=True)
    assert row.title_in(quick) == f"{row.title} (quick: {quick.much(row.size)} policies)"


MACHINE = {
    "python": "3",
    "cores": 2,
    "quick": False,
    "packages": {},
    "load": [0.0],
    "load_at_the_end": [0.0],
}


def one_case(row):
    return results.RowResult(
        row.number, row.title, row.measured, (results.Case("ours", "second", (1.0,)),)
    )


@pytest.mark.parametrize(
    ("quick", "wanted"), [(True, rows.ROWS), (False, rows.ROWS[:3]), (False, ())]
)
def test_the_docs_take_a_full_run_of_all_rows_only(monkeypatch, tmp_path, capsys, quick, wanted):
    docs = tmp_path / "performance.md"
    monkeypatch.setattr(program, "_PAGE", docs)
    monkeypatch.setattr(program, "_CHARTS", tmp_path / "charts")
    file = tmp_path / "run.json"
    results.save(file, [one_case(row) for row in wanted], MACHINE | {"quick": quick})
    assert refused(capsys, "chart", str(file), "--folder", f"{tmp_path}/./charts").endswith(
        "draw its charts into another --folder\n"
    )
    assert not docs.exists()
    assert not (tmp_path / "charts").exists()


def test_the_docs_take_a_full_run(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    docs = tmp_path / "performance.md"
    docs.write_text("a<!-- a run: begin -->old<!-- a run: end -->z", "utf-8")
    monkeypatch.setattr(program, "_PAGE", docs)
    monkeypatch.setattr(program, "_CHARTS", tmp_path / "charts")
    file = tmp_path / "run.json"
    results.save(file, [one_case(row) for row in rows.ROWS], MACHINE)
    assert main(["chart", str(file), "--folder", str(tmp_path / "charts")]) == 0
    text = docs.read_text("utf-8")
    assert text.startswith("a<")
    assert text.endswith(">z")
    assert ">old<" not in text
    assert text.count("###") == len(rows.ROWS) == len(list((tmp_path / "charts").iterdir()))


def row_of(ours, theirs):
    return results.RowResult(
        1,
        "work",
        "wall time",
        (results.Case("ours", "second", ours), results.Case("theirs", "second", theirs)),
        (results.Aim("time", "ours", ("theirs",), 0.6),),
    )


def test_the_docs_show_several_pythons_side_by_side(tmp_path):
    docs = tmp_path / "page.md"
    docs.write_text("<!-- a run: begin --><!-- a run: end -->", "utf-8")
    runs = [
        results.Run([row_of((1.0,), (2.0,))], MACHINE | {"python": "3.11.7"}),
        results.Run([row_of((1.5,), (2.0,))], MACHINE | {"python": "3.13.0"}),
    ]
    page.write_page(docs, runs)
    text = docs.read_text("utf-8")
    assert "| # | work | ratio of | target | Python 3.11.7 | Python 3.13.0 |" in text
    assert "| 1 | work | time | <= 0.6 | 0.5 | **0.75, missed** |" in text
    assert "| ours | 1 | 1.00 s | - | 1.50 s | - |" in text
    for line in text.splitlines():
        # Each table has as many cells in a line as in its head.
        assert line.count("|") in {0, 7}, line


def test_a_chart_has_a_bar_for_each_python(tmp_path):
    pytest.importorskip("matplotlib")
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file, python, ours in zip(files, ("3.11.7", "3.13.0"), (1.25, 1.5), strict=True):
        results.save(file, [row_of((ours,), (2.0,))], MACHINE | {"python": python})
    assert main(["chart", *map(str, files), "--folder", str(tmp_path)]) == 0
    chart = (tmp_path / "row-01.svg").read_text("utf-8")
    assert "Python 3.11.7, Python 3.13.0 (from dark to light)" in chart
    assert "1.25 s" in chart
    assert "1.50 s" in chart


def test_a_chart_draws_stalls_and_bytes_on_axes_of_their_own(tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    from benchmarks import charts

    drawn = []
    draw = charts.plt.subplots
    names = ["a", f"a{results.STALL}", "b", f"b{results.STALL}"]
    cases = [results.Case(name, "second", (1.0,)) for name in names]
    cases.append(results.Case("a, memory", "byte", (1e6,)))

    def subplots(*arguments, **options):
        figure, axes = draw(*arguments, **options)
        drawn.extend(axes[:, 0])
        return figure, axes

    row = results.RowResult(1, "work", "CPU", tuple(cases))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "subplots", subplots)
        charts.draw([results.Run([row], MACHINE)], tmp_path)
    assert [[text.get_text() for text in axis.get_yticklabels()] for axis in drawn] == [
        ["a", "b"],
        [f"a{results.STALL}", f"b{results.STALL}"],
        ["a, memory"],
    ]


@pytest.mark.parametrize(
    ("python", "ours", "message"),
    [
        ("3.11.7", (1.0,), "two runs are of Python 3.11.7"),
        ("3.13.0", (1.0, 1.0), "Python 3.11.7 and 3.13.0 measured different rows or cases"),
    ],
)
def test_runs_that_cannot_be_shown_together_are_refused(capsys, tmp_path, python, ours, message):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    results.save(first, [row_of((1.0,), (2.0,))], MACHINE | {"python": "3.11.7"})
    results.save(second, [row_of(ours, (2.0,))], MACHINE | {"python": python})
    folder = tmp_path / "charts"
    assert message in refused(capsys, "chart", str(first), str(second), "--folder", str(folder))
    assert not folder.exists()


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as exit_info:
        main(list(arguments))
    assert exit_info.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


@pytest.mark.parametrize("numbers", ["99", "x", "6,", "", ",", "1;2"])
def test_a_row_that_is_none_is_refused(capsys, numbers):
    assert "rows are 1 to 18" in refused(capsys, "--only", numbers)


@pytest.mark.parametrize("option", ["--json", "--pyperf"])
def test_a_file_that_cannot_be_written_is_refused_before_measuring(capsys, tmp_path, option):
    assert "there is no folder" in refused(capsys, option, str(tmp_path / "none" / "run.json"))
    assert "is a folder" in refused(capsys, option, str(tmp_path))
    assert "a path is missing" in refused(capsys, option, "")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"rows": [], "machine": {}}',
        '{"rows": [{"number": 1}], "machine": {"python": "3", "cores": 2}}',
        '{"rows": 1, "machine": {"python": "3", "cores": 2}}',
    ],
)
def test_a_file_that_is_no_run_is_refused(capsys, tmp_path, content):
    file = tmp_path / "run.json"
    file.write_text(content, "utf-8")
    assert "is not the JSON of a run" in refused(capsys, "chart", str(file))


def test_a_missing_run_is_refused(capsys, tmp_path):
    assert "No such file" in refused(capsys, "chart", str(tmp_path / "none.json"))
    assert "a path is missing" in refused(capsys, "chart", "")
    assert "required: FILE" in refused(capsys, "chart")


@pytest.mark.parametrize("options", [["--quick"], ["--only", "1"], ["--json", "a"]])
def test_options_of_measuring_are_refused_with_a_chart(capsys, options):
    assert "not for chart" in refused(capsys, *options, "chart", "run.json")
    assert "unrecognized arguments" in refused(capsys, "chart", "run.json", *options)
