"""Injectate: what is in the syringe, and how long blood stays liquid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.tissues import blood_with_contrast
from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Injectate:
    """Blood and contrast in one syringe, mL of each (contrast of 250 mg I/mL)."""

    blood_ml: float
    contrast_ml: float

    @property
    def volume_ml(self) -> float:
        """All of it."""
        return self.blood_ml + self.contrast_ml

    def densities(self) -> FloatArray:
        """Densities of the basis materials, shape (basis,)."""
        return np.array(blood_with_contrast(self.blood_ml, self.contrast_ml).basis)

    def portion(self, volume_ml: float) -> Injectate:
        """The part of this syringe that makes up a volume."""
        part = volume_ml / self.volume_ml
        return Injectate(blood_ml=self.blood_ml * part, contrast_ml=self.contrast_ml * part)
