"""Hand exposure: how much of the beam reaches a hand that holds the needle over the back, view by view.

Tube over the back: the beam meets the hand first, and near the focus. Tube under the table: it has gone through the
patient. So a gap in the beam over the back spares a hand more than the patient.
"""

from __future__ import annotations

import numpy as np

from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.tube_modulation import arc_start_deg, tube_output
from simulator.spatial.arrays import FloatArray

HAND_ABOVE_SKIN_MM = 20.0
"""Fingers on the needle's hub; assumption."""

BODY_HALF_WIDTH_MM, BODY_HALF_DEPTH_MM = 160.0, 110.0
"""The body that shades the hand from below: the reference's ellipse of 320 x 220 mm."""

BODY_MU_PER_MM = 0.02
"""Water at some 65 keV."""


def hand_exposure_fraction(
    scan_arc_deg: int,
    hand_protection: bool,
    tube_at_deg: float,
    geometry: ScannerGeometry = BRILLIANCE_64_CLASS,
) -> float:
    """Dose of a hand in the beam over that of a whole turn at the same current.

    Args:
        scan_arc_deg, hand_protection, tube_at_deg: as set, and where the tube stands when a partial scan starts
    """
    if scan_arc_deg == 360 and not hand_protection:
        return 1.0
    start = arc_start_deg(scan_arc_deg, hand_protection, tube_at_deg)
    tube = tube_output(geometry, scan_arc_deg=scan_arc_deg, hand_protection=hand_protection, start_deg=start)
    exposure = _exposure(geometry)
    return float((tube.fraction * exposure).sum() / exposure.sum())


def _exposure(geometry: ScannerGeometry) -> FloatArray:
    """What each view gives to the hand: inverse square of the distance, and what the body between lets through."""
    angle = np.arange(geometry.views) * geometry.view_angle_rad
    focus_x = -geometry.source_to_isocenter_mm * np.cos(angle)
    focus_y = -geometry.source_to_isocenter_mm * np.sin(angle)
    dx, dy = -focus_x, BODY_HALF_DEPTH_MM + HAND_ABOVE_SKIN_MM - focus_y
    length = np.hypot(dx, dy)
    # The ray meets the ellipse where a s^2 + b s + c = 0, with s from 0 at the focus to 1 at the hand
    a = (dx / BODY_HALF_WIDTH_MM) ** 2 + (dy / BODY_HALF_DEPTH_MM) ** 2
    b = 2 * (focus_x * dx / BODY_HALF_WIDTH_MM**2 + focus_y * dy / BODY_HALF_DEPTH_MM**2)
    c = (focus_x / BODY_HALF_WIDTH_MM) ** 2 + (focus_y / BODY_HALF_DEPTH_MM) ** 2 - 1
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    inside = np.clip((-b + root) / (2 * a), 0, 1) - np.clip((-b - root) / (2 * a), 0, 1)
    return np.asarray(np.exp(-BODY_MU_PER_MM * inside * length) / length**2)
