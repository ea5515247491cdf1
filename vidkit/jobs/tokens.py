"""Job tokens: short texts with which any process can resume a job."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vidkit.errors import RequestError

__all__ = ["JobRef", "JobToken"]

R = TypeVar("R")

_TOKEN_PREFIX = "vidkit1."  # noqa: S105

_MAX_TOKEN_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class JobRef:
    """A reference to a job: what another process needs to resume it.

    Attributes:
        kind: the service and the kind, such as ``rekognition.label_detection``.
        id: the service's id of the job.
        place: where the job runs: the region, for MPC also the project.
    """

    kind: str
    id: str
    place: str

    @property
    def service(self) -> str:
        """The service, by vidkit's name."""
        return self.kind.partition(".")[0]

    def token(self) -> str:
        """This reference as a short, URL-safe text; holds no secret."""
        content = json.dumps([self.kind, self.id, self.place], separators=(",", ":"))
        return _TOKEN_PREFIX + base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> "JobRef":
        """The reference in a token.

        Raises:
            RequestError: the text is not the token of a vidkit job.
        """
        error = RequestError(
            "token: not the token of a vidkit job; give the complete text that Job.token returned"
        )
        if not isinstance(token, str) or not token.startswith(_TOKEN_PREFIX):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise error
        if len(token) > _MAX_TOKEN_LENGTH:
            raise error
        encoded = token.removeprefix(_TOKEN_PREFIX)
        try:
            content: Any = json.loads(
                base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars="-_", validate=True)
            )
        except (ValueError, binascii.Error, RecursionError):
            raise error from None
        match content:
            case [str() as kind, str() as id_, str() as place] if kind and id_:
                return cls(kind, id_, place)
            case _:
                raise error


class JobToken(str, Generic[R]):
    """The type of `Job.token`, so that a resumed job has a typed result.

    At run time a token is a plain string; this class is never instantiated.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(video)
        same = kit.resume(job.token)  # a Job of the same type
        ```
    """

    __slots__ = ()
