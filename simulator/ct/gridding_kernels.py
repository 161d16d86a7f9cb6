"""What the kernels take that read or fill a grid of frequencies along rays through its origin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FrequencyRays(NamedTuple):
    """Samples f = 0, 1, ... along rays through the origin of a grid of frequencies, one ray for each angle.

    Attributes:
        step_row, step_column: from one sample to the next, in cells of the grid [shape=(angle,), float64]
        turn: by which the phase of a sample turns from one to the next, radians [shape=(angle,), float64]
    """

    step_row: NDArray[np.float64]
    step_column: NDArray[np.float64]
    turn: NDArray[np.float64]


class WindowTable(NamedTuple):
    """The interpolation window at distances 0, 1 / steps, ... of a cell.

    Attributes:
        values: [shape=(n,), float32]
        steps: to a cell
    """

    values: NDArray[np.float32]
    steps: int
