"""A full disk."""

import errno
import io
import os


class _Full(io.FileIO):
    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")


def fill(monkeypatch):
    """Make writes to files that are opened from now on by their descriptors fail."""

    def fdopen(descriptor, mode, buffering=-1):
        raw = _Full(descriptor, mode.replace("b", ""))
        if not buffering:
            return raw
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    monkeypatch.setattr(os, "fdopen", fdopen)
