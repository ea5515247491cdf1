"""The stall of the event loop while a process creates its first AWS client."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from importlib import import_module

from benchmarks.clients import aiobotocore_client, kit_on
from benchmarks.clocks import longest_stall

__all__ = ["stall"]

_IMPORTED = {
    "vidkit": (
        "vidkit.calls.caller",
        "vidkit.rekognition.client",
        "vidkit.rekognition.kinds.labels",
        "vidkit.transports.aws.transport",
    ),
    "aiobotocore": ("aiobotocore.session",),
}


async def stall(address: str, who: str) -> float:
    """Measure the longest stall while the first client is created, called and closed.

    Args:
        address: the server's URL.
        who: the client; ``vidkit`` and ``aiobotocore`` import what they need in advance, the
            other names import it during the call.
    """
    for module in _IMPORTED.get(who, ()):
        import_module(module)

    async def typed() -> None:
        async with kit_on(address) as kit:
            await kit.rekognition.get_label_detection("results-1")

    async def raw() -> None:
        async with aiobotocore_client("rekognition", address) as client:
            await client.get_label_detection(JobId="results-1")

    return await longest_stall(typed if who.startswith("vidkit") else raw)
