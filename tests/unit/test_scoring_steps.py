"""Steps that are scored by shares: aftercare by quarters, fresh blood, aspiration where the needle stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.vocabulary.scoring import MetricId
from tests.scored_events import HandMade, changed, fields_changed, good, left_out
from tests.unit.test_scoring import value


@pytest.mark.parametrize(
    ("fault", "quarters"),
    [
        (lambda: good(), 4),
        (lambda: left_out(good(), e.PatientSpoke), 3),
        (lambda: fields_changed(good(), e.PatientSpoke, about="feeling"), 3),
        (lambda: fields_changed(good(), e.PatientSpoke, at_ms=0), 3),  # asked before the blood
        (lambda: fields_changed(good(), e.AftercareOrdered, flat_hours=1.9), 3),
        (lambda: fields_changed(good(), e.AftercareOrdered, advice=False), 3),
        (lambda: fields_changed(good(), e.AftercareOrdered, next_day_call=False), 3),
        (lambda: fields_changed(good(), e.AftercareOrdered, flat_hours=0.0, advice=False, next_day_call=False), 1),
        (lambda: left_out(left_out(good(), e.PatientSpoke), e.AftercareOrdered), 0),
    ],
)
def test_aftercare_counts_by_quarters(fault: Callable[[], HandMade], quarters: int) -> None:
    assert value(fault().card(), MetricId.AFTERCARE) == quarters / 4


def test_fresh_blood_counts_by_its_share_and_a_new_draw_is_fresh_again() -> None:
    late = {5.0, 6.0, 7.0, 8.0}
    made = good()
    drawn = next(x for x in made.events if isinstance(x, e.BloodDrawn))
    made = changed(
        made,
        e.MaterialInjected,
        lambda x: replace(x, at_ms=drawn.at_ms + (240_001 if x.total_blood_ml in late else 240_000)),  # type: ignore[attr-defined, type-var]
    )
    assert value(made.card(), MetricId.BLOOD_FRESH) == 0.5
    place = next(k for k, x in enumerate(made.events) if isinstance(x, e.MaterialInjected) and x.total_blood_ml == 5.0)
    made.events.insert(place, e.BloodDrawn(at_ms=drawn.at_ms + 239_000, volume_ml=10.0))
    assert value(made.card(), MetricId.BLOOD_FRESH) == 1.0


def test_aspiration_counts_where_the_needle_stands() -> None:
    made = good()
    came = next(x for x in made.events if isinstance(x, e.Aspirated))
    moved = next(x for x in made.events if isinstance(x, e.NeedleMoved))
    made.events.insert(made.events.index(came) + 1, replace(moved, at_ms=came.at_ms + 1, commanded_mm=-1.0))
    assert value(made.card(), MetricId.ASPIRATED) == 0.0
