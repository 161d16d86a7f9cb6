"""View: what an operator perceives, and nothing of the truth behind it.

A View holds the console, the pictures, the needle as it looks from outside, what the hand felt and what was said.
Lengths on the needle are read from its marks, angles by eye, so they are rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.vocabulary.procedure import Phase


class Pictures(Protocol):
    """The console's archive of images."""

    def frame(self, number: int) -> Frame:
        """Image of an acquisition; z in table millimetres. KeyError where there is none with this number."""
        ...

    def slices(self, number: int, indices: Sequence[int]) -> Frame:
        """Some slices of an acquisition, by their indices from the head down."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """One entry of the console's list of acquisitions."""

    number: int
    purpose: str
    at_ms: int
    slice_centres_table_mm: tuple[float, ...]
    slice_thickness_mm: float
    tube_voltage_kv: int
    mas: float
    ctdi_vol_mgy: float
    dlp_mgy_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleLook:
    """The needle as it looks from outside the patient.

    Attributes:
        inserted_marks_mm: length in the patient, read from 5 mm marks
        lean_deg, craniocaudal_lean_deg: angles by eye, to about 3 degrees, or by an angle meter where the scenario
            gives one; signs as in PlaceNeedle
        bevel_notch_deg: where the hub's notch points, from the head, in steps of 45 degrees
        entry_from_midline_mm: skin point on the skin grid, positive to the patient's left, to 2 mm
        entry_from_laser_mm: skin point against the laser line, positive to the head, to 2 mm
    """

    name: str
    length_mm: float
    inserted_marks_mm: float
    in_skin: bool
    lean_deg: float
    craniocaudal_lean_deg: float
    bevel_notch_deg: float
    entry_from_midline_mm: float
    entry_from_laser_mm: float
    stylet_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSoFar:
    """Dose display of the console, and what the badges of the room say.

    Attributes:
        dlp_mgy_cm, ctdi_vol_mgy: by phase; CTDIvol is that of the last acquisition of the phase
    """

    dlp_mgy_cm: dict[str, float]
    ctdi_vol_mgy: dict[str, float]
    presses: int
    beam_on_ms: int
    operator_usv: float
    hand_usv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePerLoad:
    """What the console knows before a press: dose per tube load.

    Attributes:
        ctdi_vol_mgy_per_mas: by tube voltage, for the phantom of `ctdi_phantom_cm`
    """

    ctdi_vol_mgy_per_mas: dict[int, float]
    ctdi_phantom_cm: int
    k_msv_per_mgy_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One moment as the operator perceives it.

    Attributes:
        request: what the referring doctor asks for; the level in words
        lean_sign: +1 where a positive lean leads the tip to the patient's left in the images
        felt_n: force along the last push, at each half millimetre that the hand commanded
        stopped: the last push met something that does not give
        hub: what last showed at the hub, came on aspiration, or how the plunger answered
        jerked: the patient moved at the last command
        arm_line: what is wrong with the arm's cannula, once somebody drew from it; "" while nothing is
        levels: vertebrae that a scan can be asked for, from the head down
        table_range_mm: where the table can go with this patient
        grid_midline_x_mm: where the middle wire of the skin grid shows in the images; None before it is stuck on
        needles: names of those on the tray
        digital_angles: whether an angle meter sits on the hub
        scan_arcs_deg, offers_hand_protection: further options of fluoroscopy
        ideal_images: whether needles throw no streaks, an aid that no real room has
        syringe_contrast_ml: contrast in the syringe, of `syringe_ml` in all
        syringe_age_ms: since the blood was drawn
        plunger: what the thumb felt in the last injection, in one of four words; "" where nothing was injected
    """

    phase: Phase
    elapsed_ms: int
    request: str
    accepted_approaches: tuple[str, ...]
    title: str
    technique: ExposureSettings
    planning_mas: float
    levels: tuple[str, ...]
    tube_voltages_kv: tuple[int, ...]
    tube_currents_ma: tuple[float, ...]
    scan_arcs_deg: tuple[int, ...]
    offers_hand_protection: bool
    table_mm: float
    table_range_mm: tuple[float, float]
    grid_midline_x_mm: float | None
    acquired: tuple[Acquired, ...]
    pictures: Pictures
    needle: NeedleLook | None
    lean_sign: int
    felt_n: tuple[float, ...]
    stopped: bool
    hub: str
    jerked: bool
    arm_line: str
    words: str
    words_at_ms: int | None
    held_by: str
    stands_at: str
    pedal_down: bool
    syringe_ml: float
    syringe_contrast_ml: float
    syringe_age_ms: int
    injected_blood_ml: float
    plunger: str
    dose: DoseSoFar
    dose_per_load: DosePerLoad
    prepared: tuple[str, ...]
    needles: tuple[str, ...]
    digital_angles: bool
    ideal_images: bool
    refused: str | None
    prescribed_volume_ml: float

    @property
    def latest(self) -> Acquired | None:
        """The last acquisition."""
        return self.acquired[-1] if self.acquired else None
