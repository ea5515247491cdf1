"""The client of Amazon IVS, composed of the operations of each resource."""

from vidkit.calls.any_operation import AnyOperation
from vidkit.ivs.operations.attach import AttachOperations
from vidkit.ivs.operations.ensure import EnsureOperations
from vidkit.ivs.operations.streams import StreamOperations

__all__ = ["IvsClient"]


class IvsClient(EnsureOperations, AttachOperations, StreamOperations, AnyOperation):
    """Channels, stream sessions, playback restriction policies and tags; ``kit.ivs``.

    Example:
        ```python
        policy = await kit.ivs.ensure_playback_restriction_policy(
            name="dach", allowed_countries=["DE", "AT", "CH"]
        )
        report = await kit.ivs.apply_policy(policy, channels=kit.ivs.list_channels())
        ```
    """

    _service = "ivs"
    _apis = ("ivs",)
