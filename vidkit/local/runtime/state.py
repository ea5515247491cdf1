"""What the local cloud remembers: its identity, the objects and the streams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from vidkit.local.faults.fault_rules import Faults
from vidkit.local.ivs.account import Account as IvsAccount
from vidkit.local.runtime.huawei_accounts import Accounts

Span: TypeAlias = tuple[datetime, datetime]
"""From the first moment until before the second."""

Script: TypeAlias = dict[tuple[str, str], list[dict[str, object]]]
"""What one kind of job finds, by (bucket, name), as the API's own list items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the local cloud is, its key pair and its IAM user (made up, not secret)."""

    region: str = "us-east-1"
    huawei_region: str = "cn-north-4"
    account_id: str = "123456789012"
    project_id: str = "0123456789abcdef0123456789abcdef"
    access_key_id: str = "AKIAVIDKITLOCALCLOUD"
    secret_access_key: str = "vidkit-local-cloud-secret-not-for-real-use"  # noqa: S105
    domain_id: str = "fedcba9876543210fedcba9876543210"
    domain_name: str = "vidkit-local-domain"
    """The Huawei Cloud account that project and IAM user belong to."""
    iam_user_id: str = "00112233445566778899aabbccddeeff"
    iam_user: str = "vidkit-local-user"
    iam_password: str = "vidkit-local-password-not-for-real-use"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Stream:
    """A Kinesis video stream whose media is one video file, once or over and over."""

    name: str
    arn: str
    path: Path
    start_timestamp: datetime
    """When the first frame was taken, on the server's clock, as all spans are."""
    duration: timedelta | None = None
    """How long it lasts; None for as long as the file."""
    gaps: tuple[Span, ...] = ()
    """When nothing was recorded."""
    audio_only: tuple[Span, ...] = ()
    """When there was sound without pictures."""
    producer_offset: timedelta = timedelta(0)
    """The producer's clock minus the server's."""
    fragment_duration: timedelta = timedelta(seconds=2)


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
    faults: Faults = field(default_factory=Faults)
    """What goes wrong on purpose."""
    ivs: IvsAccount = field(default_factory=IvsAccount)
    """The channels and playback restriction policies of IVS."""
    stop_seconds: float = 0.0
    """How long a stream of IVS that is being stopped is live yet."""
    most_channels: int = 5000
    """Channels of IVS that the account may have; the service's own quota."""
    most_policies: int = 5000
    """Playback restriction policies it may have; the service's own quota is not published."""
    endpoint: str = "http://127.0.0.1"
    """The address that messages name; the real one while the cloud is serving."""
    accounts: Accounts = field(init=False)
    """The projects, tokens and temporary keys of Huawei Cloud."""
    token_seconds: float = 86_400.0
    """How long a token of IAM is good."""
    key_seconds: float = 86_400.0
    """How long the temporary keys of the metadata address are good."""
    metadata_tokens: Literal["optional", "required", "missing"] = "optional"
    """Whether the metadata address wants a token, or has none to give."""
    agency: bool = True
    """Whether the metadata address has keys to give."""
    forbidden_buckets: set[str] = field(default_factory=set[str])
    """Buckets that MPC may neither read nor write."""

    def __post_init__(self) -> None:
        self.accounts = Accounts({self.identity.project_id: self.identity.huawei_region})

    def throttles(self, service: str) -> bool:
        """Whether a service, such as ``rekognition``, refuses requests beyond its rates."""
        return self.throttle if isinstance(self.throttle, bool) else service in self.throttle

    @property
    def labels(self) -> Script:
        """The scripts of label detection."""
        return self.scripts.setdefault("label_detection", {})
