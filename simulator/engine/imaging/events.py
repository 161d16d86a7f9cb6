"""Events of console and beam; `simulator.engine.events` offers them with all others."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.engine.event import Event
from simulator.engine.preparation.skin_grid import SkinGrid
from simulator.interface.command_fields import ADDED_LATER
from simulator.interface.dose_check import PassedDoseLimit
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.interface.radiograph import ScoutTechnique
from simulator.needle.needle_shape import NeedleShape
from simulator.spatial.frames import PatientDisplacement
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase, MyelogramPosition
from simulator.vocabulary.scout import ScoutOrientation


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """What the tube gave.

    Attributes:
        mas: tube load that was emitted
        scan_length_mm: length that is imaged, along the patient
        overranging_mm: what a helical scan irradiates beyond it, over both ends
        irradiated_mm: length that the dose-length product is over; 0 in records that name none
        tube_at_deg: where the tube stood when a partial scan began
    """

    mas: float
    on_ms: int
    scan_length_mm: float
    tube_at_deg: float = 0.0
    overranging_mm: float = 0.0
    irradiated_mm: float = 0.0

    @property
    def dose_length_mm(self) -> float:
        """Length that the dose-length product is over."""
        return self.irradiated_mm or self.scan_length_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """Where the slices of an acquisition lie: table positions of their centres, from the head down."""

    centres_table_mm: tuple[float, ...]
    thickness_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What lay in the beam besides the patient at rest.

    Attributes:
        needle, introducer: steel, in the patient's frame
        patient_displacement_mm: of the patient under the beam: since planning, by breath, by a jerk
        patch_revision: of the injected material
        grid: on the skin; None where there is none
    """

    needle: NeedleShape | None
    introducer: NeedleShape | None
    patient_displacement_mm: PatientDisplacement
    patch_revision: int
    grid: SkinGrid | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueChosen(Event):
    """The next press will use these settings."""

    settings: ExposureSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionMade(Event):
    """The beam was on. Recorded before any photon; the image follows from this and the phantom alone.

    Attributes:
        position: of the patient for a myelogram; None where it was prone, as for every other image
    """

    number: int
    purpose: AcquisitionPurpose
    dose_phase: DosePhase
    settings: ExposureSettings
    slices: Slices
    beam: Beam
    scene: Scene
    dose: ExposureDose
    counts_toward_dose: bool
    position: MyelogramPosition | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutMade(Event):
    """A scout was taken. Its picture follows from this and the phantom alone.

    Attributes:
        number: among the scouts, from 0
        row_centres_mm: table positions of the first and the last row, from the head down
        row_mm: height of a row
        settings: how it was exposed
        patient_displacement_mm: of the patient under the beam
        patch_revision: of the injected material
        grid: on the skin; None where there was none
    """

    number: int
    purpose: AcquisitionPurpose = AcquisitionPurpose.SCOUT
    dose_phase: DosePhase
    orientation: ScoutOrientation
    row_centres_mm: tuple[float, float]
    row_mm: float
    settings: ScoutTechnique
    beam: Beam
    patient_displacement_mm: PatientDisplacement
    patch_revision: int
    grid: SkinGrid | None
    dose: ExposureDose
    counts_toward_dose: bool = True

    @property
    def rows(self) -> int:
        """How many rows the picture has."""
        return round((self.row_centres_mm[0] - self.row_centres_mm[1]) / self.row_mm) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLookedAt(Event):
    """Somebody looked at slices of an acquisition, given by their indices from the head down."""

    number: int
    slices: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamCutShort(Event):
    """The foot came up before a rotation was over: dose, and no image."""

    purpose: AcquisitionPurpose
    dose_phase: DosePhase
    settings: ExposureSettings
    beam: Beam
    dose: ExposureDose
    counts_toward_dose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCheckPassed(Event):
    """A beam went on although the console had said that it would pass a notification or an alert value."""

    purpose: AcquisitionPurpose
    passed: PassedDoseLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamOff(Event):
    """A held pedal was released."""

    beam_on_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMoved(Event):
    """Another slice lies under the laser."""

    table_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GantryTilted(Event):
    """The gantry leans otherwise; positive leans its upper edge to the head."""

    tilt_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorStood(Event):
    """Where the operator stands now."""

    place: str
