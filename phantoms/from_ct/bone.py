"""Bone of a CT as a signed distance: where the HU or the labels say bone, smooth between the CT's voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.body import CtBody, Field
from phantoms.from_ct.labels import LabelledVertebrae
from phantoms.from_ct.resampling import axis_mm, resample
from phantoms.phantom import VoxelGrid
from simulator.spatial.frames import PatientPoint

BONE_HU = 190.0
"""Bone from here on where a vertebra is labelled near: half way from ligament (99) to thin cortex blurred over 3 mm
(assumption); automatic labels are too small at the posterior elements."""

OTHER_BONE_HU = 200.0  # pelvis and ribs, which have no label
_LABEL_REACH_MM = 5  # how far HU are believed beyond a label
_MARROW_HU = 40.0  # at the edge of a label, less is no bone
_CORE_MM = 4
_OTHER_VOLUME_MM3 = 1500.0  # smaller bright pieces are calcium or contrast in the bowel
_SMOOTHING_MM = 0.6
_BOX_HALF_WIDTH_MM = 62.0
_COARSE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CtBone:
    """Signed distances to bone, negative inside, mm.

    Attributes:
        near: 1 mm, about the spine; far: 2 mm, the whole body
        vertebra: [shape=(z, y, x), uint8] place in the row from the head, 1.., on the near grid; 0 is not labelled
        near_grid: grid of the near field
    """

    near: Field
    far: Field
    vertebra: NDArray[np.uint8]
    near_grid: VoxelGrid


def signed_distance(mask: NDArray[np.bool_], step_mm: float, smoothing_mm: float) -> NDArray[np.float32]:
    """Distance to the surface of a mask, negative inside, lightly smoothed."""
    outward = ndimage.distance_transform_edt(~mask, sampling=step_mm) - 0.5 * step_mm
    inward = ndimage.distance_transform_edt(mask, sampling=step_mm) - 0.5 * step_mm
    signed = np.where(mask, -inward, outward).astype(np.float32)
    smooth: NDArray[np.float32] = ndimage.gaussian_filter(signed, smoothing_mm / step_mm)
    smooth.setflags(write=False)
    return smooth


def build_bone(body: CtBody, names: LabelledVertebrae) -> CtBone:
    """Bone fields of a CT.

    Args:
        body: the CT in the phantom's frame
        names: vertebrae from the head down with their label numbers
    """
    box, where = _box(body, names)
    hu = body.hu[where]
    x, y, z = (axis_mm(box, k) for k in range(3))
    share = np.zeros(box.shape, dtype=np.float32)
    vertebra = np.zeros(box.shape, dtype=np.uint8)
    for i, numbers in enumerate(names.values()):
        one = resample(np.isin(body.labels, numbers).astype(np.float32), body.source_grid, x, y, z)
        vertebra[(one > share) & (one > 0.4)] = i + 1
        np.maximum(share, one, out=share)
    reach = ndimage.distance_transform_edt(share < 0.5) <= _LABEL_REACH_MM
    labelled = share > 0.6
    core = ndimage.binary_erosion(labelled, iterations=_CORE_MM)  # marrow may be as dark as water
    spine = ((hu > BONE_HU) & reach) | (labelled & (hu > _MARROW_HU)) | core
    spine = ndimage.binary_closing(spine, iterations=1) | spine
    coarse = body.hu[::_COARSE, ::_COARSE, ::_COARSE]
    other = _large(coarse > OTHER_BONE_HU)
    everything = other.copy()
    for axis in range(3):
        everything = np.repeat(everything, _COARSE, axis=axis)
    fine = everything[: body.hu.shape[0], : body.hu.shape[1], : body.hu.shape[2]][where]
    mask = spine | (fine & (hu > OTHER_BONE_HU))
    near = Field(values=signed_distance(mask, 1.0, _SMOOTHING_MM), origin_mm=box.origin_mm, spacing_mm=1.0)
    _paste(other, mask, where)
    far = Field(
        values=signed_distance(other, float(_COARSE), 1.0),
        origin_mm=body.grid.origin_mm,
        spacing_mm=float(_COARSE),
    )
    vertebra.setflags(write=False)
    return CtBone(near=near, far=far, vertebra=vertebra, near_grid=box)


def _box(body: CtBody, names: LabelledVertebrae) -> tuple[VoxelGrid, tuple[slice, slice, slice]]:
    """Part of the body's grid about the vertebrae."""
    labelled = np.argwhere(np.isin(body.labels, sum(names.values(), ())))
    grid, source_grid = body.grid, body.source_grid
    lows, highs = labelled.min(axis=0)[::-1], labelled.max(axis=0)[::-1]
    low = np.asarray(source_grid.origin_mm) + lows * np.asarray(source_grid.spacing_mm)
    high = np.asarray(source_grid.origin_mm) + highs * np.asarray(source_grid.spacing_mm)
    first = (max(-_BOX_HALF_WIDTH_MM, low[0] - 8), low[1] - 8)
    last = (min(_BOX_HALF_WIDTH_MM, high[0] + 8), high[1] + 8)
    slices, origin = [slice(0, grid.shape[0])], []
    for k in (1, 0):
        line = axis_mm(grid, k)
        a, b = np.searchsorted(line, [first[k], last[k]])
        slices.append(slice(int(a), int(b)))
        origin.append(float(line[int(a)]))
    where = (slices[0], slices[1], slices[2])
    shape = body.hu[where].shape
    corner = PatientPoint(origin[1], origin[0], grid.origin_mm[2])
    box = VoxelGrid(origin_mm=corner, spacing_mm=grid.spacing_mm, shape=shape)
    return box, where


def _large(bright: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bright pieces of the size of a bone, on the coarse grid."""
    parts, count = ndimage.label(bright)
    if not count:
        return bright
    volume = ndimage.sum_labels(bright, parts, np.arange(count + 1)) * float(_COARSE**3)
    volume[0] = 0.0
    return np.asarray((volume > _OTHER_VOLUME_MM3)[parts])


def _paste(coarse: NDArray[np.bool_], fine: NDArray[np.bool_], where: tuple[slice, slice, slice]) -> None:
    """Put the fine mask of the box into the coarse mask of the body."""
    offsets = [(-part.start) % _COARSE for part in where]
    picked = fine[offsets[0] :: _COARSE, offsets[1] :: _COARSE, offsets[2] :: _COARSE]
    start = [(part.start + offset) // _COARSE for part, offset in zip(where, offsets, strict=True)]
    stop = [a + n for a, n in zip(start, picked.shape, strict=True)]
    coarse[start[0] : stop[0], start[1] : stop[1], start[2] : stop[2]] = picked
