"""What happens to the event loop while a process makes its first AWS client."""

# The peers ship no types:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from importlib import import_module

from benchmarks.clients import aiobotocore_client, kit_on
from benchmarks.clocks import longest_stall

__all__ = ["stall"]


async def stall(address: str, who: str) -> float:
    """The longest stall while the first client is made and called.

    Args:
        address: the server.
        who: ``vidkit`` and ``aiobotocore`` have imported what they need before; anyone else
            imports it on the way.
    """
    if who.startswith("vidkit"):
        if who == "vidkit":
            import_module("vidkit.transports.aws")
        async with kit_on(address) as kit:
            rekognition = kit.rekognition

            async def first() -> None:
                await rekognition.get_label_detection("results-1")

            return await longest_stall(first)

    if who == "aiobotocore":
        import_module("aiobotocore.session")

    async def made() -> None:
        async with aiobotocore_client("rekognition", address) as client:
            await client.get_label_detection(JobId="results-1")

    return await longest_stall(made)
