"""The clients that are compared, each as its users would create it."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from vidkit import AwsConfig, HuaweiConfig, VidKit

__all__ = [
    "KEYS",
    "REGION",
    "aiobotocore_client",
    "boto3_client",
    "huawei_kit",
    "kit_on",
]

REGION = "eu-central-1"
KEYS = {"aws_access_key_id": "AKIDBENCHMARK", "aws_secret_access_key": "made-up-for-the-benchmarks"}

_HUAWEI_REGION = "cn-north-4"


def kit_on(address: str) -> VidKit:
    """Return a kit for AWS with this endpoint."""
    return VidKit(
        aws=AwsConfig(
            region=REGION,
            access_key_id=KEYS["aws_access_key_id"],
            secret_access_key=KEYS["aws_secret_access_key"],
            endpoint_url=address,
        )
    )


def huawei_kit(address: str) -> VidKit:
    """Return a kit for Huawei Cloud with this endpoint."""
    return VidKit(
        huawei=HuaweiConfig(
            region=_HUAWEI_REGION,
            project_id="0123456789abcdef0123456789abcdef",
            access_key=KEYS["aws_access_key_id"],
            secret_key=KEYS["aws_secret_access_key"],
            endpoint=address,
        )
    )


@asynccontextmanager
async def aiobotocore_client(
    api: str, address: str, *, connections: int = 10, session: Any = None
) -> AsyncGenerator[Any, None]:
    """Create a client of aiobotocore with defaults, except for the number of connections."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    session = session or get_session()
    config = AioConfig(max_pool_connections=connections)
    async with session.create_client(
        api, region_name=REGION, endpoint_url=address, config=config, **KEYS
    ) as client:
        yield client


def boto3_client(api: str, address: str, *, connections: int = 10) -> Any:
    """Create a client of boto3, likewise."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=connections)
    return boto3.client(api, region_name=REGION, endpoint_url=address, config=config, **KEYS)
