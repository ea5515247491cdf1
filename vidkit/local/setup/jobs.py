"""Set-up of jobs: their results, failures and durations, and collections."""

from collections.abc import Iterable, Mapping
from typing import Any

from vidkit.local.rekognition.scripts import ScriptedLabel, fail_jobs, script_results
from vidkit.local.rekognition.state import RekognitionState, add_collection
from vidkit.local.setup.base import Setup


class JobSetup(Setup):
    """Set-up of jobs: their results, failures and durations, and collections."""

    def script_labels(self, bucket: str, name: str, labels: Iterable[ScriptedLabel]) -> None:
        """Set the results of label detection in a video.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            labels: all of its labels; they replace those scripted before.
        """
        self._state.of(RekognitionState).labels[bucket, name] = [label.item() for label in labels]

    def script_results(
        self, kind: str, bucket: str, name: str, items: Iterable[Mapping[str, Any]]
    ) -> None:
        """Set the results of a kind of Rekognition job in a video.

        Args:
            kind: ``label_detection``, ``face_detection``, ``face_search``, ``person_tracking``,
                ``celebrity_recognition``, ``content_moderation`` or ``text_detection``.
            bucket: the video's bucket.
            name: the video's key.
            items: the items as the API lists them; they replace those scripted before for this
                kind and video.

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
        """Make Rekognition jobs over a video fail, both those in progress and later ones.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            message: their ``StatusMessage``; None: they succeed again.
            kind: as for ``script_results``, or ``segment_detection``; None for every kind.

        Raises:
            ValueError: the kind is none of those.
        """
        fail_jobs(self._state, bucket, name, message=message, kind=kind)

    def time_job(self, bucket: str, name: str, seconds: float) -> None:
        """Set how long Rekognition jobs and MPC tasks over a video take, not ``job_seconds``.

        Args:
            bucket: the video's bucket.
            name: the video's key.
            seconds: the shortest time that jobs and tasks take that are started from now on.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            raise ValueError(f"seconds must not be negative, but it is {seconds}")
        self._state.object_seconds[bucket, name] = seconds

    def add_collection(self, collection_id: str) -> None:
        """Add a face collection, if there is none of this id."""
        add_collection(self._state, collection_id)

    def fail_stream_processor(self, name: str, message: str) -> None:
        """Make a stream processor fail once: in its current session, or in its next one.

        Args:
            name: the processor's name.
            message: its ``StatusMessage``.
        """
        self._state.of(RekognitionState).processor_failures[name] = message
