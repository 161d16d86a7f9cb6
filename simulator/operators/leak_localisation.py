"""Leak localisation: the leak is found on the myelogram, its level counted, and both are written down.

Where the prone myelogram shows no collection, one is taken with either side down: a vein that fills there is a
fistula's, which no blood closes. A faint blush is believed only then.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.view import View
from simulator.operators.console import latest_acquisition
from simulator.operators.coroutine_operator import StopProcedureError
from simulator.operators.perception.curved_reformat import CurvedReformat, reformat_along_sac
from simulator.operators.perception.filled_vein_detection import SpineSlices, detect_filled_vein
from simulator.operators.perception.images import Image
from simulator.operators.perception.leak_detection import DetectedLeak, detect_circumferential_leak, detect_root_leak
from simulator.operators.perception.level_counting import count_interspaces
from simulator.operators.perception.slow_leak_detection import detect_slow_leak
from simulator.operators.perception.ventral_leak_detection import detect_ventral_leak
from simulator.operators.request import requested_side
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Region, Vertebra, column_with, interspaces_of
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import AcquisitionPurpose, MyelogramPosition

READ_EVERY_MM = 3.0  # between the slices that are read first: of fewer too many may have met a lamina
SLICES_AT_ONCE = 48  # asked for together, so that a whole spine needs no more memory than a part
READ_HALF_WIDTH_MM = 60.0  # to either side of the picture's middle: the spine
LEVEL_LENGTH_MM = {Region.CERVICAL: 18.0, Region.THORACIC: 25.0, Region.LUMBAR: 36.0}
ON_LEVEL_MM = 8.0  # nearer than this no other level can be meant


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLeak:
    """Where the leak is, as it is written down; the letter is a claim, and the myelogram decides.

    Attributes:
        level: interspace
        side: of the leak; both where the myelogram shows a ring, or nothing tells
        before_sac: whether the fluid lies before the sac alone
        faint: whether nothing but a blush was seen, if that
    """

    level: Interspace
    side: Laterality
    before_sac: bool = False
    faint: bool = False


def localise_leak(view: View, requested: Interspace) -> Generator[Command, View, tuple[View, FoundLeak]]:
    """Read the myelogram, count the levels, and write down where the leak is.

    Levels are counted in the myelogram's own slices, from the last rib or the sacrum; where it shows neither they are
    taken from the console's overview, from the requested one on. Where no contrast stands out, the level and the side
    of the request are written down. StopProcedureError where a vein fills.

    Returns:
        The view afterwards, and what was written down.
    """
    read = _read_myelogram(view, requested)
    level, side, vein = requested, requested_side(view.case.request) or Laterality.BOTH, None
    if read.collection is None:
        view, vein = yield from _look_for_vein(view, read.slices)
    seen = read.collection or vein or read.blush
    if seen is not None:
        side = seen.side
        view = yield c.MoveTable(level=requested)
        counted = read.count_interspaces()
        low_mm, high_mm = seen.alike_mm
        # where it is nearly as bright the letter is believed
        if not low_mm <= counted.get(requested, view.console.table_mm) <= high_mm:
            level = yield from _count_levels(view, counted, requested, seen.table_mm)
    view = yield c.MarkLeak(level=level, side=side)
    if vein is not None:
        raise StopProcedureError(StopReason.FISTULA)
    before_sac, faint = seen is not None and seen.before_sac, read.collection is None
    return view, FoundLeak(level=level, side=side, before_sac=before_sac, faint=faint)


def localise_further_leaks(
    view: View, levels: Sequence[Interspace]
) -> Generator[Command, View, tuple[View, tuple[FoundLeak, ...]]]:
    """Of other levels that the request names, those about which the myelogram shows a ring; each is written down.

    Returns:
        The view afterwards, and what was written down.
    """
    given = [one for one in view.console.acquired if one.purpose is AcquisitionPurpose.MYELOGRAM and not one.position]
    found: list[FoundLeak] = []
    for level in levels if given else ():
        view = yield c.MoveTable(level=level)
        if view.refused:
            continue
        level_mm = LEVEL_LENGTH_MM[level.region]
        heights = np.array(given[-1].slice_centres_table_mm)
        near = np.flatnonzero(np.abs(heights - view.console.table_mm) <= 1.5 * level_mm)
        step = max(round(READ_EVERY_MM / given[-1].slice_thickness_mm), 1)
        chosen = range(int(near[0]), int(near[-1]) + 1, step) if len(near) else range(0)
        images, pixel_mm = _spine_slices(view, chosen, given[-1])
        scan = reformat_along_sac(images, heights[list(chosen)], pixel_mm)
        if scan is not None and detect_circumferential_leak(scan, level_mm, view.console.table_mm) is not None:
            found.append(FoundLeak(level=level, side=Laterality.BOTH))
            view = yield c.MarkLeak(level=level, side=Laterality.BOTH)
    return view, tuple(found)


def _look_for_vein(view: View, prone: SpineSlices) -> Generator[Command, View, tuple[View, DetectedLeak | None]]:
    """A myelogram with the right side down, on which most fistulas lie, then one with the left; the vein that fills."""
    for position in (MyelogramPosition.RIGHT_DECUBITUS, MyelogramPosition.LEFT_DECUBITUS):
        view = yield c.AcquireMyelogram(position=position)
        side = position.side_down
        if view.refused or side is None:
            break
        images, pixel_mm = _spine_slices(view, range(len(prone.images)))
        turned = SpineSlices(images=images, table_mm=prone.table_mm, pixel_mm=pixel_mm)
        vein = detect_filled_vein(prone, turned, side)
        if vein is not None:
            return view, vein
    return view, None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the prone myelogram shows outside the sac.

    Attributes:
        collection: a ring, fluid along a root, or fluid before the sac
        blush: in the axilla of one root, where there is no collection
        slices: that were read
        scan: the same straightened along the sac; None where there is no sac to follow
    """

    collection: DetectedLeak | None
    blush: DetectedLeak | None
    slices: SpineSlices
    scan: CurvedReformat | None

    def count_interspaces(self) -> dict[Interspace, float]:
        """Table positions of the interspaces that can be counted in what was read; none where they cannot."""
        if self.scan is None:
            return {}
        sac = self.scan.sac_row, self.scan.sac_column
        return count_interspaces(self.slices.images, self.scan.table_mm, self.slices.pixel_mm, sac)


