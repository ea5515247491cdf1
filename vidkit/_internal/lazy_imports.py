"""Public names that a package imports on first use, so that its own import stays fast."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from vidkit._internal.descriptors import first_import

__all__ = ["lazy_names"]


def lazy_names(
    package: dict[str, Any], names_by_module: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package that imports its names on use (PEP 562).

    Args:
        package: the package's ``globals()``.
        names_by_module: the public names that the package imports from each module, separated by
            spaces.
    """
    modules = {name: module for module, names in names_by_module.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        with first_import():
            value = package[name] = getattr(import_module(modules[name]), name)
        return value

    def names() -> list[str]:
        return sorted({*package, *modules})

    return get, names
