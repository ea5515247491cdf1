"""What the configurations check their fields with, and how they show themselves; pure."""

import dataclasses
import re
import sys
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final, Never, Self
from urllib.parse import urlsplit

from vidkit._internal.arguments import shown
from vidkit.errors import ConfigError, VidKitError

__all__ = [
    "NO_TEXT",
    "SECRET",
    "SECRET_WITH_SPACES",
    "SPACES",
    "Private",
    "check_address",
    "check_flag",
    "check_private",
    "check_texts",
    "check_together",
    "check_whole",
    "check_word",
    "is_link_local",
    "is_loopback",
    "number",
    "seconds",
    "set_connections",
]

SECRET: Final = {"secret": True}
SPACES: Final = {"spaces": True}
SECRET_WITH_SPACES: Final = SECRET | SPACES
NO_TEXT: Final = {"text": False}


class Private:
    """A frozen dataclass that keeps its secrets to itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        """As it is written, its secrets as ``***``, its defaults left out."""
        shown = [
            f"{name}={'***' if is_secret else repr(value)}"
            for name, value, is_secret in _given(self)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Without secrets: pickles end in files, caches and queues, where nobody expects one."""
        given = _given(self)
        told = {name: value for name, value, is_secret in given if not is_secret}
        withheld = [name for name, _, is_secret in given if is_secret]
        return _made, (type(self), told, withheld)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def _given(config: Any) -> list[tuple[str, Any, bool]]:
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


def _made(kind: type[Private], told: dict[str, Any], withheld: list[str]) -> Private:
    return kind(**told, **dict.fromkeys(withheld, _Withheld("left-out")))


def check_whole(config: Private) -> None:
    """Refuse a configuration that has lost its secrets in a pickle.

    Raises:
        ConfigError: it has.
    """
    lost = [name for name, value, _ in _given(config) if isinstance(value, _Withheld)]
    if lost:
        given = ", ".join(f"{name}=..." for name in lost)
        raise ConfigError(
            f"{', '.join(lost)}: secrets are not pickled; give them again with "
            f"dataclasses.replace({type(config).__name__.lower()}, {given})"
        )


def seconds(
    duration: float | timedelta,
    *,
    parameter: str,
    error: type[VidKitError] = ConfigError,
    zero: bool = False,
) -> float:
    """A positive duration in seconds, or ``zero`` too where that makes sense.

    Raises:
        VidKitError: an ``error``: it is no number, not positive, or not finite.
    """
    value = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise error(f"{parameter}={shown(duration)}: give seconds as a number, or a timedelta")
    # A whole number can be larger than any float.
    if not (0 < value <= sys.float_info.max or (zero and value == 0)):
        least = "0 seconds or more" if zero else "more than 0 seconds"
        raise error(f"{parameter}={shown(duration)}: must be {least}, and finite")
    return float(value)


def number(value: float, *, parameter: str, least: float) -> None:
    """Check that a value is a finite number that is large enough.

    Raises:
        ConfigError: it is not.
    """
    given: Any = value
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigError(f"{parameter}={shown(given)}: must be a number")
    if not least <= given <= sys.float_info.max:
        raise ConfigError(f"{parameter}={shown(given)}: must be {least:g} or more, and finite")


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


def check_address(value: str | None, parameter: str) -> None:
    """An address of scheme, host and perhaps port and path.

    Raises:
        ConfigError: it is not; the value, which may hold a password, is not shown.
    """
    if value is None:
        return
    try:
        parts = urlsplit(value)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    else:
        sound = sound and not parts.query and not parts.fragment and parts.username is None
    if not sound:
        raise ConfigError(f"{parameter}: must be an address such as https://host:port, no more")


def check_private(value: str | None, parameter: str, *, allow_http: bool = False) -> None:
    """An address that credentials may be sent to: plain http does not leave this machine.

    Raises:
        ConfigError: it is no address, or a plain one elsewhere.
    """
    check_address(value, parameter)
    if allow_http or not value:
        return
    if urlsplit(value).scheme == "http" and not is_loopback(value):
        raise ConfigError(
            f"{parameter}={shown(value)}: must be https; plain http is for this machine's own "
            "addresses, or needs allow_http=True"
        )


def is_loopback(address: str | None) -> bool:
    """Whether an address is this machine's own, which no proxy can reach for us."""
    host = urlsplit(address or "").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_link_local(address: str) -> bool:
    """Whether an address is on this machine's own link, as metadata services are."""
    try:
        return ip_address(urlsplit(address).hostname or "").is_link_local
    except ValueError:
        return False


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
