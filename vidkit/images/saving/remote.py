"""Image files on any file system that fsspec supports. Blocking, for threads."""

import posixpath
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from vidkit._internal.descriptors import first_import
from vidkit._internal.part_files import part_name
from vidkit.errors import ConfigError
from vidkit.images.saving.file_names import is_part_name, redacted_target

__all__ = ["RemoteTarget"]

# Where an object appears only when it is complete. Elsewhere a complete file is renamed.
_ATOMIC_PROTOCOLS: Final = frozenset(
    ("abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oci", "oss", "s3", "s3a", "tos")
)


class RemoteTarget:
    """A folder, or a prefix of object names, behind a URL.

    Args:
        url: the URL, such as ``s3://bucket/frames``.
        storage_options: the options of fsspec's file system.

    Raises:
        ConfigError: fsspec, or what it needs for this URL, is not installed.
        Exception: whatever fsspec raises for the URL and the options.
    """

    def __init__(self, url: str, storage_options: Mapping[str, Any]) -> None:
        self._url = url
        try:
            with first_import():
                core = import_module("fsspec.core")
        except ImportError as error:
            raise ConfigError(
                f"target={redacted_target(url)!r}: a URL needs fsspec; install vidkit[fsspec]"
            ) from error
        try:
            # Without fsspec's cache, so that the connections end with this run.
            with first_import():
                self._files, self._path = core.url_to_fs(
                    url, **{"skip_instance_cache": True, **storage_options}
                )
        except ImportError as error:
            raise ConfigError(
                f"target={redacted_target(url)!r}: {redacted_target(str(error))}"
            ) from error
        protocol = self._files.protocol
        self._is_atomic = not _ATOMIC_PROTOCOLS.isdisjoint(
            [protocol] if isinstance(protocol, str) else protocol
        )

    def __str__(self) -> str:
        return self._url

    def open(self) -> Iterator[str]:
        """Create the folder, if the file system has folders, and remove incomplete files.

        Returns:
            The names of the files in it, without empty files, which are not images.
        """
        if not self._is_atomic:
            self._files.makedirs(self._path, exist_ok=True)
        try:
            entries: list[dict[str, Any]] = self._files.ls(self._path, detail=True)
        except FileNotFoundError:
            return
        for entry in entries:
            name = posixpath.basename(str(entry["name"]).rstrip("/"))
            if entry.get("type") != "file" or self._path_of(name) != entry["name"]:
                continue
            if is_part_name(name):
                with suppress(OSError):
                    self._files.rm_file(entry["name"])
            elif entry.get("size") != 0:
                yield name

    def write(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Write files, several at the same time if the file system supports it.

        Args:
            files: names and contents.

        Returns:
            How many bytes were written of each.
        """
        if self._is_atomic:
            self._files.pipe({self._path_of(name): content for name, content in files})
        else:
            for name, content in files:
                self._write_and_rename(name, content)
        return [len(content) for _, content in files]

    def stop(self) -> None:
        """Nothing to do: files that are being written are completed."""

    def _write_and_rename(self, name: str, content: bytes) -> None:
        part = self._path_of(part_name(name, secrets.token_hex(8)))
        try:
            self._files.pipe_file(part, content)
            self._files.mv(part, self._path_of(name))
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(part)
            raise

    def _path_of(self, name: str) -> str:
        return f"{self._path.rstrip('/')}/{name}"
