"""A disk with no room left."""

import errno
import io
import os


class _Full(io.FileIO):
    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")


def fill(monkeypatch):
    """Let files that are opened by their descriptors from now on take nothing."""

    def fdopen(descriptor, mode):
        raw = _Full(descriptor, mode.replace("b", ""))
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    monkeypatch.setattr(os, "fdopen", fdopen)
