"""What the local cloud remembers: its identity, the objects and the streams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

Script: TypeAlias = dict[tuple[str, str], list[dict[str, object]]]
"""What one kind of job finds, by (bucket, name), as the API's own list items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the local cloud is, and the one key pair it knows (made up, not secret)."""

    region: str = "us-east-1"
    huawei_region: str = "cn-north-4"
    account_id: str = "123456789012"
    project_id: str = "0123456789abcdef0123456789abcdef"
    access_key_id: str = "AKIAVIDKITLOCALCLOUD"
    secret_access_key: str = "vidkit-local-cloud-secret-not-for-real-use"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Stream:
    """A Kinesis video stream whose media is one video file."""

    name: str
    arn: str
    path: Path
    start_timestamp: datetime


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a bucket: a file on disk, or bytes that a service wrote."""

    bucket: str
    name: str
    content: Path | bytes
    modified: datetime
    content_type: str = "binary/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    """The uploader's own ``x-amz-meta-`` entries, without that prefix."""

    def read(self) -> bytes:
        """The object's bytes (blocking when it is a file)."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(slots=True)
class State:
    """Everything that the services share."""

    identity: Identity
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    streams: dict[str, Stream] = field(default_factory=dict[str, Stream])
    objects: dict[tuple[str, str], StoredObject] = field(
        default_factory=dict[tuple[str, str], StoredObject]
    )
    buckets: set[str] = field(default_factory=set[str])
    """Buckets that were created; a bucket that holds an object exists as well."""
    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    """What the kinds of Rekognition jobs find, by kind, such as ``face_detection``."""
    failures: dict[tuple[str, str], dict[str | None, str]] = field(
        default_factory=dict[tuple[str, str], dict[str | None, str]]
    )
    """The messages that jobs over (bucket, name) fail with, by kind; None is for every kind."""
    collections: set[str] = field(default_factory=set[str])
    """Rekognition's face collections, by id."""
    processor_failures: dict[str, str] = field(default_factory=dict[str, str])
    """The messages that stream processors of these names fail with, once each."""
    job_seconds: float = 0.5
    """How long an asynchronous job or task takes at the least."""
    object_seconds: dict[tuple[str, str], float] = field(
        default_factory=dict[tuple[str, str], float]
    )
    """How long a Rekognition job over (bucket, name) takes instead of ``job_seconds``."""
    throttle: bool | frozenset[str] = False
    """Whether services refuse requests beyond their rates, or the names of those that do."""
    endpoint: str = "http://127.0.0.1"
    """The address that messages name; the real one while the cloud is serving."""

    def throttles(self, service: str) -> bool:
        """Whether a service, such as ``rekognition``, refuses requests beyond its rates."""
        return self.throttle if isinstance(self.throttle, bool) else service in self.throttle

    @property
    def labels(self) -> Script:
        """The scripts of label detection."""
        return self.scripts.setdefault("label_detection", {})
