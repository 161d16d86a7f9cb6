"""The side from which a scout is taken."""

from __future__ import annotations

from enum import StrEnum


class ScoutOrientation(StrEnum):
    """How the beam of a scout goes through the patient.

    Frontal scouts are shown from the feet as the axial images are: the patient's left is on the picture's left.
    """

    POSTEROANTERIOR = "PA"
    ANTEROPOSTERIOR = "AP"
    LATERAL = "lateral"
