"""Words: numbers, counts and lists as a reader says them."""

from __future__ import annotations


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, without an exponent or trailing noughts."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        text = f"{value:.0f}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share of one in whole per cent."""
    return f"{100.0 * share:.0f} %"


def listed(items: list[str]) -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def count(n: int, singular: str, plural: str | None = None) -> str:
    """So many of something."""
    return f"{n} {singular if n == 1 else plural or singular + 's'}"
