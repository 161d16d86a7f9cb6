"""A patient of straight tubes, small and quick to image, with closed forms for every distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from phantoms.phantom import BasisVolume, Label, Landmarks, Leak, Phantom, VoxelGrid, ZoneLabel
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.engine.settings import HANDS, Accepted, ImagingSettings, Settings
from simulator.interface.commands import Command
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace, Vertebra
from tests.settings import changed_settings

SKIN_Y_MM = 45.0
FLAVUM_MM, EPIDURAL_MM, DURA_MM, CORD_MM = 14.0, 11.0, 7.0, 2.0  # radii about the z axis
BONE_X_MM, BONE_Y_MM = 22.0, 30.0  # pillars of bone at the sides, below this height


class Tubes:
    """Anatomy about the z axis; implements `phantoms.phantom.Anatomy`."""

    def dura_mm(self, points_mm):
        return np.hypot(points_mm[:, 0], points_mm[:, 1]) - DURA_MM

    def neural_mm(self, points_mm):
        return np.hypot(points_mm[:, 0], points_mm[:, 1] + 3.0) - CORD_MM

    def cord_mm(self, points_mm):
        return np.full(len(points_mm), 1000.0)

    def bone_mm(self, points_mm):
        return np.maximum(BONE_X_MM - np.abs(points_mm[:, 0]), points_mm[:, 1] - BONE_Y_MM)

    def skin_mm(self, points_mm):
        return points_mm[:, 1] - SKIN_Y_MM

    def label(self, points_mm):
        radius = np.hypot(points_mm[:, 0], points_mm[:, 1])
        label = np.full(len(points_mm), Label.MUSCLE, np.uint8)
        label[points_mm[:, 1] > SKIN_Y_MM - 8.0] = Label.SUBCUTANEOUS_FAT
        label[radius < FLAVUM_MM] = Label.LIGAMENTUM_FLAVUM
        label[radius < EPIDURAL_MM] = Label.EPIDURAL_FAT
        label[radius < DURA_MM] = Label.CEREBROSPINAL_FLUID
        label[self.neural_mm(points_mm) < 0] = Label.NERVE_ROOT
        label[self.bone_mm(points_mm) < 0] = Label.CORTICAL_BONE
        label[points_mm[:, 1] > SKIN_Y_MM] = Label.AIR
        return label

    def zone(self, points_mm):
        epidural = self.label(points_mm) == Label.EPIDURAL_FAT
        zone = np.where(points_mm[:, 1] > 5.0, ZoneLabel.DORSAL, ZoneLabel.LATERAL)
        return np.where(epidural, zone, ZoneLabel.OUTSIDE).astype(np.uint8)

    def level(self, point):
        return "L3/4" if point.z_mm > -12.0 else "L4/5"

    def epidural_depth_mm(self, point):
        return EPIDURAL_MM - DURA_MM


def _volume(grid: VoxelGrid) -> BasisVolume:
    z, y, x = np.meshgrid(
        grid.z_mm,
        grid.origin_mm[1] + grid.spacing_mm[1] * np.arange(grid.shape[1]),
        grid.origin_mm[0] + grid.spacing_mm[0] * np.arange(grid.shape[2]),
        indexing="ij",
    )
    label = Tubes().label(np.column_stack([x.ravel(), y.ravel(), z.ravel()])).reshape(grid.shape)
    label[np.hypot(x / 58.0, (y + 5.0) / 52.0) > 1.0] = Label.AIR
    counts = np.zeros((3, *grid.shape), np.uint16)
    counts[0] = np.where(label == Label.AIR, 0, 1000)
    counts[1] = np.where(label == Label.CORTICAL_BONE, 400, 0)
    counts[2] = np.where(label == Label.CEREBROSPINAL_FLUID, 5000, 0)
    for array in (counts, label):
        array.flags.writeable = False
    return BasisVolume(grid=grid, counts=counts, offset=np.zeros(3), step=np.full(3, 1e-3), label=label)


def tube_phantom() -> Phantom:
    """A patient of 120 x 108 x 64 mm."""
    return Phantom(
        name="tubes",
        body=_volume(VoxelGrid(origin_mm=(-62.0, -60.0, -32.0), spacing_mm=(1.0, 1.0, 1.0), shape=(65, 112, 125))),
        canal=_volume(VoxelGrid(origin_mm=(-24.75, -19.75, -32.0), spacing_mm=(0.5, 0.5, 1.0), shape=(65, 80, 100))),
        anatomy=Tubes(),
        landmarks=Landmarks(
            vertebral_bodies={Vertebra.L3: PatientPoint(0.0, -15.0, 15.0)},
            interspaces={
                Interspace.L3_4: PatientPoint(0.0, -8.0, 0.0),
                Interspace.L4_5: PatientPoint(0.0, -8.0, -25.0),
            },
        ),
        levels=(Interspace.L3_4, Interspace.L4_5),
        leak=Leak(
            pattern=LeakPattern.CIRCUMFERENTIAL,
            level=Interspace.L3_4,
            side=Laterality.RIGHT,
            hole_mm=PatientPoint(0.0, DURA_MM, 0.0),
        ),
        derived=(),
        identity="0" * 64,
    )


def tube_world(phantom: Phantom, **changes) -> CaseContext:
    """The patient of tubes, with exact hands."""
    settings = Settings(
        title="tubes",
        requested_level=Interspace.L3_4,
        request="A patch at L3/4, please.",
        region="lumbar",
        accepted=Accepted(approaches=("midline interlaminar",), zones=("dorsal", "lateral"), needle_levels=("L3/4",)),
        hands=HANDS["exact"],
        imaging=ImagingSettings(
            tube_voltages_kv=(80, 100, 120, 140), tube_currents_ma=(10.0, 30.0), planning_prescribed=True
        ),
        prescribed_volume_ml=16.0,
        max_duration_ms=7_200_000,
    )
    return CaseContext(phantom=phantom, settings=changed_settings(settings, **changes), root_seed=1)


def session_of(world: CaseContext, commands: Sequence[Command]) -> Session:
    """A session after these commands."""
    session = Session(world)
    for command in commands:
        session.do(command)
    return session
