"""CTs of synthetic people, whose dura and flavum are known, as files that the import reads.

The cheap forward path: no rays are traced. The people's own voxels (0.5 mm about the canal, 1 mm elsewhere) become HU,
are blurred in the plane to a clinical kernel, averaged over the slice's thickness, leant where a tilt is asked for,
and get noise with the kernel's grain. What a scanner adds beyond that (streaks, beam hardening, scatter) is not in it.
Labels are the people's own bones on the same voxels: a segmentation without errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.build import _grids
from phantoms.canal.canal_kernels import find_place
from phantoms.compiled_kernels import njit
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.from_ct.image import VERTEBRA_LABELS
from phantoms.people import random_person
from phantoms.phantom import BasisVolume, VoxelGrid
from phantoms.solids_kernels import Solids
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.tissues import hounsfield_slopes
from phantoms.voxels.referenced_kernels import referenced
from phantoms.voxels.scene_kernels import ALL_PARTS, bone_distance
from phantoms.voxels.voxelize import voxelize
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Interspace, Vertebra

PIXEL_MM = 0.7
KERNEL_FWHM_MM = 0.9  # in the plane, of a standard kernel (assumption)
NOISE_AT_3_MM_HU = 18.0  # of such a kernel at a diagnostic dose; goes with one over the root of the thickness
HALF_FIELD_MM, FRONT_MM = 95.0, 45.0  # of what is shown: beside the spine, and before its canal; all behind it
BEHIND_MM = 12.0  # of air behind the back
_AIR_HU, _HALF_LABELS_MM, _EDGE_MM = -1000.0, 55.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How a CT was made.

    Attributes:
        name: in the rows that are kept
        slice_mm: thickness and distance of its slices
        tilt_deg: of its slices against the table, upper edge to the feet
        noise: times that of the usual dose
    """

    name: str
    slice_mm: int
    tilt_deg: float = 0.0
    noise: float = 1.0


