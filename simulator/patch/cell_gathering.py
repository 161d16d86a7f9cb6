"""Cell gathering: the phantom's epidural voxels become cells of some 2 mm.

The canal is known only as far as the phantom reaches; beyond its ends the last cells are repeated, so that blood has
somewhere to go that no image shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import BasisVolume, Label, Phantom, ZoneLabel
from simulator.patch.closed_pockets import in_closed_pockets
from simulator.patch.epidural_space import (
    CellFaces,
    ConductingVoxels,
    EpiduralCells,
    EpiduralSpace,
    OverflowVoxels,
)
from simulator.patch.sac_surface import sac_surface
from simulator.spatial.arrays import BoolArray, FloatArray, IndexArray
from simulator.vocabulary.anatomy import LeakPattern

BLOCK = (3, 4, 4)  # voxels of the canal's grid in a cell: z, y, x
BEYOND_MM = 60.0  # canal that is assumed to go on, above and below the phantom

SPACE = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION, Label.FORAMEN)
_SAC = (Label.DURA, Label.CEREBROSPINAL_FLUID)
_IN_CANAL = (ZoneLabel.DORSAL, ZoneLabel.LATERAL, ZoneLabel.VENTRAL)
_OUTSIDE = (Label.MUSCLE, Label.VISCERAL_FAT, Label.SUBCUTANEOUS_FAT)

# Fractions of a tissue's volume: fluid that flows away with the stream, and what can be pushed aside. Assumptions: fat
# lobules hold little free fluid and give way by half, veins empty, a collection is all fluid.
FLUID_FRACTION = {
    Label.EPIDURAL_FAT: 0.04,
    Label.EPIDURAL_VEIN: 0.04,
    Label.EPIDURAL_COLLECTION: 0.95,
    Label.FORAMEN: 0.04,
}
YIELDING_FRACTION = {
    Label.EPIDURAL_FAT: 0.60,
    Label.EPIDURAL_VEIN: 0.65,
    Label.EPIDURAL_COLLECTION: 0.04,
    Label.FORAMEN: 0.06,
}
# Against fat: how well a tissue conducts once it has yielded, and at which pressure it yields. Assumptions; a foramen
# is filled by the root with its ligaments, a collection is open water.
CONDUCTS = {Label.EPIDURAL_FAT: 1.0, Label.EPIDURAL_VEIN: 1.0, Label.EPIDURAL_COLLECTION: 8.0, Label.FORAMEN: 0.3}
YIELD_RATIO = {Label.EPIDURAL_FAT: 1.0, Label.EPIDURAL_VEIN: 1.0, Label.EPIDURAL_COLLECTION: 0.35, Label.FORAMEN: 5.0}

DENT_MM, USUAL_DENT = 5.0, 0.65  # assumption: the dura gives way by this much at most; usually by this fraction of it
LEAST_CELL = 0.2  # of a whole cell: lesser scraps of tissue conduct nothing
OUTSIDE_MM = 4.0  # assumption: what leaves a foramen lies within this distance of it
OUTSIDE_FRACTION = 0.3  # assumption: and fills this fraction of the tissue there


_KEPT: dict[str, EpiduralSpace] = {}
KEPT = 2  # spaces; every seed of a study has the same patient


def epidural_space(phantom: Phantom) -> EpiduralSpace:
    """The phantom's epidural space; the latest are remembered, since they take a second to gather."""
    if phantom.identity not in _KEPT:
        while len(_KEPT) >= KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[phantom.identity] = gather_cells(phantom)
    return _KEPT[phantom.identity]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """The canal's grid cut into blocks, of which those that hold enough epidural voxels are cells.

    Attributes:
        voxels: [shape=(n,), int64] flat indices of the voxels that conduct
        place: [shape=(n, 3), int64] z y x of these
        label: [shape=(n,), uint8] tissue of each
        cell_of_voxel: [shape=(n,), int64] cell of each
        index: [shape=(cells, 3), int64] z y x of the cells among the blocks
        beyond: blocks that are added at either end of the canal
        height: blocks along the spine, those included
        spacing_mm, size_mm: [shape=(3,), float64] z y x of a voxel and of a cell
        voxel_ml: volume of a voxel
    """

    voxels: IndexArray
    place: IndexArray
    label: NDArray[np.uint8]
    cell_of_voxel: IndexArray
    index: IndexArray
    beyond: int
    height: int
    spacing_mm: FloatArray
    size_mm: FloatArray
    voxel_ml: float

    def summed(self, weights: FloatArray) -> FloatArray:
        """Sum over the voxels of each cell, shape (cells,)."""
        return np.asarray(np.bincount(self.cell_of_voxel, weights, len(self.index)), np.float64)


