"""The rules of stream processors that AWS documents beside the service model."""

from collections.abc import Mapping
from typing import Any

from vidkit.local.protocol.wire import ApiError
from vidkit.local.rekognition.regions import check_regions

_LABELS = ("PERSON", "PET", "PACKAGE", "ALL")
_MIN_THRESHOLD = 80.0
_ONLY_CONNECTED_HOME = ("KmsKeyId", "RegionsOfInterest")
_REPLACED_BY = {
    "ConnectedHomeMinConfidence": "SettingsForUpdate.ConnectedHomeForUpdate.MinConfidence",
    "RegionsOfInterest": "RegionsOfInterestForUpdate",
}


def check_create(parameters: Mapping[str, Any]) -> None:
    """Check the rules of ``CreateStreamProcessor``.

    Raises:
        ApiError: ``InvalidParameterException``.
    """
    settings, output = parameters["Settings"], parameters["Output"]
    if len(settings) != 1:
        raise invalid("Settings needs either FaceSearch or ConnectedHome.")
    if "Arn" not in parameters["Input"].get("KinesisVideoStream", {}):
        raise invalid("Input.KinesisVideoStream.Arn is missing.")
    if "FaceSearch" in settings:
        _check_face_search(parameters, settings["FaceSearch"], output)
    else:
        _check_labels(settings["ConnectedHome"])
        if "Bucket" not in output.get("S3Destination", {}) or "KinesisDataStream" in output:
            raise invalid("ConnectedHome needs Output.S3Destination.Bucket and no other output.")
        check_regions(parameters.get("RegionsOfInterest", ()))
    for key in parameters.get("Tags", {}):
        if key.lower().startswith("aws:"):
            raise invalid(f"Tags: {key!r} begins with the reserved 'aws:'.")


def effective_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the service stores: the face match threshold is at least 80."""
    kept = dict(parameters)
    if search := parameters["Settings"].get("FaceSearch"):
        threshold = max(search.get("FaceMatchThreshold", _MIN_THRESHOLD), _MIN_THRESHOLD)
        kept["Settings"] = {"FaceSearch": {**search, "FaceMatchThreshold": threshold}}
    return kept


def check_start(parameters: Mapping[str, Any], *, face_search: bool) -> None:
    """Check the rules of ``StartStreamProcessor``.

    Raises:
        ApiError: ``InvalidParameterException``.
    """
    for name in ("StartSelector", "StopSelector"):
        if face_search and name in parameters:
            raise invalid(f"{name} is for ConnectedHome only.")
        if not face_search and name not in parameters:
            raise invalid(f"{name} is missing: ConnectedHome needs both selectors.")
    selector = parameters.get("StartSelector", {}).get("KVSStreamStartSelector", {})
    if not face_search and len(selector) != 1:
        raise invalid(
            "StartSelector.KVSStreamStartSelector needs either ProducerTimestamp or FragmentNumber."
        )


def check_update(parameters: Mapping[str, Any], *, face_search: bool) -> None:
    """Check the rules of ``UpdateStreamProcessor``.

    Raises:
        ApiError: ``InvalidParameterException``.
    """
    settings = parameters.get("SettingsForUpdate", {}).get("ConnectedHomeForUpdate", {})
    deleted = parameters.get("ParametersToDelete", ())
    for name in ("SettingsForUpdate", "RegionsOfInterestForUpdate", "ParametersToDelete"):
        if face_search and name in parameters:
            raise invalid(f"{name} is for ConnectedHome only.")
    _check_labels(settings)
    check_regions(parameters.get("RegionsOfInterestForUpdate", ()))
    replaced = {"RegionsOfInterest"} if "RegionsOfInterestForUpdate" in parameters else set[str]()
    if "MinConfidence" in settings:
        replaced.add("ConnectedHomeMinConfidence")
    for name in deleted:
        if name in replaced:
            raise invalid(f"{name} is in ParametersToDelete and in {_REPLACED_BY[name]}.")


def invalid(what: str) -> ApiError:
    """The error for parameters that break a rule."""
    return ApiError("InvalidParameterException", f"Request has invalid parameters: {what}")


def _check_face_search(
    parameters: Mapping[str, Any], settings: Mapping[str, Any], output: Mapping[str, Any]
) -> None:
    if "CollectionId" not in settings:
        raise invalid("Settings.FaceSearch.CollectionId is missing.")
    if "Arn" not in output.get("KinesisDataStream", {}) or "S3Destination" in output:
        raise invalid("Face search needs Output.KinesisDataStream.Arn and no other output.")
    for name in _ONLY_CONNECTED_HOME:
        if name in parameters:
            raise invalid(f"{name} is for ConnectedHome only.")


def _check_labels(settings: Mapping[str, Any]) -> None:
    for label in settings.get("Labels", ()):
        if label not in _LABELS:
            raise invalid(f"label {label!r} is none of {', '.join(_LABELS)}.")
