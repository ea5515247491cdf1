"""Checks of configuration fields."""

import dataclasses
import re
from typing import Any

from vidkit._internal.arguments import seconds, short_repr
from vidkit.errors import ConfigError, VidKitError

__all__ = [
    "check_all_or_none",
    "check_bool",
    "check_connection_fields",
    "check_identifier",
    "check_text_fields",
]


def check_text_fields(config: Any, *, error: type[VidKitError] = ConfigError) -> None:
    """Check the text fields of a configuration.

    They must be strings, not empty, without control characters and white space. Fields with the
    metadata `SPACES` may have white space.

    Raises:
        VidKitError: a field is invalid; an ``error`` that names the first one.
    """
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if not _is_text_field(field) or value is None:
            continue
        shown = "***" if field.metadata.get("secret") else repr(value)
        if not isinstance(value, str):
            raise error(f"{field.name}={shown}: must be text")
        spaces_allowed = field.metadata.get("spaces")
        has_space = any(character.isspace() for character in value)
        if not value or not value.isprintable() or (has_space and not spaces_allowed):
            spaces = "" if spaces_allowed else "white space or "
            raise error(
                f"{field.name}={shown}: must not be empty, nor have {spaces}control characters"
            )


def _is_text_field(field: "dataclasses.Field[Any]") -> bool:
    # By default, the fields whose default is None; metadata can say otherwise.
    return bool(field.metadata.get("text", field.default is None))


def check_bool(value: object, parameter: str) -> None:
    """Check that a value is True or False.

    Raises:
        ConfigError: it is not.
    """
    if not isinstance(value, bool):
        raise ConfigError(f"{parameter}={short_repr(value)}: must be True or False")


def check_identifier(value: str | None, parameter: str) -> None:
    """Check that a value is None, or consists of letters, digits, - and _.

    Raises:
        ConfigError: it is not.
    """
    if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise ConfigError(
            f"{parameter}={short_repr(value)}: must consist of letters, digits, - and _"
        )


def check_all_or_none(parameters: dict[str, str | None]) -> None:
    """Check that all parameters are given, or none.

    Raises:
        ConfigError: some are given and others are missing.
    """
    missing = [name for name, value in parameters.items() if not value]
    if missing and len(missing) < len(parameters):
        given = [name for name in parameters if name not in missing]
        which = "both" if len(parameters) == 2 else "all of them"  # noqa: PLR2004
        raise ConfigError(
            f"{', '.join(missing)}: missing beside {', '.join(given)}; give {which} or neither"
        )


def check_connection_fields(config: Any) -> None:
    """Check the connection fields, and convert the timeout to seconds.

    Raises:
        ConfigError: one of them is invalid.
    """
    timeout = seconds(config.connect_timeout, parameter="connect_timeout")
    object.__setattr__(config, "connect_timeout", timeout)
    maximum: Any = config.max_connections
    if isinstance(maximum, bool) or not isinstance(maximum, int):
        raise ConfigError(f"max_connections={short_repr(maximum)}: must be a whole number")
    if maximum < 1:
        raise ConfigError(f"max_connections={short_repr(maximum)}: must be at least 1")
