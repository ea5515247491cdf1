"""A fake of Kinesis Video Streams, without a network and in virtual time."""

import asyncio
import base64
import json
import random
import selectors
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vidkit import AwsConfig, RetryPolicy, TransportError, VidKit
from vidkit.models.timestamps import to_millis
from vidkit.transports.base import HttpResponse

WRONG_ENDPOINT = b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"}}'


class _Selector(selectors.DefaultSelector):
    loop = None

    def select(self, timeout=None):
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise AssertionError("every task waits for ever")
        self.loop.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time: instead of waiting, it advances its clock."""

    def __init__(self):
        self.now = 1000.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self):
        # Time always advances a little; otherwise a timer that is due now would never fire.
        self.now += 1e-7
        return self.now


def run(work):
    """Run a coroutine in virtual time; it must leave no task behind."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:

        async def watched():
            result = await work
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return result

        return runner.run(watched())


class Bucket:
    """A token bucket of one second's rate, full at first."""

    def __init__(self, rate):
        self.rate = self.held = rate
        self.at = asyncio.get_running_loop().time()

    def has(self, amount):
        now = asyncio.get_running_loop().time()
        self.held = min(self.rate, self.held + (now - self.at) * self.rate)
        self.at = now
        return self.held >= amount - 1e-6


