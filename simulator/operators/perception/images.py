"""Kinds of arrays that pixels come in, places in them, and the disc over which they are averaged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
"""HU of one slice [shape=(row, column)], or of a stack of slices [shape=(slice, row, column)]."""

Mask = NDArray[np.bool_]
"""Which pixels belong to something; shaped as the image."""

Profile = NDArray[np.float64]
"""Values along a line, or one value for each slice [shape=(n,)]."""


Band = NDArray[np.float32]
"""HU along a line across a slice [shape=(n,)]."""


class ImagePoint(NamedTuple):
    """A place in a slice, in pixels; rows run from the back to the front, columns from the patient's left."""

    row: float
    column: float


class ImageOffset(NamedTuple):
    """So many rows and columns from one place to another, or, of length one, a direction."""

    row: float
    column: float


def disc_footprint(radius: float) -> NDArray[np.float32]:
    """Ones within a radius of the middle, zeros around [shape=(n, n)]; the radius in pixels."""
    n = int(np.ceil(radius))
    y, x = np.mgrid[-n : n + 1, -n : n + 1]
    return np.asarray(np.hypot(x, y) <= radius, np.float32)
