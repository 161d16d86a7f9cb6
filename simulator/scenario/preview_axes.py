"""Preview axes: images of a case as they are drawn for its author, with marks of orientation."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from simulator.interface.frame import Frame

GreyLevels = tuple[float, float]
"""Width and level of what is shown between black and white, HU."""

MYELOGRAM: GreyLevels = (2000.0, 500.0)
BONE: GreyLevels = (1600.0, 400.0)
SOFT_TISSUE: GreyLevels = (800.0, 150.0)
CLOSE_MM = 90.0  # side of a close-up
OUTLINE = withStroke(linewidth=2.5, foreground="black")
GROUND, INK, DIM, MARK = "#0a0c0f", "#e9edf1", "#9aa4af", "#ffc233"


def axial(axis: Axes, frame: Frame, index: int, window: GreyLevels, title: str) -> None:
    """Show one slice as acquired: posterior up, the patient's left on the left."""
    _bare(axis, title)
    axis.imshow(frame.hu[index], cmap="gray", vmin=window[1] - window[0] / 2, vmax=window[1] + window[0] / 2)
    _marks(axis, top="P", left="L", right="R")


def close_up(axis: Axes, frame: Frame, x_mm: float, y_mm: float, side_mm: float = CLOSE_MM) -> None:
    """Show the surroundings of a place of the frame alone, the place below the middle."""
    row, column = frame.pixel_of(x_mm, y_mm)
    half = 0.5 * side_mm / frame.pixel_spacing_mm
    axis.set_xlim(column - half, column + half)
    axis.set_ylim(row + 0.6 * half, row - 1.4 * half)


def reformat(
    axis: Axes, image: NDArray[np.float32], frame: Frame, z_mm: NDArray[np.float64], window: GreyLevels, title: str,
    sides: tuple[str, str],
) -> None:  # fmt: skip
    """Show a reformat, the head up.

    Args:
        image: [shape=(z, across)] HU
        z_mm: of its rows
        sides: letters of orientation at its left and right
    """
    half = abs(float(z_mm[1] - z_mm[0])) / 2 if len(z_mm) > 1 else frame.slice_thickness_mm / 2
    width = image.shape[1] * frame.pixel_spacing_mm
    _bare(axis, title)
    axis.imshow(
        image, cmap="gray", vmin=window[1] - window[0] / 2, vmax=window[1] + window[0] / 2, interpolation="bicubic",
        extent=(0.0, width, float(z_mm[-1]) - half, float(z_mm[0]) + half), aspect="equal",
    )  # fmt: skip
    _marks(axis, top="H", left=sides[0], right=sides[1], bottom="F")


def _marks(axis: Axes, *, top: str, left: str, right: str, bottom: str = "") -> None:
    for x, y, text in ((0.5, 0.97, top), (0.02, 0.5, left), (0.98, 0.5, right), (0.5, 0.03, bottom)):
        axis.text(
            x, y, text, transform=axis.transAxes, color=INK, ha="center", va="center", fontsize=12, weight="bold",
            path_effects=[OUTLINE],
        )  # fmt: skip


def _bare(axis: Axes, title: str) -> None:
    axis.set_facecolor("black")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_title(title, color=DIM, fontsize=11)


def say(axis: Axes, text: str, size: float = 11.0) -> None:
    """Show words in the place of an image."""
    axis.axis("off")
    axis.text(0.02, 0.97, text, transform=axis.transAxes, color=INK, va="top", fontsize=size, linespacing=1.5)
