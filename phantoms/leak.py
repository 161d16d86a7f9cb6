"""Where cerebrospinal fluid collects outside the dura, and the contrast in it (reference section 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PATTERNS = ("circumferential", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakParameters:
    """A leak of the dura.

    Attributes:
        pattern: "circumferential" (pattern A: an epidural ring, thickest at the leak and behind) or "none"
        level: interspace of the hole, such as "L3/4"
        side: "left", "right" or "both"
        thickness_mm: of the collection behind the sac at the hole, 2-5
        extent_levels: length of the collection (median 4, 1-11)
        iodine_ratio: iodine at the hole against that of the sac, 0.5-1.0
    """

    pattern: str
    level: str
    side: str
    thickness_mm: float
    extent_levels: float
    iodine_ratio: float

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise ValueError(f"leak pattern {self.pattern!r} is not one of {', '.join(PATTERNS)}")
        if self.side not in ("left", "right", "both"):
            raise ValueError(f"leak side {self.side!r} is not left, right or both")


def collection(
    s_mm: NDArray[np.float64],
    hole_s_mm: float,
    level_mm: float,
    sac_iodine_mg_per_ml: NDArray[np.float64],
    leak: LeakParameters,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Thickness behind the sac, mm, and iodine, mg/mL, of the collection (each of the shape of s_mm).

    The thickness falls as a Gaussian and reaches 0.5 mm at half the extent; the iodine falls as exp(-|dz| / 2
    levels).

    Args:
        s_mm: arc length
        hole_s_mm: where the hole is
        level_mm: length of one level
        sac_iodine_mg_per_ml: within the sac
        leak: the parameters
    """
    if leak.pattern == "none":
        return np.zeros_like(s_mm), np.zeros_like(s_mm)
    distance = np.abs(s_mm - hole_s_mm)
    reach = 0.5 * leak.extent_levels * level_mm
    width = reach / np.sqrt(np.log(max(leak.thickness_mm / 0.5, 1.1)))
    thickness = leak.thickness_mm * np.exp(-((distance / width) ** 2))
    thickness[distance > 1.25 * reach] = 0.0
    iodine = leak.iodine_ratio * sac_iodine_mg_per_ml * np.exp(-distance / (2.0 * level_mm))
    return thickness, iodine
