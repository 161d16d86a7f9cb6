"""Two leaks of one patient: both are drawn, both count, and the autopilot keeps blood for the second."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import both_collections
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.spine import build_spine
from simulator.engine import events as e
from simulator.interface import commands as c
from simulator.operators.coroutine_operator import StopProcedureError
from simulator.operators.request import further_interspaces
from simulator.operators.sites import within_volume
from simulator.patient.outcome import SPONTANEOUS_REMISSION, Cover, chances
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_build import find_further_leak
from simulator.scenario.semantic_checks import find_semantic_errors
from simulator.scoring.localisation import LEVEL_FRACTION, localised
from simulator.scoring.procedure_summary import summarise
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.patient_facts import StopReason
from tests.conftest import PROJECT
from tests.scored_events import HandMade, tubes
from tests.settings import changed_settings

CASE = PROJECT / "scenarios" / "two-leaks.toml"
WHOLE = Cover(
    fraction=1.0, above_mm=40.0, below_mm=40.0, away_mm=0.0, from_below=False, level_mm=36.0, epidural_ml=20.0
)
MISSED = replace(WHOLE, fraction=0.0, above_mm=0.0, below_mm=0.0, away_mm=500.0, epidural_ml=2.0)


def test_two_rings_are_drawn_with_a_hole_in_each() -> None:
    scenario = load_scenario(CASE).scenario_for(1)
    further = find_further_leak(scenario.further_leak)
    assert further is not None
    parameters = patient_parameters("patient-2")
    first = replace(parameters.leak, level=Interspace.L2_3, extent_levels=1.6)
    of = build_spine(replace(parameters, leak=first, further_leak=further))
    thick = np.interp(
        [of.interspace_s_mm[level] for level in (Interspace.L2_3, Interspace.L3_4, Interspace.L4_5)],
        of.canal.s_mm,
        of.canal.fluid.collection_thickness_mm,
    )
    assert thick[0] == pytest.approx(first.thickness_mm, abs=0.1)
    assert thick[2] == pytest.approx(further.thickness_mm, abs=0.1)
    assert thick[1] < 0.5
    hole = locate_hole(of.canal, further, of.interspace_s_mm[further.level])
    assert hole.level is Interspace.L4_5
    assert hole.hole_mm is not None


def test_where_two_rings_meet_the_thicker_counts() -> None:
    thick, iodine = both_collections(
        (np.array([2.0, 0.0, 3.0]), np.array([6.0, 0.0, 4.0])), (np.array([0.0, 1.0, 1.0]), np.array([0.0, 5.0, 8.0]))
    )
    assert thick.tolist() == [2.0, 1.0, 3.0]
    assert iodine.tolist() == pytest.approx([6.0, 5.0, 5.0])


def test_the_headache_goes_once_both_are_closed() -> None:
    one, both = chances(WHOLE, flat_hours=6.0), chances(WHOLE, further=(WHOLE,), flat_hours=6.0)
    assert SPONTANEOUS_REMISSION < both.seal <= one.seal
    for covers in ((WHOLE, MISSED), (MISSED, WHOLE)):
        half = chances(covers[0], further=covers[1:], flat_hours=6.0)
        assert half.seal == pytest.approx(SPONTANEOUS_REMISSION, abs=0.02)


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ((("T7/8", "right"), ("T5/6", "left")), 1.0),
        ((("T5/6", "left"), ("T7/8", "right")), 1.0),
        ((("T7/8", "right"),), 0.5),
        ((("T7/8", "left"), ("T5/6", "left")), 0.5 * (1.0 + LEVEL_FRACTION)),
        ((), 0.0),
    ],
)
def test_both_are_to_be_written_down(marks: tuple[tuple[str, str], ...], found: float) -> None:
    world = tubes()
    own = world.phantom.leak
    first = replace(own, level=Interspace.parse("T7/8"), side=Laterality.RIGHT)
    second = replace(own, level=Interspace.parse("T5/6"), side=Laterality.LEFT)
    world = replace(
        world,
        phantom=replace(world.phantom, leak=first, further_leaks=(second,)),
        settings=changed_settings(world.settings, myelogram_levels=("T5", "T8")),
    )
    made = HandMade(world)
    for level, side in marks:
        made.add(e.LeakMarked, level=level, side=side)
    assert localised(summarise(world, made.events)) == pytest.approx(found)


def test_both_levels_are_right() -> None:
    scenario = load_scenario(CASE).scenario_for(1)
    accepted = choose_accepted_targets(scenario.leak, [str(one) for one in Interspace], scenario.further_leak)
    assert accepted.needle_levels == (Interspace.L2_3, Interspace.L4_5)


@pytest.mark.parametrize(
    ("request_words", "further"),
    [
        ("outside the dura at L2/3 and at L4/5; both, please", (Interspace.L4_5,)),
        ("at L2/3. Patch at L2/3, please", ()),
        ("no level", ()),
        ("L2/3, L4/5, L3/4 and L4/5", (Interspace.L4_5, Interspace.L3_4)),
    ],
)
def test_a_request_may_name_several_levels(request_words: str, further: tuple[Interspace, ...]) -> None:
    assert further_interspaces(request_words) == further


@pytest.mark.parametrize(
    ("changes", "keys"),
    [({"level": Interspace.L2_3}, ("further_leak", "level")), ({"level": Interspace.C6_7}, ("further_leak", "level"))],
)
def test_a_second_leak_that_cannot_be_is_told(changes: dict[str, object], keys: tuple[str, ...]) -> None:
    scenario = load_scenario(CASE).scenario_for(1)
    assert scenario.further_leak is not None
    wrong = scenario.model_copy(update={"further_leak": scenario.further_leak.model_copy(update=changes)})
    assert keys in [error.keys for error in find_semantic_errors(wrong, Path())]


@dataclass(frozen=True)
class _Case:
    prescribed_volume_ml: float


@dataclass(frozen=True)
class _View:
    case: _Case
    injection: Any


def made_view(given_ml: float) -> Any:
    return _View(case=_Case(prescribed_volume_ml=20.0), injection=SimpleNamespace(injected_blood_ml=given_ml))


def test_a_site_leaves_blood_for_the_next() -> None:
    seen: list[float] = []

    def give(view: Any) -> Generator[Any, Any, Any]:
        while view.injection.injected_blood_ml < view.case.prescribed_volume_ml:
            seen.append(view.case.prescribed_volume_ml)
            view = yield c.InjectBlood(volume_ml=2.0)
        return view

    steps, given, last = within_volume(give, made_view(0.0), 10.0), 0.0, None
    next(steps)
    while last is None:
        given += 2.0
        try:
            steps.send(made_view(given))
        except StopIteration as ended:
            last = ended.value
    assert given == 10.0
    assert set(seen) == {10.0}
    assert last.case.prescribed_volume_ml == 20.0  # what was limited stays within


def test_what_stops_a_procedure_reaches_the_steps() -> None:
    def give(view: Any) -> Generator[Any, Any, Any]:
        try:
            view = yield c.AskPatient()
        except StopProcedureError:
            view = yield c.Withdraw(distance_mm=100.0)
        return view

    steps = within_volume(give, made_view(0.0), 10.0)
    next(steps)
    assert steps.throw(StopProcedureError(StopReason.REACTION)) == c.Withdraw(distance_mm=100.0)
