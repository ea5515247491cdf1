"""A local cloud: the services that vidkit speaks to, on a loopback port."""

try:
    from vidkit.local.cloud import LocalCloud
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"the local cloud needs {error.name}: pip install 'vidkit[local]'", name=error.name
    ) from error
from vidkit.local.rekognition.scripts import ScriptedLabel
from vidkit.local.state import Identity, StoredObject, Stream
from vidkit.local.wire import RecordedCall

__all__ = [
    "Identity",
    "LocalCloud",
    "RecordedCall",
    "ScriptedLabel",
    "StoredObject",
    "Stream",
]
