"""The outcome: it follows cover, distance, volume and time flat; a token volume does nothing; a second hole leaks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.patch.leak_coverage import LEAK_ZONE_RADIUS_MM
from simulator.patient.dural_hole import headache_rate
from simulator.patient.outcome import (
    BACK_PAIN_RATE,
    BETTER_AT_FIRST,
    FILLING_ML,
    REBOUND_RATE,
    SEALED_AT_BEST,
    SPONTANEOUS_REMISSION,
    TOKEN_ML,
    Chances,
    ClinicalOutcome,
    Cover,
    SecondHole,
    chances,
    clinical_outcome,
    clot_hold_fraction,
    hole_coverage,
    patch_benefit,
)
from simulator.scenario.build import Case
from simulator.vocabulary.needles import NeedleKind, NeedleTip
from simulator.vocabulary.outcome import NextDayReport
from simulator.wording.english import ENGLISH
from tests.needle_in import needle_in
from tests.procedures import placed, run, step_until_epidural

WHOLE = Cover(
    fraction=0.92, above_mm=40.0, below_mm=40.0, away_mm=0.0, from_below=False, level_mm=36.0, epidural_ml=20.0
)
MISSED = replace(WHOLE, fraction=0.0, above_mm=0.0, below_mm=0.0, away_mm=72.0, from_below=True)
NEEDLES = st.sampled_from(NeedleKind)


@st.composite
def covers(draw: st.DrawFn) -> Cover:
    """Blood about a hole, or away from it."""
    level_mm = draw(st.floats(12.0, 40.0))
    volume = draw(st.floats(0.0, 40.0))
    if draw(st.booleans()):
        away = draw(st.one_of(st.floats(0.1, 800.0), st.just(math.inf)))
        below, reach = draw(st.booleans()), draw(st.floats(0.0, 200.0))
        missed = replace(MISSED, away_mm=away, from_below=below, level_mm=level_mm, epidural_ml=volume)
        touched = draw(st.floats(0.0, 1.0)) if away < LEAK_ZONE_RADIUS_MM else 0.0
        return replace(missed, fraction=touched, below_mm=reach if below else 0.0, above_mm=0.0 if below else reach)
    above, beneath = draw(st.floats(0.0, 200.0)), draw(st.floats(0.0, 200.0))
    fraction = draw(st.floats(0.0, 1.0))
    return replace(WHOLE, fraction=fraction, above_mm=above, below_mm=beneath, level_mm=level_mm, epidural_ml=volume)


def seal(cover: Cover | None, *holes: SecondHole, flat_hours: float = 6.0, head_down: bool = False) -> float:
    return chances(cover, holes, flat_hours=flat_hours, head_down=head_down).seal


# what follows what


@given(covers(), st.floats(0.0, 1.0), st.floats(0.0, 48.0), st.booleans())
def test_more_cover_is_never_worse(cover: Cover, more: float, hours: float, head_down: bool) -> None:
    better = replace(cover, fraction=max(cover.fraction, more), away_mm=0.0)
    assert seal(better, flat_hours=hours, head_down=head_down) >= seal(cover, flat_hours=hours, head_down=head_down)
    assert seal(cover, flat_hours=hours, head_down=True) >= seal(cover, flat_hours=hours)
    wider = replace(cover, above_mm=cover.above_mm + 50.0 * more, below_mm=cover.below_mm + 50.0 * more)
    assert seal(wider, flat_hours=hours, head_down=head_down) >= seal(cover, flat_hours=hours, head_down=head_down)


@given(covers(), st.floats(0.0, 500.0), st.booleans())
def test_more_distance_is_never_better(cover: Cover, farther: float, head_down: bool) -> None:
    away = replace(cover, away_mm=max(cover.away_mm, 0.1))
    assert seal(replace(away, away_mm=away.away_mm + farther), head_down=head_down) <= seal(away, head_down=head_down)


@given(covers(), st.floats(0.0, 40.0), st.floats(0.0, 24.0))
def test_more_volume_and_more_hours_flat_are_never_worse(cover: Cover, more_ml: float, more_h: float) -> None:
    more = replace(cover, epidural_ml=cover.epidural_ml + more_ml)
    assert seal(more, flat_hours=2.0) >= seal(cover, flat_hours=2.0)
    assert seal(cover, flat_hours=2.0 + more_h) >= seal(cover, flat_hours=2.0)


@given(covers(), st.floats(0.0, 48.0), st.booleans())
def test_chances_lie_between_remission_and_the_best_and_relief_is_no_less_than_cure(
    cover: Cover, hours: float, head_down: bool
) -> None:
    found = chances(cover, flat_hours=hours, head_down=head_down)
    assert SPONTANEOUS_REMISSION <= found.seal <= SEALED_AT_BEST + 1e-12
    assert found.seal <= found.relief <= 1.0


@given(covers(), st.floats(0.0, TOKEN_ML))
def test_a_token_volume_is_no_better_than_nothing_wherever_it_lies(cover: Cover, token_ml: float) -> None:
    token = chances(replace(cover, epidural_ml=token_ml), flat_hours=6.0)
    assert token == chances(None, flat_hours=6.0) == Chances(seal=SPONTANEOUS_REMISSION, relief=SPONTANEOUS_REMISSION)


def test_volume_ends_in_a_plateau() -> None:
    assert seal(replace(WHOLE, epidural_ml=FILLING_ML)) == seal(replace(WHOLE, epidural_ml=40.0))
    assert seal(replace(MISSED, epidural_ml=6.0)) < seal(replace(MISSED, epidural_ml=FILLING_ML))


def test_part_of_a_cover_lies_between_a_miss_and_a_whole_one() -> None:
    beside = replace(MISSED, away_mm=0.0)
    shares = [seal(replace(WHOLE, fraction=share)) for share in (0.3, 0.6, 0.9)]
    assert seal(beside) < shares[0] < shares[1] < shares[2]
    assert seal(replace(WHOLE, above_mm=2.0)) < seal(WHOLE)


def test_full_blood_that_misses_falls_with_distance_and_does_little_for_a_neck() -> None:
    levels = [seal(replace(MISSED, away_mm=36.0 * away)) for away in (1, 4, 8, 12, 16)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > levels[-1] + 0.25
    assert levels[-1] < SPONTANEOUS_REMISSION + 0.15, "a lumbar patch for a hole in the neck"


def test_time_flat_is_worth_something() -> None:
    hours = [seal(WHOLE, flat_hours=h) for h in (0.0, 1.0, 6.0, 24.0)]
    assert hours == sorted(hours)
    assert hours[0] < hours[2] - 0.05
    assert clot_hold_fraction(6.0) == 1.0


def test_head_down_lets_blood_run_on_to_a_hole_above() -> None:
    short = replace(MISSED, below_mm=40.0, away_mm=30.0, from_below=False)
    from_below = replace(short, from_below=True)
    assert hole_coverage(from_below, head_down=True) > hole_coverage(from_below, head_down=False) == 0.0
    assert hole_coverage(short, head_down=True) == 0.0
    assert hole_coverage(replace(from_below, away_mm=90.0), head_down=True) == 0.0
    well = replace(from_below, fraction=0.98, above_mm=36.0, below_mm=36.0)
    assert hole_coverage(well, head_down=True) == hole_coverage(well, head_down=False)


# a second hole


@given(covers(), covers(), NEEDLES, st.floats(0.0, 12.0))
def test_a_second_hole_never_helps_and_covering_it_never_hurts(
    leak: Cover, about: Cover, needle: NeedleKind, hours: float
) -> None:
    bare = SecondHole(needle=needle, cover=replace(about, fraction=0.0, away_mm=math.inf))
    covered = SecondHole(needle=needle, cover=replace(about, away_mm=0.0))
    ways = [chances(leak, holes, flat_hours=hours) for holes in ((bare, bare), (bare,), (covered,), ())]
    assert [way.seal for way in ways] == sorted(way.seal for way in ways)
    assert [way.relief for way in ways] == sorted(way.relief for way in ways)
    assert ways[1].seal == pytest.approx(ways[3].seal * (1.0 - headache_rate(needle)))


def test_a_cutting_needle_leaks_more_than_a_pencil_point_and_a_thick_one_more_than_a_thin_one() -> None:
    kinds = {(kind.tip, kind.gauge): headache_rate(kind) for kind in NeedleKind}
    for gauge in (18, 20, 22, 25):
        assert kinds[NeedleTip.QUINCKE, gauge] == pytest.approx(2.5 * kinds[NeedleTip.WHITACRE, gauge])
    rates = [kinds[NeedleTip.QUINCKE, gauge] for gauge in (18, 20, 22, 25)]
    assert rates == sorted(rates, reverse=True)
    assert kinds[NeedleTip.TUOHY, 18] > kinds[NeedleTip.QUINCKE, 18]


def _patched(patient_2: Case, *, punctured: bool) -> e.Finished:
    """The same patch, with the dura pierced first or not."""
    session = needle_in(patient_2.world, "intrathecal") if punctured else Session(patient_2.world)
    if punctured:
        run(session, [c.Withdraw(distance_mm=120.0)])
    else:
        run(session, placed())
        session.do(c.Withdraw(distance_mm=120.0))
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=10.0), c.InjectBlood(volume_ml=8.0), c.StopInjection()])
    run(session, [c.Withdraw(distance_mm=120.0), c.OrderAftercare(flat_hours=6.0), c.Finish()])
    finished = session.events[-1]
    assert isinstance(finished, e.Finished)
    return finished


def test_a_dura_pierced_on_the_way_is_a_second_hole(patient_2: Case) -> None:
    session = needle_in(patient_2.world, "intrathecal")
    run(session, [c.Withdraw(distance_mm=120.0), c.OrderAftercare(flat_hours=6.0), c.Finish()])
    nothing = session.events[-1]
    assert isinstance(nothing, e.Finished)
    assert (nothing.second_holes, nothing.second_holes_covered, nothing.treated) == (1, 0, False)
    rate = headache_rate(session.state.needle.name)
    assert nothing.seal_probability == pytest.approx(SPONTANEOUS_REMISSION * (1.0 - rate), abs=1e-4)
    punctured = _patched(patient_2, punctured=True)
    assert punctured.second_holes == 1
    assert punctured.second_holes_covered == 1, "the same blood lies about it"
    assert 0.3 < punctured.seal_probability < _patched(patient_2, punctured=False).seal_probability


# what the patient says


def _courses(expected: Chances, blood_ml: float = 15.0) -> list[ClinicalOutcome]:
    return [clinical_outcome(np.random.default_rng(seed), expected, blood_ml=blood_ml) for seed in range(4000)]


def test_courses_are_drawn_as_likely_as_said() -> None:
    courses = _courses(Chances(seal=0.7, relief=0.85))
    assert np.mean([x.relief for x in courses]) == pytest.approx(0.85, abs=0.02)
    assert np.mean([x.relapse_day is not None for x in courses]) == pytest.approx(0.15, abs=0.02)
    assert all(1 <= x.relapse_day <= 7 for x in courses if x.relapse_day is not None)
    assert np.mean([x.rebound_hypertension for x in courses]) == pytest.approx(0.7 * REBOUND_RATE, abs=0.02)
    assert np.mean([NextDayReport.BACK_PAIN in x.next_day for x in courses]) == pytest.approx(BACK_PAIN_RATE, abs=0.03)


def test_a_rebound_is_another_headache_and_a_failure_is_none() -> None:
    for x in _courses(Chances(seal=0.5, relief=0.75)):
        assert len(set(x.next_day) - {NextDayReport.BACK_PAIN}) == 1
        if x.rebound_hypertension:
            assert x.relief
            assert NextDayReport.OTHER_HEADACHE in x.next_day
        elif not x.relief:
            assert NextDayReport.NO_BETTER in x.next_day
        elif x.relapse_day is None:
            assert NextDayReport.BETTER in x.next_day


def test_without_blood_nothing_rebounds_or_aches() -> None:
    for x in _courses(chances(None, flat_hours=0.0), blood_ml=0.0):
        assert not x.rebound_hypertension
        assert set(x.next_day) <= {NextDayReport.BETTER, NextDayReport.NO_BETTER}


def test_relief_is_the_cured_and_half_of_whom_the_patch_helps_and_does_not_cure() -> None:
    found, benefit = chances(MISSED, flat_hours=6.0), patch_benefit(MISSED, flat_hours=6.0)
    assert found.relief == pytest.approx(found.seal + (1.0 - found.seal) * BETTER_AT_FIRST * benefit)


def test_every_report_has_its_words() -> None:
    assert set(ENGLISH.next_day) == set(NextDayReport)
