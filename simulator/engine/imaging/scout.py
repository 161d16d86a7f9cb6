"""Scout: a radiograph of the patient on the moving table, its dose, and what lies in its beam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from simulator.ct import dose
from simulator.ct.projector import DensityChange
from simulator.ct.scanner_model import scanner_model
from simulator.ct.scout import ScoutScene
from simulator.ct.scout_wires import SkinWires
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam import with_irradiated
from simulator.engine.imaging.beam_protocols import scout_protocol
from simulator.engine.imaging.dose_checks import check_dose
from simulator.engine.imaging.events import Beam
from simulator.engine.imaging.gantry import refuse_while_tilted
from simulator.engine.imaging.grid_wires import wires_on_skin
from simulator.engine.imaging.handlers import check_voltage, measure_regions_mm
from simulator.engine.imaging.scan_reach import WITHIN_MM, scan_reach_mm
from simulator.engine.injection.advance_patch_to_now import advance_patch_to_now
from simulator.engine.preparation.skin_grid import WIRE_DIAMETER_MM, SkinGrid
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, noise_key
from simulator.interface import commands as c
from simulator.interface import older_commands
from simulator.interface.exposure import ExposureDose
from simulator.interface.radiograph import SCOUT_ROW_MM, ScoutTechnique
from simulator.interface.scan_range import slice_centres_mm
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import DosePhase

SHORTEST_MM = 50.0


@handles(older_commands.AcquireScout)
def _refused_scout(world: CaseContext, state: ProcedureState, command: older_commands.AcquireScout) -> Result:
    """What came of it when there were no scouts, word by word."""
    raise RefusalError("this scanner takes no scout yet; name the levels in AcquirePlanningScan")


@handles(c.AcquireScout)
def _scout(world: CaseContext, state: ProcedureState, command: c.AcquireScout) -> Result:
    check_voltage(world, command.tube_voltage_kv)
    if state.imaging.pedal is not None:
        raise RefusalError("release the pedal first")
    if state.needle.pose is not None:
        raise RefusalError("the table would draw the needle through the gantry: take it out before a scout")
    refuse_while_tilted(state)
    centres = _row_centres_mm(world, state, command)
    state = advance_patch_to_now(world, state)
    technique = ScoutTechnique(tube_voltage_kv=command.tube_voltage_kv, tube_current_ma=float(command.tube_current_ma))
    length_mm = len(centres) * SCOUT_ROW_MM
    number = state.imaging.scouts
    event = e.ScoutMade(
        at_ms=state.elapsed_ms,
        number=number,
        dose_phase=DosePhase.GUIDANCE if state.needle.skin_punctures else DosePhase.PLANNING,
        orientation=command.orientation,
        row_centres_mm=(centres[0], centres[-1]),
        row_mm=SCOUT_ROW_MM,
        settings=technique,
        beam=Beam(
            mas=technique.mas,
            on_ms=round(1000 * length_mm / technique.table_mm_per_s),
            scan_length_mm=length_mm,
            irradiated_mm=length_mm,
        ),
        patient_displacement_mm=state.patient.displacement_mm,
        patch_revision=state.injection.injected.revision,
        grid=state.preparation.grid_in_beam,
        dose=scout_dose(world, technique, length_mm, measure_regions_mm(world, centres, SCOUT_ROW_MM)),
    )
    before = state.imaging.irradiated
    state = with_irradiated(state, 0.5 * (centres[0] + centres[-1]), event.beam, event.dose)
    state = replace(state, imaging=replace(state.imaging, scouts=number + 1))
    return state, [event, *check_dose(world, before, state, event)]


def _row_centres_mm(world: CaseContext, state: ProcedureState, command: c.AcquireScout) -> tuple[float, ...]:
    """Table positions of the rows, from the head down; refused beyond the patient."""
    reach_mm = scan_reach_mm(world, state)
    first = reach_mm[0] if command.from_mm is None else float(command.from_mm)
    last = reach_mm[1] if command.to_mm is None else float(command.to_mm)
    low, high = min(first, last), max(first, last)
    if low < reach_mm[0] - WITHIN_MM or high > reach_mm[1] + WITHIN_MM:
        raise RefusalError(
            f"a scout from {low:.1f} to {high:.1f} mm goes beyond the patient: "
            f"the table reaches {reach_mm[0]:.1f} to {reach_mm[1]:.1f} mm"
        )
    if high - low < SHORTEST_MM:
        raise RefusalError(f"a scout of {high - low:.0f} mm shows too little to count in: take {SHORTEST_MM:.0f} mm")
    return slice_centres_mm(low, high, SCOUT_ROW_MM, reach_mm)


def scout_dose(
    world: CaseContext, technique: ScoutTechnique, length_mm: float, by_region_mm: Mapping[Region, float]
) -> ExposureDose:
    """Dose of a scout.

    CTDIvol is that of the tube load at each place, in the phantom of the case's region, with the overbeaming of the
    narrow beam: the phantom is round, so the index of a tube at rest is that of a turning one. The effective dose is
    the sum over the regions of the spine, each with its own phantom and factor. Entrance dose is the mean around the
    body, as of every beam; on the side of the tube it is two to three times that.
    """
    kv, mas = technique.tube_voltage_kv, technique.mas
    own = world.conversion
    preset = world.settings.imaging.scanner
    estimate = scout_protocol(own.ctdi_phantom_cm, preset).estimate(kv, mas, length_mm)
    effective_msv = 0.0
    for region, part_mm in (by_region_mm or {own.region: length_mm}).items():
        ctdi = scout_protocol(dose.conversion(region).ctdi_phantom_cm, preset).ctdi_vol_mgy_per_mas[kv] * mas
        effective_msv += dose.effective_dose_msv(dose.dlp_mgy_cm(ctdi, part_mm), region)
    return ExposureDose(
        ctdi_vol_mgy=estimate.ctdi_vol_mgy,
        ctdi_phantom_cm=own.ctdi_phantom_cm,
        dlp_mgy_cm=estimate.dlp_mgy_cm,
        k_msv_per_mgy_cm=effective_msv / estimate.dlp_mgy_cm,
        effective_dose_msv=effective_msv,
        skin_entrance_mgy=dose.skin_entrance_mgy(dose.ctdi_vol_mgy(kv, mas, 16, scanner=scanner_model(preset))),
        operator_usv=0.0,  # taken from the control room, which the staff's model leaves without dose
        hand_usv=0.0,
    )


def scout_scene(world: CaseContext, made: e.ScoutMade, change: DensityChange | None) -> ScoutScene:
    """What was in the beam of a scout, in the patient's frame."""
    shift = made.patient_displacement_mm
    transform = world.table_transform(shift)
    low_mm, high_mm = world.phantom.z_range_mm
    half = 0.5 * made.row_mm
    # A patient who moved by more than the table's margin shows the last whole row that there is
    centres = [min(max(transform.patient_z_mm(z), low_mm + half), high_mm - half) for z in row_table_mm(made).tolist()]
    return ScoutScene(
        technique=made.settings,
        orientation=made.orientation,
        row_centres_mm=centres,
        shift_mm=(shift[0], shift[1]),
        change=change,
        wires=None if made.grid is None else _wires(world, made.grid, centres),
        noise_key=noise_key(world.root_seed, made.number, Stream.SCOUT_NOISE),
    )


def row_table_mm(made: e.ScoutMade) -> FloatArray:
    """Table position of each row of a scout, from the head down [shape=(row,)]."""
    return np.asarray(np.round(made.row_centres_mm[0] - made.row_mm * np.arange(made.rows), 1))


def _wires(world: CaseContext, grid: SkinGrid, centres_mm: list[float]) -> SkinWires:
    x_mm, y_mm = wires_on_skin(world, grid, np.asarray(centres_mm))
    return SkinWires(x_mm=x_mm, y_mm=y_mm, diameter_mm=WIRE_DIAMETER_MM)
