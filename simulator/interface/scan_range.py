"""Scan range: which slices a scan takes, for the engine that takes it and for the console that announces it."""

from __future__ import annotations

LEVEL_MARGIN_MM = 16.0  # from a vertebra's centre to its edge, about
_ROUNDING_MM = 1e-6


def levels_range_mm(first_table_mm: float, last_table_mm: float) -> tuple[float, float]:
    """Table positions between which two vertebrae lie whole, from the positions of their centres, mm."""
    low, high = sorted((first_table_mm, last_table_mm))
    return low - LEVEL_MARGIN_MM, high + LEVEL_MARGIN_MM


def slice_centres_mm(
    low_mm: float, high_mm: float, slice_thickness_mm: float, reach_mm: tuple[float, float]
) -> tuple[float, ...]:
    """Table positions of a scan's contiguous slices from the head down, mm; empty where none fits.

    Args:
        low_mm, high_mm: table positions that the scan is asked for
        reach_mm: table positions between which the faces of slices may lie
    """
    low_mm, high_mm = max(low_mm, reach_mm[0]), min(high_mm, reach_mm[1])
    count = max(int((high_mm - low_mm) / slice_thickness_mm + _ROUNDING_MM), 0)
    first = round(high_mm - slice_thickness_mm / 2, 1)
    return tuple(round(first - slice_thickness_mm * k, 1) for k in range(count))
