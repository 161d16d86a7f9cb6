"""Every golden session replays exact: events, score and each recorded image."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.records.migrations import FORMAT
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import event_difference, rerun
from tests.golden.sessions import compare, golden_names, golden_path, read_golden

QUICK = ("patient-2-autopilot-1",)
"""Replayed whenever `pytest` runs: of a patient that other tests build, too."""

LARGEST_BYTES = 3_000_000  # of all golden sessions


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in golden_names()]
)
def test_a_golden_session_replays_exact(name: str) -> None:
    found = compare(name)
    assert found.difference is None, found.difference


def test_golden_sessions_are_read_small_and_finished() -> None:
    assert len(golden_names()) >= 15
    assert sum(golden_path(name).stat().st_size for name in golden_names()) < LARGEST_BYTES
    for name in golden_names():
        record = read_golden(name)
        assert record.format <= FORMAT
        assert record.scorecard is not None, name


def test_the_first_event_that_differs_is_named() -> None:
    record = read_golden(QUICK[0])
    steps = record.steps[:4]
    session = rerun(replace(record, steps=steps), rebuild_case(record))
    event = replace(steps[3].events[0], at_ms=steps[3].events[0].at_ms + 1)
    other = replace(record, steps=(*steps[:3], replace(steps[3], events=(event,))))
    assert event_difference(replace(record, steps=steps), session) is None
    assert "command 4 (LookAt): ImageLookedAt: at_ms 210001 recorded, 210000 replayed" in str(
        event_difference(other, session)
    )
