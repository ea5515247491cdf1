"""The number of examples that hypothesis generates for a test."""

import os

from hypothesis import settings

_USUAL = 100
_THOROUGH = 2000


def load_profile() -> None:
    """Choose the number by the environment: ``HYPOTHESIS_PROFILE=thorough`` for many."""
    settings.register_profile("usual", max_examples=_USUAL, deadline=None)
    settings.register_profile("thorough", max_examples=_THOROUGH, deadline=None)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def examples(usual: int) -> int:
    """The number for a test that usually has another number than most tests."""
    return usual * settings().max_examples // _USUAL
