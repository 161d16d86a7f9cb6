"""Inner loop of the needle overlay: a rod as many small pieces, each a Gaussian in the slice that holds it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit
from simulator.ct.needle_sheet_kernels import Slab


class Rod(NamedTuple):
    """A rod as straight pieces and points of its cross-section, mm.

    Attributes:
        pieces: start x, y, z, unit axis x, y, z and length of each [shape=(n, 7), float64]
        offset: points of the cross-section [shape=(m, 2), float64]
        fraction: of the cross-section that each stands for [shape=(m,), float64]
        step: into which a piece is cut at most
        amount: what a millimetre gives
    """

    pieces: NDArray[np.float64]
    offset: NDArray[np.float64]
    fraction: NDArray[np.float64]
    step: float
    amount: float


class PixelView(NamedTuple):
    """Where x = y = 0 is shown, and the width of a pixel in mm; rows run towards -y and columns towards -x."""

    row_of_zero: float
    column_of_zero: float
    pixel: float


class GaussianBlur(NamedTuple):
    """A Gaussian of sum 1: its sigma in pixels, and the sigmas at which it is cut off."""

    sigma: float
    reach: float


@njit(cache=True, nogil=True, error_model="numpy")
def add_rod(rod: Rod, slab: Slab, view: PixelView, blur: GaussianBlur, out: NDArray[np.float32]) -> None:
    """Add a rod to one slice (row, column).

    A millimetre of rod gives `rod.amount` spread over the Gaussian.
    """
    pieces, offset, fraction, step, amount = rod
    low, high = slab
    row_of_zero, column_of_zero, pixel = view
    sigma, reach = blur
    rows, columns = out.shape
    size = math.ceil(reach * sigma) + 1
    along_row = np.empty(2 * size + 1, np.float64)
    along_column = np.empty(2 * size + 1, np.float64)
    for n in range(pieces.shape[0]):
        ax = pieces[n, 3]
        ay = pieces[n, 4]
        az = pieces[n, 5]
        # Two directions across the rod
        if abs(az) < 0.9:
            norm = math.sqrt(ax * ax + ay * ay)
            ux, uy, uz = -ay / norm, ax / norm, 0.0
        else:
            norm = math.sqrt(ay * ay + az * az)
            ux, uy, uz = 0.0, -az / norm, ay / norm
        wx, wy, wz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
        count = max(1, math.ceil(pieces[n, 6] / step))
        part = pieces[n, 6] / count
        for i in range(count):
            s = (i + 0.5) * part
            for j in range(offset.shape[0]):
                a = offset[j, 0]
                b = offset[j, 1]
                z = pieces[n, 2] + s * az + a * uz + b * wz
                if z < low or z >= high:
                    continue
                row = row_of_zero - (pieces[n, 1] + s * ay + a * uy + b * wy) / pixel
                column = column_of_zero - (pieces[n, 0] + s * ax + a * ux + b * wx) / pixel
                r0 = math.floor(row + 0.5) - size
                c0 = math.floor(column + 0.5) - size
                if r0 + 2 * size < 0 or r0 >= rows or c0 + 2 * size < 0 or c0 >= columns:
                    continue
                total_row = 0.0
                total_column = 0.0
                for k in range(2 * size + 1):
                    along_row[k] = math.exp(-0.5 * ((r0 + k - row) / sigma) ** 2)
                    along_column[k] = math.exp(-0.5 * ((c0 + k - column) / sigma) ** 2)
                    total_row += along_row[k]
                    total_column += along_column[k]
                weight = amount * part * fraction[j] / (total_row * total_column)
                for k in range(max(0, -r0), min(2 * size + 1, rows - r0)):
                    value = weight * along_row[k]
                    for m in range(max(0, -c0), min(2 * size + 1, columns - c0)):
                        out[r0 + k, c0 + m] += np.float32(value * along_column[m])
