"""What a CT shows beside each labelled vertebra that depends on its level: ribs, lung, the sacrum, sizes, distances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Vertebra

YES, NO, UNCLEAR = "yes", "no", "unclear"

_STEP_MM = 2.0  # of the grid on which is looked
_LEAST_ML = 4.0  # of a label, to be looked at
_LEAST_MM, _WHOLE_MM = 3.0, 12.0  # of a body's middle from the first or last plane: to be seen, to be measured
_BONE_HU, _RING_HU, _AIR_HU, _OUTSIDE_HU = 160.0, 130.0, -500.0, -975.0
_RIB_NEAR_MM = 7.0  # from a vertebra's label to the rib that it carries
_RIB_BEHIND_MM = (2.0, 40.0)  # of the body's middle: where ribs are fixed; vessels with contrast lie in front
_RIB_REACH_MM = (45.0, 55.0)  # from the midline, on the shorter and on the longer side; processes end before
_PROCESS_MM = 41.0  # from the midline: bone of its own that ends before it may be the tip of a process
_RIB_ML = 0.4
_MIDLINE_MM = 7.0
_FIXED_MM = 15.0  # from a vertebra's label to that of a rib: labels leave the joint out
_LUNG_SIDE_MM = (28.0, 85.0)
_RING_SIDE_MM, _RING_AREA_MM2, _RING_FROM_MM = 62.0, 250.0, 40.0
_RING_BETWEEN_MM = 3.0  # of a body's middle from the ring's upper edge: it may belong to either side
_BELOW_MM = 60.0  # under the middle of the lowest vertebra the ring is sought


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEvidence:
    """What was seen, by vertebra as it is named, from the head down.

    Attributes:
        centres_mm: middles of the bodies; labels that are hardly in the image are left out
        width_mm: of the bodies that are not near the first or last plane
        distance_mm: from the middle of each such body to that of the next one below, by the upper one
        ribs: whether it carries ribs on both sides, on neither, or cannot be told
        lung: share of lung beside the body on the side with less of it; nan where the image is too narrow
        numbered_ribs: number of each labelled rib and the vertebra that it is fixed to
        last_free: the lowest that stands above the ring of sacrum and pelvis, where the image shows the ring
        free_above_mm: how far its middle lies above the ring
        first_joined: the highest whose middle lies within that ring
        sacrum_below_mm: from the middle of the lowest vertebra down to the top of a label of the sacrum
    """

    centres_mm: Mapping[Vertebra, FloatArray]
    width_mm: Mapping[Vertebra, float]
    distance_mm: Mapping[Vertebra, float]
    ribs: Mapping[Vertebra, str]
    lung: Mapping[Vertebra, float]
    numbered_ribs: tuple[tuple[int, Vertebra], ...]
    last_free: Vertebra | None = None
    free_above_mm: float = float("nan")
    first_joined: Vertebra | None = None
    sacrum_below_mm: float = float("nan")


def gather_evidence(
    hu: NDArray[np.int16],
    labels: NDArray[np.uint8],
    grid: VoxelGrid,
    numbers: Mapping[Vertebra, int],
    ribs: Mapping[int, int] = MappingProxyType({}),
    sacrum: int | None = None,
) -> LevelEvidence:
    """Look at every vertebra of a row.

    Args:
        hu, labels: [shape=(z, y, x)] on `grid`
        numbers: of the labels by the name that is tried, from the head down
        ribs: number of the rib (1 to 12) by the number of its label, where there are such labels
        sacrum: number of its label, where that is another one than S1's
    """
    seen = _Seen(hu, labels, grid, tuple(numbers.values()))
    centres = {name: centre for name, number in numbers.items() if (centre := seen.centre(number)) is not None}
    free, above_mm, joined = seen.ring(centres)
    return LevelEvidence(
        centres_mm=centres,
        width_mm={name: seen.width(numbers[name], centre) for name, centre in centres.items() if seen.whole(centre)},
        distance_mm={
            upper: float(np.linalg.norm(a - b))
            for (upper, a), (_, b) in pairwise(centres.items())
            if seen.whole(a) and seen.whole(b)
        },
        ribs={name: seen.ribs(numbers[name], centre) for name, centre in centres.items()},
        lung={name: seen.lung(centre) for name, centre in centres.items()},
        numbered_ribs=seen.numbered_ribs({name: numbers[name] for name in centres}, ribs),
        last_free=free,
        free_above_mm=above_mm,
        first_joined=joined,
        sacrum_below_mm=seen.sacrum_below(centres, sacrum),
    )


class _Seen:
    """A CT on a grid of some 2 mm, with bone that is no labelled vertebra in pieces."""

    def __init__(
        self, hu: NDArray[np.int16], labels: NDArray[np.uint8], grid: VoxelGrid, vertebrae: tuple[int, ...]
    ) -> None:
        fine = np.array(grid.spacing_mm[::-1])
        every = np.maximum(np.rint(_STEP_MM / fine).astype(int), 1)
        picked = tuple(slice(None, None, int(q)) for q in every)
        self.hu, self.labels, self.step = hu[picked], labels[picked], fine * every
        self._boxes = ndimage.find_objects(self.labels)
        self._vertebrae = np.isin(np.arange(256), vertebrae)

    def _box(self, number: int, margin_mm: float) -> tuple[slice, slice, slice] | None:
        box = self._boxes[number - 1] if number <= len(self._boxes) else None
        if box is None:
            return None
        wide = np.ceil(margin_mm / self.step).astype(int)
        z, y, x = (slice(max(part.start - w, 0), part.stop + w) for part, w in zip(box, wide, strict=True))
        return z, y, x

    def centre(self, number: int) -> FloatArray | None:
        """Middle of a body, where its label is thickest, mm from the first voxel [shape=(3,)] as z, y, x."""
        box = self._box(number, 3.0)
        if box is None:
            return None
        mask = self.labels[box] == number
        if mask.sum() * self.step.prod() < 1000.0 * _LEAST_ML:
            return None
        deep = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=self.step)[1:-1, 1:-1, 1:-1]
        middle = np.argwhere(deep > 0.75 * deep.max()).mean(axis=0) + [part.start for part in box]
        place = np.asarray(middle * self.step)
        return place if self._from_ends(place) >= _LEAST_MM else None

    def _from_ends(self, centre: FloatArray) -> float:
        """Distance of a point from the first or last plane."""
        return float(min(centre[0], (self.hu.shape[0] - 1) * self.step[0] - centre[0]))

    def whole(self, centre: FloatArray) -> bool:
        """Whether a body is so far from the image's ends that its middle is seen as such."""
        return self._from_ends(centre) >= _WHOLE_MM

    def _block(self, centre: FloatArray, ends_mm: tuple[tuple[float, float], ...]) -> tuple[slice, ...]:
        """Part of the grid from and to so many mm about a point, along z, y and x."""
        low, high = (np.rint((centre + [pair[k] for pair in ends_mm]) / self.step).astype(int) for k in (0, 1))
        return tuple(slice(max(int(a), 0), max(int(b) + 1, 0)) for a, b in zip(low, high, strict=True))

    def width(self, number: int, centre: FloatArray) -> float:
        """Width of a body amid its height: of the label in front of its own middle."""
        here = self.labels[self._block(centre, ((-4.0, 4.0), (-5.0, 2.0), (-45.0, 45.0)))] == number
        across = here.sum(axis=2)
        return float(np.median(across[across > 0]) * self.step[2]) if (across > 0).any() else float("nan")

    def lung(self, centre: FloatArray) -> float:
        """Share of lung beside a body, on the side that has less."""
        shares = []
        for side in (-1.0, 1.0):
            near, far = sorted((side * _LUNG_SIDE_MM[0], side * _LUNG_SIDE_MM[1]))
            block = self.hu[self._block(centre, ((-6.0, 6.0), (-30.0, 40.0), (near, far)))]
            full = (far - near) * 70.0 * 12.0 / self.step.prod()
            if block.size < 0.7 * full:
                return float("nan")
            shares.append(float(((block < _AIR_HU) & (block > _OUTSIDE_HU)).mean()))
        return min(shares)

    def ribs(self, number: int, centre: FloatArray) -> str:
        """Whether bone of its own leaves a vertebra to both sides and reaches far out."""
        box = self._box(number, _RIB_NEAR_MM + 2.0)
        assert box is not None
        near_z = box[0]
        region = (near_z, *self._block(centre, ((0.0, 0.0), (-30.0, 90.0), (-100.0, 100.0)))[1:])
        below = slice(max(near_z.start - round(40.0 / self.step[0]), 0), near_z.stop)
        region = (below, *region[1:])
        named = self._vertebrae[self.labels[region]]
        reach = max(round(2.0 / self.step[1]), 1)
        bone = (self.hu[region] > _BONE_HU) & ~ndimage.binary_dilation(named, iterations=reach)
        parts, _ = ndimage.label(bone, np.ones((3, 3, 3)))
        mask = self.labels[region] == number
        close = ndimage.distance_transform_edt(~mask, sampling=self.step) < _RIB_NEAR_MM
        lateral = (np.arange(mask.shape[2]) + region[2].start) * self.step[2] - centre[2]
        behind = (np.arange(mask.shape[1]) + region[1].start) * self.step[1] - centre[1]
        zone = (behind > _RIB_BEHIND_MM[0]) & (behind < _RIB_BEHIND_MM[1])
        reaches, others = [], [0.0]
        for side in (-1.0, 1.0):
            touch = close & zone[None, :, None] & (side * lateral > 8.0)[None, None, :]
            found = [(parts == q, side * lateral) for q in np.unique(parts[touch]) if q]
            own = [self._outward(*one) for one in found if not self._on_midline(*one)]
            others += [self._outward(*one) for one in found if self._on_midline(*one)]
            reaches.append(max(own, default=0.0))
        short, long = sorted(reaches)
        if short >= _RIB_REACH_MM[0] and long >= _RIB_REACH_MM[1]:
            return YES
        wide = min(-lateral[0], lateral[-1])
        cut = near_z.start == 0 or (below.start == 0 and near_z.start * self.step[0] < 10.0)
        return NO if max(long, *others) < _PROCESS_MM and wide > 60.0 and not cut else UNCLEAR

    def _on_midline(self, piece: NDArray[np.bool_], lateral: FloatArray) -> bool:
        """Whether a piece of bone is that of a vertebra without a label, whose ribs are its own."""
        return bool(piece[:, :, np.abs(lateral) < _MIDLINE_MM].any())

    def _outward(self, piece: NDArray[np.bool_], lateral: FloatArray) -> float:
        """How far from the midline a piece of bone reaches; 0 for a crumb."""
        if piece.sum() * self.step.prod() < 1000.0 * _RIB_ML:
            return 0.0
        return float(lateral[piece.any(axis=(0, 1))].max())

    def numbered_ribs(
        self, vertebrae: Mapping[Vertebra, int], ribs: Mapping[int, int]
    ) -> tuple[tuple[int, Vertebra], ...]:
        """To which vertebra each labelled rib is fixed: the nearest one."""
        near: dict[int, tuple[float, Vertebra]] = {}
        for name, number in vertebrae.items():
            box = self._box(number, _FIXED_MM)
            if box is None:
                continue
            away = ndimage.distance_transform_edt(self.labels[box] != number, sampling=self.step)
            for label in np.unique(self.labels[box]):
                if int(label) in ribs:
                    found = float(away[self.labels[box] == label].min()), name
                    near[int(label)] = min(near.get(int(label), found), found, key=lambda pair: pair[0])
        return tuple((ribs[label], name) for label, (away_mm, name) in near.items() if away_mm < _FIXED_MM)

    def sacrum_below(self, centres: Mapping[Vertebra, FloatArray], sacrum: int | None) -> float:
        """From the middle of the lowest vertebra to the top of the labelled sacrum, mm; negative if that is higher."""
        box = None if sacrum is None else self._box(sacrum, 0.0)
        if box is None or not centres:
            return float("nan")
        return float(min(c[0] for c in centres.values()) - (box[0].stop - 1) * self.step[0])

    def ring(self, centres: Mapping[Vertebra, FloatArray]) -> tuple[Vertebra | None, float, Vertebra | None]:
        """The lowest vertebra above the ring of sacrum and pelvis, how far above, and the highest within it."""
        none = None, float("nan"), None
        if not centres:
            return none
        heights = np.array([c[0] for c in centres.values()])
        order = np.argsort(heights)
        line = np.array(list(centres.values()))[order]
        lowest = max(int((heights.min() - _BELOW_MM) / self.step[0]), 0)
        planes = np.arange(lowest, int(heights.max() / self.step[0]) + 1)
        closed = [k for k in planes if self._closed(int(k), line)]
        runs = [k for k in closed if k - 1 in closed or k + 1 in closed]
        if not runs:
            return none
        top = max(runs) * self.step[0]
        if any(abs(height - top) < _RING_BETWEEN_MM for height in heights):
            return none
        free = [name for name, c in centres.items() if c[0] > top]
        joined = [name for name, c in centres.items() if c[0] < top]
        above = float(centres[free[-1]][0] - top) if free else float("nan")
        return (free[-1] if free else None), above, (joined[0] if joined else None)

    def _closed(self, k: int, line: FloatArray) -> bool:
        """Whether in a plane the bone of the midline is one with that of both sides of the pelvis."""
        z = k * self.step[0]
        y, x = (float(np.interp(z, line[:, 0], line[:, axis])) for axis in (1, 2))
        rows = slice(max(round((y - 5.0) / self.step[1]), 0), round((y + 75.0) / self.step[1]))
        plane = ndimage.gaussian_filter(self.hu[k, rows].astype(np.float32), 0.8 / self.step[1]) > _RING_HU
        parts, _ = ndimage.label(plane)
        lateral = np.arange(plane.shape[1]) * self.step[2] - x
        middle = np.unique(parts[:, np.abs(lateral) < 12.0])
        joined = np.isin(parts, middle[middle > 0])
        area = self.step[1] * self.step[2]
        return all(
            joined[:, side * lateral > _RING_SIDE_MM].any()
            and joined[:, side * lateral > _RING_FROM_MM].sum() * area > _RING_AREA_MM2
            for side in (-1.0, 1.0)
        )
