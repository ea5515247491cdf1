"""A lack of free file descriptors, which passes: the error for it, and imports that meet it."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager

from vidkit.errors import TransportError

__all__ = ["first_import", "has_free_descriptor", "is_lack_of_descriptors", "lack_of_descriptors"]

# Of this process, and of the whole system.
_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)


def is_lack_of_descriptors(error: BaseException) -> bool:
    """Whether an error, or one of its causes, says that no file descriptor is free."""
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        if isinstance(one, OSError) and one.errno in _NO_DESCRIPTOR:
            return True
        # A shared library that cannot be opened is an ImportError without a number.
        if isinstance(one, ImportError) and any(os.strerror(n) in str(one) for n in _NO_DESCRIPTOR):
            return True
        one = one.__cause__ or one.__context__
    return False


def lack_of_descriptors() -> TransportError:
    """The error for a lack of file descriptors: nothing was sent, and it passes."""
    return TransportError(
        "no file descriptor is free: close files and connections, or raise the limit of open "
        "files (ulimit -n)",
        retryable=True,
    )


def has_free_descriptor() -> bool:
    """Whether a file can be opened now.

    Libraries treat a file that they cannot open like one that does not exist.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno not in _NO_DESCRIPTOR
    return True


@contextmanager
def first_import() -> Generator[None]:
    """Import modules inside, on their first use.

    Raises:
        TransportError: no file descriptor is free.
    """
    try:
        yield
    except (ImportError, OSError) as error:
        if not is_lack_of_descriptors(error):
            raise
        raise lack_of_descriptors() from error