TABLES = (
    Table(name="1 mm", slice_mm=1),
    Table(name="2 mm", slice_mm=2),
    Table(name="3 mm", slice_mm=3),
    Table(name="2 mm, 12 deg", slice_mm=2, tilt_deg=12.0),
    Table(name="2 mm, noise doubled", slice_mm=2, noise=2.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the spine that is scanned, and the interspace about which it is imported."""

    first: Vertebra
    last: Vertebra
    about: Interspace

    @property
    def vertebrae(self) -> tuple[Vertebra, ...]:
        """Vertebrae of the people who are made for it, from the head down."""
        column = FIVE_LUMBAR_COLUMN
        return column[column.index(self.first) : column.index(self.last) + 1]


PARTS = {
    "lumbar": Part(first=Vertebra.T11, last=Vertebra.S1, about=Interspace.L3_4),
    "thoracic": Part(first=Vertebra.T2, last=Vertebra.L1, about=Interspace.T7_8),
    "cervical": Part(first=Vertebra.C1, last=Vertebra.T4, about=Interspace.C5_6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A synthetic person: what is known of them, and their voxels in the field of view of a CT of the spine."""

    anatomy: SyntheticAnatomy
    body: BasisVolume
    canal: BasisVolume
    midline_x_mm: float


def spine_for(part: Part, seed: int) -> Spine:
    """The spine of a person drawn from a seed, without contrast or leak."""
    drawn = random_person(seed, vertebrae=part.vertebrae)
    return build_spine(replace(drawn, myelogram=MyelogramParameters(volume_ml=0.0)))


def person_of(spine: Spine) -> Person:
    """The voxels of a person."""
    whole, box = _grids(spine)
    first = np.floor(np.array(box.origin_mm[:2]) - (HALF_FIELD_MM - 45.0, FRONT_MM)).astype(int)
    first = np.maximum(first, np.rint(whole.origin_mm[:2]).astype(int))
    shape = whole.shape[0], whole.shape[1] - (first[1] - round(whole.origin_mm[1])), 2 * round(HALF_FIELD_MM) + 1
    columns = min(shape[2], whole.shape[2] - (first[0] - round(whole.origin_mm[0])))
    body = VoxelGrid(
        origin_mm=PatientPoint(float(first[0]), float(first[1]), whole.origin_mm[2]),
        spacing_mm=whole.spacing_mm,
        shape=(shape[0], int(shape[1]), int(columns)),
    )
    volumes = voxelize(spine, body, box, None)
    x = np.median(spine.canal.centreline.samples[:, 0])
    return Person(anatomy=SyntheticAnatomy.from_spine(spine), body=volumes[0], canal=volumes[1], midline_x_mm=float(x))


def person_and_planes(part: Part, seed: int, kept: Path | None = None) -> tuple[SyntheticAnatomy, Scanned]:
    """What is known of a person drawn from a seed, and their planes of 1 mm.

    Args:
        kept: file of the planes (.npz), read where it is there and written where it is not; None for none
    """
    spine = spine_for(part, seed)
    anatomy = SyntheticAnatomy.from_spine(spine)
    if kept is not None and kept.exists():
        with np.load(kept, allow_pickle=False) as arrays:
            x, y, z = (float(q) for q in arrays["origin_mm"])
            return anatomy, Scanned(hu=arrays["hu"], labels=arrays["labels"], origin_mm=(x, y, z))
    planes = scanned(person_of(spine))
    if kept is not None:
        beside = kept.with_name(f"beside-{kept.name}")
        np.savez(beside, hu=planes.hu, labels=planes.labels, origin_mm=np.array(planes.origin_mm))
        beside.rename(kept)
    return anatomy, planes


@njit(cache=True, nogil=True, error_model="numpy")
def _owners(out: NDArray[np.int64], points: NDArray[np.float64], solids: Solids) -> None:
    """Place in the row of the vertebra in whose bone each point lies, from 0; -1 for none."""
    solids = referenced(solids)
    for i in range(points.shape[0]):
        at = find_place(points[i, 0], points[i, 1], points[i, 2], solids.canal)
        distance, _, owner = bone_distance(at, 10.0, 10.0, int(ALL_PARTS), solids)
        out[i] = owner if distance < 0.0 else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A person on planes of 1 mm and pixels of the CT: HU without noise, and labels in TotalSegmentator's numbers.

    Attributes:
        hu, labels: [shape=(z, y, x)]
        origin_mm: middle of the first voxel as x, y, z, in the person's own frame
    """

    hu: NDArray[np.float32]
    labels: NDArray[np.uint8]
    origin_mm: tuple[float, float, float]


def scanned(person: Person) -> Scanned:
    """Planes of 1 mm of a person."""
    grid, anatomy = person.body.grid, person.anatomy
    x, y = (np.arange(grid.origin_mm[k], grid.origin_mm[k] + grid.shape[2 - k] - 1, PIXEL_MM) for k in (0, 1))
    hu = np.stack([_plane(person, k, x, y) for k in range(grid.shape[0])])
    labels = np.zeros(hu.shape, dtype=np.uint8)
    names = anatomy.spine.row.names
    number = {name: q for q, name in VERTEBRA_LABELS.items()}
    table = np.array([number[name] for name in names] + [0], dtype=np.uint8)
    near = np.flatnonzero(np.abs(x - person.midline_x_mm) < _HALF_LABELS_MM)
    for k, z in enumerate(grid.z_mm):
        bright = np.argwhere(hu[k, :, near[0] : near[-1] + 1] > 0.0)
        points = np.column_stack([x[near[0] + bright[:, 1]], y[bright[:, 0]], np.full(len(bright), z)])
        owner = np.empty(len(points), dtype=np.int64)
        _owners(owner, points, anatomy.spine.solids)
        labels[k, bright[:, 0], near[0] + bright[:, 1]] = table[owner]
    return Scanned(hu=hu, labels=labels, origin_mm=(float(x[0]), float(y[0]), float(grid.z_mm[0])))


def _plane(person: Person, k: int, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float32]:
    """HU of one plane on the CT's pixels, blurred; the finer box takes the body's place where it lies."""
    whole = _sampled(person.body, k, x, y)
    box = person.canal.grid
    low, high = (
        [box.origin_mm[a] + e * box.spacing_mm[a] * (box.shape[2 - a] - 1) + f for a in (0, 1)]
        for e, f in ((0, _EDGE_MM), (1, -_EDGE_MM))
    )
    column, row = ((q > low[a]) & (q < high[a]) for a, q in enumerate((x, y)))
    whole[np.ix_(row, column)] = _sampled(person.canal, k, x[column], y[row])
    return whole


def _sampled(volume: BasisVolume, k: int, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float32]:
    grid = volume.grid
    hu = np.tensordot(hounsfield_slopes(120.0), volume.plane(k), axes=1) + _AIR_HU
    voxel = grid.spacing_mm[0]
    own = KERNEL_FWHM_MM**2 / 5.545 - voxel**2 / 12.0  # what the voxels have blurred already
    hu = ndimage.gaussian_filter(hu, np.sqrt(max(own, 0.0)) / voxel)
    rows, columns = ((q - grid.origin_mm[a]) / voxel for a, q in ((1, y), (0, x)))
    at = np.meshgrid(rows, columns, indexing="ij")
    return np.asarray(ndimage.map_coordinates(hu, at, order=1, mode="nearest", output=np.float32))


def write_files(person: Scanned, table: Table, folder: Path, seed: int) -> tuple[Path, Path]:
    """CT and labels of a person as NIfTI in the person's own frame, made as a table says."""
    import nibabel as nib

    hu, labels, affine = person.hu, person.labels, _affine(person, table)
    if table.tilt_deg:
        hu, labels = (_leant(volume, person, table) for volume in (hu, labels))
    every = table.slice_mm
    hu = ndimage.uniform_filter1d(hu, every, axis=0, mode="nearest", output=np.float32)[every // 2 :: every]
    rng = np.random.default_rng((seed, every, round(table.tilt_deg), round(10 * table.noise)))
    sigma = KERNEL_FWHM_MM / 2.355 / PIXEL_MM
    grain = ndimage.gaussian_filter(rng.standard_normal(hu.shape, dtype=np.float32), (0.0, sigma, sigma))
    hu = hu + grain / grain.std() * NOISE_AT_3_MM_HU * (3.0 / every) ** 0.5 * table.noise
    paths = folder / "ct.nii.gz", folder / "labels.nii.gz"
    whole = np.clip(np.rint(hu), -1024, 3071).astype(np.int16)
    behind = ((0, 0), (0, round(BEHIND_MM / PIXEL_MM)), (0, 0))
    whole = np.pad(whole, behind, constant_values=round(_AIR_HU))
    labels = np.pad(labels[every // 2 :: every], behind)
    for path, volume in zip(paths, (whole, labels), strict=True):
        make_image: Any = nib.Nifti1Image  # nibabel's images carry no types
        nib.save(make_image(volume.transpose(2, 1, 0), affine), path)
    return paths


def _turn(table: Table) -> NDArray[Any]:
    """Columns: the slices' x, y and normal in the person's frame."""
    c, s = np.cos(np.radians(table.tilt_deg)), np.sin(np.radians(table.tilt_deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _first(person: Scanned, table: Table) -> NDArray[Any]:
    """Middle of the first voxel of the slices of 1 mm, turned about the volume's middle."""
    size = np.array([PIXEL_MM, PIXEL_MM, 1.0]) * (np.array(person.hu.shape[::-1]) - 1)
    middle = np.array(person.origin_mm) + 0.5 * size
    return np.asarray(middle - _turn(table) @ (0.5 * size))


def _affine(person: Scanned, table: Table) -> NDArray[Any]:
    turn, first, every = _turn(table), _first(person, table), table.slice_mm
    first = first + turn[:, 2] * (every // 2 - (0.0 if every % 2 else 0.5))  # an even mean lies half a plane lower
    affine = np.eye(4)
    affine[:3, :3] = turn * np.array([PIXEL_MM, PIXEL_MM, every])
    affine[:3, 3] = first
    affine[:2] *= -1.0  # NIfTI's x and y point to the right and to the front
    return affine


def _leant(volume: NDArray[Any], person: Scanned, table: Table) -> NDArray[Any]:
    """A volume on turned planes of 1 mm."""
    step = np.array([PIXEL_MM, PIXEL_MM, 1.0])
    to_index = (_turn(table) * step) / step[:, None]
    start = (_first(person, table) - np.array(person.origin_mm)) / step
    labels = volume.dtype == np.uint8
    return np.asarray(
        ndimage.affine_transform(
            volume, to_index[::-1, ::-1], start[::-1], order=0 if labels else 1, mode="constant",
            cval=0 if labels else _AIR_HU, prefilter=False,
        )
    )  # fmt: skip
