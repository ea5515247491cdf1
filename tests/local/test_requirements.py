import importlib
import importlib.util

import pytest

from vidkit.local import requirements


@pytest.mark.parametrize("package", ["aiohttp", "av", "PIL"])
def test_a_missing_extra_is_named(monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )
    with pytest.raises(ModuleNotFoundError, match=rf"{package}.*vidkit\[local\]"):
        importlib.reload(requirements)
    monkeypatch.undo()
    importlib.reload(requirements)
