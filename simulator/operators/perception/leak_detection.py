"""Leak detection: where contrast lies outside the sac, found in a myelogram that was straightened along the sac.

A ring of fluid is a rim about the sac, dimmer than it, behind and at the sides. Contrast that lies behind alone was
left by the puncture. Fluid along a root lies beside the sac where the other side has none; bone, nerves and sleeves are
nearly alike on both sides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.curved_reformat import GRID_MM, CurvedReformat
from simulator.operators.perception.images import Mask, Profile
from simulator.operators.perception.sac_detection import SAC_EDGE_FRACTION
from simulator.vocabulary.anatomy import Laterality

LEAST_HU = 120.0  # contrast is brighter than nerve and muscle
BEHIND_DEG = np.arange(50.0, 131.0, 5.0)  # rays from the sac's middle, 0 to the patient's left, 90 to the back
BESIDE_DEG = np.concatenate([np.arange(-15.0, 31.0, 5.0), np.arange(150.0, 196.0, 5.0)])
ROUND_DEG = np.arange(0.0, 360.0, 5.0)
FIRST_EDGE_MM, LAST_EDGE_MM = 2.5, 13.0  # where the sac's edge can be on a ray; the cord is darker, and within
FLUID_BEGINS_MM = 9.0  # on a ray, at the latest
RIM_MM = (0.8, 3.5)  # beyond the sac's edge: where a ring is
CLEAREST = 25.0  # percentile of a level's slices: those with the least bone about the sac
FEW_OF_A_LEVEL = 4
RING = 0.11  # of the sac's brightness: a rim as bright as that is fluid
SURE_RING = 0.3  # where few slices of a level were seen, and all may have met a lamina
BEST_FRACTION = 0.9
ALIKE_FRACTION = 0.6
"""Of the brightest: a ring that is as bright at the letter's level does not speak against the letter. Of six readings
of a sixth lumbar vertebra, whose letter is a level off, it has 0.45 to 0.49 there; of three patients drawn from a CT,
where a level too high was read, 0.64 to 0.83."""

SAC_HALF = 0.55  # of the sac's brightness: half way to what lies about it
CLEAR_OF_SAC_MM = 1.5
ASIDE_MM = 28.0  # from the sac's middle: so far fluid runs along a root
FORWARDS_MM = (-9.0, 3.0)  # the root's way, before and behind the sac's middle
FLUID_HU = (120.0, 620.0)  # along a root; bone has a brighter rind
NEAR_BONE_MM = 1.2  # which is as bright as fluid
ALIKE_MM = 1.8  # by how much the two sides of a person may differ
BRIGHTER_HU = 80.0  # than the other side
LEAST_MM3 = 130.0  # of fluid along a root


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedLeak:
    """Where most contrast lies outside the sac.

    Attributes:
        table_mm: height of it
        side: of the patient
        before_sac: whether it lies before the sac alone
        alike_mm: heights about it between which a ring is nearly as bright
    """

    table_mm: float
    side: Laterality
    before_sac: bool = False
    alike_mm: tuple[float, float] = (math.inf, -math.inf)


def detect_circumferential_leak(
    scan: CurvedReformat, level_mm: float, about_mm: float | None = None
) -> DetectedLeak | None:
    """The place where a ring about the sac is brightest; None where there is none.

    Args:
        scan: the myelogram
        level_mm: length of one level here, about
        about_mm: table position from which the place lies no farther than half a level; None for anywhere
    """
    behind, beside = (_rim(scan, angles) for angles in (BEHIND_DEG, BESIDE_DEG))
    span = scan.slices_in(level_mm)
    inside = slice(span // 2, max(len(scan.table_mm) - span // 2, span // 2 + 1))  # a whole level about it was seen
    # what lies behind alone is no ring
    # Of few slices several may have met a lamina, which is as bright: only the darkest tells
    clearest = CLEAREST if span > FEW_OF_A_LEVEL else 0.0
    ring = ndimage.percentile_filter(np.minimum(behind, beside), clearest, size=span, mode="nearest")[inside]
    if about_mm is not None:
        ring = np.where(np.abs(scan.table_mm[inside] - about_mm) <= 0.5 * level_mm, ring, 0.0)
    if ring.max() < (RING if span > FEW_OF_A_LEVEL else SURE_RING):
        return None
    places_mm = scan.table_mm[inside]
    first, last = _about_the_best(ring, ALIKE_FRACTION)
    return DetectedLeak(
        table_mm=middle_of_best(ring, places_mm),
        side=Laterality.BOTH,
        alike_mm=(float(min(places_mm[first], places_mm[last])), float(max(places_mm[first], places_mm[last]))),
    )


def detect_root_leak(scan: CurvedReformat) -> DetectedLeak | None:
    """Fluid along a root on one side; None where there is none. Every slice is needed."""
    aside = np.abs(scan.across_mm) < ASIDE_MM
    before = (scan.back_mm > FORWARDS_MM[0]) & (scan.back_mm < FORWARDS_MM[1])
    smooth = ndimage.gaussian_filter(scan.hu, (0.5, 0.8, 0.8))
    free = _outside(scan)
    bone = ndimage.binary_dilation((smooth > FLUID_HU[1]) & free, _box(0, NEAR_BONE_MM))
    own = free & ~bone & ~bone[:, :, ::-1] & before[:, None] & aside & (smooth > FLUID_HU[0]) & (smooth < FLUID_HU[1])
    other = np.where(free, smooth, 0.0)[:, :, ::-1]
    other = ndimage.maximum_filter(other, footprint=_box(scan.slices_in(ALIKE_MM), ALIKE_MM))
    parts, count = ndimage.label(own & (smooth - np.maximum(other, 0.0) > BRIGHTER_HU))
    if not count:
        return None
    sizes = np.bincount(parts.ravel())[1:] * GRID_MM**2 * scan.spacing_mm
    largest = int(sizes.argmax())
    if sizes[largest] < LEAST_MM3:
        return None
    height, _, across = ndimage.center_of_mass(parts == largest + 1)
    return DetectedLeak(
        table_mm=float(np.interp(height, np.arange(len(scan.table_mm)), scan.table_mm)),
        side=Laterality.LEFT if across < 0.5 * (len(scan.across_mm) - 1) else Laterality.RIGHT,
    )


def _box(slices: int, in_plane_mm: float) -> Mask:
    pixels = round(in_plane_mm / GRID_MM)
    return np.ones((2 * slices + 1, 2 * pixels + 1, 2 * pixels + 1), np.bool_)


def rays_from_sac(scan: CurvedReformat, angles_deg: Profile, out_mm: Profile) -> NDArray[np.float64]:
    """The scan on rays from the sac's middle [shape=(slice, angle, distance)]."""
    turn = np.radians(angles_deg)[:, None]
    back, across = np.sin(turn) * out_mm, -np.cos(turn) * out_mm
    places = [(back - scan.back_mm[0]) / GRID_MM, (across - scan.across_mm[0]) / GRID_MM]
    return np.array([ndimage.map_coordinates(image, places, order=1, mode="nearest") for image in scan.hu])


