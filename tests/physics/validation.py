"""Write docs/validation.md from what the physics tests measure: `python -m tests.physics.validation FILE`."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numba
import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
LAST = "test_simplifications"

INTRODUCTION = """# What scanner and anatomy are worth

Written by `python -m tests.physics.validation docs/validation.md`, which runs the tests in `tests/physics` and keeps
what they measure; nothing here is typed by hand. Each row stands beside an assertion that fails when the figure leaves
what is asked. Sources of the limits: the tables and their provenance in `simulator/ct/data` and `phantoms/data`, and
the tests themselves. Unless a row says otherwise: 120 kV, 1160 views of 672 columns, 512 x 512 pixels.
"""


def figures(arguments: Iterable[str] = ()) -> list[dict[str, str]]:
    """What the physics tests measure, in their order; RuntimeError if one of them fails."""
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "figures.jsonl"
        kept.touch()
        line = [sys.executable, "-m", "pytest", "-q", "tests/physics", "--figures", str(kept), *arguments]
        done = subprocess.run(line, cwd=PROJECT, stdout=sys.stderr, check=False)
        if done.returncode != 0:
            raise RuntimeError("a physics test failed; the page stays as it was")
        return [json.loads(row) for row in kept.read_text(encoding="utf-8").splitlines()]


def page(rows: list[dict[str, str]]) -> str:
    """The page as Markdown, one section for each file of tests."""
    rooms: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        rooms.setdefault(row["room"], []).append(row)
    parts = [INTRODUCTION]
    for room in sorted(rooms, key=lambda each: each == LAST):
        parts.append(f"## {rooms[room][0]['title']}\n\n`tests/physics/{room}.py`\n")
        table = ["| quantity | asked | measured |", "|---|---|---|"]
        table += [
            f"| {row['what']} | {row['asked']} | {' '.join((row['measured'], row['unit'])).strip()} |"
            for row in rooms[room]
        ]
        parts.append("\n".join(table) + "\n")
    parts.append(
        f"Measured with Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__} "
        f"on {platform.machine()}.\n"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("which file? python -m tests.physics.validation docs/validation.md")
    Path(sys.argv[1]).write_text(page(figures()), encoding="utf-8")
