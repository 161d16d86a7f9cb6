"""Dorsal epidural space: where the sac ends towards the back, and where the flavum begins, in one slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import ndimage

from simulator.operators.perception.images import Band, Image
from simulator.operators.perception.sac_detection import SAC_EDGE_FRACTION, DetectedSac

FLAVUM_HU = 95.0
FAT_TO_FLAVUM_HU = 10.0
BRIGHTENS_HU = 60.0
DURA_MM = 0.4  # the dura and the dark rim belong to the sac
GAP_MM = 1.5  # of darkness, over which the sac may go on
BLUR_MM = 0.35
PROFILE_HALF_WIDTH_MM = 1.5
FARTHEST_MM = 22.0
BEHIND_DURA_MM = (1.0, 7.5)  # depth of a collection that is nearly as bright as the sac
FLUID_BEFORE_MM = 3.0  # before the dura's dark line, where the sac is bright again
SOFT_BEHIND_MM, SOFT_HU = 3.0, 190.0  # behind a flavum without a lamina
DEEP_ENOUGH_MM = 1.5  # of a space whose fluid has its own brightness
BRIGHTER_THAN_FLUID = 0.12  # of the sac's brightness: the rind of a lamina
DURA_DIP = 0.06  # of the sac's brightness: the least depth of that line


@dataclass(frozen=True, slots=True, kw_only=True)
class DorsalEpiduralSpace:
    """The epidural space behind the sac, on the column of the sac's middle; rows, from front to back.

    Attributes:
        sac_row: back edge of the sac
        flavum_row: front of the flavum
        column: where this was measured
    """

    sac_row: float
    flavum_row: float
    column: float


def measure_dorsal_spaces(
    images: Sequence[Image], sacs: Sequence[DetectedSac | None], pixel_mm: float
) -> list[DorsalEpiduralSpace | None]:
    """The dorsal epidural space in every slice of a scan that shows the sac.

    Where a lamina lies close behind, its rind looks like more fluid. How bright the fluid is, the nearest slice tells
    that has the dark flavum behind it; what is brighter than that is bone.
    """
    first = [None if sac is None else measure_dorsal_space(image, sac, pixel_mm) for image, sac in _pairs(images, sacs)]
    fillings: dict[int, float] = {}
    for k, ((image, sac), space) in enumerate(zip(_pairs(images, sacs), first, strict=True)):
        filling = None if sac is None or space is None else _filling_before_flavum(image, sac, space, pixel_mm)
        if filling is not None:
            fillings[k] = filling
    measured = list(first)
    for k, (image, sac) in enumerate(_pairs(images, sacs)):
        if sac is not None and fillings:
            nearest = min(fillings, key=lambda other: abs(other - k))
            measured[k] = measure_dorsal_space(image, sac, pixel_mm, filling=fillings[nearest])
    return measured


def measure_dorsal_space(
    image: Image, sac: DetectedSac, pixel_mm: float, *, filling: float | None = None
) -> DorsalEpiduralSpace | None:
    """From the sac to the back: where it ends, and where what lies behind it meets the flavum.

    Args:
        image: [shape=(row, column)] HU
        sac: in it
        pixel_mm: width of a pixel
        filling: brightness of the fluid behind the sac as a part of the sac's, where other slices have told it
    """
    band = _profile(image, sac, pixel_mm)
    row = round(sac.row)
    last = max(row - int(FARTHEST_MM / pixel_mm), 2)
    if not any(band[r] >= SAC_EDGE_FRACTION * sac.hu for r in range(row, last, -1)):
        return None
    edge = _last_bright_row(band, row, last, SAC_EDGE_FRACTION * sac.hu, GAP_MM / pixel_mm)
    dura = _dura_line(band, row, edge, sac.hu, pixel_mm)
    sac_row = _sac_edge(band, edge, sac.hu, pixel_mm) - DURA_MM / pixel_mm if dura is None else dura
    if filling is None or filling * sac.hu <= 2.0 * FLAVUM_HU:
        flavum_row = _flavum_row(band, sac_row, last, pixel_mm)
    else:
        flavum_row = _end_of_fluid(band, sac_row, last, filling * sac.hu, BRIGHTER_THAN_FLUID * sac.hu)
    if flavum_row is None:
        return None
    return DorsalEpiduralSpace(sac_row=sac_row, flavum_row=flavum_row, column=float(sac.column))


def _pairs(images: Sequence[Image], sacs: Sequence[DetectedSac | None]) -> list[tuple[Image, DetectedSac | None]]:
    return list(zip(images, sacs, strict=True))


def _profile(image: Image, sac: DetectedSac, pixel_mm: float) -> Band:
    """The column of the sac's middle, a little to either side of it taken together."""
    half = max(int(PROFILE_HALF_WIDTH_MM / pixel_mm), 1)
    column = round(sac.column)
    mean = image[:, column - half : column + half + 1].mean(axis=1)
    band: Band = ndimage.gaussian_filter1d(mean, BLUR_MM / pixel_mm)
    return band


