"""What Kinesis video streams there are."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from vidkit.local.kinesis_video.video_streams import make_stream
from vidkit.local.runtime.state import Span, Stream
from vidkit.local.setup.base import Setup


class StreamSetup(Setup):
    """What Kinesis video streams there are."""

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
        """Let a Kinesis video stream play a video file.

        Times count in whole milliseconds; what is finer is cut off.

        Args:
            name: the stream's name; a stream of that name is replaced.
            path: the video file.
            start_timestamp: when the file's first frame was taken, with a time zone, on the
                server's clock.
            duration: how long the stream lasts; the file comes again and again until then. Its
                own length by default.
            gaps: the spans in which nothing was recorded, on the server's clock, each from its
                first moment until before its second: no media, no fragments.
            audio_only: the spans that were recorded without pictures, likewise.
            producer_offset: the producer's clock minus the server's.
            fragment_duration: how long a fragment is, unless a gap or the end cuts it short.

        Raises:
            ValueError: the name is not allowed, a time has no time zone, a span ends before it
                starts, a duration is shorter than a millisecond, or the stream too long.
            FileNotFoundError: there is no such file.

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
        self._state.streams[name] = stream
        return stream
