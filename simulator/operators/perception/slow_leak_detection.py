"""Slow leak detection: a faint blush in the axilla of one root, on a myelogram that was straightened along the sac.

The blush is a few millimetres of contrast between the sac and the underside of one root's sleeve. No other root of the
same person has it: each root is compared with the others where these lie as far from the sac, in places that are given
from the root's middle. What they lack as well, of contrast that neither sac nor bone explains, is the blush.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.curved_reformat import GRID_MM, CurvedReformat
from simulator.operators.perception.images import Image, Profile
from simulator.operators.perception.leak_detection import DetectedLeak
from simulator.operators.perception.root_tracking import RootTrack, track_roots
from simulator.operators.perception.unexplained_contrast import SideOfSac, unexplained_beside_sac
from simulator.vocabulary.anatomy import Laterality

CLEAR_MM = 0.4  # of sac and bone
VALUES_HU = (-100.0, 250.0)
SMOOTHED = (0.35, 1.0, 1.0)  # slices, pixels, pixels
SEEN = 0.35  # least part of what is smoothed over that bone and sac leave free
BEHIND_MM = np.arange(
    -0.6, 2.5, GRID_MM
)  # of the middle of a root: where its axilla is; veins run before it, a joint behind
OUTWARDS_MM = np.arange(-7.8, 0.1, GRID_MM)
ROOT_MM, SLANTED = 2.0, 1.25  # the root itself, a slanted tube that a slice cuts as an ellipse
INWARDS_MM = 1.3  # of the root's middle; straight behind it lies the facet joint
GAP_MM = (1.5, 5.5)  # from the sac to the root's middle, in the axilla
GAP_ALIKE_MM = 0.6
LEAST_AXILLA_MM = 3.0  # down along the root
GOES_OUT_MM = 6.0  # from the sac, before it is lost: what stays beside the sac is no root
IN_FORAMEN_MM = 9.0  # from the sac to the root's middle
LEAVES_MM = 0.5  # farther from the sac than where the root is nearest to it
GAP_STEP_MM, FARTHEST_MM = 0.1, 12.0
FEWEST_ROOTS = 4
FEWEST_ALIKE = 4  # slices of other roots, for one to be compared
AS_BRIGHT = 75.0  # percentile of the others
BRIGHTER_HU, MOST_HU = 30.0, 150.0
LEAST_HU_MM3 = 45.0
CLEARER = 1.75  # than any other root: where several stand out, none is a blush


@dataclass(frozen=True, slots=True, kw_only=True)
class Axilla:
    """What lies between the sac and one root, from where the root leaves the sac downwards.

    Attributes:
        side: of the patient
        slices: indices [shape=(n,)]
        gap_mm: from the sac to the root's middle [shape=(n,)]
        hu: unexplained contrast, by its place from the root's middle, NaN where bone or the sac is too near
            [shape=(n, behind, outwards)]
    """

    side: Laterality
    slices: NDArray[np.intp]
    gap_mm: Profile
    hu: NDArray[np.float64]


def detect_slow_leak(scan: CurvedReformat) -> DetectedLeak | None:
    """A blush in the axilla of one root; None where none stands out. Every slice is needed.

    Its height is that at which the root passes the foramen, for the axilla lies half a level higher, midway between two
    interspaces.
    """
    downwards = _from_the_head_down(scan)
    roots = read_axillae(downwards)
    blushes = [blush_hu_mm3(k, roots, downwards.spacing_mm) for k in range(len(roots))]
    if len(blushes) < FEWEST_ROOTS:
        return None
    second, most = sorted(blushes)[-2:]
    if most < max(LEAST_HU_MM3, CLEARER * second):
        return None
    root = roots[int(np.argmax(blushes))]
    out = np.flatnonzero(root.gap_mm >= IN_FORAMEN_MM)
    return DetectedLeak(table_mm=float(downwards.table_mm[root.slices[out[0] if len(out) else -1]]), side=root.side)


def read_axillae(scan: CurvedReformat) -> list[Axilla]:
    """The axillae of all roots that are seen on a scan whose slices run from the head down."""
    found = []
    for side in unexplained_beside_sac(scan):
        smooth = _smoothed(side)
        found += [_axilla(side, smooth, track) for track in track_roots(side)]
    return [root for root in found if _leaves_steadily(root, scan.spacing_mm)]


def _leaves_steadily(root: Axilla, spacing_mm: float) -> bool:
    """Whether there is an axilla: what is suddenly far from the sac is no root that leaves it."""
    within = (root.gap_mm >= GAP_MM[0]) & (root.gap_mm <= GAP_MM[1])
    return int(within.sum()) * spacing_mm >= LEAST_AXILLA_MM and float(root.gap_mm.max()) >= GOES_OUT_MM


def blush_hu_mm3(index: int, roots: list[Axilla], spacing_mm: float) -> float:
    """The largest patch that one axilla has and the others lack: its brightness above theirs over its volume."""
    own, others = roots[index], [root for k, root in enumerate(roots) if k != index]
    gaps, shown = np.concatenate([[], *(root.gap_mm for root in others)]), [hu for root in others for hu in root.hu]
    behind, outwards = np.meshgrid(BEHIND_MM, OUTWARDS_MM, indexing="ij")
    beside = (np.hypot(behind, outwards / SLANTED) > ROOT_MM) & (outwards < -INWARDS_MM)
    brighter = np.zeros(own.hu.shape)
    for k, gap in enumerate(own.gap_mm):
        alike = np.flatnonzero(np.abs(gaps - gap) < GAP_ALIKE_MM)
        if GAP_MM[0] <= gap <= GAP_MM[1] and len(alike) >= FEWEST_ALIKE:
            usual = _usual(np.array([shown[n] for n in alike]))
            more = np.where(beside, np.nan_to_num(own.hu[k] - usual, nan=0.0), 0.0)
            brighter[k] = np.clip(more - BRIGHTER_HU, 0.0, MOST_HU)
    parts, count = ndimage.label(brighter)
    sums = ndimage.sum_labels(brighter, parts, np.arange(1, count + 1)) if count else [0.0]
    return float(np.max(sums)) * GRID_MM**2 * spacing_mm


def _usual(alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the other roots show at each place [shape=(n, ...) -> (...)]; NaN where too few are seen."""
    seen = (~np.isnan(alike)).sum(axis=0)
    ordered = np.sort(alike, axis=0)  # NaN comes last
    at = np.floor(np.maximum(seen - 1, 0) * AS_BRIGHT / 100.0 + 0.5).astype(int)
    usual = np.take_along_axis(ordered, at[None], axis=0)[0]
    return np.where(seen >= FEWEST_ALIKE, np.maximum(usual, 0.0), np.nan)