def edges_mm(rays: NDArray[np.float64], out_mm: Profile, fluid_hu: Profile) -> NDArray[np.float64]:
    """Where the sac's fluid ends on each ray [shape=(slice, angle)]."""
    fluid = (rays >= fluid_hu[:, None, None]) & (out_mm > FIRST_EDGE_MM)
    begins = fluid.argmax(axis=2)
    begun = fluid.any(axis=2) & (out_mm[begins] < FLUID_BEGINS_MM)
    after = ~fluid & (np.arange(len(out_mm)) >= begins[:, :, None])
    ends = np.where(after.any(axis=2), out_mm[after.argmax(axis=2)], LAST_EDGE_MM)
    return np.where(begun, np.minimum(ends, LAST_EDGE_MM), LAST_EDGE_MM)


def _rim(scan: CurvedReformat, angles_deg: Profile) -> Profile:
    """Contrast beyond the sac's edge, as a part of the sac's; the median of the rays, for some meet bone."""
    out = np.arange(0.0, LAST_EDGE_MM + RIM_MM[1], 0.25)
    rays = rays_from_sac(scan, angles_deg, out)
    beyond = out - edges_mm(rays, out, SAC_EDGE_FRACTION * scan.sac_hu)[:, :, None]
    rim = (beyond > RIM_MM[0]) & (beyond < RIM_MM[1])
    fraction = np.where(rays > LEAST_HU, np.minimum(rays / scan.sac_hu[:, None, None], 1.0), 0.0)
    return np.asarray(np.median((fraction * rim).sum(axis=2) / rim.sum(axis=2), axis=1))


def _outside(scan: CurvedReformat) -> Mask:
    """What is clear of the sac, and of where it would be were the two sides alike."""
    out = np.arange(0.0, LAST_EDGE_MM + 1.0, 0.25)
    edge = edges_mm(rays_from_sac(scan, ROUND_DEG, out), out, SAC_HALF * scan.sac_hu)
    edge = ndimage.median_filter(edge, size=(scan.slices_in(9.0), 1), mode="nearest")
    edge = ndimage.percentile_filter(edge, 30.0, size=(1, 9), mode="wrap")  # a sleeve or bone on a few rays
    back, across = np.meshgrid(scan.back_mm, scan.across_mm, indexing="ij")
    turn = np.degrees(np.arctan2(back, -across)) % 360.0
    away, rays = np.hypot(back, across), np.append(ROUND_DEG, 360.0)
    beyond = np.array([away - np.interp(turn, rays, np.append(line, line[0])) for line in edge])
    return np.asarray(np.minimum(beyond, beyond[:, :, ::-1]) > CLEAR_OF_SAC_MM)


def middle_of_best(profile: Profile, places_mm: Profile) -> float:
    """The middle of where a profile is at its highest: a percentile over a level is flat about a leak.

    Args:
        profile: at each of some places
        places_mm: in their order
    """
    first, last = _about_the_best(profile, BEST_FRACTION)
    return 0.5 * float(places_mm[first] + places_mm[last])


def _about_the_best(profile: Profile, fraction: float) -> tuple[int, int]:
    """First and last place about the highest that are higher than a fraction of it, without a gap."""
    best = int(profile.argmax())
    high = profile > fraction * profile[best]
    first, last = best, best
    while first > 0 and high[first - 1]:
        first -= 1
    while last < len(profile) - 1 and high[last + 1]:
        last += 1
    return first, last
