"""Write docs/validation.md from what the physics tests measure.

`python -m tests.physics.validation FILE` for the whole page; with names of test files after it, such as
`test_hands_and_harm`, only their sections are measured anew and the rest of the page stays.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numba
import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
LAST = "test_simplifications"
LONG = ("test_hands_and_harm",)  # whose slow tests belong on the page too

INTRODUCTION = """# What scanner and anatomy are worth

Written by `python -m tests.physics.validation docs/validation.md`, which runs the tests in `tests/physics` and keeps
what they measure; nothing here is typed by hand. Each row stands beside an assertion that fails when the figure leaves
what is asked. Sources of the limits: the tables and their provenance in `simulator/ct/data` and `phantoms/data`, and
the tests themselves. Unless a row says otherwise: 120 kV, 1160 views of 672 columns, 512 x 512 pixels.

What a row is worth depends on its kind. **independent**: the limit comes from a source or a closed form from which the
program was not set. **fitted**: a constant of the program was chosen so that this comes out; it shows that the fit
holds and validates nothing. **assumed**: the limit is our own or an assumption of the reference; it guards against
change. **identity**: the row repeats what the program was given, and fails only where bookkeeping does.

Not modelled, and without a figure: cross-talk and afterglow of the detector; movement within one rotation (a rotation
sees a still patient).

Other codes (ASTRA, spekpy, a Monte Carlo of our own on xraydb's and xraylib's tables) need the `peer` extra; without it
their tests are skipped and say so. That two codes agree validates neither. `python -m tests.blinded FOLDER` writes real
and simulated slices for somebody to rate, with the key apart.
"""


def figures(rooms: Sequence[str] = ()) -> list[dict[str, str]]:
    """What the physics tests measure, all or those of some files, in their order; RuntimeError if one of them fails."""
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "figures.jsonl"
        kept.touch()
        whole = [f"tests/physics/{room}.py" for room in rooms] or ["tests/physics"]
        slow = [f"tests/physics/{room}.py" for room in LONG if not rooms or room in rooms]
        for what in (whole, ["-m", "slow", *slow] if slow else []):
            if what:
                line = [sys.executable, "-m", "pytest", "-q", "--figures", str(kept), *what]
                if subprocess.run(line, cwd=PROJECT, stdout=sys.stderr, check=False).returncode != 0:
                    raise RuntimeError("a physics test failed; the page stays as it was")
        return [json.loads(row) for row in kept.read_text(encoding="utf-8").splitlines()]


def sections(rows: list[dict[str, str]]) -> dict[str, str]:
    """A section of the page in Markdown for each file of tests."""
    rooms: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        rooms.setdefault(row["room"], []).append(row)
    made: dict[str, str] = {}
    for room, told in rooms.items():
        table = ["| quantity | kind | asked | measured |", "|---|---|---|---|"]
        table += [
            f"| {row['what']} | {row['kind']} | {row['asked']} | {' '.join((row['measured'], row['unit'])).strip()} |"
            for row in told
        ]
        made[room] = f"## {told[0]['title']}\n\n`tests/physics/{room}.py`\n\n" + "\n".join(table) + "\n"
    return made


def page(made: dict[str, str]) -> str:
    """The page as Markdown."""
    parts = [INTRODUCTION, *(made[room] for room in sorted(made, key=lambda each: (each == LAST, each)))]
    older = [f"`{room}`" for room in sorted(made) if "| kind |" not in made[room]]
    if older:
        parts.append(f"Not measured since every row has its kind: {', '.join(older)}.\n")
    parts.append(
        f"Measured with Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__} "
        f"on {platform.machine()}.\n"
    )
    return "\n".join(parts)


def kept_sections(text: str) -> dict[str, str]:
    """The sections of a page that stands, by the file of tests."""
    parts = re.split(r"(?m)^(?=## |Not measured since |Measured with )", text)
    named = {m.group(1): part for part in parts if (m := re.search(r"`tests/physics/(\w+)\.py`", part))}
    return {room: part.rstrip("\n") + "\n" for room, part in named.items() if part.startswith("## ")}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("which file? python -m tests.physics.validation docs/validation.md")
    file, chosen = Path(sys.argv[1]), sys.argv[2:]
    stands = kept_sections(file.read_text(encoding="utf-8")) if chosen else {}
    file.write_text(page({**stands, **sections(figures(chosen))}), encoding="utf-8")
