"""Patient's words: what an answer or a word of their own tells of."""

from __future__ import annotations

PAIN = ("hurt", "pain", "stop", "ache", "shot")
PRESSURE = "pressure"


def tells_of_pain(words: str) -> bool:
    """Whether words tell of pain: who is asked feels some pressure long before a word of their own."""
    return any(word in words.lower() for word in PAIN)


def tells_of_pressure(words: str) -> bool:
    """Whether words tell of pressure or pain; who itches, or feels well again, says nothing of either."""
    return PRESSURE in words.lower() or tells_of_pain(words)
