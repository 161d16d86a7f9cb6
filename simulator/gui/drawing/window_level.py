"""Window level: which HU are black and which are white, as DICOM's window width and window centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

Hounsfield = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLevel:
    """Grey window; width and level in HU."""

    name: str
    width_hu: float
    level_hu: float
    inverted: bool = False

    @property
    def words(self) -> str:
        """As consoles print it."""
        return f"W {self.width_hu:.0f}  L {self.level_hu:.0f}{'  inv.' if self.inverted else ''}"


WINDOW_PRESETS = (
    WindowLevel(name="Guide", width_hu=1600, level_hu=400),  # sac, collection and tissue must be told apart
    WindowLevel(name="Soft", width_hu=350, level_hu=40),
    WindowLevel(name="Bone", width_hu=2000, level_hu=400),
    WindowLevel(name="Myelo", width_hu=2000, level_hu=500),
)

DIFFERENCE_WINDOW = WindowLevel(name="Difference", width_hu=600, level_hu=0)  # nothing gained is mid-grey


def round_to_hounsfield(image: NDArray[np.floating]) -> Hounsfield:
    """Whole HU for the screen, half the memory."""
    return np.asarray(np.rint(np.clip(image, -32768, 32767)), np.int16)


def grey(image: Hounsfield, window: WindowLevel) -> NDArray[np.uint8]:
    """Grey values of an image in a window."""
    low = window.level_hu - window.width_hu / 2
    scaled = (image.astype(np.float32) - low) * (255.0 / window.width_hu)
    shown = np.asarray(np.clip(scaled, 0.0, 255.0), np.uint8)
    return np.asarray(255 - shown, np.uint8) if window.inverted else shown


def grey_surface(values: NDArray[np.uint8]) -> pygame.Surface:
    """A surface of grey values [shape=(row, column)]."""
    rgb = np.repeat(values[:, :, None], 3, axis=2)
    return pygame.image.frombuffer(rgb.tobytes(), (values.shape[1], values.shape[0]), "RGB")
