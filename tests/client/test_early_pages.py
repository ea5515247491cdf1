"""The next page of a job's results is on its way before the one at hand is decoded."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import vidkit.calls
from vidkit import AwsConfig, VidKit

PAGES = 5


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = int(content.get("NextToken", 0))
        self.server.asked[number].set()
        page = {"JobStatus": "SUCCEEDED", "Labels": [{"Timestamp": number}]}
        if number + 1 < PAGES:
            page["NextToken"] = str(number + 1)
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def service():
    """Answers in threads, so also while the loop of the test stands still."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = [threading.Event() for _ in range(PAGES)]
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()


async def test_a_request_is_with_the_service_while_the_page_before_is_decoded(monkeypatch):
    with service() as server:
        early = []
        decode = vidkit.calls.decode

        def hold_up_the_loop(model, body):
            page = decode(model, body)
            following = page.labels[0].timestamp + 1
            # Nothing can be sent while this waits, only what was sent before can arrive.
            if following < PAGES:
                early.append(server.asked[following].wait(5 if following > 1 else 0.05))
            return page

        monkeypatch.setattr(vidkit.calls, "decode", hold_up_the_loop)
        config = AwsConfig(
            region="eu-central-1",
            access_key_id="AKIDEXAMPLE",
            secret_access_key="not-a-secret",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
        )
        async with VidKit(aws=config) as kit:
            found = [label.timestamp async for label in kit.rekognition.get_label_detection("job")]
        assert found == list(range(PAGES))
        # Whoever wants the first page only costs one request.
        assert early == [False, True, True, True]
