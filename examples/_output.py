"""The demo's output folder."""

import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

_FRAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z\.jpg")
_SNAPSHOT = re.compile(r"snapshot(_\d+)?\.jpg")

SNAPSHOT_STEM = "snapshot"
"""The beginning of the snapshots' file names."""


class OutputFolder:
    """The folder for the demo's results.

    The demo deletes only files that have the names of its own results.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frames = folder / "frames"
        self.snapshots = folder / "snapshots"
        self.contact_sheet = folder / "contact_sheet.png"
        self.timeline = folder / "timeline.png"
        self.clip = folder / "rendered_clip.mp4"

    def prepare(self, *, keep: Path | None = None) -> None:
        """Create the folders, and delete the results of an earlier run in them.

        Args:
            keep: the user's own video, which may be the clip of an earlier run.

        Raises:
            OSError: the folder cannot be written to.
        """
        for folder in (self.frames, self.snapshots):
            folder.mkdir(parents=True, exist_ok=True)
        stale = [
            self.contact_sheet,
            self.timeline,
            self.clip,
            *(path for path in self.frames.iterdir() if _FRAME.fullmatch(path.name)),
            *(path for path in self.snapshots.iterdir() if _SNAPSHOT.fullmatch(path.name)),
        ]
        for path in stale:
            if keep is None or not path.exists() or not path.samefile(keep):
                path.unlink(missing_ok=True)

    def save_frame(self, timestamp: datetime, content: bytes) -> Path:
        """Write an image (blocking); its name sorts by time and is valid on every file system."""
        utc = timestamp.astimezone(UTC)
        milliseconds = utc.microsecond // 1000
        path = self.frames / f"{utc:%Y%m%dT%H%M%S}.{milliseconds:03}Z.jpg"
        path.write_bytes(content)
        return path

    def save_snapshot(self, name: str, content: bytes) -> Path:
        """Write a snapshot under its name at the service (blocking)."""
        path = self.snapshots / PurePosixPath(name).name
        path.write_bytes(content)
        return path
