"""What the configurations check their fields with, and how they show themselves; pure."""

import dataclasses
import re
from typing import Any

from vidkit._internal.arguments import seconds, shown
from vidkit.errors import ConfigError, VidKitError

__all__ = [
    "check_flag",
    "check_texts",
    "check_together",
    "check_word",
    "set_connections",
]


def check_texts(config: Any, *, error: type[VidKitError] = ConfigError) -> None:
    """Every text is one, without the control characters that no address or key has.

    Raises:
        VidKitError: an ``error`` that names the first that is not.
    """
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if not _is_text(field) or value is None:
            continue
        shown = "***" if field.metadata.get("secret") else repr(value)
        if not isinstance(value, str):
            raise error(f"{field.name}={shown}: must be text")
        spaces = not field.metadata.get("spaces") and any(mark.isspace() for mark in value)
        if not value or not value.isprintable() or spaces:
            rest = "" if field.metadata.get("spaces") else "white space or "
            raise error(
                f"{field.name}={shown}: must not be empty, nor have {rest}control characters"
            )


def _is_text(field: "dataclasses.Field[Any]") -> bool:
    # What has another default, or none, is a text only where it says so.
    return bool(field.metadata.get("text", field.default is None))


def check_flag(value: object, parameter: str) -> None:
    """Yes or no.

    Raises:
        ConfigError: it is neither.
    """
    if not isinstance(value, bool):
        raise ConfigError(f"{parameter}={shown(value)}: must be True or False")


def check_word(value: str | None, parameter: str) -> None:
    """A region or an id: letters, digits, - and _.

    Raises:
        ConfigError: it is not.
    """
    if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ConfigError(f"{parameter}={shown(value)}: must be of letters, digits, - and _")


def check_together(parameters: dict[str, str | None]) -> None:
    """All of them or none.

    Raises:
        ConfigError: some are missing.
    """
    missing = [name for name, value in parameters.items() if not value]
    if missing and len(missing) < len(parameters):
        given = [name for name in parameters if name not in missing]
        which = "both" if len(parameters) == 2 else "all of them"  # noqa: PLR2004
        raise ConfigError(
            f"{', '.join(missing)}: missing beside {', '.join(given)}; give {which} or neither"
        )


def set_connections(config: Any) -> None:
    """Check ``connect_timeout``, which becomes seconds, and ``max_connections``.

    Raises:
        ConfigError: one of them is no such number.
    """
    timeout = seconds(config.connect_timeout, parameter="connect_timeout")
    object.__setattr__(config, "connect_timeout", timeout)
    most: Any = config.max_connections
    if isinstance(most, bool) or not isinstance(most, int):
        raise ConfigError(f"max_connections={shown(most)}: must be a whole number")
    if most < 1:
        raise ConfigError(f"max_connections={shown(most)}: must be at least 1")
