"""README and docs: their examples run, print what they say, and lead somewhere."""

import ast
import asyncio
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import vidkit
from vidkit import PollPolicy
from vidkit.local import Identity, LocalCloud

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAPERS = [*PAGES, *(ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY"))]
T0 = datetime(2026, 1, 1, tzinfo=UTC)

_FENCE = re.compile(r"^( *)```([a-z]*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the lines it stands on."""

    page: Path
    language: str
    text: str
    line: int
    end: int

    def compiled(self):
        # Empty lines before it make tracebacks name the page's own lines.
        source = "\n" * self.line + self.text
        return compile(
            source, str(self.page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )


def blocks(page):
    text = page.read_text("utf-8")
    return [
        Block(
            page,
            match[2],
            textwrap.dedent(match[3]),
            text.count("\n", 0, match.start(3)),
            text.count("\n", 0, match.end()),
        )
        for match in _FENCE.finditer(text)
    ]


def examples(page):
    """The page's Python blocks, each with the output that stands below it, if any."""
    found = blocks(page)
    followers = {
        block.line: follower.text
        for block, follower in pairwise(found)
        if follower.language == "text" and follower.line == block.end + 3
    }
    return [(block, followers.get(block.line)) for block in found if block.language == "python"]


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.fixture
async def desk(tmp_path, monkeypatch, clock_clip):
    """What the examples may use: names, files in the working directory, the environment."""
    shutil.copy(clock_clip.path, tmp_path / "clip.mp4")
    monkeypatch.chdir(tmp_path)
    identity = Identity(region="eu-central-1")
    async with LocalCloud(identity=identity, job_seconds=0.3) as cloud:
        cloud.add_stream("front-door", "clip.mp4", start_timestamp=T0)
        cloud.add_object("my-bucket", "clip.mp4", "clip.mp4")
        environment = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": cloud.region,
            "AWS_ACCESS_KEY_ID": cloud.access_key_id,
            "AWS_SECRET_ACCESS_KEY": cloud.secret_access_key,
            "HUAWEICLOUD_SDK_AK": cloud.access_key_id,
            "HUAWEICLOUD_SDK_SK": cloud.secret_access_key,
            "HUAWEICLOUD_SDK_PROJECT_ID": cloud.project_id,
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        async with cloud.kit(poll=PollPolicy(initial_delay=0.1, factor=1)) as kit:
            yield {"kit": kit, "cloud": cloud, "t0": T0}


async def run_block(block, namespace):
    code = block.compiled()
    if "asyncio.run(" in block.text:
        # A whole program: it brings its own names and its own event loop.
        await asyncio.to_thread(exec, code, {"__name__": "__main__"})
    elif code.co_flags & inspect.CO_COROUTINE:
        await eval(code, namespace)
    else:
        exec(code, namespace)


def run_as_tests(tests, folder):
    """Run blocks of tests as their reader would: in a pytest of its own, with the plugin."""
    for block in tests:
        (folder / f"test_line_{block.line}.py").write_text(block.text, "utf-8")
    plugins = ["-p", "pytest_asyncio.plugin", "-p", "vidkit.pytest_plugin"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, str(folder)],
        cwd=folder,
        # Whether vidkit is installed or not, its plugin is loaded once.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{len(tests)} passed" in ended.stdout


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=name_of)
async def test_the_examples_of_a_page_run_and_print_what_it_says(page, desk, tmp_path, capsys):
    namespace = {}
    found = examples(page)
    tests = [block for block, _ in found if "def test_" in block.text]
    if tests:
        await asyncio.to_thread(run_as_tests, tests, tmp_path)
    for block, expected in found:
        if block in tests:
            continue
        # What a block makes stays for the next one, but kit, cloud and t0 are always these.
        namespace.update(desk)
        capsys.readouterr()
        await run_block(block, namespace)
        printed = capsys.readouterr().out
        if expected is not None:
            same = doctest.OutputChecker().check_output(expected, printed, _SAME)
            assert same, f"{name_of(page)}:{block.line} prints\n{printed}\nand not\n{expected}"


def test_there_are_examples_and_outputs_to_look_at():
    found = [example for page in PAGES for example in examples(page)]
    assert len(found) > 40
    assert sum(expected is not None for _, expected in found) > 25
    assert all(block.language for page in PAPERS for block in blocks(page))


def nav_pages(entries):
    for entry in entries:
        if isinstance(entry, dict):
            for value in entry.values():
                yield from [value] if isinstance(value, str) else nav_pages(value)
        else:
            yield entry


def test_the_navigation_lists_every_page_once():
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES[1:]}
    assert sorted(nav_pages(config["nav"])) == sorted(pages)


def anchors(page):
    text = _FENCE.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def links(page):
    text = _FENCE.sub("", page.read_text("utf-8"))
    return [
        target for target in _LINK.findall(text) if not target.startswith(("https://", "http:"))
    ]


@pytest.mark.parametrize("page", [page for page in PAPERS if links(page)], ids=name_of)
def test_relative_links_lead_to_files_and_headings(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def test_every_public_name_stands_in_the_reference():
    reference = (ROOT / "docs/reference").glob("*.md")
    named = set(
        re.findall(r"^::: (\S+)", "".join(p.read_text("utf-8") for p in reference), re.MULTILINE)
    )
    for name in vidkit.__all__:
        module = getattr(vidkit, name).__module__
        rooms = {module, module.rpartition(".")[0]} - {"vidkit"}
        assert f"vidkit.{name}" in named or rooms & named, name


def test_every_operation_stands_on_the_page_of_operations():
    told = (ROOT / "docs/operations.md").read_text("utf-8")
    for service in ("images", "rekognition", "ivs", "mpc"):
        module = importlib.import_module(f"vidkit.{service}.client")
        (client,) = (getattr(module, name) for name in module.__all__)
        for name, _ in inspect.getmembers(client, inspect.isfunction):
            if not name.startswith("_") and name != "resume":
                assert f"{name}(" in told, f"kit.{service}.{name}"


def modules_with_doctests():
    for module in pkgutil.walk_packages(vidkit.__path__, "vidkit."):
        spec = module.module_finder.find_spec(module.name)
        if ">>> " in Path(spec.origin).read_text("utf-8"):
            yield module.name


@pytest.mark.parametrize("name", list(modules_with_doctests()))
def test_the_examples_in_docstrings_are_true(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted
    assert not results.failed
