"""The scout in a procedure: dose and record, refusals with limits, what an operator sees, a scan drawn on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from simulator.ct.dose import ctdi_vol_mgy
from simulator.engine import events as e
from simulator.engine.advance import plain
from simulator.engine.session import Session, scout_digest
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.interface.older_commands import AcquireScout as OlderScout
from simulator.records.header import describe_case
from simulator.records.replay import rerun, verify
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.report.event_words import grouped_words
from simulator.scenario.build import Case
from simulator.scoring.dose_ledger import dose_ledger
from simulator.scoring.procedure_summary import summarise
from simulator.vocabulary.procedure import DosePhase
from tests.procedures import placed, run

MakeCase = Callable[..., Case]


def refused(session: Session, command: c.Command) -> str:
    (event,) = session.do(command)
    assert isinstance(event, e.CommandRefused), event
    return event.reason


def test_the_dose_display_keeps_the_largest_index_of_a_phase(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    (scan,) = session.do(c.AcquirePlanningScan(levels=("L3", "L4"), tube_voltage_kv=120, mas=50))
    (scout,) = session.do(c.AcquireScout())
    assert isinstance(scan, e.AcquisitionMade)
    assert isinstance(scout, e.ScoutMade)
    assert scout.dose.ctdi_vol_mgy < scan.dose.ctdi_vol_mgy
    assert session.view().console.dose.ctdi_vol_mgy[DosePhase.PLANNING] == scan.dose.ctdi_vol_mgy


def test_a_scout_books_its_dose_and_shows_the_whole_reach(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    low, high = session.view().console.scan_reach_mm
    (made,) = session.do(c.AcquireScout())
    assert isinstance(made, e.ScoutMade)
    length_mm = made.beam.scan_length_mm
    assert high - low - 1.0 < length_mm <= high - low
    # Current times collimation over table speed at every place, in the 32 cm phantom, with the narrow beam's penumbra
    ctdi = ctdi_vol_mgy(120, 30.0 * 2.5 / 100.0, 32, 2.5)
    assert made.dose.ctdi_vol_mgy == pytest.approx(ctdi)
    assert made.dose.dlp_mgy_cm == pytest.approx(ctdi * length_mm / 10)
    assert 0.05 < ctdi < 0.2
    assert made.beam.on_ms == pytest.approx(10 * length_mm)
    ledger = dose_ledger(summarise(session.world, session.events))
    booked = ledger.by_phase[DosePhase.PLANNING]
    assert (booked.acquisitions, booked.dlp_mgy_cm) == (1, pytest.approx(made.dose.dlp_mgy_cm))
    assert booked.effective_dose_msv == pytest.approx(booked.k_msv_per_mgy_cm * booked.dlp_mgy_cm)
    assert ledger.total.dlp_mgy_cm_by_phantom == {"32 cm": pytest.approx(made.dose.dlp_mgy_cm)}
    assert ledger.total.peak_skin_mgy == pytest.approx(made.dose.skin_entrance_mgy)
    console = session.view().console
    assert console.dose.dlp_mgy_cm[DosePhase.PLANNING] == pytest.approx(made.dose.dlp_mgy_cm)
    assert console.acquired == ()
    assert session.state.elapsed_ms == 10_000
    assert "scout, PA" in str(grouped_words([made]))


def test_a_scout_changes_no_other_image(make_case: MakeCase) -> None:
    alone, after = Session(make_case().world), Session(make_case().world)
    after.do(c.AcquireScout())
    for session in (alone, after):
        session.do(c.PressPedal())
    np.testing.assert_array_equal(alone.image(0).hu, after.image(0).hu)


def test_the_view_has_the_picture_and_nothing_of_the_truth(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    session.do(c.AcquireScout(orientation="lateral", tube_current_ma=60.0))
    view = session.view()
    (entry,) = view.console.scouts
    picture = view.images.scout(entry.number)
    assert picture.orientation == entry.orientation == "lateral"
    assert picture.water_mm.shape == (len(picture.table_mm), len(picture.across_mm))
    assert picture.table_mm[0] > picture.table_mm[-1]
    assert entry.range_mm == (
        pytest.approx(picture.table_mm[-1] - 0.5, abs=0.11),
        pytest.approx(picture.table_mm[0] + 0.5, abs=0.11),
    )
    assert not picture.water_mm.flags.writeable
    assert {item.name for item in fields(entry)} == {"number", "at_ms", "orientation", "range_mm", "settings", "dose"}
    assert view.images.scout(0) is picture


def test_grid_wires_are_on_it_once_they_are_on_the_skin(make_case: MakeCase) -> None:
    bare, gridded = Session(make_case().world), Session(make_case().world)
    gridded.do(c.PlaceSkinGrid(level="L3/4"))
    for session in (bare, gridded):
        session.do(c.AcquireScout())
    more = gridded.scout(0).water_mm - bare.scout(0).water_mm
    across, table = gridded.scout(0).across_mm, gridded.scout(0).table_mm
    grid = gridded.state.preparation.grid
    assert grid is not None
    middle = gridded.world.table_transform().table_z_mm(grid.middle_z_mm)
    inside = np.abs(table - middle) < 55.0
    wires = np.median(more[inside], axis=0)
    assert np.abs(more[np.abs(table - middle) > 65.0]).max(initial=0.0) == 0.0
    places = np.flatnonzero((wires > 1.0) & (wires >= np.roll(wires, 1)) & (wires > np.roll(wires, -1)))
    assert len(places) == 9
    # A centimetre apart on the back, which lies nearer to the tube than the isocentre
    assert 10.0 < float(-np.diff(across[places]).mean()) < 14.0


def test_a_hand_feels_a_level_less_well_than_an_exact_one(make_case: MakeCase) -> None:
    world = make_case(hands="default").world
    heights = set()
    for _ in range(2):
        session = Session(world)
        run(session, [c.PlaceSkinGrid(level="L3/4"), c.PlaceSkinGrid(level="L3/4")])
        grid = session.state.preparation.grid
        assert grid is not None
        assert grid.placement == 1
        heights.add(grid.middle_z_mm)
    assert len(heights) == 1
    level = world.level_z_mm("L3/4")
    assert level is not None
    assert heights.pop() != pytest.approx(level, abs=0.05)


def test_beyond_the_patient_it_is_refused_with_the_limits(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    low, high = session.view().console.scan_reach_mm
    reason = refused(session, c.AcquireScout(from_mm=low - 30.0, to_mm=high))
    assert f"beyond the patient: the table reaches {low:.1f} to {high:.1f} mm" in reason
    assert "too little to count" in refused(session, c.AcquireScout(from_mm=low, to_mm=low + 20.0))
    assert "tube_current_ma" in refused(session, c.AcquireScout(tube_current_ma=900.0))
    assert "the console offers" in refused(session, c.AcquireScout(tube_voltage_kv=90))
    assert session.state.imaging.scouts == 0
    run(session, placed())
    assert "take it out before a scout" in refused(session, c.AcquireScout())


def test_a_planning_scan_is_taken_where_it_was_drawn(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    low, high = session.view().console.scan_reach_mm
    (made, *_) = session.do(c.AcquirePlanningScan(between_mm=(high - 20.0, low + 40.0)))
    assert isinstance(made, e.AcquisitionMade)
    centres = made.slices.centres_table_mm
    assert centres[0] == pytest.approx(high - 20.0 - 1.5, abs=0.1)
    assert low + 40.0 < centres[-1] < low + 40.0 + 3.1
    assert "goes beyond the patient" in refused(session, c.AcquirePlanningScan(between_mm=(low - 9.0, high)))
    assert "say the range once" in refused(session, c.AcquirePlanningScan())
    both = c.AcquirePlanningScan(levels=("L3", "L4"), between_mm=(low, high))
    assert "say the range once" in refused(session, both)
    assert "not finite" in refused(session, c.AcquirePlanningScan(between_mm=(low, float("nan"))))


def test_a_command_from_before_is_written_as_before() -> None:
    assert "between_mm" not in plain(c.AcquirePlanningScan(levels=("L3", "L4")))
    assert plain(OlderScout()) == {"command": "AcquireScout"}
    assert plain(c.AcquireScout())["orientation"] == "PA"


def test_a_record_with_a_scout_replays_exact_and_knows_a_forged_picture(make_case: MakeCase, tmp_path: Path) -> None:
    case = make_case(seed=4, hands="default")
    path = tmp_path / "session.jsonl"
    with SessionLog(path, describe_case(case, operator="test", hands="default", scenario_path="p.toml")) as log:
        session = RecordedSession(case, log)
        run(session, [c.PlaceSkinGrid(level="L3/4"), c.AcquireScout(), c.AcquireScout(orientation="lateral")])
        for number in (1, 0, 1):
            session.view().images.scout(number)
        session.do(c.Finish())
        log.close(digest=session.state.digest, scorecard=scorecard_to_json(score_session(case, session, "test")))
    record = read_session(path)
    assert [image.number for image in record.scouts] == [1, 0]
    again = rerun(record, case)
    assert scout_digest(again.scout(1)) == record.scouts[0].digest
    found = verify(record, case, again)
    assert (found.images, found.images_exact) == (2, 2)
    forged = path.read_text().replace('"kind":"scout","body":{"number":1', '"kind":"scout","body":{"number":7')
    (tmp_path / "forged.jsonl").write_text(forged)
    with pytest.raises(UserInputError):
        read_session(tmp_path / "forged.jsonl")
