"""What the physics tests measure is printed and, where a file is named, kept for docs/validation.md.

A test calls `figure(...)` for each quantity before it asserts on it, so that a failing test still shows its figure.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

Figure = Callable[..., None]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Print one measured quantity, and keep it.

    The callable takes `what` (words, with the conditions), `measured` (a number, or words), and as keywords `asked`
    (words: the limit that the test asserts), `unit`, `digits` (significant digits, 3) and `kind`: independent, fitted,
    assumed, or identity (it cannot fail).
    """
    module = request.module
    title = (module.__doc__ or module.__name__).strip().splitlines()[0].rstrip(".")

    def tell(what: str, measured: float | str, *, asked: str, unit: str = "", digits: int = 3, kind: str = "") -> None:
        shown = measured if isinstance(measured, str) else f"{float(measured):.{digits}g}"
        print(f"{what}: {shown} {unit} (asked: {asked})")
        keep = request.config.getoption("--figures")
        if keep is not None:
            row = {
                "room": module.__name__.rsplit(".", 1)[-1],
                "title": title,
                "what": what,
                "measured": shown,
                "unit": unit,
                "asked": asked,
                "kind": kind,
            }
            with keep.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")

    return tell
