"""A lack of file descriptors: how it is recognised, and what imports make of it."""

import errno
import os

import pytest

from vidkit import TransportError, VidKitTimeoutError
from vidkit._internal.descriptors import (
    first_import,
    has_free_descriptor,
    is_lack_of_descriptors,
    lack_of_descriptors,
)
from vidkit._internal.lazy_imports import lazy_names
from vidkit.rekognition.kinds import registry

LACK = OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def caused_by(cause):
    error = ValueError("wrapped")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_lack"),
    [
        (LACK, True),
        (OSError(errno.ENFILE, "x"), True),
        (caused_by(LACK), True),
        (caused_by(caused_by(LACK)), True),
        (ImportError(f"libx.so: {os.strerror(errno.EMFILE)}"), True),
        (ImportError("no module named x"), False),
        (OSError(errno.ENOENT, "x"), False),
        (VidKitTimeoutError("x"), False),
        (ValueError("Too many open files"), False),
    ],
)
def test_a_lack_of_descriptors_is_known_by_its_number_or_its_words(error, is_lack):
    assert is_lack_of_descriptors(error) is is_lack


def test_causes_in_a_circle_have_an_end():
    one, other = ValueError("1"), ValueError("2")
    one.__cause__, other.__cause__ = other, one
    assert not is_lack_of_descriptors(one)


def test_the_error_says_what_to_do_and_that_it_passes():
    error = lack_of_descriptors()
    assert type(error) is TransportError
    assert (error.retryable, error.ambiguous) == (True, False)
    assert "ulimit -n" in error.message


@pytest.mark.parametrize(
    ("raised", "free"), [(LACK, False), (PermissionError(13, "x"), True), (None, True)]
)
def test_whether_a_descriptor_is_free_is_tried(monkeypatch, raised, free):
    if raised is not None:

        def fail(*_):
            raise raised

        monkeypatch.setattr(os, "open", fail)
    assert has_free_descriptor() is free


def test_an_import_that_finds_no_descriptor_is_an_error_of_ours():
    with pytest.raises(TransportError), first_import():
        raise LACK
    for other in (ImportError("x"), PermissionError(13, "x"), ValueError("x")):
        with pytest.raises(type(other)), first_import():
            raise other


def test_names_and_kinds_that_are_imported_on_first_use_say_so_too(monkeypatch):
    def fail(_):
        raise LACK

    monkeypatch.setattr("vidkit._internal.lazy_imports.import_module", fail)
    get, _ = lazy_names({"__name__": "p"}, {"m": "name"})
    with pytest.raises(TransportError):
        get("name")
    monkeypatch.setattr(registry, "import_module", fail)
    with pytest.raises(TransportError):
        registry.kind_named("label_detection")
