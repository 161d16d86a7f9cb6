"""ProcedureState: where a procedure stands, room by room. Hashable; arrays are replaced, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.engine.imaging.state import ImagingState
from simulator.engine.injection.state import InjectionState
from simulator.engine.needle.state import NeedleState
from simulator.engine.patient.state import PatientState
from simulator.engine.preparation.state import PreparationState
from simulator.vocabulary.procedure import DosePhase, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Ordinals of the things that chance touches."""

    commands: int = 0
    acquisitions: int = 0
    placements: int = 0
    turns: int = 0
    steps: int = 0
    dura_contacts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureState:
    """One moment of a procedure.

    Attributes:
        digest: SHA-256 chained over commands and events, hexadecimal
    """

    digest: str
    elapsed_ms: int = 0
    counters: Counters = field(default=Counters())
    preparation: PreparationState = field(default=PreparationState())
    imaging: ImagingState = field(default=ImagingState())
    needle: NeedleState = field(default=NeedleState())
    injection: InjectionState = field(default=InjectionState())
    patient: PatientState = field(default=PatientState())
    finished: bool = False


def current_phase(state: ProcedureState) -> Phase:
    """Phase of the procedure: what has happened decides, nobody chooses it."""
    if state.finished:
        return Phase.CLOSED
    if state.preparation.aftercare_hours is not None:
        return Phase.AFTERCARE
    if state.injection.blood_ml > 0.0:
        return Phase.CONFIRMATION if state.imaging.control_scans > 0 else Phase.INJECTION
    if state.needle.skin_punctures > 0:
        return Phase.GUIDANCE
    if state.imaging.planning_scans > 0:
        return Phase.PLANNING
    if "leak marked" in state.preparation.steps or state.imaging.myelogram_seen:
        return Phase.LOCALISATION
    return Phase.PREPARATION


def current_dose_phase(state: ProcedureState) -> DosePhase:
    """Which account a press is booked on now."""
    if state.injection.blood_ml > 0.0:
        return DosePhase.CONFIRMATION
    return DosePhase.GUIDANCE if state.needle.skin_punctures > 0 else DosePhase.PLANNING