@dataclass
class FakeArchivedMedia:
    """Replaces the transport to AWS.

    Fragments are timestamps and lengths in milliseconds; their producer timestamps are ``skew``
    later. Sampling points outside them have no media.
    """

    fragments: list[tuple[int, int]] = field(default_factory=list)
    listed_length: float = 1
    skew: int = 0
    page_size: int = 25
    fragment_page_size: int = 100
    end_counted: bool = True
    empty_last_pages: bool = False
    faults: float = 0.0
    most_faults: int = 30
    attempts: int = 6
    latency: float = 0.05
    throttle: bool = False
    seed: int = 0

    def __post_init__(self):
        self.random = random.Random(self.seed)
        self.generation = 0
        self.calls = []
        self.asked = []
        self.listed = []
        self.throttled = []
        self.under_way = self.most_under_way = 0
        self.buckets = {}
        self.arrivals = []

    async def close(self):
        pass

    async def send(self, request):
        await asyncio.sleep(self.random.random() * self.latency)
        self.calls.append(request.operation)
        self.arrivals.append((asyncio.get_running_loop().time(), request.operation))
        fault = self.random.random() < self.faults and len(self.arrivals) and self.most_faults > 0
        kind = "none"
        if fault:
            self.most_faults -= 1
            kind = self.random.choice(
                ["500", "throttled", "lost", "refused", "moved", "half", "slow"]
            )
        if kind == "500":
            return self.fault(500, "InternalFailure")
        if kind == "throttled":
            return self.fault(400, "ClientLimitExceededException")
        if kind == "refused":
            raise TransportError("connection refused", retryable=True)
        if kind == "moved":
            self.generation += 1
        response = await self.serve(request)
        if kind == "lost":
            raise TransportError("reset", retryable=True, ambiguous=True)
        if kind == "half":
            return HttpResponse(200, response.body[: len(response.body) // 2])
        if kind == "slow":
            await asyncio.sleep(100)
        return response

    async def serve(self, request):
        if request.operation == "GetDataEndpoint":
            name = request.params["APIName"]
            if not self.pay(request, "look-up", 5, 1):
                return self.fault(400, "ClientLimitExceededException")
            return self.json({"DataEndpoint": f"http://data.invalid/{name}/{self.generation}"})
        api = {"GetImages": "GET_IMAGES", "ListFragments": "LIST_FRAGMENTS"}[request.operation]
        if request.endpoint != f"http://data.invalid/{api}/{self.generation}":
            return self.random.choice(
                [HttpResponse(200, WRONG_ENDPOINT), self.fault(404, "ResourceNotFoundException")]
            )
        asked = request.params["MaxResults"]
        if api == "GET_IMAGES":
            paid = self.pay(request, "metadata", 10_000, 400 + asked, media=asked)
        else:
            paid = self.pay(request, "metadata", 10_000, asked)
        if not paid:
            return self.fault(400, "ClientLimitExceededException")
        if api == "LIST_FRAGMENTS":
            return self.list_fragments(request.params)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.random.random() * self.latency)
            return self.get_images(request.params)
        finally:
            self.under_way -= 1

    def pay(self, request, kind, rate, cost, media=0):
        if not self.throttle:
            return True
        stream = request.params.get("StreamName") or request.params["StreamARN"].split("/")[1]
        bucket = self.buckets.setdefault((stream, kind), Bucket(rate))
        pictures = self.buckets.setdefault((stream, "media"), Bucket(500))
        if bucket.has(cost) and pictures.has(media):
            bucket.held -= cost
            pictures.held -= media
            return True
        self.throttled.append(request.operation)
        return False

    def get_images(self, params):
        start, end = (to_millis(params[f"{name}Timestamp"]) for name in ("Start", "End"))
        interval, size = params["SamplingInterval"], min(params["MaxResults"], self.page_size)
        assert interval >= 200
        assert 1 <= params["MaxResults"] <= 100
        assert 0 < end - start <= 300_000
        points = list(range(start, end + self.end_counted, interval))
        offset, token = self.offset(params)
        page = points[offset : offset + size]
        self.asked += page
        rest = offset + size < len(points) or (self.empty_last_pages and page)
        content = {"Images": [self.image(point, params) for point in page]}
        if rest:
            content["NextToken"] = json.dumps([offset + size, token])
        self.random.shuffle(content["Images"])
        return self.json(content)

    def image(self, point, params):
        shift = self.skew if params["ImageSelectorType"] == "PRODUCER_TIMESTAMP" else 0
        image = {"TimeStamp": point / 1000}
        if any(s <= point - shift <= s + length for s, length in self.fragments):
            return image | {"ImageContent": base64.b64encode(b"%d" % point).decode()}
        return image | {"Error": "NO_MEDIA"}

    def list_fragments(self, params):
        selector = params["FragmentSelector"]
        by_producer = selector["FragmentSelectorType"] == "PRODUCER_TIMESTAMP"
        shift = self.skew if by_producer else 0
        times = selector["TimestampRange"]
        start, end = (to_millis(times[f"{name}Timestamp"]) for name in ("Start", "End"))
        self.listed.append((start, end))
        found = [each for each in self.fragments if start <= each[0] + shift <= end]
        random.Random(f"{start} {end}").shuffle(found)
        offset, token = self.offset(params)
        size = min(params["MaxResults"], self.fragment_page_size)
        content = {
            "Fragments": [
                {
                    "FragmentNumber": str(begin),
                    "ServerTimestamp": begin / 1000,
                    "ProducerTimestamp": (begin + self.skew) / 1000,
                    "FragmentLengthInMilliseconds": int(length * self.listed_length),
                }
                for begin, length in found[offset : offset + size]
            ]
        }
        if offset + size < len(found):
            content["NextToken"] = json.dumps([offset + size, token])
        return self.json(content)

    def offset(self, params):
        """Where a page begins; a token is valid only for the request that returned it."""
        bound = repr(sorted((k, v) for k, v in params.items() if k != "NextToken"))
        if "NextToken" not in params:
            return 0, bound
        offset, token = json.loads(params["NextToken"])
        assert token == bound
        return offset, bound

    def json(self, content):
        return HttpResponse(200, json.dumps(content).encode())

    def fault(self, status, code):
        return HttpResponse(status, json.dumps({"__type": code, "Message": "as told"}).encode())

    def kit(self, **options):
        """A kit that uses this service, for a virtual loop."""
        retry = RetryPolicy(max_attempts=self.attempts, attempt_timeout=20)
        aws = AwsConfig(region="us-east-1", access_key_id="AKIA", secret_access_key="s3cret")
        kit = VidKit(aws=aws, **({"retry": retry, "deadline": 3600} | options))
        kit._caller.runtime._aws = self
        return kit


def moment(millis):
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)
