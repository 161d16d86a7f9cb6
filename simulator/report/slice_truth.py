"""Slice truth: outlines of the patient, and the part of the needle, that lie in a slice of an acquisition."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.engine.case_context import CaseContext
from simulator.engine.events import AcquisitionMade
from simulator.engine.session import Session
from simulator.interface.frame import Frame
from simulator.report.outlines import Lines, Plane, outlines
from simulator.report.svg import Point
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.structures import Structure

TRUTH_STEP_MM = 0.4
TRUTH_HALF_MM = 26.0  # of the square about the canal in which the truth is outlined
TRUTH = (Structure.EPIDURAL, Structure.COLLECTION, Structure.FLAVUM, Structure.DURA)
"""What is outlined, in the order in which it is drawn."""


class Truth:
    """Outlines of the patient in the slices and at the moments that were imaged; each is worked out once.

    Args:
        session: whose patient; what was injected moves the dura
    """

    def __init__(self, session: Session) -> None:
        self._session, self._world = session, session.world
        self._found: dict[tuple[Plane, int], dict[Structure, Lines]] = {}

    def in_slice(self, frame: Frame, index: int, event: AcquisitionMade) -> dict[Structure, Lines]:
        """Outlines in a slice as they lay when an acquisition was made: patient millimetres [shape=(n, 3)] a line.

        Where the gantry leaned they are cut along the leaning slice.

        Args:
            frame: of the acquisition
            index: of the slice in it
            event: the acquisition
        """
        key = self._plane(frame, index, event), event.scene.patch_revision
        if key not in self._found:
            plane, revision = key
            found = outlines(self._world.phantom, plane, TRUTH, self._session.injected_at(revision))
            self._found[key] = {name: [_in_plane(line, plane) for line in lines] for name, lines in found.items()}
        return self._found[key]

    def _plane(self, frame: Frame, index: int, event: AcquisitionMade) -> Plane:
        moved = event.scene.patient_displacement_mm
        transform = self._world.table_transform(moved)
        at_mm = round(transform.patient_z_mm(float(frame.z_mm[index])), 1)
        lean, about_mm = 0.0, 0.0
        if frame.tilt is not None:
            lean = math.tan(math.radians(frame.tilt.tilt_deg))
            about_mm = round(frame.tilt.pivot_y_mm - moved.y_mm, 1)
        _, y = canal_centre_mm(self._world, at_mm)
        x, y = canal_centre_mm(self._world, at_mm + lean * (y - about_mm))
        return Plane(
            kind="axial",
            at_mm=at_mm,
            u_mm=(x - TRUTH_HALF_MM, x + TRUTH_HALF_MM),
            v_mm=(y - TRUTH_HALF_MM, y + TRUTH_HALF_MM),
            step_mm=TRUTH_STEP_MM,
            lean=lean,
            about_mm=about_mm,
        )


def _in_plane(line: NDArray[np.float64], plane: Plane) -> NDArray[np.float64]:
    return np.column_stack([line, plane.height_mm(line[:, 1])])


def shaft_in_slice(frame: Frame, index: int, event: AcquisitionMade, world: CaseContext) -> Lines:
    """The pieces of the needle within a slice, patient millimetres [shape=(n, 3)] each; none without a needle."""
    if event.scene.needle is None:
        return []
    transform = world.table_transform(event.scene.patient_displacement_mm)
    points = np.asarray(event.scene.needle.points_mm)
    steep = 1.0 if frame.tilt is None else math.cos(math.radians(frame.tilt.tilt_deg))
    named = np.array([frame.plane_z_mm(transform.to_table(PatientPoint(*map(float, point)))) for point in points])
    half_mm = event.slices.thickness_mm / 2
    return within(points, steep * (named - float(frame.z_mm[index])), -half_mm, half_mm)


def within(points_mm: NDArray[np.float64], along_mm: NDArray[np.float64], low_mm: float, high_mm: float) -> Lines:
    """The pieces of a polyline, shape (n, 3), where another coordinate of its points lies between two values."""
    pieces = []
    for (a, at_a), (b, at_b) in pairwise(zip(points_mm, along_mm, strict=True)):
        rise = at_b - at_a
        if abs(rise) < 1e-9:
            ends = (0.0, 1.0) if low_mm <= at_a <= high_mm else (1.0, 0.0)
        else:
            first, second = sorted(((low_mm - at_a) / rise, (high_mm - at_a) / rise))
            ends = max(first, 0.0), min(second, 1.0)
        if ends[1] > ends[0]:
            pieces.append(np.array([a + ends[0] * (b - a), a + ends[1] * (b - a)]))
    return pieces


def canal_centre_mm(world: CaseContext, z_mm: float) -> Point:
    """About the middle of the spinal canal at a height, x and y: behind the line of discs."""
    phantom = world.phantom
    interspaces = phantom.landmarks.interspaces
    marks = [interspaces[level] for level in phantom.levels if level in interspaces]
    marks.sort(key=lambda p: p[2])
    heights = [p[2] for p in marks]
    x = float(np.interp(z_mm, heights, [p[0] for p in marks])) if marks else 0.0
    y = float(np.interp(z_mm, heights, [p[1] for p in marks])) if marks else 0.0
    return x, y + 8.0  # half the depth of a lumbar canal
