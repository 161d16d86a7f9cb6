"""A scan that is stopped by hand: the dose of the part that was done, its slices, and the record of both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.engine import events as e
from simulator.engine.imaging.beam_protocols import beam_protocol
from simulator.engine.imaging.stopped_scan import scanned_part
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.case import Case
from simulator.vocabulary.procedure import BeamMotion, DosePhase, ScanMode
from tests.lesson_case import case_of, lesson_folder, lesson_scenario

SCAN = c.AcquirePlanningScan(levels=("L3", "L4"), slice_thickness_mm=2.0)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    folder = lesson_folder(tmp_path)
    return case_of(lesson_scenario(folder), folder)


def made_by(case: Case, command: c.AcquirePlanningScan) -> tuple[Session, e.AcquisitionMade | e.BeamCutShort]:
    session = Session(case.world)
    session.do(command)
    beams = [one for one in session.events if isinstance(one, e.AcquisitionMade | e.BeamCutShort)]
    assert len(beams) == 1, session.events
    return session, beams[0]


@pytest.mark.parametrize("mode", list(ScanMode))
@pytest.mark.parametrize("fraction", [0.05, 0.5, 0.8])
def test_the_dose_is_that_of_the_part_that_was_done(case: Case, mode: ScanMode, fraction: float) -> None:
    _, whole = made_by(case, replace(SCAN, mode=mode))
    session, part = made_by(case, replace(SCAN, mode=mode, done_fraction=fraction))
    assert part.dose.dlp_mgy_cm == pytest.approx(fraction * whole.dose.dlp_mgy_cm, rel=1e-4)
    assert part.dose.ctdi_vol_mgy == whole.dose.ctdi_vol_mgy
    assert part.beam.on_ms == pytest.approx(fraction * whole.beam.on_ms, abs=1.0)
    told = session.view().console.dose.dlp_mgy_cm
    assert told == {DosePhase.PLANNING: part.dose.dlp_mgy_cm}
    assert isinstance(whole, e.AcquisitionMade)
    if isinstance(part, e.AcquisitionMade):
        kept = part.slices.centres_table_mm
        assert kept == whole.slices.centres_table_mm[: len(kept)], "it runs from the head down"
        assert len(kept) < len(whole.slices.centres_table_mm)


def test_a_scan_that_is_stopped_at_once_costs_and_shows_nothing(case: Case) -> None:
    session, part = made_by(case, replace(SCAN, done_fraction=0.05))
    assert isinstance(part, e.BeamCutShort)
    assert session.view().console.acquired == ()
    session.do(SCAN)
    again = session.events[-1] if isinstance(session.events[-1], e.AcquisitionMade) else session.events[-2]
    assert isinstance(again, e.AcquisitionMade)
    assert again.dose_phase is DosePhase.PLANNING, "nothing was planned on before it"


def test_a_helical_slice_needs_what_lies_on_both_of_its_sides() -> None:
    protocol = beam_protocol(BeamMotion.HELICAL, 32)
    centres = tuple(float(-2 * k) for k in range(40))
    whole_mm = protocol.irradiated_mm(80.0)
    part = scanned_part(protocol, centres, 2.0, 0.7)
    assert part.irradiated_mm == pytest.approx(0.7 * whole_mm)
    assert len(part.centres_table_mm) == int((0.7 * whole_mm - protocol.overranging_mm) / 2.0)
    steps = beam_protocol(BeamMotion.SEQUENTIAL, 32)
    assert len(scanned_part(steps, centres, 2.0, 0.49).centres_table_mm) == 0
    assert len(scanned_part(steps, centres, 2.0, 0.5).centres_table_mm) == 20


def test_the_record_keeps_it_and_plays_it_again(case: Case, tmp_path: Path) -> None:
    recording = Recording(case, operator="trainee", scenario_path="", out=tmp_path / "out")
    recording.session.do(replace(SCAN, done_fraction=0.6))
    recording.session.do(replace(SCAN, done_fraction=0.05))
    recording.session.do(c.Finish())
    card = recording.close()
    kept = read_session(tmp_path / "out")
    assert [one.done_fraction for one in kept.commands if isinstance(one, c.AcquirePlanningScan)] == [0.6, 0.05]
    again = Session(case.world)
    for command in kept.commands:
        again.do(command)
    assert again.events == recording.session.events
    assert again.state.digest == recording.session.state.digest
    assert sum(one.dlp_mgy_cm for one in card.dose.by_phase.values()) == pytest.approx(
        sum(one.dose.dlp_mgy_cm for one in again.events if isinstance(one, e.AcquisitionMade | e.BeamCutShort))
    )
