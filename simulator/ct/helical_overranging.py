"""Helical over-ranging: how far beyond the imaged length a helical scan turns its beam on.

The first and the last slice are interpolated between rays that are measured before and behind them, so the table
travels further than the imaged length. The length that is added, over both ends, is

    collimation + pitch x collimation x view range / 360

Assumptions: every detector row passes the outermost slices (half a collimation at either end), and a slice takes
views over half a turn and the fan, half of them at either end. No blade shuts off the part of the beam at the ends
that no slice uses, as scanners of later generations do. Slice width is left out: its effect was variable in van der
Molen and Geleijns.

Published, for four scanners of 16 rows: 1.99 to 4.04 rotations at the lowest pitch and 0.93 to 2.59 at the highest
(van der Molen and Geleijns, Radiology 2007;242:208, abstract). 3 to 6 cm with 16 rows, much more with 64 and above
(RadioGraphics 2010;30:1057, doi 10.1148/rg.304095167, abstract). Nothing was fitted to them.
"""

from __future__ import annotations

import math

from simulator.ct.geometry import BRILLIANCE_64_CLASS

HELICAL_PITCH = 0.671
"""Table travel of one rotation over the collimation: a usual one of the class (from memory)."""


VIEW_RANGE_DEG = 180.0 + math.degrees(BRILLIANCE_64_CLASS.columns * BRILLIANCE_64_CLASS.column_angle_rad)
"""Views that one slice is made from: half a turn, and the fan of 52 degrees."""


def overranging_mm(collimation_mm: float, pitch: float = HELICAL_PITCH) -> float:
    """Length that a helical scan adds to the imaged length, over both ends together, mm.

    Raises:
        ValueError: collimation or pitch is not above zero.
    """
    if not (collimation_mm > 0 and pitch > 0):
        raise ValueError(f"collimation and pitch must be above zero, not {collimation_mm} mm and {pitch}")
    return collimation_mm * (1.0 + pitch * VIEW_RANGE_DEG / 360.0)


def overranging_rotations(collimation_mm: float, pitch: float = HELICAL_PITCH) -> float:
    """Rotations that a helical scan adds, over both ends together."""
    return overranging_mm(collimation_mm, pitch) / (pitch * collimation_mm)
