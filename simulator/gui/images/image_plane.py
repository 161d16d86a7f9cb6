"""Image plane: the three planes through a scan."""

from __future__ import annotations

from enum import StrEnum


class ImagePlane(StrEnum):
    """Orientation of a plane through a scan."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
