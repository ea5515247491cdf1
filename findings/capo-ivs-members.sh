#!/usr/bin/env bash
# capo-ivs 0.11.0: members that a response does not have.
# A GetChannel response with an ARN alone. Seen: "authorized" and "insecure_ingest" come as False, as
# if the service had said so, while "name", "type", "latency_mode" and all other members are missing.
# A program cannot tell a channel with insecureIngest=false from a response that does not say.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check capo-ivs==0.11.0 zapros==0.23.0 || exit 2
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import os
import sys
from importlib.metadata import version

from capo_ivs import AsyncivsClient

os.environ |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up-secret-key"}
ARN = "arn:aws:ivs:us-east-1:123456789012:channel/abcdABCDefgh"


async def respond(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"channel": {"arn": "%s"}}' % ARN.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with AsyncivsClient(region="us-east-1", endpoint=f"http://127.0.0.1:{port}") as client:
        return (await client.get_channel(arn=ARN))["channel"]


print("capo-ivs", version("capo-ivs"), "zapros", version("zapros"))
channel = asyncio.run(main())
print("a channel of which the response has the ARN alone:", channel)
sys.exit(channel != {"arn": ARN, "authorized": False, "insecure_ingest": False})
PYTHON
