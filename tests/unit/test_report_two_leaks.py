"""What is told of a patient with two leaks speaks of both: advice, words of the truth, pictures, questions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phantoms.phantom import Leak
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.export.ground_truth.leak_answer import NO_LEAK, leak_answers
from simulator.interface import commands as c
from simulator.report.blood_places import _least_covered
from simulator.report.deeds import deed_words
from simulator.report.myelogram import leak_in_words, marked_in_words
from simulator.report.path_figure import _leak
from simulator.report.procedure_marks import read_marks
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.scoring import CapId, MetricId
from tests.unit.report_patient import DURA_MM, session_of, tube_phantom, tube_world

FIRST, SECOND = "L3/4", "L4/5"
PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level=FIRST)
BLOOD = (PLACE, c.Advance(distance_mm=36.0), c.RemoveStylet(), c.DrawBlood(), c.InjectBlood(volume_ml=3.0))


@pytest.fixture(scope="module")
def world() -> CaseContext:
    phantom = tube_phantom()
    second = Leak(
        pattern=LeakPattern.ROOT_SLEEVE,
        level=Interspace.L4_5,
        side=Laterality.LEFT,
        hole_mm=PatientPoint(0.0, DURA_MM, -25.0),
    )
    above = {**phantom.landmarks.interspaces, Interspace.L2_3: PatientPoint(0.0, -8.0, 25.0)}
    marks = replace(phantom.landmarks, interspaces=above)
    levels = (Interspace.L2_3, *phantom.levels)
    return tube_world(replace(phantom, further_leaks=(second,), landmarks=marks, levels=levels))


def _said(session: Session) -> dict[MetricId | CapId, str]:
    return deed_words(session, read_marks(session.world, session.events))


def mark(level: str, side: str) -> c.MarkLeak:
    return c.MarkLeak(level=level, side=side)


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ((mark(FIRST, "right"), mark(SECOND, "left")), None),
        ((mark(SECOND, "left"), mark(FIRST, "both")), None),
        ((mark(SECOND, "left"),), "You wrote L4/5; there is a leak at L3/4, too."),
        ((mark(FIRST, "right"),), "You wrote L3/4; there is a leak at L4/5, too."),
        ((mark(FIRST, "right"), mark(SECOND, "right")), "You wrote L4/5 on the right; it was on the left."),
        ((mark(FIRST, "right"), mark("L2/3", "left")), "You wrote L2/3; it was L4/5."),
    ],
)
def test_what_was_written_is_held_against_each_leak(world, marks, words) -> None:
    assert _said(session_of(world, (*marks, PLACE))).get(MetricId.LEAK_LOCALISED) == words


def test_blood_at_the_second_leak_is_not_at_another_level(world) -> None:
    only_first = replace(world, phantom=replace(world.phantom, further_leaks=()))
    elsewhere = replace(world.phantom.leak, level=Interspace.L4_5)
    for of, said in (
        (world, False),
        (replace(world, phantom=replace(world.phantom, leak=elsewhere, further_leaks=(world.phantom.leak,))), False),
        (replace(only_first, phantom=replace(only_first.phantom, leak=elsewhere)), True),
    ):
        words = _said(session_of(of, BLOOD)).get(CapId.LEAK_NOT_COVERED, "")
        assert words.startswith("You gave the blood at") is said


def test_the_truth_of_each_is_in_words_and_in_the_figure(world) -> None:
    first, second = world.phantom.leaks
    assert "L3/4 on the right, circumferential" in leak_in_words(first)
    assert "L4/5 on the left, root-sleeve" in leak_in_words(second)
    session = session_of(world, (mark(FIRST, "right"), mark(SECOND, "left")))
    assert marked_in_words(session, first) == "L3/4, right"
    assert marked_in_words(session, second) == "L4/5, left"
    drawn = _leak(world, lambda point: (float(point[0]), float(point[2])), named=False)
    assert len(drawn) == len(set(drawn)) == 2


def test_every_leak_is_a_right_answer(world) -> None:
    session = session_of(world, ())
    assert set(leak_answers(session)) == {*(f"L3/4 {side}" for side in ("right",)), "L4/5 left"}
    none = replace(world.phantom.leak, level=None, hole_mm=None, pattern=LeakPattern.NONE)
    nothing = replace(world, phantom=replace(world.phantom, leak=none, further_leaks=()))
    assert leak_answers(session_of(nothing, ())) == [NO_LEAK]


def test_what_hindered_the_blood_speaks_of_the_leak_that_it_covers_least(world) -> None:
    session = session_of(world, BLOOD)
    covered = [float(np.isin(zone.voxels, session.state.injection.injected.voxels).mean()) for zone in world.leak_zones]
    assert covered[0] > covered[1]
    assert _least_covered(session) == world.phantom.leaks[1]
