"""Configurations that show, pickle and log no secret."""

import dataclasses
from typing import Any, Final, Never, Self

from vidkit.errors import ConfigError

__all__ = [
    "NO_TEXT",
    "SECRET",
    "SECRET_WITH_SPACES",
    "SPACES",
    "HidesSecrets",
    "check_secrets_present",
]

SECRET: Final = {"secret": True}

SPACES: Final = {"spaces": True}

SECRET_WITH_SPACES: Final = SECRET | SPACES

NO_TEXT: Final = {"text": False}


class HidesSecrets:
    """A frozen dataclass that keeps its secrets to itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        """As it is written, its secrets as ``***``, its defaults left out."""
        shown = [
            f"{name}={'***' if is_secret else repr(value)}"
            for name, value, is_secret in _set_fields(self)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Without secrets: pickles end in files, caches and queues, where nobody expects one."""
        given = _set_fields(self)
        told = {name: value for name, value, is_secret in given if not is_secret}
        withheld = [name for name, _, is_secret in given if is_secret]
        return _restored, (type(self), told, withheld)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def _set_fields(config: Any) -> list[tuple[str, Any, bool]]:
    """The fields that are not left to their defaults: name, value, and whether it is secret."""
    return [
        (field.name, value, bool(field.metadata.get("secret")))
        for field in dataclasses.fields(config)
        if (value := getattr(config, field.name)) != field.default
    ]


class _Withheld(str):
    """Stands where a secret was before it was pickled; of no use, so that nobody is mistaken."""

    __slots__ = ()

    def __call__(self) -> Never:
        raise ConfigError("it was left out when its configuration was pickled")


def _restored(kind: type[HidesSecrets], told: dict[str, Any], withheld: list[str]) -> HidesSecrets:
    return kind(**told, **dict.fromkeys(withheld, _Withheld("left-out")))


def check_secrets_present(config: HidesSecrets) -> None:
    """Refuse a configuration that has lost its secrets in a pickle.

    Raises:
        ConfigError: it has.
    """
    lost = [name for name, value, _ in _set_fields(config) if isinstance(value, _Withheld)]
    if lost:
        given = ", ".join(f"{name}=..." for name in lost)
        raise ConfigError(
            f"{', '.join(lost)}: secrets are not pickled; give them again with "
            f"dataclasses.replace({type(config).__name__.lower()}, {given})"
        )
