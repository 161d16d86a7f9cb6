"""Epidural space: the phantom's epidural voxels gathered into cells of some 2 mm, and how they join.

A cell holds what can flow (fluid), what can be pushed aside (fat, veins) and what it can press into the sac. The
canal is known only as far as the phantom reaches; beyond its ends the last cells are repeated, so that blood has
somewhere to go that no image shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from phantoms.phantom import Label, Phantom

BLOCK = (3, 4, 4)  # voxels of the canal's grid in a cell: z, y, x
BEYOND_MM = 60.0  # canal that is assumed to go on, above and below the phantom

SPACE = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION, Label.FORAMEN)
_SAC = (Label.DURA, Label.CEREBROSPINAL_FLUID)
_OUTSIDE = (Label.MUSCLE, Label.VISCERAL_FAT, Label.SUBCUTANEOUS_FAT)

# Shares of a tissue's volume: fluid that flows away with the stream, and what can be pushed aside. Assumptions: fat
# lobules hold little free fluid and give way by half, veins empty, a collection is all fluid.
FLUID_SHARE = {
    Label.EPIDURAL_FAT: 0.04,
    Label.EPIDURAL_VEIN: 0.04,
    Label.EPIDURAL_COLLECTION: 0.95,
    Label.FORAMEN: 0.04,
}
YIELDING_SHARE = {
    Label.EPIDURAL_FAT: 0.60,
    Label.EPIDURAL_VEIN: 0.65,
    Label.EPIDURAL_COLLECTION: 0.04,
    Label.FORAMEN: 0.06,
}
# Against fat: how well a tissue conducts once parted, and how hard it is to part. Assumptions; a foramen is filled by
# the root with its ligaments, a collection is open water.
CONDUCTS = {Label.EPIDURAL_FAT: 1.0, Label.EPIDURAL_VEIN: 1.0, Label.EPIDURAL_COLLECTION: 8.0, Label.FORAMEN: 0.3}
PARTS_AT = {Label.EPIDURAL_FAT: 1.0, Label.EPIDURAL_VEIN: 1.0, Label.EPIDURAL_COLLECTION: 0.35, Label.FORAMEN: 5.0}

DENT_MM, USUAL_DENT = 5.0, 0.65  # assumption: the dura gives way by this much at most; usually by this share of it
LEAST_CELL = 0.2  # of a whole cell: lesser scraps of tissue conduct nothing
OUTSIDE_MM = 4.0  # assumption: what leaves a foramen lies within this distance of it
OUTSIDE_SHARE = 0.3  # assumption: and fills this share of the tissue there


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Voxels beside the epidural space that a cell fills when it overflows, in the order in which they are filled.

    Attributes:
        voxels: [shape=(n,), int64] flat indices into the canal's grid, cell by cell and nearest first
        cell: [shape=(n,), int64] cell that fills each
        before_ml: [shape=(n,), float64] room in the same cell's voxels before this one
        room_ml: [shape=(n,), float64] of each voxel
        total_ml: [shape=(cells,), float64] room of each cell
    """

    voxels: NDArray[np.int64]
    cell: NDArray[np.int64]
    before_ml: NDArray[np.float64]
    room_ml: NDArray[np.float64]
    total_ml: NDArray[np.float64]

    def filled_ml(self, of_cell_ml: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each voxel holds when its cell has pressed out this volume, shape (n,), mL."""
        return np.asarray(np.clip(of_cell_ml[self.cell] - self.before_ml, 0.0, self.room_ml))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpiduralSpace:
    """Cells of the epidural space and the faces between them.

    Attributes:
        place: [shape=(cells, 3), float64] centres of the cells, x y z in mm
        index: [shape=(cells, 3), int64] z y x of the cells among the blocks
        volume_ml: [shape=(cells,), float64] of the tissues that conduct
        fluid_ml: [shape=(cells,), float64] that flows, before any injection
        fluid_iodine_mg: [shape=(cells,), float64] in that fluid
        fat_ml: [shape=(cells,), float64] that can be pushed aside
        sac_ml: [shape=(cells,), float64] by which the sac is dented when it gives way as usual
        parts_at: [shape=(cells,), float64] how hard the tissue is to part, against fat
        exit_mm: [shape=(cells,), float64] open area of a foramen's outer end over the cell's size
        first, second: [shape=(faces,), int64] the cells on either side; the second lies further to the head, back, left
        axis: [shape=(faces,), int64] 0 along the spine, 1 front to back, 2 right to left
        conducts_mm: [shape=(faces,), float64] area over distance, weighted by tissue
        apart_mm: [shape=(faces,), float64] distance of the centres
        septum: [shape=(faces,), bool] whether the face lies across the midline
        voxels: [shape=(n,), int64] flat indices into the canal's grid of all conducting voxels
        cell_of_voxel: [shape=(n,), int64] the cell of each
        iodine: [shape=(n,), float32] mg/mL in each at rest
        in_view: [shape=(cells,), bool] whether the phantom shows the cell
        dent, outside: what overflows into the sac's room and out of the foramina
        voxel_ml: volume of a voxel
    """

    place: NDArray[np.float64]
    index: NDArray[np.int64]
    volume_ml: NDArray[np.float64]
    fluid_ml: NDArray[np.float64]
    fluid_iodine_mg: NDArray[np.float64]
    fat_ml: NDArray[np.float64]
    sac_ml: NDArray[np.float64]
    parts_at: NDArray[np.float64]
    exit_mm: NDArray[np.float64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    axis: NDArray[np.int64]
    conducts_mm: NDArray[np.float64]
    apart_mm: NDArray[np.float64]
    septum: NDArray[np.bool_]
    voxels: NDArray[np.int64]
    cell_of_voxel: NDArray[np.int64]
    iodine: NDArray[np.float32]
    in_view: NDArray[np.bool_]
    dent: Neighbours
    outside: Neighbours
    voxel_ml: float

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.volume_ml)

    def cell_at(self, point_mm: tuple[float, float, float]) -> int:
        """The cell in view that is nearest to a point."""
        away = np.sum((self.place - np.asarray(point_mm)) ** 2, axis=1)
        return int(np.argmin(np.where(self.in_view, away, np.inf)))


_KEPT: dict[str, EpiduralSpace] = {}
KEPT = 2  # spaces; every seed of a study has the same patient


def epidural_space(phantom: Phantom) -> EpiduralSpace:
    """The phantom's epidural space; the latest are remembered, since they take a second to gather."""
    if phantom.identity not in _KEPT:
        while len(_KEPT) >= KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[phantom.identity] = gathered(phantom)
    return _KEPT[phantom.identity]


def gathered(phantom: Phantom) -> EpiduralSpace:
    """Gather a phantom's epidural voxels into cells."""
    grid = phantom.canal.grid
    spacing = np.array(grid.spacing_mm)[::-1]
    origin = np.array(grid.origin_mm)[::-1]
    voxel_ml = float(np.prod(spacing)) * 1e-3
    label = phantom.canal.label
    conducting = _table(dict.fromkeys(SPACE, 1.0))[label] > 0.0
    voxels = np.flatnonzero(conducting)
    voxels = voxels[_in_whole_cells(voxels, grid.shape)]
    conducting = np.zeros(grid.shape, bool)
    conducting.reshape(-1)[voxels] = True
    place = np.column_stack(np.unravel_index(voxels, grid.shape))
    here = label.reshape(-1)[voxels]
    block = np.array(BLOCK)
    beyond = round(BEYOND_MM / (spacing[0] * block[0]))
    blocks = -(-np.array(grid.shape) // block)
    blocks[0] += 2 * beyond
    at = place // block
    at[:, 0] += beyond
    ids, cell_of_voxel = np.unique(np.ravel_multi_index(tuple(at.T), tuple(blocks)), return_inverse=True)

    def summed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(cell_of_voxel, weights, len(ids)), np.float64)

    iodine = phantom.canal.offset[2] + phantom.canal.step[2] * phantom.canal.counts[2].reshape(-1)[voxels]
    volume = summed(np.full(len(voxels), voxel_ml))
    per_cell = {
        "volume_ml": volume,
        "fluid_ml": summed(_table(FLUID_SHARE)[here] * voxel_ml),
        "fluid_iodine_mg": summed(iodine * voxel_ml),
        "fat_ml": summed(_table(YIELDING_SHARE)[here] * voxel_ml),
        "parts_at": summed(_table(PARTS_AT)[here] * voxel_ml) / volume,
    }
    index = np.column_stack(np.unravel_index(ids, tuple(blocks)))
    size = spacing * block
    numbers = np.full(grid.shape, -1, np.int32)
    numbers.reshape(-1)[voxels] = cell_of_voxel
    conducts = np.where(conducting, _table(CONDUCTS)[label], 0.0)
    faces = _faces(numbers, conducts, spacing, size)
    border = place[_beside(label, place, _SAC)]
    dent = _neighbours(label, _SAC, border, numbers, spacing, DENT_MM, np.full(1, voxel_ml), len(ids))
    leaves = _beside(label, place, _OUTSIDE) & (here == Label.FORAMEN)
    outside = _neighbours(
        label, _OUTSIDE, place[leaves], numbers, spacing, OUTSIDE_MM, np.full(1, OUTSIDE_SHARE * voxel_ml), len(ids)
    )
    per_cell["sac_ml"] = USUAL_DENT * dent.total_ml
    per_cell["exit_mm"] = (
        np.bincount(cell_of_voxel[leaves], minlength=len(ids)).astype(np.float64) * spacing[1] * spacing[0] / size[1]
    )
    per_cell["in_view"] = np.ones(len(ids), bool)
    cells, joined = _extended(per_cell, index, faces, beyond, int(blocks[0]), size)
    centre = (cells.pop("index") + 0.5) * size - 0.5 * spacing + origin
    centre[:, 0] -= beyond * size[0]
    pad = len(centre) - len(ids)
    return EpiduralSpace(
        place=centre[:, ::-1],
        index=np.rint((centre - origin) / size).astype(np.int64),
        **cells,  # type: ignore[arg-type]
        first=joined[0].astype(np.int64),
        second=joined[1].astype(np.int64),
        axis=joined[2].astype(np.int64),
        conducts_mm=joined[3],
        apart_mm=size[joined[2].astype(np.int64)],
        septum=_crosses_midline(phantom, centre[:, ::-1], joined),
        voxels=voxels,
        cell_of_voxel=cell_of_voxel,
        iodine=iodine.astype(np.float32),
        dent=_padded(dent, pad),
        outside=_padded(outside, pad),
        voxel_ml=voxel_ml,
    )


def _in_whole_cells(voxels: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of these voxels lie in blocks that hold enough of them to make a cell."""
    blocks = -(-np.array(shape) // np.array(BLOCK))
    at = np.column_stack(np.unravel_index(voxels, shape)) // np.array(BLOCK)
    number = np.ravel_multi_index(tuple(at.T), tuple(blocks))
    return np.asarray((np.bincount(number) >= LEAST_CELL * np.prod(BLOCK))[number])


def _crosses_midline(phantom: Phantom, place: NDArray[np.float64], joined: NDArray[np.float64]) -> NDArray[np.bool_]:
    marks = sorted((p[2], p[0]) for p in phantom.landmarks.points)
    left = place[:, 0] > np.interp(place[:, 2], [z for z, _ in marks], [x for _, x in marks])
    a, b = joined[0].astype(np.int64), joined[1].astype(np.int64)
    return (joined[2] == 2) & (left[a] != left[b])


def _table(values: dict[Label, float]) -> NDArray[np.float64]:
    table = np.zeros(256)
    for label, value in values.items():
        table[label] = value
    return table


def _beside(label: NDArray[np.uint8], place: NDArray[np.int64], others: tuple[Label, ...]) -> NDArray[np.bool_]:
    """Which of these voxels have one of the other tissues as a neighbour in the same plane."""
    wanted = _table(dict.fromkeys(others, 1.0)) > 0.0
    found = np.zeros(len(place), bool)
    for axis in (1, 2):
        for step in (-1, 1):
            next_to = place.copy()
            next_to[:, axis] = np.clip(next_to[:, axis] + step, 0, label.shape[axis] - 1)
            found |= wanted[label[tuple(next_to.T)]]
    return found


def _faces(
    numbers: NDArray[np.int32], conducts: NDArray[np.float64], spacing: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pairs of cells that share voxel faces: first, second, axis, conductance [shape=(4, faces)]."""
    found = []
    for axis in range(3):
        low = tuple(slice(None, -1) if k == axis else slice(None) for k in range(3))
        high = tuple(slice(1, None) if k == axis else slice(None) for k in range(3))
        a, b = numbers[low].reshape(-1), numbers[high].reshape(-1)
        across = np.flatnonzero((a != b) & (a >= 0) & (b >= 0))
        a, b = a[across].astype(np.int64), b[across].astype(np.int64)
        ca, cb = conducts[low].reshape(-1)[across], conducts[high].reshape(-1)[across]
        face_mm2 = float(np.prod(spacing)) / spacing[axis]
        pairs, member = np.unique(a * (numbers.max() + 1) + b, return_inverse=True)
        weight = np.bincount(member, 2.0 * ca * cb / (ca + cb) * face_mm2 / size[axis], len(pairs))
        found.append(
            np.stack([pairs // (numbers.max() + 1), pairs % (numbers.max() + 1), np.full(len(pairs), axis), weight])
        )
    return np.concatenate(found, axis=1)


def _neighbours(
    label: NDArray[np.uint8],
    wanted: tuple[Label, ...],
    border: NDArray[np.int64],
    numbers: NDArray[np.int32],
    spacing: NDArray[np.float64],
    reach_mm: float,
    room_ml: NDArray[np.float64],
    cells: int,
) -> Neighbours:
    """Voxels of other tissues within reach of border voxels, each given to the nearest one's cell."""
    none = np.zeros(0, np.int64)
    if len(border) == 0:
        return Neighbours(voxels=none, cell=none, before_ml=np.zeros(0), room_ml=np.zeros(0), total_ml=np.zeros(cells))
    margin = np.ceil(reach_mm / spacing).astype(np.int64)
    low = np.maximum(border.min(axis=0) - margin, 0)
    high = np.minimum(border.max(axis=0) + margin + 1, label.shape)
    window = label[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    place = np.argwhere((_table(dict.fromkeys(wanted, 1.0)) > 0.0)[window]) + low
    away, nearest = cKDTree(border * spacing).query(place * spacing, distance_upper_bound=reach_mm)
    near = np.isfinite(away)
    place, away, nearest = place[near], away[near], nearest[near]
    cell = numbers[tuple(border[nearest].T)].astype(np.int64)
    voxels = np.ravel_multi_index(tuple(place.T), label.shape).astype(np.int64)
    order = np.lexsort((voxels, np.round(away, 6), cell))
    voxels, cell = voxels[order], cell[order]
    room = np.full(len(voxels), float(room_ml[0]))
    total = np.asarray(np.bincount(cell, room, cells), np.float64)
    start = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    before = np.cumsum(room) - room - start[cell]
    return Neighbours(voxels=voxels, cell=cell, before_ml=before, room_ml=room, total_ml=total)


def _padded(neighbours: Neighbours, more: int) -> Neighbours:
    """The same with further cells that have no voxels."""
    return Neighbours(
        voxels=neighbours.voxels,
        cell=neighbours.cell,
        before_ml=neighbours.before_ml,
        room_ml=neighbours.room_ml,
        total_ml=np.concatenate([neighbours.total_ml, np.zeros(more)]),
    )


def _extended(
    per_cell: dict[str, NDArray[np.float64]],
    index: NDArray[np.int64],
    faces: NDArray[np.float64],
    beyond: int,
    height: int,
    size: NDArray[np.float64],
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Repeat a whole slab of cells some way in from either end, so that the canal goes on; foramina stay closed."""
    cells: dict[str, NDArray[np.float64]] = dict(per_cell) | {"index": index.astype(np.float64)}
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
