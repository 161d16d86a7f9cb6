"""Label maps: where structures and blood really are, on the grid of the canal, in the frame of the images.

They lie where the patient lay in the planning scan; how far they have moved since stands in the table of displacements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Label
from simulator.engine.events import MaterialInjected
from simulator.engine.session import Session
from simulator.export.volumes.volume_geometry import VolumeGeometry, VoxelStep
from simulator.patch.injected_voxels import Injected

LabelArray = NDArray[np.uint8]
BLOOD_SHARE = 0.5  # of a voxel that must be blood: the label that is the largest share, as in the patient's own voxels


class TruthLabel(IntEnum):
    """What a voxel of the map of structures belongs to."""

    BACKGROUND = 0
    DURAL_SAC = 1
    SPINAL_CORD = 2
    LIGAMENTUM_FLAVUM = 3
    EPIDURAL_SPACE = 4
    LEAK = 5


def segment_notes(geometry: VolumeGeometry) -> dict[str, str]:
    """What makes an NRRD of `TruthLabel` a segmentation for 3D Slicer: name, value and colour of each segment."""
    reach = " ".join(f"0 {count - 1}" for count in geometry.size)
    notes = {
        "Segmentation_MasterRepresentation": "Binary labelmap",
        "Segmentation_ContainedRepresentationNames": "Binary labelmap|",
        "Segmentation_ReferenceImageExtentOffset": "0 0 0",
    }
    for number, label in enumerate(tuple(TruthLabel)[1:]):
        own = {
            "ID": f"Segment_{label.value}",
            "Name": label.name.lower().replace("_", " "),
            "LabelValue": str(label.value),
            "Layer": "0",
            "Extent": reach,
            "Color": _COLOURS[label],
        }
        notes |= {f"Segment{number}_{key}": value for key, value in own.items()}
    return notes


_COLOURS = {
    TruthLabel.DURAL_SAC: "0.3 0.6 1",
    TruthLabel.SPINAL_CORD: "1 0.9 0.4",
    TruthLabel.LIGAMENTUM_FLAVUM: "0.8 0.5 0.9",
    TruthLabel.EPIDURAL_SPACE: "0.4 0.8 0.4",
    TruthLabel.LEAK: "0.2 0.9 0.9",
}
_BY_TISSUE = {
    Label.SPINAL_CORD: TruthLabel.SPINAL_CORD,
    Label.LIGAMENTUM_FLAVUM: TruthLabel.LIGAMENTUM_FLAVUM,
    Label.EPIDURAL_FAT: TruthLabel.EPIDURAL_SPACE,
    Label.EPIDURAL_VEIN: TruthLabel.EPIDURAL_SPACE,
    Label.EPIDURAL_COLLECTION: TruthLabel.LEAK,
    Label.DURA: TruthLabel.DURAL_SAC,
    Label.CEREBROSPINAL_FLUID: TruthLabel.DURAL_SAC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodMap:
    """Blood after a push of the plunger.

    Attributes:
        at_ms: when what was pushed was in
        blood_ml: injected so far
        voxels: flat indices into the grid of the canal
    """

    at_ms: int
    blood_ml: float
    voxels: NDArray[np.int64]


def canal_geometry(session: Session) -> VolumeGeometry:
    """The grid of the canal in the frame of the images, the patient where they lay at first."""
    grid = session.world.phantom.canal.grid
    first = session.world.table_transform().to_table(grid.origin_mm)
    size_z, size_y, size_x = grid.shape
    return VolumeGeometry(size=(size_x, size_y, size_z), step_mm=VoxelStep(*grid.spacing_mm), origin_mm=first)


def structure_planes(session: Session) -> Iterator[LabelArray]:
    """Values of `TruthLabel`, plane by plane from the feet to the head [shape=(y, x)]."""
    phantom = session.world.phantom
    canal = phantom.canal
    table = np.zeros(256, np.uint8)
    for tissue, label in _BY_TISSUE.items():
        table[tissue] = label
    z_mm = canal.grid.z_mm
    for index, tissues in enumerate(canal.label):
        plane = table[tissues]
        # A root has one label inside and outside the sac, so the distance to the dura decides
        rows, columns = np.nonzero(tissues == Label.NERVE_ROOT)
        if rows.size:
            points = np.column_stack(
                [
                    canal.grid.origin_mm[0] + canal.grid.spacing_mm[0] * columns,
                    canal.grid.origin_mm[1] + canal.grid.spacing_mm[1] * rows,
                    np.full(rows.size, z_mm[index]),
                ]
            )
            inside = phantom.anatomy.dura_mm(points) < 0.0
            plane[rows[inside], columns[inside]] = TruthLabel.DURAL_SAC
        yield plane


def blood_maps(session: Session) -> list[BloodMap]:
    """Where blood lay after each push of the plunger: the millilitres within one are not kept."""
    found = []
    for event in session.events:
        if isinstance(event, MaterialInjected) and event.material == "blood":
            injected = session.injected_at(event.revision)
            if injected is not None:
                found.append(BloodMap(at_ms=event.at_ms, blood_ml=event.total_blood_ml, voxels=_mostly_blood(injected)))
    return found


def blood_planes(session: Session, blood: BloodMap) -> Iterator[LabelArray]:
    """1 where there is blood, plane by plane from the feet to the head [shape=(y, x)]."""
    depth, rows, columns = session.world.phantom.canal.grid.shape
    edges = np.searchsorted(blood.voxels, np.arange(depth + 1) * rows * columns)
    for index in range(depth):
        plane = np.zeros(rows * columns, np.uint8)
        plane[blood.voxels[edges[index] : edges[index + 1]] - index * rows * columns] = 1
        yield plane.reshape(rows, columns)


def _mostly_blood(injected: Injected) -> NDArray[np.int64]:
    return injected.voxels[injected.blood >= BLOOD_SHARE]
