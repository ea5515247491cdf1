"""What is live on the channels of IVS."""

from vidkit.local.ivs.streams import end_stream, go_live
from vidkit.local.setup.base import Setup


class BroadcastSetup(Setup):
    """What is live on the channels of IVS."""

    def go_live(self, channel_arn: str) -> str:
        """Let a broadcaster start a stream on a channel of IVS; no video is needed.

        Args:
            channel_arn: the channel.

        Returns:
            The stream's id, such as ``st-1A2b3C...``.

        Raises:
            ValueError: there is no such channel, or it is live already.

        Example:
            ```python
            stream_id = cloud.go_live(channel_arn)
            ```
        """
        return go_live(self._state, channel_arn)

    def end_stream(self, channel_arn: str, *, failed: bool = False) -> None:
        """Let the broadcaster of a live channel end the stream; it is over at once.

        Args:
            channel_arn: the channel.
            failed: whether a failure ends it, of which the session then tells.

        Raises:
            ValueError: there is no such channel, or it is not live.
        """
        end_stream(self._state, channel_arn, failed=failed)
