"""The body of a CT on the phantom's grid: HU without table and arms, the skin, and the compartments of the muscles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.body_mask import coarse_means, find_body, grow_mask, largest_piece, refine_mask
from phantoms.from_ct.image import CtFault, CtImage
from phantoms.from_ct.labels import LabelledVertebrae
from phantoms.from_ct.pressed_back import BackMoved, rounded_back
from phantoms.from_ct.resampling import axis_mm, resample, resample_slices
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Vertebra

BODY_HU = -400.0  # the skin: half way from air to fat and skin (assumption)
MUSCLE_HU = -30.0  # half way from adipose -100 to muscle 50 (assumption)
_MARGIN_MM = 6
_ABOVE_MM, _BELOW_MM = 20.0, 6.0  # shown above the first vertebra and below the last
_STRIP = 24  # planes at a time, a multiple of the coarse step
_MOST_HU = 8191.0
_SKIN_STEP_MM = 2
_SKIN_SMOOTHING_MM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A quantity on a regular grid, asked by trilinear look-up.

    Attributes:
        values: [shape=(z, y, x), float32, read-only]
        origin_mm: centre of voxel [0, 0, 0]; spacing_mm: the same along every axis
    """

    values: NDArray[np.float32]
    origin_mm: PatientPoint
    spacing_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CtBody:
    """A CT in the phantom's frame and on its 1 mm grid.

    Attributes:
        grid: voxels of 1 mm; x = y = z = 0 is near the posterior wall at the interspace about which it is built
        hu: [shape=(z, y, x), int16] smooth between the CT's voxels
        source: HU at the CT's own voxels, table and all; labels: vertebra numbers there; both on `source_grid`, in the
            phantom's frame
        skin: signed distance to the skin, negative in the body
        back: how far the skin of the back was moved where a table had pressed it flat
    """

    grid: VoxelGrid
    hu: NDArray[np.int16]
    source: NDArray[np.int16]
    labels: NDArray[np.uint8]
    source_grid: VoxelGrid
    skin: Field
    back: BackMoved


