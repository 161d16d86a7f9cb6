"""Text words: the leak's level and side in the texts of a case, and what was left in braces there."""

from __future__ import annotations

import re

PLACES = ("level", "side")
_BRACES = re.compile(r"\{[^{}\n]{0,40}\}?")


def fill_in(text: str, level: str, side: str) -> str:
    """A text with the leak's level and side in the places of {level} and {side}."""
    return text.replace("{level}", level).replace("{side}", "both sides" if side == "both" else side)


def left_in_braces(text: str) -> list[str]:
    """What stands in braces in a text and is no place that is filled in, such as {levle}."""
    return [found for found in _BRACES.findall(text) if found.strip("{} ") not in PLACES or "}" not in found]
