"""Tube modulation: at which views of a rotation the beam is on, how strongly, and how much each view counts.

Angles are those of the focus as `geometry` has them: 270 degrees stands over a prone patient's back. A beam that
is off for a while leaves some rays measured once instead of twice; `weights` says how far each view is believed,
so that every ray is the mean of its two readings, and where one is missing it is the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.ct.geometry import ScannerGeometry
from simulator.interface.exposure import OFF_DEG, SWITCHING_DEG
from simulator.spatial.arrays import FloatArray, SingleArray

HAND_SIDE_DEG = 270.0
"""Where the operator's hand is, seen from the isocentre: over the back. HandCARE-like modes offer three places."""

FEATHER_DEG = 12.0
"""Over this angle at either end of an arc, views are faded in and out; a prototype tried 6 to 25 degrees."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TubeOutput:
    """The beam over one rotation.

    Attributes:
        fraction: tube current of each view over the current that is set; 0 where the beam is off
            [shape=(view,), float32, read-only]
        weights: how much each view counts against the opposite reading of the same ray [shape=(view,), float32,
            read-only]; None where the beam is on all the way round
    """

    fraction: SingleArray
    weights: SingleArray | None


def arc_start_deg(scan_arc_deg: int, hand_protection: bool, wherever_deg: float) -> float:
    """Where an arc starts: anywhere, as the tube happens to stand, unless the gap must lie over the hand."""
    if scan_arc_deg == 360:
        return 0.0
    return HAND_SIDE_DEG + (360.0 - scan_arc_deg) / 2 - 360.0 if hand_protection else wherever_deg % 360.0


def tube_output(geometry: ScannerGeometry, *, scan_arc_deg: int, hand_protection: bool, start_deg: float) -> TubeOutput:
    """The beam over one rotation.

    Args:
        scan_arc_deg: one of `SCAN_ARCS_DEG`
        start_deg: where a partial scan starts; see `arc_start_deg`
    """
    angle = np.arange(geometry.views) * 360.0 / geometry.views
    if scan_arc_deg < 360:
        along = (angle - start_deg) % 360.0
        fraction = (along <= scan_arc_deg).astype(np.float32)
        weights = fraction * _faded(np.minimum(along, scan_arc_deg - along) / FEATHER_DEG)
        return TubeOutput(fraction=_read_only(fraction), weights=_read_only(weights))
    if hand_protection:
        away = np.abs((angle - HAND_SIDE_DEG + 180.0) % 360.0 - 180.0)
        fraction = _faded((away - OFF_DEG / 2) / SWITCHING_DEG)
        # Readings with a quarter of the quanta count a quarter: the least noise that a ray's mean can have
        return TubeOutput(fraction=_read_only(fraction), weights=_read_only(fraction))
    return TubeOutput(fraction=_read_only(np.ones(geometry.views, np.float32)), weights=None)


def _faded(x: FloatArray) -> SingleArray:
    """Sine squared from 0 at x = 0 to 1 at x = 1."""
    return np.asarray(np.sin(np.pi / 2 * np.clip(x, 0.0, 1.0)) ** 2, dtype=np.float32)


def _read_only(values: SingleArray) -> SingleArray:
    values = np.ascontiguousarray(values, dtype=np.float32)
    values.flags.writeable = False
    return values
