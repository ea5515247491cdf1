"""Set-up of IVS: broadcasts on channels."""

from vidkit.local.ivs.streams import end_stream, go_live
from vidkit.local.setup.base import Setup


class BroadcastSetup(Setup):
    """Set-up of IVS: broadcasts on channels."""

    def go_live(self, channel_arn: str) -> str:
        """Start a broadcaster's stream on a channel of IVS; no video is needed.

        Args:
            channel_arn: the channel.

        Returns:
            The stream's id, such as ``st-1A2b3C...``.

        Raises:
            ValueError: the channel does not exist, or it is already live.

        Example:
            ```python
            stream_id = cloud.go_live(channel_arn)
            ```
        """
        return go_live(self._state, channel_arn)

    def end_stream(self, channel_arn: str, *, failed: bool = False) -> None:
        """End the broadcaster's stream on a live channel; it ends immediately.

        Args:
            channel_arn: the channel.
            failed: whether a failure ends it; the session then has an event ``Stream Failure``.

        Raises:
            ValueError: the channel does not exist, or it is not live.
        """
        end_stream(self._state, channel_arn, failed=failed)
