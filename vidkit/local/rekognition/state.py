"""What can be set up for Rekognition: results, failures and collections."""

from dataclasses import dataclass, field
from typing import TypeAlias

Script: TypeAlias = dict[tuple[str, str], list[dict[str, object]]]
"""The results of one kind of job by (bucket, name), as the API's own list items."""


@dataclass(slots=True)
class RekognitionState:
    """What jobs and stream processors return, and how they fail."""

    scripts: dict[str, Script] = field(default_factory=dict[str, Script])
    """The results of jobs by kind, such as ``face_detection``."""
    failures: dict[tuple[str, str], dict[str | None, str]] = field(
        default_factory=dict[tuple[str, str], dict[str | None, str]]
    )
    """The messages that jobs over (bucket, name) fail with, by kind; None is for every kind."""
    collections: set[str] = field(default_factory=set[str])
    """The face collections, by id."""
    processor_failures: dict[str, str] = field(default_factory=dict[str, str])
    """The messages that stream processors fail with, once each, by the processor's name."""

    @property
    def labels(self) -> Script:
        """The scripts of label detection."""
        return self.scripts.setdefault("label_detection", {})
