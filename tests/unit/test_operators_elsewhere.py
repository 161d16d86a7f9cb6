"""Where no way leads to the leak's level the needle may go in beside it; in a neck where that has fat."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from simulator.operators.treatment import _also_possible
from simulator.vocabulary.levels import Interspace

LUMBAR = ("L1", "L2", "L3", "L4", "L5", "S1")
NECK = ("C4", "C5", "C6", "C7", "T1", "T2")


@pytest.mark.parametrize(
    ("shown", "level", "letter", "elsewhere"),
    [
        (LUMBAR, "L2/3", "L3/4", ["L3/4", "L1/2"]),
        (LUMBAR, "L4/5", "L3/4", ["L3/4", "L5/S1"]),
        (LUMBAR, "L3/4", "L3/4", ["L2/3", "L4/5"]),
        (LUMBAR, "L2/3", "L5/S1", ["L1/2", "L3/4"]),  # the letter's is too far for its blood to reach
        (LUMBAR, "L5/S1", "L5/S1", ["L4/5"]),
        (NECK, "C5/6", "C5/6", ["C7/T1"]),
        (NECK, "C5/6", "C6/7", ["C7/T1", "C6/7"]),
        (NECK, "C6/7", "C7/T1", ["C7/T1"]),
        (NECK[:-3], "C5/6", "C5/6", []),  # T1 is not shown
    ],
)
def test_where_else_the_needle_may_go(shown: tuple[str, ...], level: str, letter: str, elsewhere: list[str]) -> None:
    view: Any = SimpleNamespace(case=SimpleNamespace(levels=shown))
    assert [str(one) for one in _also_possible(view, Interspace(level), Interspace(letter))] == elsewhere
