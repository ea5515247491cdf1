"""A local cloud: the services that vidkit speaks to, on a loopback port."""

from vidkit.local import requirements as requirements
from vidkit.local.cloud import LocalCloud
from vidkit.local.faults.fault_rules import FaultKind, FaultRule
from vidkit.local.protocol.wire import RecordedCall
from vidkit.local.rekognition.scripts import ScriptedLabel
from vidkit.local.runtime.huawei_accounts import TemporaryKey
from vidkit.local.runtime.state import Identity, StoredObject, Stream

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
