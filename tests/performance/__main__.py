"""Measure the simulator: `python -m tests.performance [PART...] [--json | --against COMMIT]`.

Every part runs in a process of its own, so that none profits from, or pays for, what another left in memory.
Standard output holds the result alone; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.performance import against, machine
from tests.performance.aims import headline
from tests.performance.show import text

PROJECT = Path(__file__).resolve().parents[2]
# The demo's fresh start has a cache of its own, and still goes first: what others compile must not help it
USUAL = (
    *("start", "press", "peer", "continuous", "table", "tilt", "planning"),
    *("patient", "patch_flow", "growth", "limits", "memory", "window"),
)
PARTS = (*USUAL, "study", "compilation", "learning")


def measured(part: str) -> dict[str, Any]:
    """What a part prints, or an `error` where it failed: one part that breaks must not cost the others."""
    line = [sys.executable, "-m", f"tests.performance.{part}"]
    done = subprocess.run(line, cwd=PROJECT, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode != 0:
        print(f"{part} failed with exit code {done.returncode}", file=sys.stderr)
        return {"error": f"exit code {done.returncode}"}
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description="Measure the simulator's speed.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (if not named, all but three)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--against", metavar="COMMIT", help="measure in turns with another commit; append the pairing")
    parser.add_argument("--rounds", type=int, default=3, help="how often, with --against (3)")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if arguments.against:
        print(against.run(arguments.against, arguments.parts, arguments.rounds))
        return 0
    about = machine.described()
    parts = {part: measured(part) for part in arguments.parts or USUAL}
    result = {**headline(parts), "parts": parts, "machine": about}
    print(json.dumps(result, indent=2) if arguments.json else text(result))
    return 1 if any("error" in each for each in parts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
