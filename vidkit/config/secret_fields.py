"""Configurations that never show, log or pickle their secrets."""

import dataclasses
from typing import Any, Final, Never, Self

from vidkit.errors import ConfigError

__all__ = [
    "NOT_TEXT",
    "SECRET",
    "SECRET_WITH_SPACES",
    "SPACES",
    "HidesSecrets",
    "check_secrets_present",
]

SECRET: Final = {"secret": True}
"""The metadata of a field that is a secret."""

SPACES: Final = {"spaces": True}
"""The metadata of a text field that may have white space."""

SECRET_WITH_SPACES: Final = SECRET | SPACES

NOT_TEXT: Final = {"text": False}
"""The metadata of a field that is not text, although its default is None."""


class HidesSecrets:
    """The base of frozen dataclasses that neither show nor pickle secrets."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The fields that differ from their defaults, with ``***`` for secrets."""
        shown = [
            f"{name}={'***' if is_secret else repr(value)}"
            for name, value, is_secret in _non_default_fields(self)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out the secrets: pickles are stored in files, caches and queues."""
        fields = _non_default_fields(self)
        public = {name: value for name, value, is_secret in fields if not is_secret}
        secrets = [name for name, _, is_secret in fields if is_secret]
        return _unpickle, (type(self), public, secrets)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def _non_default_fields(config: Any) -> list[tuple[str, Any, bool]]:
    """Name, value, and whether it is a secret, of the non-default fields."""
    return [
        (field.name, value, bool(field.metadata.get("secret")))
        for field in dataclasses.fields(config)
        if (value := getattr(config, field.name)) != field.default
    ]


class _OmittedSecret(str):
    """Replaces a secret in a pickle; `check_secrets_present` rejects it."""

    __slots__ = ()

    def __call__(self) -> Never:
        raise ConfigError("credentials: left out when the configuration was pickled")


def _unpickle(cls: type[HidesSecrets], public: dict[str, Any], secrets: list[str]) -> HidesSecrets:
    return cls(**public, **dict.fromkeys(secrets, _OmittedSecret("left-out")))


def check_secrets_present(config: HidesSecrets) -> None:
    """Check that a configuration did not lose its secrets in a pickle.

    Raises:
        ConfigError: it did.
    """
    fields = _non_default_fields(config)
    missing = [name for name, value, _ in fields if isinstance(value, _OmittedSecret)]
    if missing:
        arguments = ", ".join(f"{name}=..." for name in missing)
        raise ConfigError(
            f"{', '.join(missing)}: secrets are not pickled; give them again with "
            f"dataclasses.replace({type(config).__name__.lower()}, {arguments})"
        )
