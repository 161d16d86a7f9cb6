"""ProcedureState: where a procedure stands. Hashable; heavy arrays are replaced, never changed, and not compared."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.engine.patient.state import PatientNow
from simulator.interface.exposure import ExposureSettings
from simulator.needle.needle import NeedlePose, Vector
from simulator.needle.punctures import INTACT, Dura
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected
from simulator.patch.patch import Patch
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import DosePhase, NeedleHold, OperatorPosition, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedal:
    """A pedal that is held: since when, and how many rotations have been imaged."""

    pressed_ms: int
    rotations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Syringe:
    """What the patch syringe holds, and when its blood was drawn."""

    content: Injectate
    drawn_ms: int


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
        prepared: steps of preparation taken, in order
        table_mm: table position under the laser
        shifted, shift_mm: whether and how far the patient has moved since the planning scan
        needle, dura: None before a needle stands on the skin
        in_skin: whether the tip has gone through
        planning_scans, control_scans: how many were taken
        patch: what was injected, wherever it went
        compartment: of the first millilitre of blood; None before
        patient: how the living patient is
        feeling: what the patient felt last
        cue_ml: blood injected when the patient first spoke of pressure or pain
        nerves_suffered: whether the pressure ever stopped the roots' blood flow
        head_down: whether the patient is tilted head down after the patch
    """

    digest: str
    elapsed_ms: int = 0
    counters: Counters = Counters()
    prepared: tuple[str, ...] = ()
    myelogram_seen: bool = False
    technique: ExposureSettings = field(default=ExposureSettings())
    table_mm: float = 0.0
    shifted: bool = False
    shift_mm: Vector = (0.0, 0.0, 0.0)
    needle_name: str = "20G Quincke 88 mm"
    needle: NeedlePose | None = None
    in_skin: bool = False
    skin_punctures: int = 0
    dura: Dura = INTACT
    held_by: NeedleHold = NeedleHold.HOLDER
    stands_at: OperatorPosition = OperatorPosition.TABLE
    pedal: Pedal | None = None
    planning_scans: int = 0
    control_scans: int = 0
    syringe: Syringe | None = None
    patch: Patch = field(default_factory=Patch, compare=False)
    injected_revision: int = 0
    blood_ml: float = 0.0
    epidural_ml: float = 0.0
    compartment: Compartment | None = None
    patient: PatientNow = field(default_factory=PatientNow)
    feeling: str = "nothing"
    cue_ml: float | None = None
    nerves_suffered: bool = False
    head_down: bool = False
    aftercare_hours: float | None = None
    finished: bool = False

    @property
    def touched(self) -> bool:
        """Whether anything was injected."""
        return self.patch.injected.revision > 0

    @property
    def injected(self) -> Injected:
        """What has come to the canal's voxels."""
        return self.patch.injected


def phase_of(state: ProcedureState) -> Phase:
    """Phase of the procedure: what has happened decides, nobody chooses it."""
    if state.finished:
        return Phase.CLOSED
    if state.aftercare_hours is not None:
        return Phase.AFTERCARE
    if state.blood_ml > 0.0:
        return Phase.CONFIRMATION if state.control_scans > 0 else Phase.INJECTION
    if state.skin_punctures > 0:
        return Phase.GUIDANCE
    if state.planning_scans > 0:
        return Phase.PLANNING
    if "leak marked" in state.prepared or state.myelogram_seen:
        return Phase.LOCALISATION
    return Phase.PREPARATION


def dose_phase_of(state: ProcedureState) -> DosePhase:
    """Which account a press is booked on now."""
    if state.blood_ml > 0.0:
        return DosePhase.CONFIRMATION
    return DosePhase.GUIDANCE if state.skin_punctures > 0 else DosePhase.PLANNING
