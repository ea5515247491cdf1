"""What Rekognition finds, and what fails."""

from collections.abc import Iterable, Mapping
from typing import Any

from vidkit.local.rekognition.scripts import ScriptedLabel, fail_jobs, script_results
from vidkit.local.setup.base import Setup


class JobSetup(Setup):
    """What Rekognition finds, and what fails."""

    def script_labels(self, bucket: str, name: str, labels: Iterable[ScriptedLabel]) -> None:
        """Say what label detection finds in a video.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            labels: all of its labels; what was scripted before is replaced.
        """
        self._state.labels[bucket, name] = [label.item() for label in labels]

    def script_results(
        self, kind: str, bucket: str, name: str, items: Iterable[Mapping[str, Any]]
    ) -> None:
        """Say what a kind of Rekognition job finds in a video.

        Args:
            kind: ``label_detection``, ``face_detection``, ``face_search``, ``person_tracking``,
                ``celebrity_recognition``, ``content_moderation`` or ``text_detection``.
            bucket: the video's bucket.
            name: the video's key.
            items: the items as the API lists them; what was scripted before for this kind and
                video is replaced.

        Raises:
            ValueError: the kind is none of those.

        Example:
            ```python
            word = {"Type": "WORD", "DetectedText": "EXIT", "Confidence": 99.0}
            cloud.script_results(
                "text_detection", "bucket", "clip.mp4", [{"Timestamp": 40, "TextDetection": word}]
            )
            ```
        """
        script_results(self._state, kind, bucket, name, items)

    def fail_job(
        self,
        bucket: str,
        name: str,
        message: str | None = "The analysis of the video failed.",
        kind: str | None = None,
    ) -> None:
        """Let Rekognition jobs over a video fail: those in progress and those to come.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            message: their ``StatusMessage``; None lets them succeed again.
            kind: as for ``script_results``, or ``segment_detection``; None for every kind.

        Raises:
            ValueError: the kind is none of those.
        """
        fail_jobs(self._state, bucket, name, message=message, kind=kind)

    def time_job(self, bucket: str, name: str, seconds: float) -> None:
        """Let Rekognition jobs over a video take another time than ``job_seconds``.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            seconds: how long they take at the least, from now on.

        Raises:
            ValueError: it is a negative time.
        """
        if seconds < 0:
            raise ValueError(f"seconds must not be negative, but it is {seconds}")
        self._state.object_seconds[bucket, name] = seconds

    def add_collection(self, collection_id: str) -> None:
        """Let there be a face collection, for face search to look in."""
        self._state.collections.add(collection_id)

    def fail_stream_processor(self, name: str, message: str) -> None:
        """Let a stream processor fail once: in the session it is in, or in its next one.

        Args:
            name: the processor's name.
            message: its ``StatusMessage``.
        """
        self._state.processor_failures[name] = message
