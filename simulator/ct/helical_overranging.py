"""Helical over-ranging: how far beyond the imaged length a helical scan turns its beam on.

The first and the last slice are interpolated between rays that are measured before and behind them, so the table
travels further than the imaged length. The length that is added, over both ends, is

    collimation + pitch x collimation x view range / 360

Assumptions: every detector row passes the outermost slices (half a collimation at either end), and a slice takes
views over half a turn and the fan, half of them at either end. Blades that shut off a part of the beam at the ends, as
scanners of later generations have them, keep a fraction of it from the patient. Slice width is left out: its effect was
variable in van der Molen and Geleijns.

Published, for four scanners of 16 rows: 1.99 to 4.04 rotations at the lowest pitch and 0.93 to 2.59 at the highest
(van der Molen and Geleijns, Radiology 2007;242:208, abstract). 3 to 6 cm with 16 rows, much more with 64 and above
(RadioGraphics 2010;30:1057, doi 10.1148/rg.304095167, abstract). Nothing was fitted to them.
"""

from __future__ import annotations

from simulator.ct.scanner_model import ScannerModel, scanner_model

HELICAL_PITCH = scanner_model().helical_pitch
"""Table travel of one rotation over the collimation: a usual one of the standard scanner's class (from memory)."""


VIEW_RANGE_DEG = scanner_model().view_range_deg
"""Views that one slice is made from: half a turn, and the fan of 52 degrees."""


def overranging_mm(collimation_mm: float, pitch: float = HELICAL_PITCH) -> float:
    """Length that a helical scan adds to the imaged length, over both ends together, mm.

    Raises:
        ValueError: collimation or pitch is not above zero.
    """
    if not (collimation_mm > 0 and pitch > 0):
        raise ValueError(f"collimation and pitch must be above zero, not {collimation_mm} mm and {pitch}")
    return collimation_mm * (1.0 + pitch * VIEW_RANGE_DEG / 360.0)


def blocked_overranging_mm(collimation_mm: float, scanner: ScannerModel) -> float:
    """Length of a scanner's over-ranging that its blades keep from the patient, over both ends together, mm."""
    return scanner.overranging_blocked_fraction * table_travel_beyond_mm(collimation_mm, scanner)


def table_travel_beyond_mm(collimation_mm: float, scanner: ScannerModel) -> float:
    """Way of the table beyond the imaged length in a scanner's helical scan, over both ends together, mm."""
    return collimation_mm * (1.0 + scanner.helical_pitch * scanner.view_range_deg / 360.0)


def overranging_rotations(collimation_mm: float, pitch: float = HELICAL_PITCH) -> float:
    """Rotations that a helical scan adds, over both ends together."""
    return overranging_mm(collimation_mm, pitch) / (pitch * collimation_mm)