def _from_the_head_down(scan: CurvedReformat) -> CurvedReformat:
    if scan.table_mm[0] >= scan.table_mm[-1]:
        return scan
    return replace(scan, hu=scan.hu[::-1], sac_hu=scan.sac_hu[::-1], table_mm=scan.table_mm[::-1])


def _smoothed(side: SideOfSac) -> Image:
    """Unexplained contrast, smoothed over what is clear of sac and bone, in the slices above and below, too.

    A pedicle that ends within a slice shines in the next one as a faint patch. NaN elsewhere.
    """
    seen = ndimage.binary_erosion(side.clear_mm > CLEAR_MM, np.ones((3, 1, 1)), border_value=1)
    weight = ndimage.gaussian_filter(seen.astype(np.float32), SMOOTHED)
    total = ndimage.gaussian_filter(np.where(seen, np.clip(side.hu, *VALUES_HU), 0.0), SMOOTHED)
    return np.asarray(np.where(seen & (weight > SEEN), total / np.maximum(weight, SEEN), np.nan), np.float32)


def _axilla(side: SideOfSac, smooth: Image, track: RootTrack) -> Axilla:
    slices = track.first + np.arange(len(track.row))
    places = zip(slices.tolist(), track.row.tolist(), track.column.tolist(), strict=True)
    gaps = ndimage.median_filter([_gap_mm(side, *place) for place in places], 3)
    left = int(np.flatnonzero(gaps <= gaps.min() + LEAVES_MM)[-1])  # above, it is nerve within a bulge of the sac
    behind, outwards = np.meshgrid(BEHIND_MM / GRID_MM, OUTWARDS_MM / GRID_MM, indexing="ij")
    shown = []
    for k, row, column in zip(slices[left:], track.row[left:], track.column[left:], strict=True):
        grid = [row + behind, column + outwards]
        seen = ndimage.map_coordinates(np.isfinite(smooth[k]).astype(float), grid, order=1)
        value = ndimage.map_coordinates(np.nan_to_num(smooth[k]), grid, order=1)
        shown.append(np.where(seen > 0.55, value / np.maximum(seen, 0.55), np.nan))
    return Axilla(
        side=Laterality(side.side.value), slices=slices[left:], gap_mm=gaps[left:], hu=np.array(shown, np.float64)
    )


def _gap_mm(side: SideOfSac, index: int, row: float, column: float) -> float:
    """From a root's middle inwards to the outline of the sac."""
    inwards = np.arange(0.0, FARTHEST_MM, GAP_STEP_MM)
    places = [np.full(len(inwards), row), column - inwards / GRID_MM]
    inside = ndimage.map_coordinates(side.clear_mm[index], places, order=1, mode="nearest") <= 0.0
    return float(inwards[inside.argmax()]) if inside.any() else FARTHEST_MM
