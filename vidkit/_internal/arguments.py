"""Calls that do not fit a signature become vidkit errors that name the parameter."""

import functools
import inspect
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from vidkit.errors import ConfigError, RequestError, VidKitError

__all__ = ["checked_arguments", "checked_constructor", "shown"]

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


_LONGEST = 80


def shown(value: object) -> str:
    """A value as an error shows it: no longer than a line, whatever it is.

    Example:
        >>> shown("x" * 100)[-6:]
        'xxx...'
    """
    try:
        text = repr(value)
    except ValueError:
        # Python does not write whole numbers of many thousand digits.
        return "a number of too many digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _misfit(
    function: Callable[..., object], args: tuple[object, ...], kwargs: object
) -> str | None:
    """Why a call does not fit; None when it does (then the error came from inside)."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
    except TypeError as error:
        names = [name for name in signature.parameters if name != "self"]
        return f"{error}; parameters are {', '.join(names)}"
    return None


def checked_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Make unknown and missing parameters of a public operation a `RequestError`."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            why = _misfit(function, args, kwargs)
            if why is None:
                raise
            raise RequestError(f"{function.__name__}: {why}") from error

    return call


def checked_constructor(error: type[VidKitError]) -> Callable[[C], C]:
    """Make unknown and missing parameters of a class's constructor an ``error``."""

    def decorate(cls: C) -> C:
        initialise = cls.__init__  # type: ignore[misc]

        @functools.wraps(initialise)
        def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807
            try:
                initialise(self, *args, **kwargs)
            except TypeError as cause:
                why = _misfit(initialise, (self, *args), kwargs)
                if why is None:
                    raise
                raise error(f"{cls.__name__}: {why}") from cause

        cls.__init__ = __init__  # type: ignore[misc]
        return cls

    return decorate


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
