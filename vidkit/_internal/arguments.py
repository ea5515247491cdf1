"""Calls that do not fit a signature become vidkit errors that name the parameter."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from vidkit.errors import RequestError, VidKitError

__all__ = ["checked_constructor", "operation", "shown"]

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


def operation(function: Callable[P, R]) -> Callable[P, R]:
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
