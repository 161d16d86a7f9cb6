"""Names of the arrays that many files pass around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Numbers in double precision, of any shape."""

SingleArray = NDArray[np.float32]
"""Numbers in single precision, of any shape: images, projections, weights."""

IndexArray = NDArray[np.int64]
"""Places in another array, of any shape."""

BoolArray = NDArray[np.bool_]
"""Where something holds, of any shape."""
