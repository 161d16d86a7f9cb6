"""What the console announces is what the engine books: press, planning in both modes, control, in every region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.scan_reach import scan_reach_mm
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.dose_estimate import DoseEstimate
from simulator.interface.scan_range import levels_range_mm, slice_centres_mm
from simulator.interface.view import View
from simulator.scoring.dose_ledger import dose_ledger
from simulator.scoring.procedure_summary import summarise
from simulator.vocabulary.levels import Region, Vertebra
from simulator.vocabulary.procedure import DosePhase, ScanMode
from tests.procedures import placed, run


def session_in(case, region: Region) -> Session:
    """The default patient, dosed as another region."""
    settings = replace(case.world.settings, region=region)
    return Session(CaseContext(phantom=case.world.phantom, settings=settings, root_seed=1))


def acquired(session: Session, command: c.Command) -> e.AcquisitionMade:
    """The one acquisition of a command."""
    (made,) = [event for event in session.do(command) if isinstance(event, e.AcquisitionMade)]
    return made


def announced_scan(view: View, mode: ScanMode, low_mm: float, high_mm: float, thickness_mm: float) -> DoseEstimate:
    """What a window reads off the View before a scan at 120 kV and 50 mAs."""
    imaged = len(slice_centres_mm(low_mm, high_mm, thickness_mm, view.console.scan_reach_mm)) * thickness_mm
    return view.console.dose_per_load.scan_estimate(mode, 120, 50.0, imaged)


def assert_charged(estimate: DoseEstimate, made: e.AcquisitionMade, view: View) -> None:
    """To the last bit."""
    assert made.dose.ctdi_vol_mgy == estimate.ctdi_vol_mgy
    assert made.dose.dlp_mgy_cm == estimate.dlp_mgy_cm
    assert made.beam.irradiated_mm == estimate.irradiated_mm
    assert made.dose.ctdi_phantom_cm == view.console.dose_per_load.ctdi_phantom_cm
    assert made.dose.effective_dose_msv == view.console.dose_per_load.k_msv_per_mgy_cm * estimate.dlp_mgy_cm


@pytest.mark.parametrize("region", list(Region))
def test_a_press_costs_what_was_announced(patient_2, region):
    session = session_in(patient_2, region)
    for arc, hand in ((360, False), (240, False), (360, True)):
        settings = {"tube_voltage_kv": 100, "tube_current_ma": 40.0, "scan_arc_deg": arc, "hand_protection": hand}
        session.do(c.ChooseTechnique(**settings))
        view = session.view()
        technique = view.console.settings
        estimate = view.console.dose_per_load.press_estimate(technique.tube_voltage_kv, technique.mas)
        made = acquired(session, c.PressPedal())
        assert_charged(estimate, made, view)
        assert (made.beam.overranging_mm, made.beam.irradiated_mm) == (0.0, 12.0)
        assert made.dose_phase == view.console.dose_phase


@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize("mode", list(ScanMode))
@pytest.mark.parametrize("levels", [("L3", "L4"), ("L4", "L2"), ("T12", "S1"), ("L5", "S1")])
def test_a_planning_scan_costs_what_was_announced(patient_2, region, mode, levels):
    session = session_in(patient_2, region)
    for thickness_mm in (3.0, 2.0, 1.1):
        view = session.view()
        low, high = levels_range_mm(*(view.console.level_table_mm[Vertebra(level)] for level in levels))
        estimate = announced_scan(view, mode, low, high, thickness_mm)
        made = acquired(
            session, c.AcquirePlanningScan(levels=levels, mas=50.0, slice_thickness_mm=thickness_mm, mode=mode)
        )
        assert_charged(estimate, made, view)
        assert (made.beam.overranging_mm > 0.0) == (mode is ScanMode.HELICAL)


@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize("length_mm", [12.0, 20.0, 60.0, 300.0])
def test_a_control_scan_costs_what_was_announced(patient_2, region, length_mm):
    session = session_in(patient_2, region)
    session.do(c.MoveTable(level="L3/4"))
    view = session.view()
    half = length_mm / 2
    estimate = announced_scan(view, ScanMode.HELICAL, view.console.table_mm - half, view.console.table_mm + half, 4.0)
    assert_charged(estimate, acquired(session, c.AcquireControlScan(length_mm=length_mm, mas=50.0)), view)


def test_a_patient_who_has_moved_is_announced_as_they_are_scanned(make_case):
    session = Session(make_case(seed=5, hands="default").world)
    run(session, [*placed(), c.Advance(distance_mm=10.0), c.PressPedal()])
    assert any(session.state.patient.displacement_mm)
    view = session.view()
    assert view.console.scan_reach_mm == scan_reach_mm(session.world, session.state)
    low, high = levels_range_mm(*(view.console.level_table_mm[level] for level in (Vertebra.T12, Vertebra.S1)))
    estimate = announced_scan(view, ScanMode.HELICAL, low, high, 3.0)
    assert_charged(estimate, acquired(session, c.AcquirePlanningScan(levels=("T12", "S1"), mas=50.0)), view)


def test_a_sequential_scan_has_no_overranging_and_its_own_dose_and_time(patient_2):
    """63 mm take two positions of 40 mm, with a step of the table between them."""
    helical, sequential = Session(patient_2.world), Session(patient_2.world)
    spiral = acquired(helical, c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))
    steps = acquired(sequential, c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0, mode="sequential"))
    assert (steps.beam.scan_length_mm, steps.beam.irradiated_mm, steps.beam.on_ms) == (63.0, 80.0, 1500)
    assert steps.slices == spiral.slices
    assert steps.dose.dlp_mgy_cm == pytest.approx(26.4)
    assert spiral.dose.dlp_mgy_cm == pytest.approx(3.3 * (6.3 + 5.73), rel=1e-3)
    assert sequential.state.elapsed_ms - helical.state.elapsed_ms == 3000
    # 4.5 rotations of 0.75 s: the irradiated length over a travel of 0.671 x 40 mm
    assert spiral.beam.on_ms == round(750 * spiral.beam.irradiated_mm / (0.671 * 40.0))
    (refused,) = sequential.do(c.AcquirePlanningScan(levels=("L3", "L4"), mode="spiral"))
    assert refused.reason == "there is no scan mode 'spiral'; choose helical or sequential"


def test_a_planning_scan_after_a_needle_is_a_planning_scan_booked_as_guidance(patient_2):
    session = Session(patient_2.world)
    run(session, [*placed(), c.Advance(distance_mm=10.0)])
    late = acquired(session, c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))
    assert (late.purpose, late.dose_phase) == ("planning", DosePhase.GUIDANCE)
    ledger = dose_ledger(summarise(session.world, session.events))
    assert ledger.by_phase[DosePhase.PLANNING].planning_scans == 1
    assert ledger.by_phase[DosePhase.GUIDANCE].planning_scans == 1
    assert ledger.by_phase[DosePhase.GUIDANCE].dlp_mgy_cm == late.dose.dlp_mgy_cm
