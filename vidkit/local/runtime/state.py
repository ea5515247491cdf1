"""What all services of the local cloud share; what one service keeps is in its own folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The local cloud's regions, account, project, key pair and IAM user (made up, not secret)."""

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


@dataclass(slots=True)
class State:
    """What all services share, and the state of each service by its class.

    It outlives a restart of the cloud.
    """

    identity: Identity
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    job_seconds: float = 0.5
    """The shortest time that an asynchronous job or task takes."""
    object_seconds: dict[tuple[str, str], float] = field(
        default_factory=dict[tuple[str, str], float]
    )
    """How long a job or task over the object (bucket, name) takes instead of ``job_seconds``."""
    throttle: bool | frozenset[str] = False
    """Whether services reject requests beyond their rates, or the names of those that do."""
    square_pixels: bool = True
    """Whether pictures are stretched to square pixels, as players show them."""
    endpoint: str = "http://127.0.0.1"
    """The URL that responses and messages contain; the real one while the cloud is serving."""
    _states: dict[type, Any] = field(default_factory=dict[type, Any], init=False)

    def of(self, kind: type[_T]) -> _T:
        """The state of one service: the one object of its class, made on first use.

        Args:
            kind: the class, such as ``RekognitionState``; it needs no arguments.
        """
        if kind not in self._states:
            # Threads use the state as well: the first object stays.
            self._states.setdefault(kind, kind())
        state: _T = self._states[kind]
        return state

    def seconds_of(self, bucket: str, name: str) -> float:
        """The shortest time that an asynchronous job or task over an object takes."""
        return self.object_seconds.get((bucket, name), self.job_seconds)

    def throttles(self, service: str) -> bool:
        """Whether a service, such as ``rekognition``, rejects requests beyond its rates."""
        return self.throttle if isinstance(self.throttle, bool) else service in self.throttle
