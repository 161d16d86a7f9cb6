"""ProcedureState: where a procedure stands. Hashable; heavy arrays are replaced, never changed, and not compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simulator.ct.tube_output import emitted_share
from simulator.needle.needle import NeedlePose, Vector
from simulator.needle.punctures import INTACT, Dura
from simulator.patch.injectate import Injectate
from simulator.patch.injected import Injected
from simulator.patch.patch import Patch
from simulator.procedure.events import Compartment, DosePhase
from simulator.procedure.patient_state import PatientNow

Phase = Literal[
    "preparation",
    "myelography",
    "localisation",
    "planning",
    "guidance",
    "injection",
    "confirmation",
    "aftercare",
    "closed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleTechnique:
    """What the console is set to.

    Attributes:
        rotation_s: time of a whole turn
        scan_arc_deg: angle over which the beam is on for one image, 360 or 240
        hand_protection: the beam is off while the tube is over the back
    """

    tube_voltage_kv: int = 120
    tube_current_ma: float = 30.0
    rotation_s: float = 0.5
    scan_arc_deg: int = 360
    hand_protection: bool = False

    @property
    def emitted_share(self) -> float:
        """Part of a whole turn's tube load that is emitted for one image."""
        return emitted_share(self.scan_arc_deg, self.hand_protection)

    @property
    def mas(self) -> float:
        """Tube load that is emitted for one image."""
        return self.tube_current_ma * self.rotation_s * self.emitted_share

    @property
    def image_s(self) -> float:
        """Time from one image to the next while the pedal is down.

        A gap over the hand comes once in a turn, so what spares the hand takes the whole turn.
        """
        return self.rotation_s if self.hand_protection else self.rotation_s * self.scan_arc_deg / 360.0


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
    technique: ConsoleTechnique = ConsoleTechnique()
    table_mm: float = 0.0
    shifted: bool = False
    shift_mm: Vector = (0.0, 0.0, 0.0)
    needle_name: str = "20G Quincke 88 mm"
    needle: NeedlePose | None = None
    in_skin: bool = False
    skin_punctures: int = 0
    dura: Dura = INTACT
    held_by: str = "holder"
    stands_at: str = "table"
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
        return "closed"
    if state.aftercare_hours is not None:
        return "aftercare"
    if state.blood_ml > 0.0:
        return "confirmation" if state.control_scans > 0 else "injection"
    if state.skin_punctures > 0:
        return "guidance"
    if state.planning_scans > 0:
        return "planning"
    if "leak marked" in state.prepared or state.myelogram_seen:
        return "localisation"
    return "preparation"


def dose_phase_of(state: ProcedureState) -> DosePhase:
    """Which account a press is booked on now."""
    if state.blood_ml > 0.0:
        return "confirmation"
    return "guidance" if state.skin_punctures > 0 else "planning"
