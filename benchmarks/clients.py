"""The clients that are compared, each as its users would create it."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidkit import VidKit

__all__ = [
    "KEYS",
    "REGION",
    "aiobotocore_client",
    "boto3_client",
    "capo_client",
    "huawei_kit",
    "kit_on",
]

REGION = "eu-central-1"
KEYS = {"aws_access_key_id": "AKIDBENCHMARK", "aws_secret_access_key": "made-up-for-the-benchmarks"}

_HUAWEI_REGION = "cn-north-4"
# The packages and clients of capo, by the names of botocore's services.
_CAPO = {
    "ivs": ("capo_ivs", "AsyncivsClient"),
    "kinesis-video-archived-media": (
        "capo_kinesis_video_archived_media",
        "AsyncKinesisVideoArchivedMediaClient",
    ),
    "kinesisvideo": ("capo_kinesis_video", "AsyncKinesisVideoClient"),
    "rekognition": ("capo_rekognition", "AsyncRekognitionClient"),
}


def kit_on(address: str) -> "VidKit":
    """Return a kit for AWS with this endpoint."""
    from vidkit import AwsConfig, VidKit

    return VidKit(
        aws=AwsConfig(
            region=REGION,
            access_key_id=KEYS["aws_access_key_id"],
            secret_access_key=KEYS["aws_secret_access_key"],
            endpoint_url=address,
        )
    )


def huawei_kit(address: str) -> "VidKit":
    """Return a kit for Huawei Cloud with this endpoint."""
    from vidkit import HuaweiConfig, VidKit

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


def capo_client(api: str, address: str) -> Any:
    """Create a client of capo with defaults; it is an async context manager."""
    package, name = _CAPO[api]
    module = import_module(package)
    credentials = module.Credentials(
        access_key=KEYS["aws_access_key_id"], secret_key=KEYS["aws_secret_access_key"]
    )
    return getattr(module, name)(region=REGION, endpoint=address, credentials=credentials)


def boto3_client(api: str, address: str, *, connections: int = 10) -> Any:
    """Create a client of boto3, likewise."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=connections)
    return boto3.client(api, region_name=REGION, endpoint_url=address, config=config, **KEYS)
