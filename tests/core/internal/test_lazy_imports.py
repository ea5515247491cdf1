import ast
import runpy
from itertools import chain
from pathlib import Path

import pytest

import vidkit
import vidkit.jobs
import vidkit.paging
import vidkit.rekognition
import vidkit.retry
from vidkit._internal import lazy_imports

PACKAGES = [vidkit, vidkit.jobs, vidkit.paging, vidkit.rekognition, vidkit.retry]


def imports_for_type_checkers(package):
    """The names that type checkers see, by module."""
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    (block,) = [
        node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)
    ]
    return {node.module: sorted(alias.name for alias in node.names) for node in block.body}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_a_package_imports_what_type_checkers_see_and_all_says(package, monkeypatch):
    tables = []

    def lazy_names(_, names_by_module):
        tables.append(names_by_module)
        return None, None

    monkeypatch.setattr(lazy_imports, "lazy_names", lazy_names)
    public_names = runpy.run_path(package.__file__)["__all__"]
    (table,) = tables
    names = {module: sorted(text.split()) for module, text in table.items()}
    assert sorted(chain.from_iterable(names.values())) == public_names
    assert names == imports_for_type_checkers(package)
