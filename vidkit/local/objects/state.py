"""The buckets and objects of the local cloud, shared by S3, OBS, jobs and tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a bucket: a file on disk, or bytes that a service wrote."""

    bucket: str
    name: str
    content: Path | bytes
    modified: datetime
    content_type: str = "binary/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """The ``x-amz-meta-`` headers of the upload, without that prefix."""
    content_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """``cache-control``, ``content-encoding`` and such headers of the upload, in lower case."""

    def read(self) -> bytes:
        """The object's bytes (blocking when it is a file)."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(slots=True)
class ObjectsState:
    """The objects, and the buckets that were created."""

    objects: dict[tuple[str, str], StoredObject] = field(
        default_factory=dict[tuple[str, str], StoredObject]
    )
    """By bucket and key."""
    buckets: set[str] = field(default_factory=set[str])
    """Buckets that were created; a bucket that holds an object exists as well."""
