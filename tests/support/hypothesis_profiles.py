"""How many examples hypothesis makes up for a test."""

import os

from hypothesis import settings

_USUAL = 100
_THOROUGH = 2000


def load_profile() -> None:
    """Take the number from the environment: ``HYPOTHESIS_PROFILE=thorough`` for many."""
    settings.register_profile("usual", max_examples=_USUAL, deadline=None)
    settings.register_profile("thorough", max_examples=_THOROUGH, deadline=None)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def examples(usual: int) -> int:
    """The number for a test whose usual one is another than that of most tests."""
    return usual * settings().max_examples // _USUAL
