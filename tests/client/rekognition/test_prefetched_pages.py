"""The next page of a job's results is on its way before the one at hand is decoded."""

import asyncio
import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import vidkit.calls.caller
import vidkit.paging.prefetch
from vidkit import AwsConfig, RetryPolicy, VidKit

PAGES = 5
QUICKLY = RetryPolicy(base_delay=0.001)
BUSY = (503, {"__type": "ServiceUnavailableException", "NextToken": "elsewhere"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = content.get("NextToken", "0")
        self.server.asked.append(token)
        self.server.arrived[token].set()
        if answers := self.server.before[token]:
            self.answer(*answers.pop(0))
            return
        number = int(token)
        page = {"JobStatus": "SUCCEEDED", "Labels": [{"Timestamp": number}]}
        if number + 1 < PAGES:
            page["NextToken"] = str(number + 1)
        self.answer(200, page)

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def service(**before):
    """Answers in threads, so also while the loop of the test stands still.

    Args:
        before: what comes before a page, by its number; ``at1=[(503, {})]``.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.arrived = defaultdict(threading.Event)
        server.before = defaultdict(list)
        server.before |= {name.removeprefix("at"): answers for name, answers in before.items()}
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()


def kit_on(server, **options):
    config = AwsConfig(
        region="eu-central-1",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="not-a-secret",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
    )
    return VidKit(aws=config, **options)


async def read(kit):
    return [label.timestamp async for label in kit.rekognition.get_label_detection("job")]


@pytest.mark.parametrize("before", [{}, {"at2": [BUSY]}])
async def test_a_request_is_with_the_service_while_the_page_before_is_decoded(monkeypatch, before):
    with service(**before) as server:
        early = []
        decode = vidkit.calls.caller.decode

        def hold_up_the_loop(model, body):
            page = decode(model, body)
            following = page.labels[0].timestamp + 1
            # Nothing can be sent while this waits, only what was sent before can arrive.
            if following < PAGES:
                wait = 5 if following > 1 else 0.05
                early.append(server.arrived[str(following)].wait(wait))
            return page

        monkeypatch.setattr(vidkit.calls.caller, "decode", hold_up_the_loop)
        async with kit_on(server, retry=QUICKLY) as kit:
            assert await read(kit) == list(range(PAGES))
        # Whoever wants the first page only costs one request.
        assert early == [False, True, True, True]


async def test_no_page_is_asked_for_because_of_a_refusal_that_names_one():
    with service(at2=[BUSY, BUSY]) as server:
        async with kit_on(server, retry=QUICKLY) as kit:
            assert await read(kit) == list(range(PAGES))
        assert sorted(server.asked) == ["0", "1", "2", "2", "2", "3", "4"]


async def test_no_attempt_runs_out_of_time_when_its_answer_is_here(monkeypatch):
    async def in_no_hurry():
        await asyncio.sleep(0.3)

    monkeypatch.setattr(vidkit.paging.prefetch, "let_send", in_no_hurry)
    with service() as server:
        policy = RetryPolicy(max_attempts=1, attempt_timeout=0.2)
        async with kit_on(server, retry=policy) as kit:
            assert await read(kit) == list(range(PAGES))
        assert len(server.asked) == PAGES
