"""Show: a result of `python -m tests.performance` as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.performance.aims import AIMS


def text(result: dict[str, Any]) -> str:
    """The figures that are asked, then every part in full."""
    rows = [("", "asked", "aim", "measured")]
    rows += [
        (aim.what, aim.asked or "-", aim.aim or "-", f"{said(result[aim.key])} {aim.unit}")
        for aim in AIMS
        if aim.path[0] in result["parts"]
    ]
    lines = [*_columns(rows)] if len(rows) > 1 else []
    for part, measured in result["parts"].items():
        lines += ["", part.upper(), *_indented(measured, 1)]
    lines += ["", "MACHINE", *_indented(result["machine"], 1)]
    return "\n".join(lines)


def said(value: Any) -> str:
    """A value in words."""
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(said(each) for each in value) or "none"
    return str(value)


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _indented(tree: Any, depth: int) -> Iterator[str]:
    """One line a value; a dictionary of plain values stands in one line."""
    pad = "  " * depth
    for name, value in tree.items():
        words = name.replace("_", " ")
        if isinstance(value, dict) and value and not any(isinstance(each, dict) for each in value.values()):
            inside = ", ".join(f"{key.replace('_', ' ')} {said(each)}" for key, each in value.items())
            yield f"{pad}{words}: {inside}"
        elif isinstance(value, dict):
            yield f"{pad}{words}"
            yield from _indented(value, depth + 1)
        else:
            yield f"{pad}{words}: {said(value)}"
