"""The token of a job: kind, id and place in a short text, for any process to go on with."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vidkit.errors import RequestError

__all__ = ["JobRef", "JobToken"]

R = TypeVar("R")

_TOKEN_PREFIX = "vidkit1."  # noqa: S105

_LONGEST_TOKEN = 2048


@dataclass(frozen=True, slots=True)
class JobRef:
    """Which job: everything that another process needs to go on with it.

    Attributes:
        kind: service and kind, such as ``rekognition.label_detection``.
        id: the service's id.
        place: where it runs: a region, for MPC with the project.
    """

    kind: str
    id: str
    place: str

    @property
    def service(self) -> str:
        """The service, in vidkit's word."""
        return self.kind.partition(".")[0]

    def token(self) -> str:
        """This reference as a short text of URL-safe characters; holds no secret."""
        content = json.dumps([self.kind, self.id, self.place], separators=(",", ":"))
        return _TOKEN_PREFIX + base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> "JobRef":
        """The reference that a token stands for.

        Raises:
            RequestError: it is no token of a vidkit job.
        """
        error = RequestError(
            "token: not the token of a vidkit job; give what Job.token returned, whole"
        )
        if not isinstance(token, str) or not token.startswith(_TOKEN_PREFIX):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise error
        if len(token) > _LONGEST_TOKEN:
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
    """What a `Job` says its token is, so that type checkers know what resuming it gives.

    Tokens are plain text at run time; nothing makes one of these.

    Example:
        ```python
        job = await kit.rekognition.start_label_detection(video)
        same = kit.resume(job.token)  # a Job of the same type
        ```
    """

    __slots__ = ()
