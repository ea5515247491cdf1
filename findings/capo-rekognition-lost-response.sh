#!/usr/bin/env bash
# capo-rekognition 0.11.0: a start whose response is lost.
# StartLabelDetection starts a job for each request that has no ClientRequestToken. The server here
# reads the first request completely and closes the connection, as after a reset; the second request
# gets a job id. Seen: the client sends the same request twice without a token, and reports success.
# Against the service the first request may have started a job too, whose id nobody knows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check capo-rekognition==0.11.0 zapros==0.23.0 || exit 2
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import json
import os
import sys
from importlib.metadata import version

from capo_rekognition import AsyncRekognitionClient

os.environ |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up-secret-key"}
requests = []


async def respond(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    requests.append(json.loads(await reader.readexactly(int(length.split(b":")[1]))))
    if len(requests) > 1:
        body = json.dumps({"JobId": "0" * 64}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    async with AsyncRekognitionClient(region="us-east-1", endpoint=endpoint) as client:
        video = {"s3_object": {"bucket": "my-bucket", "name": "clip.mp4"}}
        return await client.start_label_detection(video=video)


print("capo-rekognition", version("capo-rekognition"), "zapros", version("zapros"))
started = asyncio.run(main())
tokens = [request.get("ClientRequestToken") for request in requests]
print("starts that the server read:", len(requests), "their tokens:", tokens, "reported:", started["job_id"][:4])
sys.exit((len(requests), tokens) != (2, [None, None]))
PYTHON
