#!/usr/bin/env bash
# moto 5.2.2, Rekognition Video: what a program that is tested against it must not rely on.
# Amazon Rekognition's API reference: one ClientRequestToken gives one JobId; an unknown JobId is a
# ResourceNotFoundException; MaxResults limits the items of a page.
# Seen: two job ids for one token; SUCCEEDED for an id that no start returned; six items for MaxResults=1.
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
video = {"S3Object": {"Bucket": "my-bucket", "Name": "clip.mp4"}}
with mock_aws():
    client = boto3.client("rekognition", region_name="us-east-1")
    jobs = {
        client.start_text_detection(Video=video, ClientRequestToken="one-token")["JobId"]
        for _ in range(2)
    }
    page = client.get_text_detection(JobId="f" * 64, MaxResults=1)
seen = (len(jobs), page["JobStatus"], len(page["TextDetections"]))
print("jobs for one token, status of a job never started, items for MaxResults=1:", seen)
sys.exit(seen != (2, "SUCCEEDED", 6))
PYTHON
