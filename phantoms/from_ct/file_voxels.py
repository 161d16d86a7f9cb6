"""The voxels of a file along its own axes: where one lies in the patient, however it is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint, patient_point

_TOWARDS = {"L": (0, 1.0), "R": (0, -1.0), "P": (1, 1.0), "A": (1, -1.0), "S": (2, 1.0), "I": (2, -1.0)}


@dataclass(frozen=True, slots=True)
class FileVoxels:
    """Voxels as a file has them.

    Attributes:
        lps: affine from the file's indices (i, j, k) to LPS, mm
        shape: voxels along i, j and k
    """

    lps: FloatArray
    shape: tuple[int, int, int]

    def place(self, direction: str, index: Sequence[float]) -> PatientPoint:
        """A point that is counted in voxels along axes that run towards some sides of the patient.

        Args:
            direction: a letter of L, R, A, P, S, I for each axis: towards which side the count grows ("PIR")
            index: the counts, from 0

        Raises:
            ValueError: the letters name no three axes.
        """
        axes = [_TOWARDS[letter] for letter in direction if letter in _TOWARDS]
        if len(axes) != 3 or {axis for axis, _ in axes} != {0, 1, 2}:
            raise ValueError(direction)
        along = np.abs(self.lps[:3, :3]).argmax(axis=1)  # the file's axis nearest to each of the patient's
        own = np.zeros(3)
        for (axis, sign), count in zip(axes, index, strict=True):
            i = int(along[axis])
            forwards = np.sign(self.lps[axis, i]) == sign
            own[i] = count if forwards else self.shape[i] - 1 - count
        return patient_point(self.lps[:3, :3] @ own + self.lps[:3, 3])
