"""A full disk."""

import errno
import io
import os


class _Full(io.FileIO):
    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")


def fill(monkeypatch):
    """Make writes to files that are opened from now on by their descriptors fail."""

    def fdopen(descriptor, mode):
        raw = _Full(descriptor, mode.replace("b", ""))
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    monkeypatch.setattr(os, "fdopen", fdopen)
