"""Phantom: what a patient is made of, where its structures run, and what was derived rather than seen.

Frame: DICOM LPS, millimetres (x to the patient's left, y to the back, z to the head); arrays are `[z, y, x]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from phantoms.mapped_pages import let_go
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace, Level, Vertebra
from simulator.vocabulary.procedure import MyelogramPosition

Points = FloatArray
"""Points in the patient's frame, shape (n, 3), x y z in mm."""

BASES = ("water", "cortical_bone", "iodine")
"""Basis materials: volume fraction of water, volume fraction of cortical bone, mg iodine per mL."""


class Label(IntEnum):
    """The tissue with the largest share of a voxel."""

    AIR = 0
    SKIN = 1
    SUBCUTANEOUS_FAT = 2
    MUSCLE = 3
    SUPRASPINOUS_LIGAMENT = 4
    INTERSPINOUS_LIGAMENT = 5
    LIGAMENTUM_FLAVUM = 6
    EPIDURAL_FAT = 7
    EPIDURAL_VEIN = 8
    EPIDURAL_COLLECTION = 9
    FORAMEN = 10
    DURA = 11
    CEREBROSPINAL_FLUID = 12
    SPINAL_CORD = 13
    NERVE_ROOT = 14
    CORTICAL_BONE = 15
    SPONGIOSA = 16
    DISC = 17
    LIGAMENT = 18
    VESSEL = 19
    ORGAN = 20
    VISCERAL_FAT = 21


class ZoneLabel(IntEnum):
    """Where in the epidural space a point lies."""

    OUTSIDE = 0
    DORSAL = 1
    LATERAL = 2
    VENTRAL = 3
    FORAMINAL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelGrid:
    """A regular grid of voxels; `origin_mm` is the centre of voxel [0, 0, 0] as x, y, z."""

    origin_mm: PatientPoint
    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]

    @property
    def z_mm(self) -> FloatArray:
        """Centres of the planes, shape (z,), mm."""
        return np.asarray(self.origin_mm[2] + self.spacing_mm[2] * np.arange(self.shape[0]), np.float64)

    def nearest_voxel(self, points_mm: Points) -> NDArray[np.int64]:
        """Nearest voxel of each point, shape (n, 3) in the order z, y, x; may lie outside the grid."""
        steps = (points_mm - np.asarray(self.origin_mm)) / np.asarray(self.spacing_mm)
        index: NDArray[np.int64] = np.rint(steps[:, ::-1]).astype(np.int64)
        return index


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisVolume:
    """Densities of the basis materials on one grid, quantised to 16 bits, and the majority label.

    density[basis] = offset[basis] + step[basis] * counts[basis]; half a step is below 0.03 HU in water.

    Attributes:
        counts: [shape=(basis, z, y, x), uint16, read-only]
        offset, step: [shape=(basis,), float64], in the units of `BASES`
        label: [shape=(z, y, x), uint8, read-only] values of `Label`
        rows: [shape=(z, 2), int64] first and last + 1 of the rows that each plane holds, None for all. A long grid that
            follows a curve fills few rows of each plane; the rest has no counts and costs no memory
    """

    grid: VoxelGrid
    counts: NDArray[np.uint16]
    offset: FloatArray
    step: FloatArray
    label: NDArray[np.uint8]
    rows: NDArray[np.int64] | None = None

    def plane(self, index: int) -> NDArray[np.float32]:
        """Densities of one plane, shape (basis, y, x), float32; zero in rows that it does not hold."""
        scaled = self.counts[:, index].astype(np.float32)
        for counts in self.counts[:, index]:
            let_go(counts)  # a plane is read once, or much later
        scaled *= self.step.astype(np.float32)[:, None, None]
        scaled += self.offset.astype(np.float32)[:, None, None]
        if self.rows is not None:
            first, stop = self.rows[index]
            scaled[:, :first] = 0.0
            scaled[:, stop:] = 0.0
        return scaled


