"""Movement: how far the patient has shifted on the table since the planning scan."""

from __future__ import annotations

import numpy as np

SHIFT_SD_MM = (1.0, 0.5, 1.5)  # assumption: x, y, z of a rigid shift between planning and the first press
SHIFT_LIMIT_SD = 2.0


def shift_since_planning_mm(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw a rigid shift of the patient, x y z in mm."""
    drawn = np.clip(rng.standard_normal(3), -SHIFT_LIMIT_SD, SHIFT_LIMIT_SD) * np.array(SHIFT_SD_MM)
    return (round(float(drawn[0]), 3), round(float(drawn[1]), 3), round(float(drawn[2]), 3))
