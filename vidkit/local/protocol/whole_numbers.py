"""Whole numbers in texts of requests."""

import re

_DIGITS = re.compile("[0-9]{1,18}")


def whole_number(text: str, least: int, most: int) -> int | None:
    """The number that a text of ASCII digits stands for; None when it is none in that range.

    A text of thousands of digits is none: ``int`` does not read it.
    """
    if not _DIGITS.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None
