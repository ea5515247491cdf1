"""SNS and SQS of moto's server, for the kit and for boto3."""

import boto3
import pytest


@pytest.fixture
def queues(moto_server, monkeypatch):
    """The kit uses SNS and SQS of moto, and all other services of the local cloud."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", moto_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", moto_server)
    return moto_server


@pytest.fixture
def boto(moto_server, cloud):
    clients = {
        name: boto3.client(
            name,
            endpoint_url=moto_server,
            region_name=cloud.region,
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        for name in ("sns", "sqs")
    }
    yield clients
    for client in clients.values():
        client.close()