def _read_myelogram(view: View, requested: Interspace) -> _Reading:
    """Read the myelogram: a ring on slices `READ_EVERY_MM` apart, anything else on all."""
    latest = latest_acquisition(view)
    heights = np.array(latest.slice_centres_table_mm)
    level_mm = LEVEL_LENGTH_MM[requested.region]
    step = max(round(READ_EVERY_MM / latest.slice_thickness_mm), 1)
    for every in sorted({step, 1}, reverse=True):
        images, pixel_mm = _spine_slices(view, range(0, len(heights), every))
        scan = reformat_along_sac(images, heights[::every], pixel_mm)
        leak = None if scan is None else detect_circumferential_leak(scan, level_mm)
        read = SpineSlices(images=images, table_mm=heights[::every].tolist(), pixel_mm=pixel_mm)
        if leak is not None:
            return _Reading(collection=leak, blush=None, slices=read, scan=scan)
    elsewhere = (
        None if scan is None else detect_root_leak(scan) or detect_ventral_leak(scan, level_mm, requested.region)
    )
    blush = None if scan is None or elsewhere is not None else detect_slow_leak(scan)
    return _Reading(collection=elsewhere, blush=blush, slices=read, scan=scan)


def _spine_slices(view: View, indices: range, scan: Acquired | None = None) -> tuple[list[Image], float]:
    """Some slices of a scan, the latest where None, cut to the spine, and the width of their pixels, mm."""
    latest = scan or latest_acquisition(view)
    images: list[Image] = []
    pixel_mm = 1.0
    for first in range(0, len(indices), SLICES_AT_ONCE):
        frame = view.images.slices(latest.number, indices[first : first + SLICES_AT_ONCE])
        pixel_mm = frame.pixel_spacing_mm
        middle, half = frame.hu.shape[2] // 2, round(READ_HALF_WIDTH_MM / pixel_mm)
        images += [image[:, middle - half : middle + half].copy() for image in frame.hu]
    return images, pixel_mm


def _count_levels(
    view: View, counted: dict[Interspace, float], requested: Interspace, table_mm: float
) -> Generator[Command, View, Interspace]:
    """The interspace nearest to a height, of those that were counted; else of those on the console's overview."""
    if counted:
        level = _nearest(counted, requested, table_mm)
        there = yield c.MoveTable(level=level)
        if not there.refused:
            return level
    return (yield from _count_on_overview(view, requested, table_mm))


def _nearest(counted: dict[Interspace, float], requested: Interspace, table_mm: float) -> Interspace:
    """Of interspaces that were counted the one nearest to a height: the letter's, if no other can be meant."""
    if abs(counted.get(requested, math.inf) - table_mm) <= ON_LEVEL_MM:
        return requested
    return min(counted, key=lambda space: abs(counted[space] - table_mm))


def _count_on_overview(view: View, requested: Interspace, table_mm: float) -> Generator[Command, View, Interspace]:
    """The interspace nearest to a height: the table is moved from level to level, from the requested one on."""
    spaces = _interspaces_between(frozenset(Vertebra.parse(name) for name in view.case.levels))
    if view.refused or requested not in spaces:
        return requested
    at, away = spaces.index(requested), abs(view.console.table_mm - table_mm)
    step = -1 if table_mm > view.console.table_mm else 1  # they run from the head down
    while 0 <= at + step < len(spaces) and away > ON_LEVEL_MM:
        view = yield c.MoveTable(level=spaces[at + step])
        if view.refused or abs(view.console.table_mm - table_mm) >= away:  # of two that lie alike the letter's
            break
        at, away = at + step, abs(view.console.table_mm - table_mm)
    return spaces[at]


def _interspaces_between(vertebrae: frozenset[Vertebra]) -> list[Interspace]:
    """Interspaces of a patient that have both their vertebrae among these, from the head down."""
    column = interspaces_of(column_with(vertebrae))
    return [space for space in column if {space.upper_vertebra, space.lower_vertebra} <= vertebrae]
