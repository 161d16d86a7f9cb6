"""Every sentence that stands in the window's sources has its German, whether a test comes to print it or not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.gui.drawing.language import GERMAN_CODE, Language

GUI = Path(__file__).resolve().parents[2] / "simulator" / "gui"
ROOMS = ("input", "screens", "scan_reading", "panels", "context", "app.py")
FILLED = "7"  # stands for what fills a sentence
NOT_PRINTED = frozenset(
    (
        "patient positioned", "leak marked", "path planned", "skin prepared", "beam ms", "breathe well", "path tool",
        "at once", "20G Quincke ", "to the ",
        "needle DEPTH ANGLE LEAN FORCE PEDAL",  # the form of a rig's line
        # parts of sentences that are translated as a whole, or word by word
        f"{FILLED} the needle {FILLED} mm", f"to the {FILLED}", f"{FILLED}  Your answer: {FILLED}",
        f"{FILLED}, {FILLED} of the wrong kind",
        # a rig's port that is none is told before a window opens
        "standard input", "standard output", "rig answers",
        # faults of a file of keys are told before a window opens
        'write for example: [keys] and below it f13 = "space"', f"there is no table of the name {FILLED}",
        "there is no table of keys", "names are those of SDL: a, space, return, left, f13, keypad 0",
        "CT-fluoroscopy simulator: targeted epidural blood patch",  # the title of the window, for the desktop
    )
)  # fmt: skip
"""Names by which the program asks, and what does not stand in the window."""

UNITS = re.compile(r"\b(mGy|cm|mm|mL|min|CTDIvol|DLP|CTF|spot|gantry|hand|kV|mA|n)\b|[^A-Za-z]")


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and words of what is no docstring, no fault of the program, and more than one word."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        if isinstance(node, ast.Raise | ast.Assert):
            left_out.update(id(one) for one in ast.walk(node))
        if isinstance(node, ast.JoinedStr):
            left_out.update(id(one) for one in node.values)
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (one.value if isinstance(one, ast.Constant) else FILLED for one in node.values)
            yield node.lineno, "".join(map(str, parts))


def untranslated(language: Language, source: str) -> list[str]:
    """Sentences of a source that stay as they are."""
    return [
        f"{line}: {words!r}"
        for line, words in sentences(ast.parse(source))
        if re.search(r"[A-Za-z]{2,} [A-Za-z]", words)
        and words not in NOT_PRINTED
        and UNITS.sub("", words)
        and words not in language._words
        and language.translate(words) == words
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_has_its_german(room: str) -> None:
    language = Language(GERMAN_CODE)
    place = GUI / room
    files = [place] if place.suffix else sorted(place.rglob("*.py"))
    assert files
    found = {path.name: untranslated(language, path.read_text(encoding="utf-8")) for path in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_check_finds_what_nobody_has_translated() -> None:
    source = (
        'say("Nobody has put this into words")\nsay(f"Nobody knows {one}")\nsay("No, back")\n"""A docstring of it."""\n'
    )
    assert len(untranslated(Language(GERMAN_CODE), source)) == 2
