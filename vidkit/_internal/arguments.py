"""Argument checks, whose errors name the parameter."""

import functools
import inspect
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from vidkit.errors import ConfigError, RequestError, VidKitError

__all__ = [
    "checked_arguments",
    "checked_constructor",
    "number",
    "seconds",
    "short_repr",
    "signature_error",
]

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

_MAX_REPR_LENGTH = 80


def short_repr(value: object) -> str:
    """The repr of a value for an error message, cut to 80 characters.

    Example:
        >>> short_repr("x" * 100)[-6:]
        'xxx...'
        >>> short_repr(b"x" * 100)
        '100 bytes'
    """
    if isinstance(value, bytes) and len(value) > _MAX_REPR_LENGTH:
        return f"{len(value)} bytes"
    try:
        text = repr(value)
    except ValueError:
        # Python does not convert an int of more than 4300 digits to text.
        return "a number of too many digits"
    return text if len(text) <= _MAX_REPR_LENGTH else f"{text[:_MAX_REPR_LENGTH]}..."


def signature_error(
    function: Callable[..., object], args: tuple[object, ...], kwargs: object
) -> str | None:
    """Why arguments do not fit a signature, or None if they do."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
    except TypeError as error:
        names = [name for name in signature.parameters if name != "self"]
        return f"{error}; parameters are {', '.join(names)}"
    return None


def checked_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Make unknown and missing parameters of a method a `RequestError`."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            message = signature_error(function, args, kwargs)
            if message is None:
                raise
            raise RequestError(f"{function.__name__}: {message}") from error

    return call


def checked_constructor(error: type[VidKitError]) -> Callable[[C], C]:
    """Make unknown and missing parameters of a constructor an ``error``."""

    def decorate(cls: C) -> C:
        initialise = cls.__init__  # type: ignore[misc]

        @functools.wraps(initialise)
        def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807
            try:
                initialise(self, *args, **kwargs)
            except TypeError as cause:
                message = signature_error(initialise, (self, *args), kwargs)
                if message is None:
                    raise
                raise error(f"{cls.__name__}: {message}") from cause

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
    """A duration in seconds, checked.

    Args:
        duration: seconds, or a timedelta.
        parameter: the name of the parameter, for the error message.
        error: the class of the error to raise.
        zero: whether 0 is valid; otherwise the duration must be positive.

    Raises:
        VidKitError: the duration is not a number, out of range, or not finite; an ``error``.
    """
    value = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise error(f"{parameter}={short_repr(duration)}: give seconds as a number, or a timedelta")
    # An int can be larger than any float.
    if not (0 < value <= sys.float_info.max or (zero and value == 0)):
        minimum = "0 seconds or more" if zero else "more than 0 seconds"
        raise error(f"{parameter}={short_repr(duration)}: must be {minimum}, and finite")
    return float(value)


def number(value: float, *, parameter: str, minimum: float) -> None:
    """Check that a value is a finite number, and not less than a minimum.

    Raises:
        ConfigError: it is not.
    """
    given: Any = value
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigError(f"{parameter}={short_repr(given)}: must be a number")
    if not minimum <= given <= sys.float_info.max:
        message = f"must be {minimum:g} or more, and finite"
        raise ConfigError(f"{parameter}={short_repr(given)}: {message}")