def gather_cells(phantom: Phantom) -> EpiduralSpace:
    """Gather a phantom's epidural voxels into cells."""
    canal = phantom.canal
    blocks = _cut_into_blocks(canal)
    cells = len(blocks.index)
    iodine = canal.offset[2] + canal.step[2] * canal.counts[2].reshape(-1)[blocks.voxels]
    numbers = np.full(canal.grid.shape, -1, np.int32)
    numbers.reshape(-1)[blocks.voxels] = blocks.cell_of_voxel
    faces = _faces(blocks, numbers, canal.label)
    overflow = _Overflow(label=canal.label, numbers=numbers, spacing_mm=blocks.spacing_mm, cells=cells)
    border = blocks.place[_beside(canal.label, blocks.place, _SAC)]
    dent = _overflow_voxels(overflow, _SAC, border, DENT_MM, blocks.voxel_ml)
    leaves = _beside(canal.label, blocks.place, _OUTSIDE) & (blocks.label == Label.FORAMEN)
    outside = _overflow_voxels(overflow, _OUTSIDE, blocks.place[leaves], OUTSIDE_MM, OUTSIDE_FRACTION * blocks.voxel_ml)
    per_cell = _tissue_volumes(blocks, iodine)
    per_cell["sac_ml"] = USUAL_DENT * dent.total_ml
    per_cell["exit_mm"] = (
        np.bincount(blocks.cell_of_voxel[leaves], minlength=cells).astype(np.float64)
        * blocks.spacing_mm[1]
        * blocks.spacing_mm[0]
        / blocks.size_mm[1]
    )
    per_cell["in_view"] = np.ones(cells)
    per_cell["before_sac"], per_cell["beside_sac"] = _parted_by_membrane(phantom, blocks)
    whole, joined = _extended(per_cell, blocks, faces)
    origin = np.array(canal.grid.origin_mm)[::-1]
    centre = (whole["index"] + 0.5) * blocks.size_mm - 0.5 * blocks.spacing_mm + origin
    centre[:, 0] -= blocks.beyond * blocks.size_mm[0]
    pad = len(centre) - cells
    return EpiduralSpace(
        cells=EpiduralCells(
            centre_mm=centre[:, ::-1],
            index=np.rint((centre - origin) / blocks.size_mm).astype(np.int64),
            volume_ml=whole["volume_ml"],
            fluid_ml=whole["fluid_ml"],
            fluid_iodine_mg=whole["fluid_iodine_mg"],
            fat_ml=whole["fat_ml"],
            sac_ml=whole["sac_ml"],
            yield_ratio=whole["yield_ratio"],
            exit_mm=whole["exit_mm"],
            in_view=whole["in_view"] > 0.0,
            in_closed_pocket=in_closed_pockets(whole["volume_ml"], joined),
        ),
        faces=_cell_faces(
            joined, blocks, _crosses_midline(phantom, centre[:, ::-1], joined) | _crosses_membrane(whole, joined)
        ),
        conducting=ConductingVoxels(
            voxels=blocks.voxels,
            cell=blocks.cell_of_voxel,
            iodine_mg_per_ml=iodine.astype(np.float32),
            voxel_ml=blocks.voxel_ml,
        ),
        dent=_padded(dent, pad),
        outside=_padded(outside, pad),
        surface=sac_surface(phantom, border, numbers[tuple(border.T)].astype(np.int64), DENT_MM),
    )


