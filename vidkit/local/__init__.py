"""A local cloud: the services that vidkit speaks to, on a loopback port."""

from vidkit.local import requirements as requirements
from vidkit.local.cloud import LocalCloud
from vidkit.local.faults.rules import FaultKind, FaultRule
from vidkit.local.iam.accounts import TemporaryKey
from vidkit.local.rekognition.scripts import ScriptedLabel
from vidkit.local.state import Identity, StoredObject, Stream
from vidkit.local.wire import RecordedCall

__all__ = [
    "FaultKind",
    "FaultRule",
    "Identity",
    "LocalCloud",
    "RecordedCall",
    "ScriptedLabel",
    "StoredObject",
    "Stream",
    "TemporaryKey",
]
