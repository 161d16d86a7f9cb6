"""Console: what the scanner's console shows, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.interface.dose_check import DoseCheck
from simulator.interface.dose_estimate import DosePerLoad
from simulator.interface.exposure import ExposureDose, ExposureSettings
from simulator.interface.radiograph import ScoutTechnique
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.vocabulary.levels import Vertebra
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase, MyelogramPosition
from simulator.vocabulary.scanners import STANDARD_SCANNER, ScannerPreset
from simulator.vocabulary.scout import ScoutOrientation


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """One entry of the console's list of acquisitions.

    Attributes:
        number: by which the archive knows its images
        slice_centres_table_mm: table positions, from the head down
        position: in which a myelogram was taken; None for prone, and for every other scan
        tilt: how the gantry leaned; None where it was upright
    """

    number: int
    purpose: AcquisitionPurpose
    at_ms: int
    slice_centres_table_mm: tuple[float, ...]
    slice_thickness_mm: float
    settings: ExposureSettings
    dose: ExposureDose
    position: MyelogramPosition | None = None
    tilt: GantryTilt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquiredScout:
    """One scout in the console's list.

    Attributes:
        number: by which the archive knows its picture, from 0
        range_mm: table positions between which it lies, low and high
    """

    number: int
    at_ms: int
    orientation: ScoutOrientation
    range_mm: tuple[float, float]
    settings: ScoutTechnique
    dose: ExposureDose


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSoFar:
    """Dose display of the console, and what the badges of the room say.

    Attributes:
        dlp_mgy_cm, ctdi_vol_mgy: by phase; CTDIvol is the largest of the acquisitions of the phase
    """

    dlp_mgy_cm: dict[DosePhase, float]
    ctdi_vol_mgy: dict[DosePhase, float]
    presses: int
    beam_on_ms: int
    operator_usv: float
    hand_usv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleView:
    """The console of the scanner.

    Attributes:
        settings: what the next press will use
        tube_voltages_kv, tube_currents_ma, scan_arcs_deg, offers_hand_protection: what can be chosen
        planning_mas: tube load of the planning scan's protocol
        table_mm: table position under the laser
        table_range_mm: where the table can go with this patient
        grid_midline_x_mm: where the middle wire of the skin grid shows in the images; None before it is stuck on
        pedal_down: whether the beam is on
        acquired: all acquisitions, in order
        dose_phase: the account on which the next press is booked
        dose_per_load: what a beam will cost
        dose_check: notification and alert values, and whether the next press would pass them
        level_table_mm: table positions of the vertebrae's centres, as the overview shows them
        scan_reach_mm: table positions between which slices of a scan may lie
        scouts: all scouts, in order
        scanner: the class of scanner that stands in the room
        offers_metal_artefact_reduction: whether a press can be made again without what lies behind metal
        rotation_range_s: shortest and longest turn of a press
        gantry_tilts_deg: least and greatest tilt of the gantry about a slender patient
    """

    settings: ExposureSettings
    tube_voltages_kv: tuple[int, ...]
    tube_currents_ma: tuple[float, ...]
    scan_arcs_deg: tuple[int, ...]
    offers_hand_protection: bool
    planning_mas: float
    table_mm: float
    table_range_mm: tuple[float, float]
    grid_midline_x_mm: float | None
    pedal_down: bool
    acquired: tuple[Acquired, ...]
    dose: DoseSoFar
    dose_phase: DosePhase
    dose_per_load: DosePerLoad
    dose_check: DoseCheck
    level_table_mm: Mapping[Vertebra, float]
    scan_reach_mm: tuple[float, float]
    scouts: tuple[AcquiredScout, ...] = ()
    scanner: ScannerPreset = STANDARD_SCANNER
    offers_metal_artefact_reduction: bool = False
    rotation_range_s: tuple[float, float] = (0.4, 1.5)
    gantry_tilts_deg: tuple[float, float] = (0.0, 0.0)

    @property
    def latest(self) -> Acquired | None:
        """The last acquisition."""
        return self.acquired[-1] if self.acquired else None
