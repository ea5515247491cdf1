"""Cold starts: ``python benchmarks/cold.py WHAT [ADDRESS BEGAN]``.

This is a script of its own because ``-m`` would import what the measured code must import itself.
For the same reason only `sys` and `time` are imported before the clock starts.
"""

# The peer ships no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false

import sys
import time

__all__ = ["hide_command_line", "main", "peak_memory"]

# What type checkers know as typing.TYPE_CHECKING, without importing typing.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    # Called at the end of each stage with its name.
    _Ended: TypeAlias = Callable[[str], None]


def hide_command_line() -> None:
    """Keep httpx from importing its command line, and rich with it.

    httpx does so if rich is installed, which only the tables of this program need. aiobotocore
    imports httpx, so this affects all clients that are compared.
    """
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]


def _imported(statement: str) -> float:
    began = time.process_time()
    exec(statement)  # noqa: S102
    return time.process_time() - began


def _vidkit(address: str, ended: "_Ended") -> None:
    import asyncio

    ended("Python, asyncio")

    from vidkit import AwsConfig, VidKit

    ended("the names of vidkit")

    async def call() -> None:
        config = AwsConfig(
            region="eu-central-1",
            access_key_id="AKIDBENCHMARK",
            secret_access_key="made-up-for-the-benchmarks",  # noqa: S106
            endpoint_url=address,
        )
        async with VidKit(aws=config) as kit:
            ended("the kit, Pydantic")
            pager = kit.rekognition.get_label_detection("results-1")
            ended("the classes of requests and answers")
            page = await pager
            assert len(page.labels) == 1  # noqa: S101

    asyncio.run(call())
    ended("aiobotocore, its client, the call")


def _raw_client(address: str) -> "Any":
    from aiobotocore.session import get_session

    return get_session().create_client(
        "rekognition",
        region_name="eu-central-1",
        aws_access_key_id="AKIDBENCHMARK",
        aws_secret_access_key="made-up-for-the-benchmarks",  # noqa: S106
        endpoint_url=address,
    )


def _aiobotocore(address: str, ended: "_Ended") -> None:
    import asyncio

    ended("Python, asyncio")

    async def call() -> None:
        async with _raw_client(address) as client:
            page = await client.get_label_detection(JobId="results-1")
            assert len(page["Labels"]) == 1  # noqa: S101

    asyncio.run(call())
    ended("aiobotocore, its client, the call")


def _aiobotocore_and_model(address: str, ended: "_Ended") -> None:
    """A usual program: its own models of the members that it needs."""
    import asyncio

    ended("Python, asyncio")

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

    ended("Pydantic, three classes")

    async def call() -> None:
        async with _raw_client(address) as client:
            page = Page.model_validate(await client.get_label_detection(JobId="results-1"))
            assert len(page.labels) == 1  # noqa: S101

    asyncio.run(call())
    ended("aiobotocore, its client, the call")


def _capo(address: str, ended: "_Ended") -> None:
    import asyncio

    ended("Python, asyncio")

    from capo_rekognition import AsyncRekognitionClient, Credentials

    ended("the names of capo")

    async def call() -> None:
        credentials = Credentials(
            access_key="AKIDBENCHMARK",
            secret_key="made-up-for-the-benchmarks",  # noqa: S106
        )
        async with AsyncRekognitionClient(
            region="eu-central-1", endpoint=address, credentials=credentials
        ) as client:
            page = await client.get_label_detection(job_id="results-1")
            assert len(page.get("labels", ())) == 1  # noqa: S101

    asyncio.run(call())
    ended("its client, the call")


def peak_memory() -> int:
    """Return the most memory that this process has had, in bytes.

    Linux counts it for the process itself. `resource` is for other systems: on Linux its number
    begins with that of the process that started this one.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
            (peak,) = [line for line in status if line.startswith("VmHWM:")]
        return int(peak.split()[1]) * 1024
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def main(what: str, address: str = "", began: str = "") -> "float | dict[str, Any]":
    """Measure the CPU of an import, or a process from its start to its first response.

    Args:
        what: an import statement, or a client's name.
        address: the server's URL; empty for an import.
        began: the monotonic clock just before the process was started.

    Returns:
        Seconds; of a first call its ``cpu`` in seconds, its ``peak`` of memory in bytes, and
        ``stages``, the seconds of each.
    """
    if not address:
        return _imported(what)
    first_call = {
        "vidkit": _vidkit,
        "aiobotocore": _aiobotocore,
        "capo": _capo,
        "aiobotocore + a model": _aiobotocore_and_model,
    }[what]
    stages: dict[str, float] = {}

    def ended(stage: str) -> None:
        stages[stage] = time.monotonic() - float(began) - sum(stages.values())

    first_call(address, ended)
    return {"cpu": time.process_time(), "peak": peak_memory(), "stages": stages}


if __name__ == "__main__":
    # Import from the current folder, as with ``python -c``, and not from this file's folder.
    sys.path[0] = ""
    hide_command_line()
    found = main(*sys.argv[1:])
    import json

    sys.stdout.write(f"{json.dumps(found)}\n")
