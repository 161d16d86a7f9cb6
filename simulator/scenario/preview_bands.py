"""Preview bands: the errors of what was derived of an imported CT, drawn over its pictures for the author."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.derived_bands import DURA_BAND, FLAVUM_BAND, derived_bands
from phantoms.phantom import Phantom
from simulator.interface.frame import Frame
from simulator.scenario.preview_axes import OUTLINE

COLOURS = {DURA_BAND: "#f06ec8", FLAVUM_BAND: "#fad75a"}
ALPHA = 0.55
_STEP_MM = 0.25
_HALF_MM = 10.0  # beside the canal's middle
_BACK_MM = 35.0  # behind the posterior wall
WORDS = "bands: error of the derived dura (pink) and flavum (yellow)"


def draw_axial_bands(axis: Axes, phantom: Phantom, frame: Frame, z_mm: float, middle_mm: tuple[float, float]) -> bool:
    """Lay the bands over an axial picture; returns whether the patient has any.

    Args:
        axis: that shows the slice, in pixels of the frame
        phantom: of the case
        frame: of the slice
        z_mm: of the slice, in the patient's frame
        middle_mm: x and y of the posterior wall there
    """
    if not isinstance(phantom.anatomy, CtAnatomy):
        return False
    x = middle_mm[0] + np.arange(-_HALF_MM, _HALF_MM, _STEP_MM)
    y = middle_mm[1] + np.arange(0.0, _BACK_MM, _STEP_MM)
    across, behind = (q.ravel() for q in np.meshgrid(x, y))
    inside = derived_bands(phantom.anatomy, np.column_stack([across, behind, np.full_like(across, z_mm)]))
    ends = [frame.pixel_of(px, py) for px, py in ((x[0], y[0]), (x[-1], y[-1]))]
    extent = (float(ends[0][1]), float(ends[1][1]), float(ends[0][0]), float(ends[1][0]))
    _lay(axis, inside.reshape(len(y), len(x)), extent)
    return True


def draw_sagittal_bands(
    axis: Axes, phantom: Phantom, middle_x_mm: list[float], z_mm: NDArray[np.float64], across_mm: tuple[float, float]
) -> bool:
    """Lay the bands over a sagittal reformat, the head up and the back on the right; returns whether there are any.

    Args:
        axis: that shows the reformat, in mm across and along
        phantom: of the case
        middle_x_mm: x of the reformat at each of its heights
        z_mm: of these heights
        across_mm: y in the patient's frame at its left and its right edge
    """
    if not isinstance(phantom.anatomy, CtAnatomy):
        return False
    heights = np.arange(float(z_mm.min()), float(z_mm.max()), _STEP_MM)
    order = np.argsort(z_mm)
    x = np.interp(heights, z_mm[order], np.asarray(middle_x_mm)[order])
    y = np.arange(min(across_mm), max(across_mm), _STEP_MM)
    points = np.column_stack([np.repeat(x, len(y)), np.tile(y, len(heights)), np.repeat(heights, len(y))])
    inside = derived_bands(phantom.anatomy, points).reshape(len(heights), len(y))
    left = across_mm[0]
    extent = (abs(y[0] - left), abs(y[-1] - left), float(heights[0]), float(heights[-1]))
    _lay(axis, inside, extent)
    axis.text(
        0.5, 0.09, WORDS, transform=axis.transAxes, color="#e9edf1", ha="center", fontsize=8, path_effects=[OUTLINE]
    )
    return True


def _lay(axis: Axes, inside: NDArray[np.uint8], extent: tuple[float, float, float, float]) -> None:
    """Paint bands over a picture whose limits stay; the first row of `inside` lies at the extent's third number."""
    limits = axis.get_xlim(), axis.get_ylim()
    rgba = np.zeros((*inside.shape, 4))
    for band, colour in COLOURS.items():
        red, green, blue = (int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5))
        rgba[inside == band] = (red, green, blue, ALPHA)
    axis.imshow(rgba, extent=extent, origin="lower", interpolation="nearest", aspect=axis.get_aspect())
    axis.set_xlim(limits[0])
    axis.set_ylim(limits[1])
