"""Gel: an anatomy that is one tissue below a flat skin, with bone or dura where a test puts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label
from simulator.spatial.frames import PatientPoint

FAR_MM = 1000.0


@dataclass(frozen=True, kw_only=True)
class Gel:
    """One tissue below y = 0; a sheet of bone at a depth."""

    label_below: int = Label.MUSCLE
    bone_depth_mm: float = FAR_MM

    def _far(self, points: np.ndarray) -> np.ndarray:
        return np.full(len(points), FAR_MM)

    def dura_mm(self, points_mm: np.ndarray) -> np.ndarray:
        return self._far(points_mm)

    def neural_mm(self, points_mm: np.ndarray) -> np.ndarray:
        return self._far(points_mm)

    def cord_mm(self, points_mm: np.ndarray) -> np.ndarray:
        return self._far(points_mm)

    def bone_mm(self, points_mm: np.ndarray) -> np.ndarray:
        return points_mm[:, 1] + self.bone_depth_mm

    def skin_mm(self, points_mm: np.ndarray) -> np.ndarray:
        return points_mm[:, 1]

    def label(self, points_mm: np.ndarray) -> np.ndarray:
        return np.full(len(points_mm), self.label_below, np.uint8)

    def zone(self, points_mm: np.ndarray) -> np.ndarray:
        return np.zeros(len(points_mm), np.uint8)

    def level(self, point: PatientPoint) -> str:
        return "L3/4"

    def epidural_depth_mm(self, point: PatientPoint) -> float:
        return 5.0
