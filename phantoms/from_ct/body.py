"""The body of a CT on the phantom's grid: resampling, table removal, skin, muscle compartments, HU to tissue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.image import CtFault, CtImage
from phantoms.from_ct.labels import LabelledVertebrae
from phantoms.from_ct.pressed_back import BackMoved, rounded_back
from phantoms.phantom import VoxelGrid
from phantoms.tissues import hounsfield_slopes, tissue
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Vertebra

Rows = Callable[[int, float, float, FloatArray], FloatArray]

BODY_HU = -400.0  # the skin: half way from air to fat and skin (assumption)
MUSCLE_HU = -30.0  # half way from adipose -100 to muscle 50 (assumption)
_COARSE = 3  # mm, for morphology
_SOLID_HU = -220.0  # fat and all that is denser; mats and blankets are lighter, and gaps under them blur with them
_MAT_MM = 9.0  # half the thickness of what is no part of the body
_SHALLOW_GAP_MM = 15.0
_LIMB_MM, _LIMB_APART = 20.0, 0.3  # half the thickness of an arm's core, and the part of planes in which it lies apart
_MARGIN_MM = 6
_ABOVE_MM, _BELOW_MM = 20.0, 6.0  # shown above the first vertebra and below the last
_STRIP = 24  # planes at a time, a multiple of the coarse step
_MOST_HU = 8191.0
_SKIN_STEP_MM = 2
_PARTS, _REACH, _LOBES = 8, 6.0, 3  # of a slice that are averaged; slices, samples beyond which none has a say
_SKIN_SMOOTHING_MM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A quantity on a regular grid, asked by trilinear look-up.

    Attributes:
        values: [shape=(z, y, x), float32, read-only]
        origin_mm: centre of voxel [0, 0, 0], x y z; spacing_mm: the same along every axis
    """

    values: NDArray[np.float32]
    origin_mm: FloatArray
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


def cubic_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] that interpolates `count` samples by Keys' cubic convolution (a = -1/2).

    Points beyond the ends take the nearest sample's value. Source: Keys 1981, equation 4.
    """
    place = np.clip((wanted_mm - start_mm) / step_mm, 0.0, count - 1.0)
    low = np.minimum(np.floor(place).astype(int), count - 2)
    matrix = np.zeros((len(wanted_mm), count))
    for tap in range(-1, 3):
        t = np.abs(place - low - tap)
        near = ((1.5 * t - 2.5) * t) * t + 1.0
        far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
        weight = np.where(t <= 1.0, near, np.where(t < 2.0, far, 0.0))
        np.add.at(matrix, (np.arange(len(place)), np.clip(low + tap, 0, count - 1)), weight)
    return matrix


def sinc_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] that interpolates by a sinc under a window of three samples to either side.

    It keeps more of what lies near the samples' highest frequency than `cubic_rows`, and would ring at a mask's edge.
    Source: Duchon 1979, J Appl Meteorol 18:1016.
    """
    place = np.clip((wanted_mm - start_mm) / step_mm, 0.0, count - 1.0)
    low = np.floor(place).astype(int)
    matrix = np.zeros((len(wanted_mm), count))
    for tap in range(1 - _LOBES, 1 + _LOBES):
        t = place - low - tap
        weight = np.where(np.abs(t) < _LOBES, np.sinc(t) * np.sinc(t / _LOBES), 0.0)
        np.add.at(matrix, (np.arange(len(place)), np.clip(low + tap, 0, count - 1)), weight)
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def slab_rows(count: int, start_mm: float, step_mm: float, wanted_mm: FloatArray) -> FloatArray:
    """Matrix [shape=(wanted, count)] from means over slices to means over planes of 1 mm, cubic between.

    The means of the interpolated values over each slice, taken as thick as slices lie apart, are again the slices': a
    scan of slices as thick as the source's does not blur them twice.
    """
    within = (np.arange(_PARTS) + 0.5) / _PARTS - 0.5
    centres = start_mm + step_mm * np.arange(count)
    means = [np.mean([cubic_rows(count, start_mm, step_mm, place + size * part) for part in within], axis=0)
             for place, size in ((centres, step_mm), (wanted_mm, 1.0))]  # fmt: skip
    return np.asarray(np.linalg.solve(means[0].T, means[1].T).T)


