"""Suggestions for names that are not known. Pure functions."""

from collections.abc import Iterable

__all__ = ["did_you_mean"]

_MIN_SIMILARITY = 0.7


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A clause that suggests known names, or an empty text.

    Case and underscores do not count, so that a name in snake_case finds that of the service.

    Example:
        >>> did_you_mean("detect_lables", ["DetectFaces", "DetectLabels"])
        '; did you mean DetectLabels or DetectFaces?'
    """
    from difflib import get_close_matches

    by_letters = {_letters(one): one for one in known}
    near = get_close_matches(_letters(name), by_letters, n=3, cutoff=_MIN_SIMILARITY)
    if not near:
        return ""
    # Beside the same name in another spelling, others would only distract.
    exact = near[:1] if near[0] == _letters(name) else near
    return f"; did you mean {' or '.join(by_letters[one] for one in exact)}?"


def _letters(name: str) -> str:
    return name.replace("_", "").lower()
