"""Patients with voxels about the canal alone: blood has somewhere to go, and no image can be made of the trunk."""

from __future__ import annotations

import hashlib

from phantoms.build import _assembled, _grids, _windows
from phantoms.parameters import PatientParameters
from phantoms.phantom import Phantom, VoxelGrid
from phantoms.spine import build_spine
from phantoms.voxels.voxelize import voxelize
from simulator.spatial.frames import PatientPoint


def canal_phantom(patient: PatientParameters) -> Phantom:
    """The whole anatomy, the canal's voxels, and of the body's those that the canal's box covers.

    It takes half the time of a whole patient. What a needle meets and where blood flows is the same.
    """
    spine = build_spine(patient)
    _, canal = _grids(spine)
    corner = (origin - 0.5 * spacing + 0.5 for origin, spacing in zip(canal.origin_mm, canal.spacing_mm, strict=True))
    x_mm, y_mm, _ = corner
    planes, rows, columns = canal.shape
    body = VoxelGrid(
        origin_mm=PatientPoint(x_mm, y_mm, canal.origin_mm[2]),
        spacing_mm=(1.0, 1.0, 1.0),
        shape=(planes, rows // 2, columns // 2),
    )
    volumes = voxelize(spine, body, canal)
    # what is kept of a patient between sessions is kept under its identity
    identity = "canal " + hashlib.sha256(repr(patient).encode()).hexdigest()
    return _assembled(patient, spine, volumes, _windows(spine, volumes), identity)
