#!/usr/bin/env bash
# moto 5.2.2, Kinesis Video Streams: ARNs and pages.
# The number at the end of a stream's ARN is its creation time, so that a stream that is deleted and
# created again has another ARN; ListStreams returns at most MaxResults streams and a NextToken.
# Seen: one and the same number for every stream, 2020's, and all streams on one page for MaxResults=1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check moto==5.2.2 boto3==1.44.8
"$folder/venv/bin/python" - <<'PYTHON'
import os
import sys
from importlib.metadata import version

import boto3
from moto import mock_aws

os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
print("moto", version("moto"), "boto3", version("boto3"))
with mock_aws():
    client = boto3.client("kinesisvideo", region_name="us-east-1")
    first = client.create_stream(StreamName="camera")["StreamARN"]
    client.delete_stream(StreamARN=first)
    again = client.create_stream(StreamName="camera")["StreamARN"]
    client.create_stream(StreamName="other")
    page = client.list_streams(MaxResults=1)
seen = (first == again, first.rpartition("/")[2], len(page["StreamInfoList"]), page.get("NextToken"))
print("same ARN after delete and create, its number, streams for MaxResults=1, NextToken:", seen)
sys.exit(seen != (True, "1598784211076", 2, None))
PYTHON
