"""Amazon IVS of the local cloud, over REST and JSON."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from vidkit.local.ivs import tags
from vidkit.local.ivs.account import Account
from vidkit.local.ivs.channels import Channels
from vidkit.local.ivs.error_responses import HEADERS, MEDIA_TYPE, invalid, refusal_answer
from vidkit.local.ivs.limits import Throttle
from vidkit.local.ivs.policies import Policies, check_countries
from vidkit.local.ivs.store import Pages
from vidkit.local.ivs.streams import Streams
from vidkit.local.protocol.lazy_models import LazyModel
from vidkit.local.protocol.wire import Answer, Fault, Request, parse_json
from vidkit.local.runtime.state import State
from vidkit.local.runtime.worker_threads import in_thread

_Handler: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any] | None]

_TAGS: Final = {"POST": "TagResource", "DELETE": "UntagResource", "GET": "ListTagsForResource"}
_TAGS_PATH = re.compile(r"/tags/([^/]+)")
_ARN = re.compile(r"arn:aws:ivs:[a-z0-9-]+:[0-9]+:[a-z-]+/[a-zA-Z0-9-]+")
_LONGEST_ARN: Final = 128
# The model's pattern of a resource's ARN has room for one letter before the slash, and so fits
# none that there is. The model is shown this one, and the real one is held against ours.
_ARN_FOR_THE_MODEL: Final = "arn:aws:ivs:us-east-1:123456789012:c/a"


class Ivs:
    """Channels, stream sessions, playback restriction policies, and tags.

    It holds the rules of the service model and of the API's documentation. A channel goes live by
    ``LocalCloud.go_live``; no video is taken in or given out. Where the cloud throttles, every
    operation takes 5 requests a second, those on tags 10. ``State.most_channels`` and
    ``State.most_policies`` are the account's quotas.

    Args:
        state: what the services share; the account begins empty.
        throttle: the limits that hold when the cloud throttles.
    """

    name = "ivs"

    def __init__(self, state: State, throttle: Throttle | None = None) -> None:
        self._state = state
        self._throttle = throttle or Throttle()
        self._model = LazyModel("ivs", code="ValidationException")
        account = state.ivs = Account()
        pages = Pages()
        channels = Channels(state, pages)
        policies = Policies(state, pages)
        streams = Streams(state, pages)
        self._handlers: dict[str, _Handler] = {
            "CreateChannel": channels.create,
            "GetChannel": channels.get,
            "BatchGetChannel": channels.batch_get,
            "ListChannels": channels.list_channels,
            "UpdateChannel": channels.update,
            "DeleteChannel": channels.delete,
            "StopStream": streams.stop,
            "GetStreamSession": streams.get_session,
            "ListStreamSessions": streams.list_sessions,
            "CreatePlaybackRestrictionPolicy": policies.create,
            "GetPlaybackRestrictionPolicy": policies.get,
            "ListPlaybackRestrictionPolicies": policies.list_policies,
            "UpdatePlaybackRestrictionPolicy": policies.update,
            "DeletePlaybackRestrictionPolicy": policies.delete,
            "TagResource": partial(tags.tag, account),
            "UntagResource": partial(tags.untag, account),
            "ListTagsForResource": partial(tags.tags_of, account),
        }

    def operation(self, request: Request) -> str | None:
        """The operation that the path names; of the three on tags, the one of the method."""
        if _tagged_arn(request) is not None:
            return _TAGS.get(request.method)
        name = request.path.removeprefix("/")
        known = name in self._handlers and name not in _TAGS.values()
        return name if known and request.method == "POST" else None

    async def handle(self, operation: str, request: Request) -> Answer:
        """Answer one request.

        Raises:
            Fault: the service refuses.
        """
        if self._state.throttles(self.name):
            self._throttle.take(operation)
        parameters = await self._parameters(operation, request)
        if "allowedCountries" in parameters:
            await in_thread(check_countries, parameters["allowedCountries"])
        content = self._handlers[operation](parameters)
        if content is None:
            return Answer(status=204)
        answer = Answer.json(content, media_type=MEDIA_TYPE)
        if operation != "BatchGetChannel":
            return answer
        return Answer(answer.status, answer.body, {**answer.headers, **HEADERS})

    def refuse(self, fault: Fault, request_id: str) -> Answer:
        """A fault as the service has it."""
        del request_id  # The server puts it into a header; the body has none.
        return refusal_answer(fault)

    async def close(self) -> None:
        """End the work that is still running: each request ends its own."""

    async def _parameters(self, operation: str, request: Request) -> dict[str, Any]:
        body = parse_json(request.body, fault=invalid("The request body must be one JSON object."))
        arn = _tagged_arn(request)
        if arn is None:
            return await self._model.accept(operation, body)
        if len(arn) > _LONGEST_ARN or not _ARN.fullmatch(arn):
            raise invalid(f"resourceArn: {arn!r} is no ARN of IVS.")
        asked = {name: value for name, value in body.items() if name == "tags"}
        keys = [value for name, value in request.query if name == "tagKeys"]
        if keys:
            asked["tagKeys"] = keys
        asked["resourceArn"] = _ARN_FOR_THE_MODEL
        accepted = await self._model.accept(operation, asked)
        return {**accepted, "resourceArn": arn}


def _tagged_arn(request: Request) -> str | None:
    """The ARN in the path of an operation on tags, which must be percent-encoded there."""
    found = _TAGS_PATH.fullmatch(request.raw_target.partition("?")[0])
    return unquote(found[1]) if found else None
