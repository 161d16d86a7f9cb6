"""Columns of a study's row that are worked out from what happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from simulator.engine.events import AcquisitionMade, NeedleMoved, NeedlePlaced
from simulator.strategies.outcome_row import advance_per_image_mm


def event(kind: type, **values: Any) -> Any:
    made = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def moved(mm: float) -> Any:
    return event(NeedleMoved, moved_mm=mm)


PRESS = event(AcquisitionMade, purpose="fluoroscopy")
SCAN = event(AcquisitionMade, purpose="planning")
PLACED = event(NeedlePlaced)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], None),
        ([PLACED, moved(10.0), PRESS], None),  # before the first image nothing lies between two
        ([PLACED, PRESS, moved(10.0), PRESS, moved(4.0), moved(-1.0), PRESS, moved(2.0), PRESS], 3.0),
        ([PLACED, PRESS, PRESS, moved(10.0), SCAN, moved(2.0), PRESS], 12.0),  # one that rests; a scan is no shot
        ([PLACED, PRESS, moved(10.0), PLACED, moved(30.0), PRESS, moved(5.0), PRESS], 5.0),  # another needle
    ],
)
def test_progress_between_shots(events: list[Any], expected: float | None) -> None:
    assert advance_per_image_mm(SimpleNamespace(events=events)) == expected  # type: ignore[arg-type]