class Anatomy(Protocol):
    """Where structures run, at any point and finer than a voxel. Distances are negative inside, in mm."""

    def dura_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the outer face of the dura, shape (n,)."""
        ...

    def neural_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the nearest of cord, conus, cauda equina and exiting roots, shape (n,)."""
        ...

    def cord_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the spinal cord alone (large where there is none), shape (n,)."""
        ...

    def bone_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to bone, shape (n,)."""
        ...

    def skin_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the skin's outer face, negative in the body, shape (n,)."""
        ...

    def label(self, points_mm: Points) -> NDArray[np.uint8]:
        """Tissue at each point as `Label` values, shape (n,)."""
        ...

    def zone(self, points_mm: Points) -> NDArray[np.uint8]:
        """Part of the epidural space in which each point lies, as `ZoneLabel` values, shape (n,)."""
        ...

    def level(self, point: PatientPoint) -> Interspace:
        """Interspace nearest to one point."""
        ...

    def epidural_depth_mm(self, point: PatientPoint) -> float:
        """Greatest depth of the dorsal epidural space, flavum to dura, at the height of one point."""
        ...

    def contrast_part(self, points_mm: Points, position: MyelogramPosition) -> FloatArray:
        """Contrast at points within the dura while the patient lies so, as a part of that while prone, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainingVein:
    """A vein into which a CSF-venous fistula runs, as far as contrast shows it.

    Attributes:
        points_mm: [shape=(k, 3)] its axis, from the root's sleeve outwards
        radius_mm: of it
        iodine_mg_per_ml: in its blood, while contrast runs into it
    """

    points_mm: Points
    radius_mm: float
    iodine_mg_per_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A hole in the dura and the fluid that has collected outside it.

    Attributes:
        pattern: how the fluid lies; `LeakPattern.NONE` where there is no leak
        level: interspace of the hole; None where there is no leak
        side: of the hole
        hole_mm: position of the hole on the dura; None where there is no leak
        vein: that a fistula runs into; None for every other leak
    """

    pattern: LeakPattern
    level: Interspace | None
    side: Laterality
    hole_mm: PatientPoint | None
    vein: DrainingVein | None = None


def _no_marks() -> Mapping[Any, PatientPoint]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """Named points of one patient, each mapping from the head down.

    Attributes:
        vertebral_bodies: centres of the vertebral bodies
        interspaces: posterior wall of the canal at the middle of each disc
        interlaminar_windows: of each interspace to which a straight needle path in an axial plane is open, the dorsal
            epidural space in the middle one of the open planes
    """

    vertebral_bodies: Mapping[Vertebra, PatientPoint] = field(default_factory=_no_marks)
    interspaces: Mapping[Interspace, PatientPoint] = field(default_factory=_no_marks)
    interlaminar_windows: Mapping[Interspace, PatientPoint] = field(default_factory=_no_marks)

    @property
    def points(self) -> tuple[PatientPoint, ...]:
        """All of them."""
        marks = (self.vertebral_bodies, self.interspaces, self.interlaminar_windows)
        return tuple(point for kind in marks for point in kind.values())

    @property
    def levels(self) -> tuple[Level, ...]:
        """Vertebrae and interspaces that have a landmark."""
        return (*self.vertebral_bodies, *self.interspaces)

    def find(self, level: str) -> PatientPoint | None:
        """The vertebral body or the interspace of this name; None where this patient has none."""
        marks = (*self.vertebral_bodies.items(), *self.interspaces.items())
        return next((point for name, point in marks if name == level), None)

    def find_opening(self, level: str) -> PatientPoint | None:
        """The interlaminar window of this name where it is open, else as `find`."""
        opened = (point for name, point in self.interlaminar_windows.items() if name == level)
        return next(opened, None) or self.find(level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """One patient at rest.

    Attributes:
        body: the whole cross-section, 1 mm voxels
        canal: a finer box about the spinal canal that takes the body's place where it lies
        anatomy: signed distances and tissues at any point
        landmarks: vertebral bodies, interspaces and interlaminar windows
        levels: the interspaces that a needle may go to, from the head down
        leak: the hole and its collection
        further_leaks: holes at other levels, where there are several
        derived: names of structures that were computed and not seen in an image (a real CT's sac, for example)
        identity: SHA-256 over what was built, rounded (`phantoms.identity`), hexadecimal; empty where nobody asks
    """

    name: str
    body: BasisVolume
    canal: BasisVolume
    anatomy: Anatomy
    landmarks: Landmarks
    levels: tuple[Interspace, ...]
    leak: Leak
    derived: tuple[str, ...]
    identity: str
    further_leaks: tuple[Leak, ...] = ()

    @property
    def leaks(self) -> tuple[Leak, ...]:
        """Every leak, that of the request first."""
        return (self.leak, *self.further_leaks)

    @property
    def z_range_mm(self) -> tuple[float, float]:
        """First and last plane of the body, mm."""
        grid = self.body.grid
        return float(grid.origin_mm[2]), float(grid.origin_mm[2] + grid.spacing_mm[2] * (grid.shape[0] - 1))
