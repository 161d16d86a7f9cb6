"""Options of the console: what they change, what they leave, and that records from before them are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.engine import events as e
from simulator.engine.advance import plain
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.records.codec import command_from, event_from
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.report.debrief import write_debrief
from simulator.report.event_words import event_words
from simulator.report.ledger_rows import total_rows
from simulator.scenario.build import Case
from simulator.scoring.dose_ledger import dose_ledger
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.score_procedure import score_procedure
from tests.procedures import placed, run
from tests.settings import changed_settings

GOOD = {"tube_voltage_kv": 120, "tube_current_ma": 30.0, "rotation_s": 0.75}


def presses(session: Session) -> list[e.AcquisitionMade]:
    return [session.acquisition(number) for number in session.presses()]


def test_a_fresh_console_does_what_it_always_did(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [c.ChooseTechnique(**GOOD), c.PressPedal()])
    (press,) = presses(session)
    assert (press.settings.scan_arc_deg, press.settings.hand_protection, press.beam.tube_at_deg) == (360, False, 0.0)
    assert (press.beam.mas, press.beam.on_ms, press.settings.tube_current_ma) == (22.5, 750, 30.0)


def test_options_stay_until_they_are_changed(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [c.ChooseTechnique(**GOOD, scan_arc_deg=240, hand_protection=True)])
    run(session, [c.ChooseTechnique(**{**GOOD, "tube_current_ma": 40.0})])
    now = session.view().console.settings
    assert (now.tube_current_ma, now.scan_arc_deg, now.hand_protection) == (40.0, 240, True)
    run(session, [c.ChooseTechnique(**GOOD, scan_arc_deg=360, hand_protection=False)])
    assert session.view().console.settings.mas == 22.5


def test_a_partial_scan_takes_two_thirds_of_time_and_dose(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [c.ChooseTechnique(**GOOD), c.PressPedal()])
    before = session.state.elapsed_ms
    run(session, [c.ChooseTechnique(**GOOD, scan_arc_deg=240)])
    set_ms = session.state.elapsed_ms
    run(session, [c.PressPedal()])
    whole, part = presses(session)
    assert part.beam.mas == pytest.approx(15.0)
    assert part.dose.dlp_mgy_cm == pytest.approx(whole.dose.dlp_mgy_cm * 2 / 3)
    assert part.beam.on_ms == 500
    assert session.state.elapsed_ms - set_ms == 500 + 500  # rotation and display
    assert set_ms - before == 2000


def test_each_partial_scan_starts_where_the_tube_is_and_disturbs_no_other_draw(patient_2: Case) -> None:
    one, two, other = (Session(replace(patient_2.world, root_seed=seed)) for seed in (1, 1, 2))
    for session in (one, two, other):
        run(session, [c.ChooseTechnique(**GOOD, scan_arc_deg=240), *[c.PressPedal()] * 3])
    starts = [[press.beam.tube_at_deg for press in presses(session)] for session in (one, two, other)]
    assert starts[0] == starts[1] != starts[2]
    assert len(set(starts[0])) == 3
    assert all(0 <= start < 360 for start in starts[0])
    assert np.array_equal(one.image(1).hu, two.image(1).hu)


def test_a_held_pedal_makes_a_partial_image_each_two_thirds_of_a_turn(patient_2: Case) -> None:
    for protected, gap_ms in ((False, 500), (True, 750)):
        session = Session(patient_2.world)
        run(session, [c.ChooseTechnique(**GOOD, scan_arc_deg=240, hand_protection=protected)])
        run(session, [c.PressPedal(hold=True), c.Wait(duration_s=3.0), c.ReleasePedal()])
        at = [press.at_ms for press in presses(session)]
        assert set(np.diff(at)) == {gap_ms}
        (off,) = [event for event in session.events if isinstance(event, e.BeamOff)]
        assert off.beam_on_ms == 500 * len(at)


def test_records_from_before_the_options_are_read_and_mean_the_same(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [c.ChooseTechnique(**GOOD), c.PressPedal()])
    for step in session.steps:
        assert command_from(without_options(plain(step.command)), "old") == step.command
        for event in step.events:
            assert plain(event_from(without_options(plain(event)), "old")) == plain(event)


def without_options(value: Any) -> Any:
    """A line as it was before there were options."""
    new = ("scan_arc_deg", "hand_protection", "tube_at_deg")
    if isinstance(value, dict):
        return {key: without_options(item) for key, item in value.items() if key not in new}
    return value


def test_ideal_images_are_the_engines_images_without_streaks(patient_2: Case, tmp_path: Path) -> None:
    settings = changed_settings(patient_2.world.settings, ideal_images=True)
    world = replace(patient_2.world, settings=settings)
    ideal, real = Session(world), Session(patient_2.world)
    for session in (ideal, real):
        run(session, [*placed(), c.Advance(distance_mm=40.0), c.PressPedal()])
    made, usual = (session.image(session.presses()[0]).hu for session in (ideal, real))
    assert ideal.state.digest == real.state.digest
    assert not np.array_equal(made, usual)
    assert made.max() > 2500
    assert (usual - made)[made < 500].min() < -100  # the flame beyond the tip
    card = score_procedure(world, ideal.events, patient_2.rubric, scenario="x", operator="t")
    assert card.aids == ("images without metal artefacts: the needle throws no streaks, as on no real scanner",)
    write_debrief(ideal, card, tmp_path / "report.html", title="x", operator="t")
    assert "This run had images without metal artefacts" in (tmp_path / "report.html").read_text(encoding="utf-8")
    plain_card = score_procedure(patient_2.world, real.events, patient_2.rubric, scenario="x", operator="t")
    assert plain_card.aids == ()
    assert "aids" not in scorecard_to_json(plain_card)


def test_the_options_are_said_in_words(patient_2: Case) -> None:
    session = Session(patient_2.world)
    (chosen,) = session.do(c.ChooseTechnique(**GOOD, scan_arc_deg=240, hand_protection=True))
    assert event_words(chosen) == "120 kV, 30 mA, 0.75 s, 240° scan, hand protection"
    made = run(session, [c.PressPedal(hold=True), c.Wait(duration_s=0.3), c.ReleasePedal()])
    assert any("rotation cut short: no image" in event_words(event) for event in made)


@pytest.mark.parametrize(
    ("held_by", "words"),
    [("hand", "held the needle in the beam"), ("holder", "a holder kept the hand out"), ("released", "never near")],
)
def test_the_report_says_where_the_hand_was(patient_2: Case, held_by: str, words: str) -> None:
    session = Session(patient_2.world)
    run(session, [*placed(), c.HoldNeedle(held_by=held_by), c.PressPedal()])  # type: ignore[arg-type]
    dose = dose_ledger(summarise(session.world, session.events))
    assert words in next(row[2] for row in total_rows(dose) if row[0] == "Operator's hand")