def _filling_before_flavum(image: Image, sac: DetectedSac, space: DorsalEpiduralSpace, pixel_mm: float) -> float | None:
    """Brightness of the fluid as a part of the sac's; None where no dark flavum and soft tissue lie behind it."""
    band = _profile(image, sac, pixel_mm)
    front, behind = int(space.flavum_row), round(space.flavum_row - SOFT_BEHIND_MM / pixel_mm)
    depth = (space.sac_row - space.flavum_row) * pixel_mm
    if behind < 0 or depth < DEEP_ENOUGH_MM or band[behind : front - 1].max() > SOFT_HU:
        return None
    if band[front : round(space.sac_row) + 1].max() > 1.1 * sac.hu:
        return None
    middle = round(0.5 * (space.sac_row + space.flavum_row))
    return float(band[middle - 1 : middle + 2].mean()) / sac.hu


def _end_of_fluid(band: Band, sac_row: float, last: int, fluid_hu: float, brighter_hu: float) -> float | None:
    """Row at which fluid of a known brightness ends: where it gives way to the flavum, or meets bone."""
    border = 0.5 * (fluid_hu + FLAVUM_HU)
    start = int(sac_row)
    while start > last and band[start] < border:  # the dark line of the dura
        start -= 1
    if sac_row - start > 4:
        return sac_row
    darkest = start
    for r in range(start, last, -1):
        if band[r] < border:
            return _crossing(band, r + 1, r, border)
        if band[r] > max(fluid_hu, band[darkest]) + brighter_hu:
            return float(darkest)
        darkest = r if band[r] < band[darkest] else darkest
    return None


def _last_bright_row(band: Band, row: int, last: int, bright_hu: float, gap: float) -> int:
    """The sac's back edge: the last bright row before the profile has left the sac for good."""
    edge = row
    for r in range(row, last, -1):
        if band[r] >= bright_hu:
            edge = r
        elif edge - r > gap:
            break
    return edge


def _dura_line(band: Band, row: int, edge: int, sac_hu: float, pixel_mm: float) -> float | None:
    """Row of the dark line between sac and a collection that is nearly as bright; None where there is none.

    Roots in the sac throw such lines, too; the dura is the one farthest back that has fluid behind it.
    """
    least, deepest = BEHIND_DURA_MM[0] / pixel_mm, BEHIND_DURA_MM[1] / pixel_mm
    for r in range(edge + 1, row):
        if band[r] > band[r - 1] or band[r] >= band[r + 1]:
            continue
        behind = band[max(edge - 1, int(r - deepest)) : r].max() - band[r]
        before = band[r + 1 : min(row, r + int(FLUID_BEFORE_MM / pixel_mm)) + 1].max() - band[r]
        if r - edge >= least and r - edge <= deepest and min(behind, before) >= DURA_DIP * sac_hu:
            return float(r)
    return None


def _flavum_row(band: Band, sac_row: float, last: int, pixel_mm: float) -> float | None:
    """Row at which fluid or fat behind the sac gives way to the flavum."""
    first = int(sac_row)
    rim = first  # the dark line of dura and fat, where there is one
    while rim > max(first - int(1.5 / pixel_mm), last) and band[rim - 1] < band[rim]:
        rim -= 1
    peak = rim  # the fluid behind it
    while peak > max(rim - int(2.5 / pixel_mm), last) and band[peak - 1] > band[peak]:
        peak -= 1
    filling = float(band[peak])
    if filling <= 2.0 * FLAVUM_HU:  # fat: darker than the flavum behind it
        for r in range(first - int(1.5 / pixel_mm), last, -1):
            if band[r] > FAT_TO_FLAVUM_HU and band[r - 1] > FAT_TO_FLAVUM_HU:
                return float(r)
        return None
    border = 0.5 * (filling + FLAVUM_HU)
    darkest = peak
    for r in range(peak, last, -1):
        if band[r] < border:
            return _crossing(band, r + 1, r, border)
        if band[r] > band[darkest] + BRIGHTENS_HU:  # a lamina's edge lies close behind
            return float(darkest)
        darkest = r if band[r] < band[darkest] else darkest
    return None


def _sac_edge(band: Band, edge: int, sac_hu: float, pixel_mm: float) -> float:
    """Row at which the sac ends: half way down to the dark line of the dura, or to what lies behind it."""
    reach = int(2.5 / pixel_mm)
    dip = edge
    while dip > edge - reach and band[dip - 1] < band[dip]:
        dip -= 1
    half = 0.5 * (sac_hu + float(band[dip]))
    for r in range(edge + 1, dip, -1):
        if band[r] >= half > band[r - 1]:
            return _crossing(band, r, r - 1, half)
    return float(edge)


def _crossing(band: Band, first: int, second: int, value: float) -> float:
    """Row, as a fraction, at which a profile passes a value between two neighbours."""
    a, b = float(band[first]), float(band[second])
    if a == b:
        return float(first)
    return first + (second - first) * min(max((a - value) / (a - b), 0.0), 1.0)
