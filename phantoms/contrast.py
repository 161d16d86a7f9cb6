"""Iodine in the cerebrospinal fluid: by height along the spine and time since the myelogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.leak import PunctureSite


@dataclass(frozen=True, slots=True, kw_only=True)
class MyelogramParameters:
    """State of the myelogram when the patient comes to the patch (reference section 1.5, assumptions).

    Attributes:
        lumbar_iodine_mg_per_ml: at the level of injection after mixing, 35-60
        gradient_per_mm: k of exp(-k dz) towards the head; 0.0022 leaves a third at C1
        remaining: part that is left after the wait, 0.6-1.0 at 3 h
        puncture_site: contrast outside the dura where it was injected; None where there is none
    """

    lumbar_iodine_mg_per_ml: float
    gradient_per_mm: float
    remaining: float
    puncture_site: PunctureSite | None = None


def csf_iodine_mg_per_ml(
    s_mm: NDArray[np.float64], injected_at_s_mm: float, myelogram: MyelogramParameters
) -> NDArray[np.float64]:
    """Iodine within the sac along the spine, c = c_lumbar exp(-k |dz|) times what is left [shape of s_mm]."""
    distance = np.abs(s_mm - injected_at_s_mm)
    decay = np.exp(-myelogram.gradient_per_mm * distance)
    return np.asarray(myelogram.lumbar_iodine_mg_per_ml * myelogram.remaining * decay)