def _cell_faces(joined: FloatArray, blocks: _Blocks, septum: BoolArray) -> CellFaces:
    """Faces from pairs of cells [shape=(4, faces)], and whether each lies across the midline."""
    axis = joined[2].astype(np.int64)
    return CellFaces(
        first=joined[0].astype(np.int64),
        second=joined[1].astype(np.int64),
        axis=axis,
        conductance_mm=joined[3],
        distance_mm=blocks.size_mm[axis],
        septum=septum,
    )


def _cut_into_blocks(canal: BasisVolume) -> _Blocks:
    shape = canal.grid.shape
    spacing = np.array(canal.grid.spacing_mm)[::-1]
    voxels = np.flatnonzero(_table(dict.fromkeys(SPACE, 1.0))[canal.label] > 0.0)
    voxels = voxels[_in_whole_cells(voxels, shape)]
    place = np.column_stack(np.unravel_index(voxels, shape))
    block = np.array(BLOCK)
    beyond = round(BEYOND_MM / (spacing[0] * block[0]))
    blocks = -(-np.array(shape) // block)
    blocks[0] += 2 * beyond
    at = place // block
    at[:, 0] += beyond
    ids, cell_of_voxel = np.unique(np.ravel_multi_index(tuple(at.T), tuple(blocks)), return_inverse=True)
    return _Blocks(
        voxels=voxels,
        place=place,
        label=canal.label.reshape(-1)[voxels],
        cell_of_voxel=cell_of_voxel,
        index=np.column_stack(np.unravel_index(ids, tuple(blocks))),
        beyond=beyond,
        height=int(blocks[0]),
        spacing_mm=spacing,
        size_mm=spacing * block,
        voxel_ml=float(np.prod(spacing)) * 1e-3,
    )


def _tissue_volumes(blocks: _Blocks, iodine: FloatArray) -> dict[str, FloatArray]:
    """What the voxels of each cell hold, by the names of `EpiduralCells`."""
    here, voxel_ml = blocks.label, blocks.voxel_ml
    volume = blocks.summed(np.full(len(blocks.voxels), voxel_ml))
    return {
        "volume_ml": volume,
        "fluid_ml": blocks.summed(_table(FLUID_FRACTION)[here] * voxel_ml),
        "fluid_iodine_mg": blocks.summed(iodine * voxel_ml),
        "fat_ml": blocks.summed(_table(YIELDING_FRACTION)[here] * voxel_ml),
        "yield_ratio": blocks.summed(_table(YIELD_RATIO)[here] * voxel_ml) / volume,
    }


def _in_whole_cells(voxels: IndexArray, shape: tuple[int, ...]) -> BoolArray:
    """Which of these voxels lie in blocks that hold enough of them to make a cell."""
    blocks = -(-np.array(shape) // np.array(BLOCK))
    at = np.column_stack(np.unravel_index(voxels, shape)) // np.array(BLOCK)
    number = np.ravel_multi_index(tuple(at.T), tuple(blocks))
    return np.asarray((np.bincount(number) >= LEAST_CELL * np.prod(BLOCK))[number])


def _crosses_midline(phantom: Phantom, place: FloatArray, joined: FloatArray) -> BoolArray:
    marks = sorted((p[2], p[0]) for p in phantom.landmarks.points)
    left = place[:, 0] > np.interp(place[:, 2], [z for z, _ in marks], [x for _, x in marks])
    a, b = joined[0].astype(np.int64), joined[1].astype(np.int64)
    crosses: BoolArray = (joined[2] == 2) & (left[a] != left[b])
    return crosses


def _parted_by_membrane(phantom: Phantom, blocks: _Blocks) -> tuple[FloatArray, FloatArray]:
    """Cells before the sac, and those behind and beside it, 1 or 0 each, where a pool has stayed before the sac.

    The edge of the posterior longitudinal ligament and its membrane part them; from before the sac veins and fat run on
    into the foramina alone. That the membrane holds as the septum of the midline does is an assumption, and so is that
    it matters only where fluid was held back by it.
    """
    if phantom.leak.pattern is not LeakPattern.VENTRAL_TEAR:
        return np.zeros(len(blocks.index)), np.zeros(len(blocks.index))
    grid = phantom.canal.grid
    points = blocks.place[:, ::-1] * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
    zone = phantom.anatomy.zone(points)
    whole = np.maximum(blocks.summed(np.isin(zone, _IN_CANAL).astype(np.float64)), 1e-12)
    before = blocks.summed((zone == ZoneLabel.VENTRAL).astype(np.float64)) / whole > 0.5
    most = whole > 0.5 * blocks.summed(np.ones(len(zone)))
    return (before & most).astype(np.float64), (~before & most).astype(np.float64)


def _crosses_membrane(per_cell: dict[str, FloatArray], joined: FloatArray) -> BoolArray:
    a, b = joined[0].astype(np.int64), joined[1].astype(np.int64)
    before, beside = per_cell["before_sac"] > 0.5, per_cell["beside_sac"] > 0.5
    crosses: BoolArray = (before[a] & beside[b]) | (beside[a] & before[b])
    return crosses


def _table(values: dict[Label, float]) -> FloatArray:
    table = np.zeros(256)
    for label, value in values.items():
        table[label] = value
    return table


def _beside(label: NDArray[np.uint8], place: IndexArray, others: tuple[Label, ...]) -> BoolArray:
    """Which of these voxels have one of the other tissues as a neighbour in the same plane."""
    wanted = _table(dict.fromkeys(others, 1.0)) > 0.0
    found = np.zeros(len(place), bool)
    for axis in (1, 2):
        for step in (-1, 1):
            next_to = place.copy()
            next_to[:, axis] = np.clip(next_to[:, axis] + step, 0, label.shape[axis] - 1)
            found |= wanted[label[tuple(next_to.T)]]
    return found


def _faces(blocks: _Blocks, numbers: NDArray[np.int32], label: NDArray[np.uint8]) -> FloatArray:
    """Pairs of cells that share voxel faces: first, second, axis, conductance [shape=(4, faces)].

    Args:
        blocks: cells, and the voxels that conduct
        numbers: cell of each of the canal's voxels, -1 for none
        label: tissue of each of them
    """
    conducts, cells = _table(CONDUCTS), len(blocks.index)
    found = []
    for axis in range(3):
        here = np.flatnonzero(blocks.place[:, axis] < numbers.shape[axis] - 1)
        next_to = blocks.voxels[here] + math.prod(numbers.shape[axis + 1 :])
        a, b = blocks.cell_of_voxel[here], numbers.reshape(-1)[next_to].astype(np.int64)
        across = (a != b) & (b >= 0)
        a, b, here, next_to = a[across], b[across], here[across], next_to[across]
        ca, cb = conducts[blocks.label[here]], conducts[label.reshape(-1)[next_to]]
        face_mm2 = float(np.prod(blocks.spacing_mm)) / blocks.spacing_mm[axis]
        pairs, member = np.unique(a * cells + b, return_inverse=True)
        weight = np.bincount(member, 2.0 * ca * cb / (ca + cb) * face_mm2 / blocks.size_mm[axis], len(pairs))
        found.append(np.stack([pairs // cells, pairs % cells, np.full(len(pairs), axis), weight]))
    return np.concatenate(found, axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overflow:
    """Where cells can overflow to.

    Attributes:
        label: [shape=(z, y, x), uint8] tissues of the canal
        numbers: [shape=(z, y, x), int32] cell of each voxel, -1 for none
        spacing_mm: [shape=(3,), float64] z y x
        cells: how many there are
    """

    label: NDArray[np.uint8]
    numbers: NDArray[np.int32]
    spacing_mm: FloatArray
    cells: int


def _overflow_voxels(
    overflow: _Overflow, wanted: tuple[Label, ...], border: IndexArray, reach_mm: float, voxel_capacity_ml: float
) -> OverflowVoxels:
    """Voxels of other tissues within reach of border voxels, each given to the nearest one's cell."""
    label, spacing, cells = overflow.label, overflow.spacing_mm, overflow.cells
    from scipy.spatial import cKDTree  # 0.4 s that the first picture does not wait for

    none = np.zeros(0, np.int64)
    if len(border) == 0:
        return OverflowVoxels(
            voxels=none, cell=none, before_ml=np.zeros(0), capacity_ml=np.zeros(0), total_ml=np.zeros(cells)
        )
    margin = np.ceil(reach_mm / spacing).astype(np.int64)
    low = np.maximum(border.min(axis=0) - margin, 0)
    high = np.minimum(border.max(axis=0) + margin + 1, label.shape)
    window = label[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    place = np.argwhere((_table(dict.fromkeys(wanted, 1.0)) > 0.0)[window]) + low
    away, nearest = cKDTree(border * spacing).query(place * spacing, distance_upper_bound=reach_mm, workers=-1)
    near = np.isfinite(away)
    place, away, nearest = place[near], away[near], nearest[near]
    cell = overflow.numbers[tuple(border[nearest].T)].astype(np.int64)
    voxels = np.ravel_multi_index(tuple(place.T), label.shape).astype(np.int64)
    order = np.lexsort((voxels, np.round(away, 6), cell))
    voxels, cell = voxels[order], cell[order]
    room = np.full(len(voxels), voxel_capacity_ml)
    total = np.asarray(np.bincount(cell, room, cells), np.float64)
    start = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    before = np.cumsum(room) - room - start[cell]
    return OverflowVoxels(voxels=voxels, cell=cell, before_ml=before, capacity_ml=room, total_ml=total)


def _padded(neighbours: OverflowVoxels, more: int) -> OverflowVoxels:
    """The same with further cells that have no voxels."""
    return OverflowVoxels(
        voxels=neighbours.voxels,
        cell=neighbours.cell,
        before_ml=neighbours.before_ml,
        capacity_ml=neighbours.capacity_ml,
        total_ml=np.concatenate([neighbours.total_ml, np.zeros(more)]),
    )


def _extended(
    per_cell: dict[str, FloatArray], blocks: _Blocks, faces: FloatArray
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Repeat a whole slab of cells some way in from either end, so that the canal goes on; foramina stay closed."""
    index, beyond, height = blocks.index, blocks.beyond, blocks.height
    cells: dict[str, FloatArray] = dict(per_cell) | {"index": index.astype(np.float64)}
    count = len(index)
    joined = [faces]
    for step, last in ((-1, beyond), (1, height - beyond - 1)):
        pattern = last - 3 * step  # the outermost block may be filled in part
        members = np.flatnonzero(index[:, 0] == pattern)
        onward = np.flatnonzero((faces[2] == 0) & (index[faces[0].astype(np.int64), 0] == min(pattern, pattern + step)))
        within = np.flatnonzero((faces[2] != 0) & np.isin(faces[0], members) & np.isin(faces[1], members))
        by_place = {tuple(p): n for p, n in zip(index[members, 1:].tolist(), members.tolist(), strict=True)}
        ends = np.flatnonzero(index[:, 0] == last)
        before = {tuple(p): n for p, n in zip(index[ends, 1:].tolist(), ends.tolist(), strict=True)}
        lengthwise = float(np.median(faces[3, onward])) if len(onward) else 0.0
        for k in range(1, beyond + 1):
            number = {p: count + i for i, p in enumerate(by_place)}
            copied = np.array(list(by_place.values()), np.int64)
            for name, values in per_cell.items():
                new = values[copied]
                if name in ("exit_mm", "fluid_iodine_mg", "in_view"):
                    new = np.zeros_like(new)
                cells[name] = np.concatenate([cells[name], new])
            shifted = index[copied].copy()
            shifted[:, 0] = last + step * k
            cells["index"] = np.concatenate([cells["index"], shifted])
            new_of = {old: number[p] for p, old in by_place.items()}
            a = np.array([new_of[int(n)] for n in faces[0, within]], float)
            b = np.array([new_of[int(n)] for n in faces[1, within]], float)
            joined.append(np.stack([a, b, faces[2, within], faces[3, within]]))
            links = [(before[p], n) for p, n in number.items() if p in before]
            pairs = np.array(links, float).reshape(-1, 2).T
            a, b = (pairs[1], pairs[0]) if step < 0 else (pairs[0], pairs[1])
            joined.append(np.stack([a, b, np.zeros(len(links)), np.full(len(links), lengthwise)]))
            before, count = number, count + len(copied)
    return cells, np.concatenate(joined, axis=1)
