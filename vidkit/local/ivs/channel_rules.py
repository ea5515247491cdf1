"""The settings of a channel, and which of them go together. Pure functions."""

from collections.abc import Mapping
from typing import Any, Final

from vidkit.local.ivs.error_responses import invalid

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


def new_settings(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a channel that is being created.

    Args:
        asked: the request.

    Raises:
        Fault: ``ValidationException``: they do not go together.

    Example:
        >>> new_settings({"type": "ADVANCED_SD"})["preset"]
        'HIGHER_BANDWIDTH_DELIVERY'
    """
    return changed_settings(_DEFAULTS, asked)


def changed_settings(settings: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a channel after an update.

    What is not asked for stays as it is, inside the multitrack configuration too. A channel that
    becomes advanced gets the default preset, one that ceases to be loses its preset.

    Args:
        settings: those of the channel so far.
        asked: the request.

    Raises:
        Fault: ``ValidationException``: they do not go together.
    """
    changed = {name: asked.get(name, settings[name]) for name in _DEFAULTS}
    changed[_MULTITRACK] = {**settings[_MULTITRACK], **asked.get(_MULTITRACK, {})}
    advanced = changed["type"] in _ADVANCED
    if "preset" in asked and not advanced:
        raise invalid("preset: only channels of type ADVANCED_SD and ADVANCED_HD have one.")
    changed["preset"] = (changed["preset"] or _DEFAULT_PRESET) if advanced else ""
    _check_multitrack(changed, asked.get(_MULTITRACK, {}))
    return changed


def _check_multitrack(settings: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    if not settings[_MULTITRACK]["enabled"]:
        return
    if settings["type"] != "STANDARD":
        raise invalid(f"{_MULTITRACK}: only channels of type STANDARD can have it enabled.")
    if asked.get("enabled"):
        for name in ("policy", "maximumResolution"):
            if name not in asked:
                raise invalid(f"{_MULTITRACK}.{name} is missing; enabled needs it.")
    if settings["containerFormat"] != "FRAGMENTED_MP4":
        raise invalid(
            f"containerFormat must be FRAGMENTED_MP4 where {_MULTITRACK}.enabled is true."
        )
