"""Grey pictures: Hounsfield units through a window to 8 bits, and 8 bits to PNG."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class GreyWindow:
    """Hounsfield units that a picture shows from black to white."""

    width_hu: float
    level_hu: float

    @property
    def text(self) -> str:
        """As consoles print it."""
        return f"W {self.width_hu:g} L {self.level_hu:g}"


PRESETS: Mapping[str, GreyWindow] = {
    "guide": GreyWindow(width_hu=1000.0, level_hu=200.0),
    "soft": GreyWindow(width_hu=350.0, level_hu=50.0),
    "myelo": GreyWindow(width_hu=2000.0, level_hu=500.0),
}


def grey(hu: NDArray[np.float32], window: GreyWindow) -> NDArray[np.uint8]:
    """HU of any shape as 8-bit grey; ValueError where the window has no width."""
    if not window.width_hu > 0:
        raise ValueError(f"a window must be wider than 0 HU, not {window.width_hu}")
    low = window.level_hu - 0.5 * window.width_hu
    scaled = (hu - np.float32(low)) * np.float32(255.0 / window.width_hu)
    return np.asarray(np.rint(np.clip(scaled, 0.0, 255.0)), np.uint8)


def png_data_uri(pixels: NDArray[np.uint8]) -> str:
    """8-bit grey pixels [shape=(row, column)] as a data URI that an HTML image can show."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=9)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
