"""The variables of the guide configure clients that read nothing else."""

import os
import re
from pathlib import Path

import botocore.session

from vidkit.local import Identity

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "local-cloud.md"


def test_botocore_reads_endpoint_region_and_keys_from_the_guides_exports(monkeypatch):
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for line in re.findall(r"^\$ export (.+)$", GUIDE.read_text("utf-8"), re.MULTILINE):
        for pair in line.split():
            monkeypatch.setenv(*pair.split("=", 1))
    client = botocore.session.Session().create_client("ivs")
    assert client.meta.region_name == Identity().region == os.environ["AWS_REGION"]
    assert client.meta.endpoint_url == "http://127.0.0.1:4588"
    assert os.environ["AWS_ACCESS_KEY_ID"] == Identity().access_key_id
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == Identity().secret_access_key
    client.close()
