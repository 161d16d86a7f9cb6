"""The report's words: the verdict tells one outcome from another, and every command and event can be said."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.interface import commands as c
from simulator.interface.command_words import command_words
from simulator.report.components import component_rows
from simulator.report.event_words import grouped_words
from simulator.report.near_misses import closest_rows, near_misses
from simulator.report.procedure_marks import clock, read_marks
from simulator.report.resistance_figure import GROUPS
from simulator.report.verdict import cap_words, verdict
from simulator.report.words import number
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.vocabulary.scoring import CapId
from simulator.wording.english import ENGLISH
from tests.unit.report_patient import session_of, tube_phantom, tube_world

PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
READY = (c.TimeOut(), c.PrepareSkin())
BLOOD = (c.RemoveStylet(), c.DrawBlood(), c.InjectBlood(volume_ml=8.0), c.Finish())


def pushed(depth_mm: float) -> tuple[c.Command, ...]:
    """To a depth, the last 20 mm with a look after every other millimetre."""
    steps = [
        command
        for number in range(10)
        for command in (c.Advance(distance_mm=2.0), c.PressPedal(), c.LookAt(number=number))
    ]
    return (*READY, PLACE, c.Advance(distance_mm=depth_mm - 20.0), *steps)


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


def _read(world, *commands):
    session = session_of(world, commands)
    card = score_procedure(world, session.events, Rubric(), scenario="tubes", operator="t")
    marks = read_marks(world, session.events)
    return card, marks, verdict(world, card, marks)


def test_epidural_is_told_from_intrathecal(world):
    _, _, good = _read(world, *pushed(36.0), *BLOOD)
    _, _, bad = _read(world, PLACE, c.Advance(distance_mm=44.0), c.PressPedal(), *BLOOD)
    assert good.headline.startswith("Epidural, dorsal, ")
    assert "at L3/4. The dura was not touched." in good.headline
    assert (good.tone, good.cap) == ("ok", None)
    assert bad.headline.startswith("Intrathecal: ")
    assert "dorsal" not in bad.headline
    assert "inside the dura" in bad.sentences[0]
    assert "The dura was punctured" in " ".join(bad.sentences)
    assert bad.tone == "stop"
    assert "blood injected intrathecally" in bad.cap
    assert "makes a second leak" in bad.cap


def test_blood_in_muscle_is_not_called_epidural(world):
    _, _, said = _read(world, PLACE, c.Advance(distance_mm=15.0), c.PressPedal(), *BLOOD)
    assert said.headline.startswith("Outside the epidural space: the blood went into soft tissue")
    assert said.tone == "stop"
    assert "a token volume" in said.cap


def test_no_blood_is_not_treated(world):
    _, _, said = _read(world, c.Finish())
    assert said.headline == "Not treated: no blood was injected."
    assert "The skin was never punctured." in said.sentences
    assert "without a reason that forbade it, the score is 0" in said.cap
    _, _, aborted = _read(world, PLACE, c.Advance(distance_mm=20.0))
    assert "broken off and not finished" in aborted.sentences[-1]


def test_blind_blood_is_capped_in_words(world):
    _, _, said = _read(world, PLACE, c.Advance(distance_mm=36.0), *BLOOD)
    assert "Nobody looked at the tip where it stood when the blood was given" in said.cap
    assert (said.tone, said.treated) == ("warn", "treated"), "the sign says whether the patient was treated"


def test_every_cap_of_the_rubric_is_explained(world):
    card, _, _ = _read(world, c.Finish())
    for cap in CapId:
        words = cap_words(replace(card, caps=(cap,)))
        reason = ENGLISH.caps[cap].reason
        assert words.startswith(f"Limited by: {reason}.")
        assert len(words) > len(reason) + 20
    assert cap_words(replace(card, caps=())) is None


def test_points_add_up_to_the_score(world):
    card, _, said = _read(world, *pushed(36.0), *BLOOD)
    assert said.cap is None
    parts = component_rows(card)
    assert sum(part.points for part in parts) == pytest.approx(card.score, abs=1e-3)
    assert sum(part.most for part in parts) == pytest.approx(100.0)


def test_near_misses_name_the_moment_and_what_led_to_it(world):
    card, marks, _ = _read(
        world, PLACE, c.Advance(distance_mm=20.0), c.PressPedal(), c.Advance(distance_mm=24.0), c.Finish()
    )
    recognised = card.recognised()
    found = near_misses(marks, recognised)
    puncture = next(miss for miss in found if miss.kind == "complication")
    assert puncture.words == "Dural puncture at L3/4"
    assert puncture.because.startswith("not recognised; 24 mm of push since the last image")
    assert [miss.gravity for miss in found if miss.kind == "near miss"] == sorted(
        miss.gravity for miss in found if miss.kind == "near miss"
    )
    assert found[0] is puncture
    assert puncture.press == 1
    assert any(miss.words.startswith("Deepest inside the dura") for miss in found)


def test_how_close_the_tip_came_is_told_of_every_structure(world):
    _, marks, _ = _read(world, PLACE, c.Advance(distance_mm=34.0), c.PressPedal(), c.Finish())
    rows = closest_rows(world, marks)
    assert [row[0] for row in rows] == ["dura", "nerve root or cord", "spinal cord", "vessel"]
    (dura, roots, cord, vessel) = (row[1] for row in rows)
    assert dura == f"{marks.moves[-1].least_dura_mm:.1f} mm"
    assert roots == f"{marks.moves[-1].neural_mm:.1f} mm"
    assert (cord, vessel) == ("more than 100 mm", "more than 15 mm")  # the tubes have neither
    assert rows[0][2:] == [clock(marks.moves[-1].at_ms), "34 mm of push before any image of the needle"]
    assert closest_rows(world, _read(world, c.Finish())[1]) == []


def test_bone_is_a_near_miss(world):
    _, marks, said = _read(
        world, c.PlaceNeedle(entry_from_midline_mm=26.0, side="left", level="L3/4"), c.Advance(distance_mm=20.0)
    )
    assert [miss.words for miss in near_misses(marks, {})] == ["Bone stopped the needle"]
    assert "Bone was met once." in said.sentences
    assert "The patient said: “Ow. That is a dull ache, deep down.”" in " ".join(said.sentences)
    assert "The bevel never stood in an accepted target zone." in said.sentences


def test_many_contacts_with_bone_are_one_line_and_hide_no_graver_one(world):
    bone = (c.PlaceNeedle(entry_from_midline_mm=26.0, side="left", level="L3/4"), c.Advance(distance_mm=20.0))
    again = (c.Advance(distance_mm=2.0),) * 3
    dura = (c.Withdraw(distance_mm=130.0), PLACE, c.Advance(distance_mm=38.5))
    _, marks, _ = _read(world, *bone, *again, *dura)
    found = near_misses(marks, {})
    assert "dura" in found[0].words
    assert [miss.words.split(",")[0] for miss in found if "Bone" in miss.words] == ["Bone stopped the needle 4 times"]


def test_every_command_can_be_said():
    for kind in get_args(c.Command):
        given = {f.name: 1 for f in fields(kind) if f.default is f.default_factory}
        assert command_words(kind(**given))[0].isupper()
    words = command_words(c.AcquirePlanningScan(levels=("L3", "L4"), mas=20.0))
    assert words == "Acquire planning scan: levels (L3, L4), 20 mAs, slice thickness 3 mm"


def test_portions_are_said_as_one_injection(world):
    session = session_of(world, (PLACE, c.Advance(distance_mm=36.0), c.RemoveStylet(), c.DrawBlood()))
    lines = grouped_words(session.do(c.InjectBlood(volume_ml=3.0)))
    assert lines[0].startswith("3.0 mL of blood into the epidural space, dorsal")
    assert not any(isinstance(event, e.CommandRefused) for event in session.events)


@pytest.mark.parametrize(("value", "words"), [(0.0, "0"), (1234.5, "1234"), (0.0234, "0.0234"), (-1.5, "−1.5")])
def test_numbers_are_printed_without_exponents(value, words):
    assert number(value) == words


def test_the_clock_is_hours_minutes_seconds():
    assert clock(3_725_900) == "1:02:05"


def test_a_report_draws_every_tissue_that_a_needle_can_meet() -> None:
    """What is in no group is drawn as air: that may be air, and what lies in the chest and belly."""
    drawn = {label for labels in GROUPS.values() for label in labels}
    assert set(Label) - drawn == {Label.AIR, Label.ORGAN}
