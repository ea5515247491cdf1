"""What a process does first: ``python -m benchmarks.cold WHAT [ADDRESS BEGAN]``.

Nothing is imported here that the measured part would have to import itself.
"""

# The peer ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false

import sys
import time
from typing import Any

from benchmarks.installed import hide_command_line

__all__ = ["main"]


def _imported(statement: str) -> float:
    began = time.process_time()
    exec(statement)  # noqa: S102
    return time.process_time() - began


def _vidkit(address: str) -> None:
    import asyncio

    from vidkit import AwsConfig, VidKit

    async def call() -> None:
        config = AwsConfig(
            region="eu-central-1",
            access_key_id="AKIDBENCHMARK",
            secret_access_key="made-up-for-the-benchmarks",  # noqa: S106
            endpoint_url=address,
        )
        async with VidKit(aws=config) as kit:
            page = await kit.rekognition.get_label_detection("results-1")
            assert len(page.labels) == 1  # noqa: S101

    asyncio.run(call())


def _raw_client(address: str) -> Any:
    from aiobotocore.session import get_session

    return get_session().create_client(
        "rekognition",
        region_name="eu-central-1",
        aws_access_key_id="AKIDBENCHMARK",
        aws_secret_access_key="made-up-for-the-benchmarks",  # noqa: S106
        endpoint_url=address,
    )


def _aiobotocore(address: str) -> None:
    import asyncio

    async def call() -> None:
        async with _raw_client(address) as client:
            page = await client.get_label_detection(JobId="results-1")
            assert len(page["Labels"]) == 1  # noqa: S101

    asyncio.run(call())


def _aiobotocore_and_model(address: str) -> None:
    """What people write: their own models of the members that they need."""
    import asyncio

    from pydantic import BaseModel, Field

    class Label(BaseModel):
        name: str = Field(alias="Name")
        confidence: float = Field(alias="Confidence")

    class LabelDetection(BaseModel):
        timestamp: int = Field(alias="Timestamp")
        label: Label = Field(alias="Label")

    class Page(BaseModel):
        labels: list[LabelDetection] = Field(alias="Labels")
        next_token: str | None = Field(default=None, alias="NextToken")

    async def call() -> None:
        async with _raw_client(address) as client:
            page = Page.model_validate(await client.get_label_detection(JobId="results-1"))
            assert len(page.labels) == 1  # noqa: S101

    asyncio.run(call())


def main(what: str, address: str = "", began: str = "") -> float:
    """CPU of an import, or seconds from the start of the process to the end of the first call.

    Args:
        what: an import statement, or a client's name.
        address: the server.
        began: the monotonic clock just before the process was started.
    """
    hide_command_line()
    if not address:
        return _imported(what)
    first_call = {
        "vidkit": _vidkit,
        "aiobotocore": _aiobotocore,
        "aiobotocore + a model": _aiobotocore_and_model,
    }[what]
    first_call(address)
    return time.monotonic() - float(began)


if __name__ == "__main__":
    sys.stdout.write(f"{main(*sys.argv[1:])}\n")
