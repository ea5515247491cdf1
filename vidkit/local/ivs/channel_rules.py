"""The settings of a channel, and the rules between them. Pure functions."""

from collections.abc import Mapping
from typing import Any, Final

from vidkit.local.ivs.error_responses import check_served, invalid

_ADVANCED: Final = frozenset({"ADVANCED_SD", "ADVANCED_HD"})
_DEFAULT_PRESET: Final = "HIGHER_BANDWIDTH_DELIVERY"
_DEFAULTS: Final[Mapping[str, Any]] = {
    "name": "",
    "latencyMode": "LOW",
    "type": "STANDARD",
    "recordingConfigurationArn": "",
    "authorized": False,
    "insecureIngest": False,
    "preset": "",
    "playbackRestrictionPolicyArn": "",
    "multitrackInputConfiguration": {
        "enabled": False,
        "policy": "ALLOW",
        "maximumResolution": "FULL_HD",
    },
    "containerFormat": "TS",
    "adConfigurationArn": "",
}
_MULTITRACK: Final = "multitrackInputConfiguration"


def new_settings(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a new channel.

    Args:
        parameters: the request.

    Raises:
        ApiError: ``ValidationException``: they contradict each other, or one is not served.

    Example:
        >>> new_settings({"type": "ADVANCED_SD"})["preset"]
        'HIGHER_BANDWIDTH_DELIVERY'
    """
    return changed_settings(_DEFAULTS, parameters)


def changed_settings(settings: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a channel after an update.

    Settings that the request does not name stay as they are, also inside the multitrack
    configuration. A channel that becomes advanced gets the default preset; one that is no longer
    advanced loses its preset.

    Args:
        settings: the channel's current settings.
        parameters: the request.

    Raises:
        ApiError: ``ValidationException``: they contradict each other, or one is not served.
    """
    check_served(parameters, {*_DEFAULTS, "arn", "tags"})
    changed = {name: parameters.get(name, settings[name]) for name in _DEFAULTS}
    changed[_MULTITRACK] = {**settings[_MULTITRACK], **parameters.get(_MULTITRACK, {})}
    advanced = changed["type"] in _ADVANCED
    if "preset" in parameters and not advanced:
        raise invalid("preset: only channels of type ADVANCED_SD and ADVANCED_HD have one.")
    changed["preset"] = (changed["preset"] or _DEFAULT_PRESET) if advanced else ""
    _check_multitrack(changed, parameters.get(_MULTITRACK, {}))
    return changed


def _check_multitrack(settings: Mapping[str, Any], requested: Mapping[str, Any]) -> None:
    if not settings[_MULTITRACK]["enabled"]:
        return
    if settings["type"] != "STANDARD":
        raise invalid(f"{_MULTITRACK}: only channels of type STANDARD can have it enabled.")
    if requested.get("enabled"):
        for name in ("policy", "maximumResolution"):
            if name not in requested:
                raise invalid(f"{_MULTITRACK}.{name} is missing; enabled needs it.")
    if settings["containerFormat"] != "FRAGMENTED_MP4":
        raise invalid(
            f"containerFormat must be FRAGMENTED_MP4 where {_MULTITRACK}.enabled is true."
        )
