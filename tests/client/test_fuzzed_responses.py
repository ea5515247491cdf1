"""Whatever a service answers: a result or a VidKitError, soon."""

import asyncio
import time
from collections import defaultdict
from contextlib import AsyncExitStack

import pytest
from damaged_responses import mutated
from every_operation import OPERATIONS, set_up
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis_profiles import examples
from kit_options import T0

from vidkit import PollPolicy, RetryPolicy, VidKitError
from vidkit.local import LocalCloud
from vidkit.rekognition.completion.sns_sqs import SnsSqsClient
from vidkit.transports.base import AwsRequest, HttpResponse

COMPOUND = {
    # These wait for what other answers say; their parts are all here by themselves.
    "run_jobs",
    "rekognition.create_stream_processor",
    "rekognition.start_stream_processor",
    "images.save_images",
    "rekognition.completion_queue",
}
FUZZED = {name: call for name, call in OPERATIONS.items() if name not in COMPOUND} | {
    # Without the cloud's part of the scene, which knows nothing of damaged answers.
    "ivs.stop_stream": lambda kit, s: kit.ivs.stop_stream(s.channel),
    # What the completion queue is made of.
    "sqs.receive": lambda kit, s: SnsSqsClient(kit._caller).receive(
        s.ends.queue_url, wait_seconds=1
    ),
    "sqs.delete": lambda kit, s: SnsSqsClient(kit._caller).delete(s.ends.queue_url, ["x"]),
}
_DEADLINE = 0.5
_SHORT_DEADLINE = 0.2
_LONGEST = 5.0


class Replayed:
    """A transport that answers what the local cloud answered, but for one damaged answer."""

    def __init__(self, real):
        self._real = real
        self.answers = defaultdict(list)
        self.damage = None
        self.recording = True
        self.sent = 0

    def __getattr__(self, name):
        return getattr(self._real, name)

    async def send(self, request):
        key = request.operation if isinstance(request, AwsRequest) else request.method
        if self.recording:
            reply = await self._real.send(request)
            if reply.ok:
                self.answers[key].append(reply)
            return reply
        self.sent += 1
        if self.sent > 500:
            raise AssertionError("it never stops sending")
        reply = self.answers[key][-1]
        number, status = self.damage
        if self.sent % 2 == 1 or number % 3 == 0:
            return HttpResponse(status, mutated(reply.body, number), reply.headers)
        return reply

    async def close(self):
        await self._real.close()


@pytest.fixture(scope="module")
def stage(clock_clip, tmp_path_factory):
    """A kit whose transports replay, and the loop that it lives on."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        cloud = LocalCloud(job_seconds=0.05)
        cloud.add_stream("front-door", clock_clip.path, start_timestamp=T0)
        cloud.add_object("bucket", "clip.mp4", clock_clip.path)

        async def begin():
            await stack.enter_async_context(cloud)
            kit = await stack.enter_async_context(
                cloud.kit(
                    retry=RetryPolicy(base_delay=0, throttling_base_delay=0, max_attempts=3),
                    poll=PollPolicy(
                        initial_delay=0.01, max_delay=0.02, patience=0.2, polls_per_second=10_000
                    ),
                )
            )
            runtime = kit._runtime
            aws, huawei = Replayed(await runtime.aws()), Replayed(await runtime.huawei())
            runtime._aws, runtime._huawei = aws, huawei
            scene = await set_up(cloud, kit, T0, tmp_path_factory.mktemp("fuzz"))
            for name in FUZZED.keys() & OPERATIONS.keys():
                await OPERATIONS[name](kit, scene)
            await OPERATIONS["rekognition.completion_queue"](kit, scene)
            aws.recording = huawei.recording = False
            return kit, scene, (aws, huawei)

        try:
            kit, *rest = runner.run(begin())
            yield runner, kit.with_options(deadline=_DEADLINE), *rest
        finally:
            runner.run(stack.aclose())


SLOW = {
    # Paced, or looking again after a while, whatever comes.
    "images.get_images",
    "images.list_fragments",
    "ivs.batch_get_channel",
    "mpc.create_thumbnails_task",
    "mpc.delete_thumbnails_task",
}
STATUSES = st.sampled_from([200, 200, 200, 400, 403, 429, 500])
FIXTURES = [HealthCheck.function_scoped_fixture]


@pytest.mark.parametrize("name", sorted(FUZZED.keys() - SLOW))
@settings(max_examples=examples(25), deadline=None, suppress_health_check=FIXTURES)
@given(number=st.integers(0, 2**32), status=STATUSES)
@example(number=0, status=200)
def test_any_answer_is_a_result_or_an_error_of_ours(stage, name, number, status):
    play(stage, name, number, status)


@pytest.mark.parametrize("name", sorted(SLOW))
@settings(max_examples=examples(8), deadline=None, suppress_health_check=FIXTURES)
@given(number=st.integers(0, 2**32), status=STATUSES)
@example(number=0, status=200)
def test_any_answer_to_a_slow_call_is_one_too(stage, name, number, status):
    runner, kit, *rest = stage
    play((runner, kit.with_options(deadline=_SHORT_DEADLINE), *rest), name, number, status)


def play(stage, name, number, status):
    runner, kit, scene, transports = stage
    for transport in transports:
        transport.damage, transport.sent = (number, status), 0
        kit._runtime.budgets.clear()

    async def call():
        started = time.monotonic()
        error: VidKitError | None = None
        try:
            await FUZZED[name](kit, scene)
        except VidKitError as raised:
            error = raised
        assert error is None or (error.operation and 0 < len(str(error)) < 5000)
        assert time.monotonic() - started < _LONGEST + 2

    runner.run(call())
