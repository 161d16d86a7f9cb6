"""AcquiredSeries: one acquisition as a series of its own, its slices from the feet to the head."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.engine.case_context import FIELD_OF_VIEW_MM
from simulator.engine.events import AcquisitionMade
from simulator.engine.imaging.gantry import tilt_of
from simulator.engine.session import Session
from simulator.interface.commands import AcquirePlanningScan, Command
from simulator.spatial.frames import TablePoint
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion, ScanMode

MATRIX = 512
SLICES_AT_ONCE = 12  # 12 MB of HU: a long myelogram is never held whole
_NAMES = {
    AcquisitionPurpose.MYELOGRAM: "Myelogram",
    AcquisitionPurpose.PLANNING: "Planning scan",
    AcquisitionPurpose.CONTROL: "Control scan",
    AcquisitionPurpose.FLUOROSCOPY: "CT fluoroscopy",
    AcquisitionPurpose.SCOUT: "Scout",
}

Plane = NDArray[np.int16]
"""HU of one slice in whole numbers [shape=(row, column)]: row 0 the most posterior, column 0 the patient's left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquiredSeries:
    """One acquisition.

    Attributes:
        number: from 1, in the order of the session
        ordinal: of its kind, from 1
        motion: of the table while the beam was on
        centre_mm: x and y of the middle of the image in the scanner's frame
        z_mm: table position of each slice, or that names its plane, from the feet to the head
        tilt: how the gantry leaned; None where it was upright
    """

    event: AcquisitionMade
    number: int
    ordinal: int
    motion: BeamMotion
    centre_mm: tuple[float, float]
    z_mm: tuple[float, ...]
    tilt: GantryTilt | None = None

    @property
    def purpose(self) -> AcquisitionPurpose:
        """What it was taken for."""
        return self.event.purpose

    @property
    def is_press(self) -> bool:
        """Whether it is an image of CT fluoroscopy."""
        return self.purpose is AcquisitionPurpose.FLUOROSCOPY

    @property
    def name(self) -> str:
        """In words to print."""
        return f"{purpose_name(self.purpose)} {self.ordinal}"

    @property
    def file_stem(self) -> str:
        """Name of its files or its folder, without an ending; names sort in the order of the session."""
        return f"{self.number:03d}-{purpose_name(self.purpose).lower().replace(' ', '-')}-{self.ordinal}"

    @property
    def start_ms(self) -> int:
        """When the beam went on: events carry the time at which it was off again."""
        return max(self.event.at_ms - self.event.beam.on_ms, 0)

    @property
    def matrix(self) -> int:
        """Rows and columns of each slice."""
        return MATRIX

    @property
    def pixel_spacing_mm(self) -> float:
        """Width and height of a pixel."""
        return FIELD_OF_VIEW_MM / MATRIX

    @property
    def slice_spacing_mm(self) -> float:
        """From one slice to the next; their thickness where there is one alone."""
        if len(self.z_mm) == 1:
            return self.event.slices.thickness_mm
        apart_mm = (self.z_mm[-1] - self.z_mm[0]) / (len(self.z_mm) - 1)
        return apart_mm if self.tilt is None else apart_mm * math.cos(math.radians(self.tilt.tilt_deg))

    @property
    def first_pixel_mm(self) -> TablePoint:
        """Centre of row 0, column 0 of the slice nearest to the feet: x, y, z in DICOM's LPS of the scanner's frame."""
        return self.first_pixel_of_mm(0)

    def first_pixel_of_mm(self, index: int) -> TablePoint:
        """Centre of row 0, column 0 of a slice, counted from the feet, in the same frame."""
        half = 0.5 * (MATRIX - 1) * self.pixel_spacing_mm
        x, height, z = self.centre_mm[0] + half, self.centre_mm[1] + half, self.z_mm[index]
        return TablePoint(x, height, z) if self.tilt is None else self.tilt.to_table(x, height, self.tilt.along_mm(z))


def acquired_series(session: Session) -> tuple[AcquiredSeries, ...]:
    """Every acquisition of a session that gave an image, in order."""
    counted: dict[AcquisitionPurpose, int] = {}
    found = []
    commands = _commands(session)
    for event in session.events:
        if not isinstance(event, AcquisitionMade):
            continue
        counted[event.purpose] = counted.get(event.purpose, 0) + 1
        found.append(
            AcquiredSeries(
                event=event,
                number=event.number + 1,
                ordinal=counted[event.purpose],
                motion=beam_motion(event.purpose, commands.get(event.number)),
                centre_mm=session.world.image_centre_mm,
                z_mm=tuple(sorted(event.slices.centres_table_mm)),
                tilt=tilt_of(session.world, event),
            )
        )
    return tuple(found)


def planes(session: Session, series: AcquiredSeries) -> Iterator[Plane]:
    """The slices of a series from the feet to the head, a few made at a time."""
    last = len(series.z_mm) - 1
    for first in range(0, last + 1, SLICES_AT_ONCE):
        ascending = range(first, min(first + SLICES_AT_ONCE, last + 1))
        # Frames count from the head; a part of one is the same bits as in the whole
        frame = session.image(series.event.number, [last - index for index in reversed(ascending)])
        for hu in frame.hu[::-1]:
            yield np.rint(np.clip(hu, -32768, 32767)).astype(np.int16)


def purpose_name(purpose: AcquisitionPurpose) -> str:
    """What an acquisition is called that was taken for a purpose."""
    return _NAMES[purpose]


def beam_motion(purpose: AcquisitionPurpose, command: Command | None) -> BeamMotion:
    """Of the table under a beam.

    Args:
        purpose: of the beam
        command: that set it off; None where it was given with the case
    """
    if purpose is AcquisitionPurpose.FLUOROSCOPY:
        return BeamMotion.STATIONARY
    sequential = isinstance(command, AcquirePlanningScan) and command.mode == ScanMode.SEQUENTIAL
    return BeamMotion.SEQUENTIAL if sequential else BeamMotion.HELICAL


def _commands(session: Session) -> dict[int, Command | None]:
    """By the number of an acquisition the command that set it off."""
    return {
        event.number: step.command
        for step in session.steps
        for event in step.events
        if isinstance(event, AcquisitionMade)
    }
