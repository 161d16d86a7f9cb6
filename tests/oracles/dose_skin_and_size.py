"""Skin dose and water-equivalent diameter the slow way: point by point, view by view, pixel by pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def emitted(angle_deg: float, arc_deg: float, start_deg: float, gap_at_deg: float | None) -> float:
    """Tube output at an angle: on over an arc, or off for 100 degrees about a gap that fades over 10 on either side."""
    if arc_deg < 360:
        return 1.0 if (angle_deg - start_deg) % 360.0 <= arc_deg else 0.0
    if gap_at_deg is None:
        return 1.0
    away = abs((angle_deg - gap_at_deg + 180.0) % 360.0 - 180.0)
    return math.sin(math.pi / 2 * min(max((away - 50.0) / 10.0, 0.0), 1.0)) ** 2


def around_body(
    skin_deg: Sequence[float], arc_deg: float, start_deg: float, gap_at_deg: float | None, step_deg: float = 0.25
) -> list[float]:
    """Dose at each angle of the skin over their mean."""
    doses = []
    for skin in skin_deg:
        total, tube = 0.0, 0.0
        while tube < 360.0:
            total += max(math.cos(math.radians(skin - tube)), 0.0) * emitted(tube, arc_deg, start_deg, gap_at_deg)
            tube += step_deg
        doses.append(total)
    mean = sum(doses) / len(doses)
    return [dose / mean for dose in doses]


def peak_on_grid(beams: Sequence[dict[str, Any]], penumbra_mm: float, step_mm: float = 0.05) -> float:
    """The largest sum over a grid of places along the patient and around the body, mGy.

    beams: low, high, entrance, around (dose at each angle over the mean).
    """
    if not beams:
        return 0.0
    first = min(beam["low"] for beam in beams) - penumbra_mm
    last = max(beam["high"] for beam in beams) + penumbra_mm
    best = 0.0
    for k in range(int((last - first) / step_mm) + 1):
        z = first + k * step_mm
        for angle in range(len(beams[0]["around"])):
            total = 0.0
            for beam in beams:
                outside = max(beam["low"] - z, z - beam["high"], 0.0)
                total += max(1.0 - outside / penumbra_mm, 0.0) * beam["entrance"] * beam["around"][angle]
            best = max(best, total)
    return best


def water_equivalent_diameter_cm(
    hu: Sequence[Sequence[float]], inside: Sequence[Sequence[bool]], pixel_mm: float
) -> float:
    """AAPM Report 220: 2 sqrt((mean CT number of the region / 1000 + 1) x area of the region / pi)."""
    total, count = 0.0, 0
    for row, marks in zip(hu, inside, strict=True):
        for value, mark in zip(row, marks, strict=True):
            if mark:
                total, count = total + value, count + 1
    area_cm2 = count * (pixel_mm / 10.0) ** 2
    return 2.0 * math.sqrt((total / count / 1000.0 + 1.0) * area_cm2 / math.pi)
