"""No cheap strategy passes a course: who always stops, never stops, or acts without looking fails its cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.courses.standing import passes
from simulator.engine.session import Session
from simulator.engine.settings import CaseFact
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.report.learners import Attempt
from simulator.scenario.course_file import load_course
from simulator.scenario.course_schema import CourseCase
from simulator.scenario.load import ScenarioFile
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import shipped_courses
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.vocabulary.patient_facts import PatientFact, StopReason
from tests.scoring.course_strategies import MOST, units
from tests.unit.report_patient import tube_phantom, tube_world

BLIND: tuple[Command, ...] = (
    c.PlaceNeedle(entry_x_mm=0.0, side="midline", angle_deg=0.0),
    c.Advance(distance_mm=30.0),
    c.RemoveStylet(),
    c.DrawBlood(),
    c.InjectBlood(volume_ml=15.0),
    c.StopInjection(),
    c.Withdraw(distance_mm=60.0),
    c.OrderAftercare(flat_hours=24.0),
    c.Finish(),
)
STEPS: tuple[Command, ...] = (c.PositionPatient(breath_hold=True), c.TimeOut(), c.LayArmLine(), c.PrepareSkin())
STRATEGIES: dict[str, tuple[Command, ...]] = {
    "always stops for a fact": (*STEPS, c.Finish(stopped_for=StopReason.FACT)),
    "always stops for want of a way": (
        *STEPS,
        c.AcquirePlanningScan(levels=("L3", "L4"), mas=20.0),
        c.Finish(stopped_for=StopReason.NO_SAFE_WAY),
    ),
    "never stops and never looks": (*STEPS, c.InjectLocalAnaesthetic(volume_ml=5.0), *BLIND),
    "prepares nothing": BLIND,
    "does nothing": (c.Finish(),),
}


def treated(scenario: Scenario, commands: tuple[Command, ...]) -> Attempt:
    """A strategy on a small patient with the facts of a case: what a strategy that does not look gets does not hang on
    the anatomy.
    """
    facts = tuple(
        CaseFact(fact=PatientFact(kind=one.kind, words=one.words), in_chart=one.in_chart, stops=one.stops)
        for one in scenario.fact
    )
    world = tube_world(tube_phantom())
    world = replace(world, settings=replace(world.settings, facts=facts))
    session = Session(world)
    for command in commands:
        session.do(command)
    card = score_procedure(world, session.events, Rubric(), scenario="x", operator="t")
    return Attempt(learner="t", scenario="x", seed=1, at=0.0, location=Path(), card=card)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", shipped_courses())
def test_a_cheap_strategy_passes_no_tenth_of_a_course(name: str, strategy: str) -> None:
    file = load_course(Path(name))
    cases = units(file)
    kinds: dict[bool, Attempt] = {}

    def passed(row: CourseCase, case: ScenarioFile) -> bool:
        scenario = case.scenario_for(1)
        stops = any(fact.stops for fact in scenario.fact)
        if stops not in kinds:
            kinds[stops] = treated(scenario, STRATEGIES[strategy])
        return passes(kinds[stops], row, file.course.rule)

    won = [unit for unit in cases if all(passed(*one) for one in unit)]
    assert len(won) <= MOST * len(cases), [unit[0][0].scenario for unit in won]


def test_who_always_stops_is_right_where_a_fact_stops_and_nowhere_else() -> None:
    file = load_course(Path("first-lumbar"))
    commands = STRATEGIES["always stops for a fact"]
    for row, case in file.rows():
        if row.twin is not None:
            scenario = case.scenario_for(1)
            stops = any(fact.stops for fact in scenario.fact)
            assert passes(treated(scenario, commands), row, file.course.rule) is stops
