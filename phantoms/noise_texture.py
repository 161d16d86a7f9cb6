"""Noise tile: one periodic block of smooth noise from which every texture is looked up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.paint_kernels import TILE


def noise_texture(seed: int) -> NDArray[np.float32]:
    """Periodic band-limited noise of zero mean and unit variance [shape=(TILE, TILE, TILE), float32].

    White noise under a Gaussian annulus in Fourier space (centre 0.10, width 0.07 cycles per sample).
    """
    size = TILE
    rng = np.random.default_rng(seed)
    f = np.fft.fftfreq(size)
    radius = np.sqrt(f[:, None, None] ** 2 + f[None, :, None] ** 2 + np.fft.rfftfreq(size)[None, None, :] ** 2)
    spectrum = np.fft.rfftn(rng.standard_normal((size, size, size)))
    tile = np.fft.irfftn(spectrum * np.exp(-(((radius - 0.10) / 0.07) ** 2)), s=(size, size, size), axes=(0, 1, 2))
    tile = (tile - tile.mean()) / tile.std()
    result = np.ascontiguousarray(tile, dtype=np.float32)
    result.setflags(write=False)
    return result
