"""Set-up of Kinesis video streams."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from vidkit.local.kinesis_video.state import KinesisVideoState, Span, Stream
from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.setup.base import Setup


class StreamSetup(Setup):
    """Set-up of Kinesis video streams."""

    def add_stream(
        self,
        name: str,
        path: str | Path,
        *,
        start_timestamp: datetime,
        duration: timedelta | None = None,
        gaps: Iterable[Span] = (),
        audio_only: Iterable[Span] = (),
        producer_offset: timedelta = timedelta(0),
        fragment_duration: timedelta = timedelta(seconds=2),
    ) -> Stream:
        """Add a Kinesis video stream whose media is a video file.

        Times are whole milliseconds; finer parts are cut off.

        Args:
            name: the stream's name; an existing stream of that name is replaced.
            path: the video file.
            start_timestamp: when the file's first frame was taken, with a time zone, on the
                server's clock.
            duration: how long the stream is; the file is repeated until then. The file's own
                length by default.
            gaps: spans in which nothing was recorded, on the server's clock, each from its start
                until before its end: no media, no fragments.
            audio_only: spans that were recorded without video, likewise.
            producer_offset: the producer's clock minus the server's.
            fragment_duration: the length of a fragment, unless a gap or the end cuts it short.

        Raises:
            ValueError: the name is not allowed, a time has no time zone, a span ends before it
                starts, a duration is shorter than a millisecond, or the stream is too long.
            FileNotFoundError: the file does not exist.

        Example:
            ```python
            night = (t0 + timedelta(hours=10), t0 + timedelta(hours=18))
            cloud.add_stream(
                "yard", "clip.mp4", start_timestamp=t0, duration=timedelta(days=1), gaps=[night]
            )
            ```
        """
        stream = make_stream(
            self.identity,
            name,
            path,
            start_timestamp=start_timestamp,
            duration=duration,
            gaps=gaps,
            audio_only=audio_only,
            producer_offset=producer_offset,
            fragment_duration=fragment_duration,
        )
        self._state.of(KinesisVideoState).streams[name] = stream
        return stream
