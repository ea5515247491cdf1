"""The responses of each operation: the JSON around the items of `bodies`."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from benchmarks import bodies
from benchmarks.job_items import job_items
from benchmarks.kinds import KINDS, LABELS, Kind

__all__ = ["POLLS_UNTIL_DONE", "Responses"]

POLLS_UNTIL_DONE: Final = 12
"""Polls of a job until it completes: a minute, at one poll every five seconds."""

_MOST_MESSAGES: Final = 10
_IN_PROGRESS: Final = b'{"JobStatus":"IN_PROGRESS"}'
_SMALL_RESULT: Final = 10
_POLICIES: Final = 1000


class Responses:
    """The state of the server: the jobs, and a queue of their completion notifications."""

    def __init__(self) -> None:
        self._started = 0
        self._polls: Counter[str] = Counter()
        self._announced: set[str] = set()
        self._messages: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._pages: dict[str, Callable[[dict[str, Any]], bytes]] = {
            "DeleteMessageBatch": _deleted,
            "GetPlaybackRestrictionPolicy": _policy,
            "ListPlaybackRestrictionPolicies": _policies,
            "StartLabelDetection": self._start,
            "getImages": _images,
            "thumbnails": self._create,
        }
        for kind in KINDS.values():
            self._pages[kind.operation] = partial(_job_page, kind)
        self._pages[KINDS[LABELS].operation] = self._labels

    async def respond(
        self, operation: str, content: dict[str, Any], address: str
    ) -> tuple[bytes, bool]:
        """Return a body, and whether the port's latency applies to it.

        Args:
            operation: the API's name of the operation, or the last part of the path.
            content: the request's members.
            address: the URL that the request was sent to.
        """
        if operation == "ReceiveMessage":
            return await self._receive(float(content.get("WaitTimeSeconds", 0))), False
        if operation == "getDataEndpoint":
            return json.dumps({"DataEndpoint": address}).encode(), False
        return self._pages[operation](content), operation != "DeleteMessageBatch"

    def _start(self, content: dict[str, Any]) -> bytes:
        self._started += 1
        job_id = f"job-{self._started:060d}"
        if "NotificationChannel" in content:
            self._announced.add(job_id)
            # The tag is the number of seconds until the completion is published.
            after = float(content["JobTag"])
            asyncio.get_running_loop().call_later(after, self._publish, job_id)
        return json.dumps({"JobId": job_id}).encode()

    def _create(self, _: dict[str, Any]) -> bytes:
        self._started += 1
        return b'{"task_id":"%d"}' % (10_000_000 + self._started)

    def _publish(self, job_id: str) -> None:
        notification = {"JobId": job_id, "Status": "SUCCEEDED", "API": "StartLabelDetection"}
        envelope = {"Type": "Notification", "Message": json.dumps(notification)}
        message = {
            "MessageId": job_id,
            "ReceiptHandle": job_id,
            "Body": json.dumps(envelope),
        }
        self._messages.append(json.dumps(message).encode())
        self._arrived.set()

    async def _receive(self, wait: float) -> bytes:
        if not self._messages:
            self._arrived.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._arrived.wait()
            except TimeoutError:
                return b"{}"
        some = [self._messages.popleft() for _ in range(min(_MOST_MESSAGES, len(self._messages)))]
        return b'{"Messages":[' + bodies.joined(some) + b"]}"

    def _labels(self, content: dict[str, Any]) -> bytes:
        job_id: str = content["JobId"]
        if not job_id.startswith("job-"):
            return _job_page(KINDS[LABELS], content)
        self._polls[job_id] += 1
        if job_id not in self._announced and self._polls[job_id] < POLLS_UNTIL_DONE:
            return _IN_PROGRESS
        return _job_page(KINDS[LABELS], {"JobId": str(_SMALL_RESULT)})


def _deleted(content: dict[str, Any]) -> bytes:
    done = [{"Id": entry["Id"]} for entry in content["Entries"]]
    return json.dumps({"Successful": done, "Failed": []}).encode()


def _policy(_: dict[str, Any]) -> bytes:
    return b'{"playbackRestrictionPolicy":' + bodies.policy(0) + b"}"


def _job_page(kind: Kind, content: dict[str, Any]) -> bytes:
    """Return a page of the results of a completed job; the job's id ends with their number."""
    total = int(content["JobId"].rpartition("-")[2])
    start = int(content.get("NextToken", 0))
    end = min(total, start + int(content.get("MaxResults", 1000)))
    # More than a thousand results are the same thousand repeated.
    items = job_items(kind.noun)
    first = start % len(items)
    some = (*items[first:], *items[:first])[: end - start]
    more = b',"NextToken":"%d"' % end if end < total else b""
    return b'{"JobStatus":"SUCCEEDED",%b,"%b":[%b]%b}' % (
        _METADATA_OF_SEGMENTS if kind.noun == "segments" else _METADATA,
        kind.member.encode(),
        bodies.joined(some),
        more,
    )


def _policies(content: dict[str, Any]) -> bytes:
    """Return a page of policies."""
    start = int(content.get("nextToken", 0))
    total = _POLICIES
    # The service's own default is one.
    end = min(total, start + int(content.get("maxResults", 1)))
    some = bodies.joined([bodies.policy(number) for number in range(start, end)])
    more = b',"nextToken":"%d"' % end if end < total else b""
    return b'{"playbackRestrictionPolicies":[%b]%b}' % (some, more)


def _images(content: dict[str, Any]) -> bytes:
    """Return a page of images of a stream; its name ends with the size of an image in bytes."""
    picture = bodies.image_content(int(content["StreamName"].rpartition("-")[2]))
    first, last = (round(content[name] * 1000) for name in ("StartTimestamp", "EndTimestamp"))
    first = int(content.get("NextToken", first))
    interval = content["SamplingInterval"]
    points = range(first, last, interval)
    some = points[: min(25, content.get("MaxResults", 25))]
    items = [
        b'{"TimeStamp":%d.%03d,"ImageContent":"%b"}' % (*divmod(point, 1000), picture)
        for point in some
    ]
    rest = points[len(some) :]
    more = b',"NextToken":"%d"' % rest[0] if rest else b""
    return b'{"Images":[' + bodies.joined(items) + b"]" + more + b"}"


_VIDEO_METADATA = json.dumps(bodies.VIDEO_METADATA).encode()
_METADATA = b'"VideoMetadata":%b' % _VIDEO_METADATA
_METADATA_OF_SEGMENTS = (
    b'"VideoMetadata":[%b],"AudioMetadata":[%b],"SelectedSegmentTypes":[{"Type":"SHOT",'
    b'"ModelVersion":"2.0"},{"Type":"TECHNICAL_CUE","ModelVersion":"2.0"}]'
) % (_VIDEO_METADATA, json.dumps(bodies.AUDIO_METADATA).encode())
