"""The page of promises and the breaches stay true; scripts/break-promises runs them."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from breaches import ROOT, Breach, read_breaches, read_promises

PROMISES = read_promises()
BREACHES = read_breaches()
NAMED = [test for promise in PROMISES for test in promise.tests]


def functions(file):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_promise_names_tests_that_are_there():
    assert len(PROMISES) > 60
    for test in NAMED:
        file, _, name = test.partition("::")
        assert name in functions(file), test


def test_every_test_that_a_promise_names_has_a_breach_and_every_breach_a_promise():
    assert {breach.test for breach in BREACHES} == set(NAMED)


def test_no_breach_stands_there_twice():
    told = Counter((breach.test, breach.file, breach.old, breach.new) for breach in BREACHES)
    assert [breach for breach, count in told.items() if count > 1] == []
    told = Counter((breach.test, breach.breaks) for breach in BREACHES)
    assert [breach for breach, count in told.items() if count > 1] == []


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.file}: {breach.breaks}")
def test_a_breach_still_fits_the_code_and_can_be_imported(breach):
    whole, broken = (ROOT / breach.file).read_text("utf-8"), breach.broken()
    assert whole != broken
    if not breach.file.endswith(".py"):
        return
    # What changes is what is done, and not a comment or the look of it.
    assert ast.dump(ast.parse(broken)) != ast.dump(ast.parse(whole))
    compile(broken, breach.file, "exec", dont_inherit=True)


@pytest.mark.parametrize("old", ["no such line", "import"])
def test_a_breach_whose_text_has_moved_is_told(old):
    breach = Breach("tests/x.py::test_x", "nothing", "vidkit/kit.py", old, "")
    with pytest.raises(ValueError, match="and not once"):
        breach.broken()
