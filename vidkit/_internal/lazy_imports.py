"""Public names that a package imports when they are first used, so that its own import is cheap."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: dict[str, Any], homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a package needs for its ``__getattr__`` and its ``__dir__``.

    Args:
        package: the package's ``globals()``.
        homes: its public names, each with the module that it is imported from.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        value = package[name] = getattr(import_module(homes[name]), name)
        return value

    def names() -> list[str]:
        return sorted({*package, *homes})

    return get, names
