"""Image files on any file system that fsspec knows. Blocking, for threads."""

import posixpath
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from vidkit.errors import ConfigError
from vidkit.images.saving.file_names import is_leftover, part_name, shown

__all__ = ["RemoteTarget"]

# An object appears whole; elsewhere a file is given its name when it is whole.
_WHOLE: Final = frozenset(
    ("abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oci", "oss", "s3", "s3a", "tos")
)


class RemoteTarget:
    """A folder, or a prefix of object names, behind a URL.

    Args:
        url: where it is, such as ``s3://bucket/frames``.
        storage_options: what fsspec's file system is made with.

    Raises:
        ConfigError: fsspec, or what it needs for this URL, is not installed.
        Exception: whatever fsspec makes of the URL and the options.
    """

    def __init__(self, url: str, storage_options: Mapping[str, Any]) -> None:
        self._url = url
        try:
            core = import_module("fsspec.core")
        except ImportError as error:
            raise ConfigError(
                f"target={shown(url)!r}: a URL needs fsspec; install vidkit[fsspec]"
            ) from error
        try:
            # Not from the cache: its connections end with this run.
            self._files, self._path = core.url_to_fs(
                url, **{"skip_instance_cache": True, **storage_options}
            )
        except ImportError as error:
            raise ConfigError(f"target={shown(url)!r}: {shown(str(error))}") from error
        protocol = self._files.protocol
        self._whole = not _WHOLE.isdisjoint([protocol] if isinstance(protocol, str) else protocol)

    def __str__(self) -> str:
        return self._url

    def open(self) -> Iterator[str]:
        """Make the folder, where there are such, and clear away what a killed run has left.

        Returns:
            The names of the files there; of empty ones, which are no images, not.
        """
        if not self._whole:
            self._files.makedirs(self._path, exist_ok=True)
        try:
            found: list[dict[str, Any]] = self._files.ls(self._path, detail=True)
        except FileNotFoundError:
            return
        for entry in found:
            name = posixpath.basename(str(entry["name"]).rstrip("/"))
            if entry.get("type") != "file" or self._at(name) != entry["name"]:
                continue
            if is_leftover(name):
                with suppress(OSError):
                    self._files.rm_file(entry["name"])
            elif entry.get("size") != 0:
                yield name

    def write(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Write files, several at a time where the file system can.

        Args:
            files: names and contents.

        Returns:
            How many bytes were written of each.
        """
        if self._whole:
            self._files.pipe({self._at(name): content for name, content in files})
        else:
            for name, content in files:
                self._write_aside(name, content)
        return [len(content) for _, content in files]

    def stop(self) -> None:
        """What is under way is written to its end."""

    def _write_aside(self, name: str, content: bytes) -> None:
        part = self._at(part_name(name, secrets.token_hex(8)))
        try:
            self._files.pipe_file(part, content)
            self._files.mv(part, self._at(name))
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(part)
            raise

    def _at(self, name: str) -> str:
        return f"{self._path.rstrip('/')}/{name}"
