"""Skin dose: where presses add up on the skin, along the patient and around the body.

A beam gives its entrance dose over its collimation, and less and less over the penumbra on either side. Around the body
a point of the skin is met while the tube is on its side, with the cosine of the angle between (assumption: the body as
a round one, what comes out of the far side left out). Presses at other table positions add only where they overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.overbeaming import PENUMBRA_MM
from simulator.ct.tube_modulation import arc_start_deg, tube_output
from simulator.spatial.arrays import FloatArray

SKIN_ANGLES_DEG = np.arange(0.0, 360.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinExposure:
    """One beam on the skin.

    Attributes:
        low_mm, high_mm: edges of the beam along the patient
        entrance_mgy: entrance dose, as the mean around the body
        scan_arc_deg, hand_protection, tube_at_deg: at which angles the beam was on
    """

    low_mm: float
    high_mm: float
    entrance_mgy: float
    scan_arc_deg: int = 360
    hand_protection: bool = False
    tube_at_deg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakSkinDose:
    """The place on the skin that received most: dose, and where it lies along the patient, mm."""

    dose_mgy: float
    z_mm: float


def peak_skin_dose(exposures: Sequence[SkinExposure]) -> PeakSkinDose:
    """The place on the skin that received most; 0 mGy without an exposure.

    Along the patient the sum is made of straight pieces, so it is largest where one of them ends: those places are
    tried and no grid is needed.
    """
    if not exposures:
        return PeakSkinDose(dose_mgy=0.0, z_mm=0.0)
    low, high = (np.array([getattr(one, name) for one in exposures]) for name in ("low_mm", "high_mm"))
    z = np.unique(np.concatenate([low - PENUMBRA_MM, low, high, high + PENUMBRA_MM]))
    outside = np.maximum(np.maximum(low[None] - z[:, None], z[:, None] - high[None]), 0.0)
    along = np.clip(1.0 - outside / PENUMBRA_MM, 0.0, 1.0)
    around = np.stack([one.entrance_mgy * _around(one) for one in exposures])
    skin_map = along @ around
    place = int(np.argmax(skin_map.max(axis=1)))
    return PeakSkinDose(dose_mgy=float(skin_map[place].max()), z_mm=float(z[place]))


def _around(exposure: SkinExposure) -> FloatArray:
    start = arc_start_deg(exposure.scan_arc_deg, exposure.hand_protection, exposure.tube_at_deg)
    return _share_around(exposure.scan_arc_deg, exposure.hand_protection, start)


@lru_cache(maxsize=256)
def _share_around(scan_arc_deg: int, hand_protection: bool, start_deg: float) -> FloatArray:
    """Dose at each angle of the skin over the mean around the body, shape (angle,)."""
    tube = tube_output(
        BRILLIANCE_64_CLASS, scan_arc_deg=scan_arc_deg, hand_protection=hand_protection, start_deg=start_deg
    )
    view_rad = np.arange(BRILLIANCE_64_CLASS.views) * BRILLIANCE_64_CLASS.view_angle_rad
    facing = np.maximum(np.cos(np.radians(SKIN_ANGLES_DEG)[:, None] - view_rad[None]), 0.0)
    dose = (facing @ tube.fraction.astype(np.float64)) / facing.sum(axis=1)  # 1 everywhere for a whole turn
    return np.asarray(dose / dose.mean())
