"""What the physics tests measure is printed and, where a file is named, kept for docs/validation.md.

A test calls `figure(...)` for each quantity before it asserts on it, so that a failing test still shows its figure.
Every figure says of what kind it is:

- independent: its limit comes from a source or a closed form from which the program was not set;
- fitted: a constant of the program was chosen so that this comes out;
- assumed: the limit is our own or an assumption of the reference; it guards against change;
- identity: it repeats what the program was given, and fails only where bookkeeping does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal, get_args

import pytest

Figure = Callable[..., None]
Kind = Literal["independent", "fitted", "assumed", "identity"]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Print one measured quantity, and keep it.

    The callable takes `what` (words, with the conditions), `measured` (a number, or words), and as keywords `asked`
    (words: the limit that the test asserts), `kind` (one of `Kind`), `unit`, `digits` (significant digits, 3) and
    `within` (two numbers: a limit that is asserted here and printed behind the words).
    """
    module = request.module
    title = (module.__doc__ or module.__name__).strip().splitlines()[0].rstrip(".")

    def tell(
        what: str,
        measured: float | str,
        *,
        asked: str,
        kind: Kind,
        unit: str = "",
        digits: int = 3,
        within: tuple[float, float] | None = None,
    ) -> None:
        assert kind in get_args(Kind), f"{what}: there is no kind {kind!r}"
        if within is not None:
            asked = f"{asked}: {within[0]:g} to {within[1]:g}"
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
        if within is not None:
            assert within[0] <= float(measured) <= within[1], f"{what}: {shown} {unit}, asked {asked}"

    return tell
