"""The next page of a job's results is requested before the current page is decoded."""

import asyncio
import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import vidkit.calls.operation
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
        self.server.requested.append(token)
        self.server.arrived[token].set()
        if responses := self.server.before[token]:
            self.respond(*responses.pop(0))
            return
        number = int(token)
        page = {"JobStatus": "SUCCEEDED", "Labels": [{"Timestamp": number}]}
        if number + 1 < PAGES:
            page["NextToken"] = str(number + 1)
        self.respond(200, page)

    def respond(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Log nothing."""


@contextmanager
def service(**before):
    """A service that responds from threads, so also while the event loop of the test is blocked.

    Args:
        before: the responses that precede a page, by its number, such as ``at1=[(503, {})]``.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requested = []
        server.arrived = defaultdict(threading.Event)
        server.before = defaultdict(list)
        server.before |= {name.removeprefix("at"): responses for name, responses in before.items()}
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
async def test_the_next_request_is_sent_before_a_page_is_decoded(monkeypatch, before):
    with service(**before) as server:
        early = []
        decode = vidkit.calls.operation.decode

        def block_the_loop(model, body):
            page = decode(model, body)
            following = page.labels[0].timestamp + 1
            # While this blocks the event loop, only a request that was sent before can arrive.
            if following < PAGES:
                wait = 5 if following > 1 else 0.05
                early.append(server.arrived[str(following)].wait(wait))
            return page

        monkeypatch.setattr(vidkit.calls.operation, "decode", block_the_loop)
        async with kit_on(server, retry=QUICKLY) as kit:
            assert await read(kit) == list(range(PAGES))
        # The second page is not prefetched, so a caller of the first page only sends one request.
        assert early == [False, True, True, True]


async def test_a_page_token_in_an_error_response_is_not_prefetched():
    with service(at2=[BUSY, BUSY]) as server:
        async with kit_on(server, retry=QUICKLY) as kit:
            assert await read(kit) == list(range(PAGES))
        assert sorted(server.requested) == ["0", "1", "2", "2", "2", "3", "4"]


async def test_an_attempt_does_not_time_out_after_its_response_has_arrived(monkeypatch):
    async def let_request_go_out_slowly():
        await asyncio.sleep(0.3)

    monkeypatch.setattr(vidkit.paging.prefetch, "let_request_go_out", let_request_go_out_slowly)
    with service() as server:
        policy = RetryPolicy(max_attempts=1, attempt_timeout=0.2)
        async with kit_on(server, retry=policy) as kit:
            assert await read(kit) == list(range(PAGES))
        assert len(server.requested) == PAGES
