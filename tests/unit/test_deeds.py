"""Advice follows from the deed: what was written, refused, left out, and where the blood went instead."""

from __future__ import annotations

import pytest

from simulator.interface import commands as c
from simulator.report import blood_places
from simulator.report.advice import give_advice
from simulator.report.deeds import deed_words
from simulator.report.findings import findings_to_json
from simulator.report.procedure_marks import read_marks
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.vocabulary.deeds import Hindrance
from simulator.vocabulary.scoring import CapId, MetricId
from simulator.wording.english import ENGLISH
from tests.unit.report_patient import session_of, tube_phantom, tube_world

PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
TO_THE_SPACE = (PLACE, c.Advance(distance_mm=36.0))
BLOOD = (c.RemoveStylet(), c.DrawBlood(), c.InjectBlood(volume_ml=3.0))


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


def _deeds(world, *commands):
    session = session_of(world, commands)
    return session, deed_words(session, read_marks(world, session.events))


def test_what_was_written_is_named(world):
    _, said = _deeds(world, c.MarkLeak(level="L4/5", side="right"), *TO_THE_SPACE)
    assert said[MetricId.LEAK_LOCALISED] == "You wrote L4/5; it was L3/4."
    _, said = _deeds(world, c.MarkLeak(level="L3/4", side="left"), *TO_THE_SPACE)
    assert said[MetricId.LEAK_LOCALISED] == "You wrote L3/4 on the left; it was on the right."
    _, said = _deeds(world, *TO_THE_SPACE, c.Wait(duration_s=5.0), c.MarkLeak(level="L3/4", side="right"))
    assert said[MetricId.LEAK_LOCALISED] == "You wrote L3/4 down only after the skin was gone through."
    _, said = _deeds(world, c.MarkLeak(level="L3/4", side="right"), *TO_THE_SPACE)
    assert MetricId.LEAK_LOCALISED not in said


def test_a_refused_command_that_cost_the_patch_is_the_advice(world):
    session, said = _deeds(world, *TO_THE_SPACE, c.RemoveStylet(), c.InjectBlood(volume_ml=4.0), c.Finish())
    words = said[CapId.NOT_TREATED]
    assert words.startswith("“Inject blood: volume 4 mL")
    assert "was refused once, and no blood went in: " in words
    card = score_procedure(world, session.events, Rubric(), scenario="tubes", operator="t")
    assert give_advice(card, said)[0].words == words
    assert give_advice(card)[0].words == ENGLISH.caps[CapId.NOT_TREATED].fix


def test_where_the_blood_went_instead_is_said(world):
    _, said = _deeds(world, PLACE, c.Advance(distance_mm=15.0), *BLOOD, c.Finish())
    words = said[MetricId.LEAK_COVERAGE]
    assert words.startswith("3 of 3 mL went into soft tissue, with the tip ")
    assert words.endswith("contrast lies along the sac.")
    assert said[CapId.NOT_TREATED] == words, "and not: give blood until the patient feels pressure"


@pytest.mark.parametrize(("cue", "kind"), [(None, Hindrance.VOLUME), (2.0, Hindrance.CUE)])
def test_who_heard_the_patient_is_not_told_to_go_on(world, monkeypatch, cue, kind):
    """Where nothing else kept the blood from the leak: too little of it, or the patient's word."""
    monkeypatch.setattr(blood_places, "cue_ml", lambda summary: cue)
    monkeypatch.setattr(blood_places, "_against_the_hole", lambda session: [])
    session = session_of(world, (*TO_THE_SPACE, *BLOOD, c.Finish()))
    assert blood_places.hindrances(session, read_marks(world, session.events))[0][0] is kind


def test_who_stopped_without_a_word_of_pressure_is_told_so(world):
    _, said = _deeds(world, *TO_THE_SPACE, *BLOOD, c.Finish())
    assert said[MetricId.LEAK_COVERAGE].startswith("You stopped at 3 mL without a word of pressure, with ")
    assert said[CapId.TOKEN_VOLUME] == said[MetricId.LEAK_COVERAGE]


def test_single_steps_with_a_look_between_them_are_not_asked_for_again(world):
    steps = [command for _ in range(8) for command in (c.PressPedal(), c.Advance(distance_mm=1.0))]
    _, said = _deeds(world, PLACE, c.Advance(distance_mm=30.0), *steps)
    assert MetricId.DURAL_MARGIN not in said


def test_an_idle_press_is_the_one_that_is_shown(world):
    commands = (PLACE, c.Advance(distance_mm=20.0), c.PressPedal(), c.Advance(distance_mm=1.0), c.PressPedal())
    session, said = _deeds(world, *commands, c.PressPedal(), c.Finish())
    assert "1 of your 3 images" in said[MetricId.DLP_GUIDANCE]
    marks = read_marks(world, session.events)
    assert [marks.press_ordinal(press.number) for press in marks.idle_presses] == [3]


def test_a_push_after_the_last_look_is_counted(world):
    _, said = _deeds(world, PLACE, c.Advance(distance_mm=20.0), c.PressPedal(), c.Advance(distance_mm=16.0))
    assert said[MetricId.DURAL_MARGIN].startswith("You pushed 16 mm after the last look, and came to 2.")


def test_a_push_before_any_look_is_not_called_one_after_it(world):
    _, said = _deeds(world, PLACE, c.Advance(distance_mm=36.0))
    assert said[MetricId.DURAL_MARGIN].startswith("You pushed 36 mm before any image of the needle")


def test_images_of_an_unmoved_needle_are_counted(world):
    _, said = _deeds(world, PLACE, c.Advance(distance_mm=20.0), c.PressPedal(), c.PressPedal(), c.PressPedal())
    assert said[MetricId.DLP_GUIDANCE].startswith("2 of your 3 images showed a needle that had not moved")


def test_what_was_left_out_is_named(world):
    _, said = _deeds(world, c.TimeOut(allergy=False), *TO_THE_SPACE, *BLOOD, c.AskPatient(about="legs and bladder"))
    assert said[MetricId.TIME_OUT_HELD] == "Your time-out left out allergy."
    assert said[CapId.STEPS_SKIPPED] == (
        "You went through the skin without the whole time-out and disinfecting and draping."
    )
    assert said[MetricId.AFTERCARE] == "After the blood you left out hours flat, advice and a call on the next day."


def test_the_scorecard_says_what_the_page_says(world):
    session = session_of(world, (*TO_THE_SPACE, c.PressPedal(), *BLOOD, c.Finish()))
    card = score_procedure(world, session.events, Rubric(), scenario="tubes", operator="t")
    told = findings_to_json(session, card)
    assert told["treated"] == "not treated"
    assert told["images"] == 1
    assert len(told["advice"]) == 3
    first = told["costliest"][0]
    assert first["what_if"] == f"report SESSION --what-if {first['command']}"
    assert {"kind", "at_ms", "words", "because", "image"} == set(told["near_misses"][0])
