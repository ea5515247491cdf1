"""What is installed is pinned, the pins fit one another, and the audit says what it found."""

import importlib.util
import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
# They come with every environment, not from here.
TOOLS = {"pip", "setuptools", "wheel"}


@pytest.fixture(scope="module")
def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [canonicalize_name(pin.name) for pin in found]
    assert len(set(names)) == len(names)
    return dict(zip(names, found, strict=True))


def wanted():
    """Everything that pyproject.toml asks for, and what that asks for where it is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    rest = [Requirement(text) for part in (project["dependencies"], *extras) for text in part]
    seen = set()
    while rest:
        requirement = rest.pop()
        name = canonicalize_name(requirement.name)
        if name == "vidkit" or name in TOOLS or str(requirement) in seen:
            continue
        seen.add(str(requirement))
        yield name, requirement
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for text in needed:
            needs = Requirement(text)
            asked = [{"extra": extra} for extra in (requirement.extras or {""})]
            if needs.marker is None or any(needs.marker.evaluate(extra) for extra in asked):
                rest.append(needs)


def test_everything_that_is_needed_has_one_pin_that_fits(pins):
    count = 0
    for name, requirement in wanted():
        assert name in pins, f"{requirement} has no pin"
        (exact,) = pins[name].specifier
        assert exact.operator == "==", pins[name]
        assert requirement.specifier.contains(exact.version, prereleases=True), (
            f"{pins[name]} is not what is needed: {requirement}"
        )
        count += 1
    assert count > 50


@pytest.fixture(scope="module")
def verdict():
    spec = importlib.util.spec_from_file_location("audit_report", ROOT / "scripts/audit_report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verdict


def package(name, *found):
    return {"name": name, "version": "1.0", "vulns": list(found)}


SKIPPED = {"name": "x", "skip_reason": "Dependency not found on PyPI"}
HOLE = {"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"], "description": "bad"}


@pytest.mark.parametrize("output", ["", "Traceback", "{}", json.dumps({"dependencies": [SKIPPED]})])
def test_an_audit_without_a_network_says_so_and_fails_nobody(verdict, output):
    status, (line,) = verdict(output)
    assert status == 0
    assert "SKIPPED" in line


def test_an_audit_tells_of_each_hole_and_fails(verdict):
    packages = [package("a"), package("b", HOLE, {"id": "GHSA-2"}), SKIPPED]
    status, lines = verdict(json.dumps({"dependencies": packages}))
    assert status == 1
    assert lines == [
        "b 1.0: PYSEC-1, mended in 1.1, 2.0",
        "b 1.0: GHSA-2, mended in no version yet",
        "audit: 2 packages, 2 known vulnerabilities; not known there: x",
    ]


def test_an_audit_that_finds_nothing_is_well(verdict):
    status, lines = verdict(json.dumps({"dependencies": [package("a"), package("b")]}))
    assert (status, lines) == (0, ["audit: 2 packages, 0 known vulnerabilities"])


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for pip-audit as a shell script")
@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("--no-such-option", 2)])
def test_an_audit_that_is_called_wrongly_is_not_taken_for_one(tmp_path, argument, status):
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\necho usage: pip-audit\nexit {status}\n")
    program.chmod(0o755)
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/audit_report.py", argument],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "usage: pip-audit\n", "")
