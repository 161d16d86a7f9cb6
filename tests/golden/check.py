"""Replay golden sessions and say in one line each whether they are exact: `python -m tests.golden.check [NAME...]`."""

from __future__ import annotations

import sys

from simulator.errors import UserInputError
from tests.golden.sessions import compare, golden_names


def main(asked: list[str]) -> int:
    """Check the named sessions, or those whose names begin so; all if none is named. Returns 1 if any differs."""
    names = [name for name in golden_names() if not asked or any(name.startswith(start) for start in asked)]
    if not names:
        print(f"no golden session begins with {' or '.join(asked)}; there are {', '.join(golden_names())}")
        return 1
    wrong = 0
    for name in names:
        try:
            found = compare(name)
        except UserInputError as fault:
            wrong += 1
            print(f"{name}: UNREADABLE: {fault}", flush=True)
            continue
        wrong += found.difference is not None
        kind = "exact" if found.to_the_bit else "equivalent, on other versions or another processor"
        verdict = kind if found.difference is None else f"DIFFERS: {found.difference}"
        print(f"{name}: {verdict} ({found.found.images} images, {found.elapsed_s:.0f} s)", flush=True)
    print(f"{len(names) - wrong} of {len(names)} golden sessions agree.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