def prepare_body(ct: CtImage, names: LabelledVertebrae, about: tuple[Vertebra, Vertebra]) -> CtBody:
    """The CT in the phantom's frame: 1 mm voxels, the table and all else outside the body taken away, its
    back round.

    Args:
        ct: with labels
        names: vertebrae from the head down with their label numbers
        about: the two between which the frame's origin lies

    Raises:
        CtFault: the skin of the back is cut off by the image's edge, or no body is found.
    """
    assert ct.labels is not None
    labels, source = ct.labels, frame_grid(ct, (names[about[0]], names[about[1]]))
    z = _planes(labels, source, names)
    x, y = (np.arange(np.ceil(axis_mm(source, k)[0]), np.floor(axis_mm(source, k)[-1]) + 1.0) for k in (0, 1))
    strips = _strips(len(z))
    coarse = np.concatenate([coarse_means(resample(ct.hu, source, x, y, z[strip])) for strip in strips])
    body = refine_mask(find_body(coarse), (len(z), len(y), len(x)))
    if not body.any():
        raise CtFault(ct.what, "voxels", "no body is found", "Give a CT of the whole cross-section")
    if body[:, -2:].any(axis=(1, 2)).mean() > 0.2:
        fix = "Give a CT whose field of view holds the skin of the back"
        text = "the back is cut off by the image's edge: without its skin this patient cannot be treated"
        raise CtFault(ct.what, "voxels", text, fix)
    rows, columns = (np.flatnonzero(body.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    line, column = (slice(max(q[0] - _MARGIN_MM, 0), q[-1] + _MARGIN_MM + 1) for q in (rows, columns))
    body = grow_mask(body[:, line, column], 1)
    shape = body.shape[0], body.shape[1], body.shape[2]
    hu = np.empty(shape, dtype=np.int16)
    for strip in strips:  # a strip at a time: as numbers of four bytes, the whole would take twice the memory
        part = resample_slices(ct.hu, source, x[column], y[line], z[strip])
        part[~body[strip]] = -1000.0
        np.rint(np.clip(part, -1000.0, _MOST_HU, out=part), out=part)
        hu[strip] = part
    hu.setflags(write=False)
    hu, back = rounded_back(hu)
    origin = PatientPoint(float(x[column][0]), float(y[line][0]), float(z[0]))
    grid = VoxelGrid(origin_mm=origin, spacing_mm=(1.0, 1.0, 1.0), shape=(hu.shape[0], hu.shape[1], hu.shape[2]))
    return CtBody(grid=grid, hu=hu, source=ct.hu, labels=labels, source_grid=source, skin=_skin(hu, grid), back=back)


def _strips(planes: int) -> list[slice]:
    return [slice(first, first + _STRIP) for first in range(0, planes, _STRIP)]


def frame_grid(ct: CtImage, about: tuple[tuple[int, ...], tuple[int, ...]]) -> VoxelGrid:
    """The CT's grid in the phantom's frame, whose origin lies amid two vertebrae.

    Args:
        ct: with labels
        about: label numbers of the two; a vertebra's centroid is near its back wall
    """
    assert ct.labels is not None
    middle = np.mean([np.argwhere(np.isin(ct.labels, numbers)).mean(axis=0) for numbers in about], axis=0)
    x, y, z = (float(-middle[2 - k] * ct.grid.spacing_mm[k]) for k in range(3))
    return VoxelGrid(origin_mm=PatientPoint(x, y, z), spacing_mm=ct.grid.spacing_mm, shape=ct.grid.shape)


def _planes(labels: NDArray[np.uint8], grid: VoxelGrid, names: LabelledVertebrae) -> FloatArray:
    """Heights of the phantom's planes, whole mm, a little beyond the vertebrae as far as the CT goes."""
    z = grid.z_mm
    order = list(names)

    def heights(name: Vertebra) -> FloatArray:
        return np.asarray(z[np.flatnonzero(np.isin(labels, names[name]).any(axis=(1, 2)))])

    low = max(heights(order[-1]).min() - _BELOW_MM, z[0])
    high = min(heights(order[0]).max() + _ABOVE_MM, z[-1])
    return np.arange(np.ceil(low), np.floor(high) + 1.0)


def _skin(hu: NDArray[np.int16], grid: VoxelGrid) -> Field:
    """Signed distance to the smoothed surface of the body, on a 2 mm grid."""
    step = _SKIN_STEP_MM
    coarse = hu[::step, ::step, ::step]
    inside = np.pad(largest_piece(ndimage.binary_opening(coarse > BODY_HU, iterations=3)), 1)
    for plane in inside[1:-1]:
        plane[:] = ndimage.binary_fill_holes(plane)
    inside[0], inside[-1] = inside[1], inside[-2]  # the body goes on beyond the planes that are shown
    outward = ndimage.distance_transform_edt(~inside, sampling=step) - 0.5 * step
    inward = ndimage.distance_transform_edt(inside, sampling=step) - 0.5 * step
    signed = np.where(inside, -inward, outward)
    signed = ndimage.gaussian_filter(signed, _SKIN_SMOOTHING_MM / step)[1:-1].astype(np.float32)
    signed.setflags(write=False)
    x, y, z = grid.origin_mm
    return Field(
        values=np.ascontiguousarray(signed), origin_mm=PatientPoint(x - step, y - step, z), spacing_mm=float(step)
    )


def muscle_compartments(hu: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Muscle on the 1 mm grid with the fat between its fibres: closed over 9 mm, opened so that septa fall away."""
    lean = np.concatenate([coarse_means(hu[strip]) > MUSCLE_HU for strip in _strips(len(hu))])
    closed = ndimage.binary_closing(np.pad(lean, 4, mode="edge"), iterations=3)[4:-4, 4:-4, 4:-4]
    return refine_mask(ndimage.binary_opening(closed, iterations=1), hu.shape)