def resample(
    volume: NDArray[Any],
    grid: VoxelGrid,
    x_mm: FloatArray,
    y_mm: FloatArray,
    z_mm: FloatArray,
    in_plane: Rows = cubic_rows,
    along_z: Rows = cubic_rows,
) -> NDArray[np.float32]:
    """Values of a volume at the points of a rectilinear grid [shape=(z, y, x), float32], cubic if nothing is said."""
    reach = _REACH * grid.spacing_mm[2]
    near = (grid.z_mm > z_mm[0] - reach) & (grid.z_mm < z_mm[-1] + reach)
    first, last = int(np.argmax(near)), len(near) - int(np.argmax(near[::-1]))
    if last - first < 2:
        first, last = 0, len(near)
    part = volume[first:last].astype(np.float32)
    starts = (grid.origin_mm[0], grid.origin_mm[1], grid.origin_mm[2] + first * grid.spacing_mm[2])
    for axis, k, wanted, ways in ((1, 1, y_mm, in_plane), (2, 0, x_mm, in_plane), (0, 2, z_mm, along_z)):
        rows = ways(part.shape[axis], starts[k], grid.spacing_mm[k], wanted).astype(np.float32)
        part = np.moveaxis(np.tensordot(rows, part, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(part)


def resample_slices(
    volume: NDArray[Any], grid: VoxelGrid, x_mm: FloatArray, y_mm: FloatArray, z_mm: FloatArray
) -> NDArray[np.float32]:
    """HU of a CT at points of planes of 1 mm [shape=(z, y, x), float32], with all that its slices hold."""
    return resample(volume, grid, x_mm, y_mm, z_mm, sinc_rows, slab_rows)


def axis_mm(grid: VoxelGrid, axis: int) -> FloatArray:
    """Centres of the voxels along x (0), y (1) or z (2), mm."""
    return np.asarray(grid.origin_mm[axis] + grid.spacing_mm[axis] * np.arange(grid.shape[2 - axis]))


@cache
def tissue_lines() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Piecewise linear ways from HU at 120 kV to basis densities: nodes and densities of soft tissue, then of bone.

    The HU of a node is that of its densities behind 20 cm of water, so HU are kept exactly between nodes.
    """
    slopes = hounsfield_slopes(120.0)
    lines = []
    for names in (
        ("air", "adipose", "muscle", "ligament", "spongiosa", "cortical_bone"),
        ("air", "adipose", "red_marrow", "spongiosa", "cortical_bone"),
    ):
        densities = np.array([tissue(name).basis for name in names])
        densities[0] = (densities[0] @ slopes) / slopes[0], 0.0, 0.0
        densities = np.vstack([densities, 1.6 * densities[-1]])  # denser than cortical bone: teeth, metal, calcium
        hu = densities @ slopes - 1000.0
        lines += [hu, densities]
    for line in lines:
        line.setflags(write=False)
    return lines[0], lines[1], lines[2], lines[3]


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
    coarse = np.concatenate([_coarse(resample(ct.hu, source, x, y, z[strip])) for strip in strips])
    body = _fine(_body_mask(coarse), (len(z), len(y), len(x)))
    if not body.any():
        raise CtFault(ct.what, "voxels", "no body is found", "Give a CT of the whole cross-section")
    if body[:, -2:].any(axis=(1, 2)).mean() > 0.2:
        fix = "Give a CT whose field of view holds the skin of the back"
        text = "the back is cut off by the image's edge: without its skin this patient cannot be treated"
        raise CtFault(ct.what, "voxels", text, fix)
    rows, columns = (np.flatnonzero(body.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    line, column = (slice(max(q[0] - _MARGIN_MM, 0), q[-1] + _MARGIN_MM + 1) for q in (rows, columns))
    body = _grown(body[:, line, column], 1)
    shape = body.shape[0], body.shape[1], body.shape[2]
    hu = np.empty(shape, dtype=np.int16)
    for strip in strips:  # a strip at a time: as numbers of four bytes, the whole would take twice the memory
        part = resample_slices(ct.hu, source, x[column], y[line], z[strip])
        part[~body[strip]] = -1000.0
        np.rint(np.clip(part, -1000.0, _MOST_HU, out=part), out=part)
        hu[strip] = part
    hu.setflags(write=False)
    hu, back = rounded_back(hu)
    origin = float(x[column][0]), float(y[line][0]), float(z[0])
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
    return VoxelGrid(origin_mm=(x, y, z), spacing_mm=ct.grid.spacing_mm, shape=ct.grid.shape)


def _planes(labels: NDArray[np.uint8], grid: VoxelGrid, names: LabelledVertebrae) -> FloatArray:
    """Heights of the phantom's planes, whole mm, a little beyond the vertebrae as far as the CT goes."""
    z = grid.z_mm
    order = list(names)

    def heights(name: Vertebra) -> FloatArray:
        return np.asarray(z[np.flatnonzero(np.isin(labels, names[name]).any(axis=(1, 2)))])

    low = max(heights(order[-1]).min() - _BELOW_MM, z[0])
    high = min(heights(order[0]).max() + _ABOVE_MM, z[-1])
    return np.arange(np.ceil(low), np.floor(high) + 1.0)


def _coarse(volume: NDArray[Any]) -> NDArray[np.float32]:
    """Means of cubes of 3 mm; the last cubes repeat the edge."""
    pad = [(0, -n % _COARSE) for n in volume.shape]
    full = np.pad(volume, pad, mode="edge")
    nz, ny, nx = (n // _COARSE for n in full.shape)
    return np.asarray(full.reshape(nz, _COARSE, ny, _COARSE, nx, _COARSE).mean(axis=(1, 3, 5)), dtype=np.float32)


def _fine(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A coarse mask on the 1 mm grid."""
    for axis in range(3):
        mask = np.repeat(mask, _COARSE, axis=axis)
    return np.asarray(mask[: shape[0], : shape[1], : shape[2]])


def _grown(mask: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    return np.asarray(ndimage.binary_dilation(mask, iterations=steps))


def _body_mask(coarse: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The body on the 3 mm grid: the largest piece in 3-D, parted from table and mat, with its gas filled.

    Gas is filled first, for the belly's wall over it may be thin; what lies shallow under a surface is no gas but a
    gap under a mat. Then everything thinner than 18 mm is worn away, and mats with it.
    """
    solid = np.pad(coarse > _SOLID_HU, ((2, 2), (0, 0), (0, 0)), mode="edge")  # the body goes on beyond the planes
    body = _largest(ndimage.binary_opening(solid, iterations=2)[2:-2])
    filled = body.copy()
    for plane in filled:
        plane[:] = ndimage.binary_fill_holes(plane)
    holes, count = ndimage.label(filled & ~body)
    if count:
        deep = ndimage.maximum(_depth(filled), holes, np.arange(count + 1)) > _SHALLOW_GAP_MM
        deep[0] = False
        body |= deep[holes]
    core = _depth(body) > _MAT_MM
    body = _largest(ndimage.distance_transform_edt(~core, sampling=_COARSE) <= _MAT_MM)
    for plane in body:
        plane[:] = ndimage.binary_fill_holes(plane)
    return _without_limbs(body)


def _without_limbs(body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The trunk without arms that touch it: thick pieces of their own that lie apart from it in many planes."""
    cores, count = ndimage.label(_depth(body) > _LIMB_MM)
    if count < 2:
        return body
    trunk = 1 + int(np.argmax(np.bincount(cores.ravel())[1:]))
    nearest = ndimage.distance_transform_edt(cores == 0, return_distances=False, return_indices=True)
    owner = np.where(body, cores[tuple(nearest)], 0)
    for piece in range(1, count + 1):
        limb, rest = owner == piece, body & (owner != piece)
        planes = np.flatnonzero(limb.any(axis=(1, 2)))
        apart = [not (ndimage.binary_dilation(limb[k]) & rest[k]).any() for k in planes]
        if piece != trunk and len(planes) and np.mean(apart) > _LIMB_APART:
            body = rest
    return _largest(body)


def _depth(mask: NDArray[np.bool_]) -> FloatArray:
    """Distance of a coarse mask's voxels to what is outside, mm; the body goes on beyond the first and last plane."""
    padded = np.pad(np.pad(mask, ((4, 4), (0, 0), (0, 0)), mode="edge"), ((0, 0), (1, 1), (1, 1)))
    return np.asarray(ndimage.distance_transform_edt(padded, sampling=_COARSE)[4:-4, 1:-1, 1:-1])


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    parts, count = ndimage.label(mask)
    if not count:
        return mask
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.asarray(parts == int(sizes.argmax()))


def _skin(hu: NDArray[np.int16], grid: VoxelGrid) -> Field:
    """Signed distance to the smoothed surface of the body, on a 2 mm grid."""
    step = _SKIN_STEP_MM
    coarse = hu[::step, ::step, ::step]
    inside = np.pad(_largest(ndimage.binary_opening(coarse > BODY_HU, iterations=3)), 1)
    for plane in inside[1:-1]:
        plane[:] = ndimage.binary_fill_holes(plane)
    inside[0], inside[-1] = inside[1], inside[-2]  # the body goes on beyond the planes that are shown
    outward = ndimage.distance_transform_edt(~inside, sampling=step) - 0.5 * step
    inward = ndimage.distance_transform_edt(inside, sampling=step) - 0.5 * step
    signed = np.where(inside, -inward, outward)
    signed = ndimage.gaussian_filter(signed, _SKIN_SMOOTHING_MM / step)[1:-1].astype(np.float32)
    signed.setflags(write=False)
    origin = np.asarray(grid.origin_mm) - np.array([step, step, 0.0])
    return Field(values=np.ascontiguousarray(signed), origin_mm=origin, spacing_mm=float(step))


def muscle_compartments(hu: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Muscle on the 1 mm grid with the fat between its fibres: closed over 9 mm, opened so that septa fall away."""
    lean = np.concatenate([_coarse(hu[strip]) > MUSCLE_HU for strip in _strips(len(hu))])
    closed = ndimage.binary_closing(np.pad(lean, 4, mode="edge"), iterations=3)[4:-4, 4:-4, 4:-4]
    return _fine(ndimage.binary_opening(closed, iterations=1), hu.shape)
