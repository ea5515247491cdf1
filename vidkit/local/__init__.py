"""A local cloud: the services that vidkit calls, on a loopback port."""

from vidkit.local import requirements as requirements
from vidkit.local.cloud import LocalCloud
from vidkit.local.faults.fault_rules import FaultKind, FaultRule
from vidkit.local.kinesis_video.state import Stream
from vidkit.local.objects.state import StoredObject
from vidkit.local.protocol.wire import RecordedCall
from vidkit.local.rekognition.scripted_pictures import ScriptedFace
from vidkit.local.rekognition.scripts import ScriptedLabel
from vidkit.local.runtime.huawei_accounts import TemporaryKey
from vidkit.local.runtime.state import Identity

__all__ = [
    "FaultKind",
    "FaultRule",
    "Identity",
    "LocalCloud",
    "RecordedCall",
    "ScriptedFace",
    "ScriptedLabel",
    "StoredObject",
    "Stream",
    "TemporaryKey",
]
