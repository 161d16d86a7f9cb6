"""ImagingState: the console, the table and the beam at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.interface.dose_check import Irradiated
from simulator.interface.exposure import ExposureSettings
from simulator.vocabulary.procedure import AcquisitionPurpose, OperatorPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedal:
    """A pedal that is held: since when, and how many rotations have been imaged."""

    pressed_ms: int
    rotations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquiredImage:
    """What an acquisition can show to somebody who looks at it.

    Attributes:
        slice_count: how many slices it has
        tip_slice: index of the slice in which the needle's tip lies; None where it lies in none
    """

    purpose: AcquisitionPurpose
    slice_count: int
    tip_slice: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingState:
    """One moment of console, table and beam.

    Attributes:
        settings: what the next press will use
        table_mm: table position under the laser
        pedal: None while the beam is off
        stands_at: where the operator stands while the beam is on
        planning_scans, control_scans: how many were taken
        acquired: every acquisition, by its number
        scouts: how many were taken
        irradiated: all beams that were ordered, for the dose check
    """

    settings: ExposureSettings = field(default=ExposureSettings())
    table_mm: float = 0.0
    pedal: Pedal | None = None
    stands_at: OperatorPosition = OperatorPosition.TABLE
    myelogram_seen: bool = False
    planning_scans: int = 0
    control_scans: int = 0
    scouts: int = 0
    acquired: tuple[AcquiredImage, ...] = ()
    irradiated: tuple[Irradiated, ...] = ()
