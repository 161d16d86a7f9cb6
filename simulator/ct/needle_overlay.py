"""Needle overlay: an image in which the steel is drawn as itself and throws no streaks; no scanner makes it.

For teaching. The patient is imaged without the needle, with the noise of the technique. The needle is added as a
scanner without beam hardening and without partial volume along the ray would show it: in each slice the fraction of the
volume that it fills times the HU of steel, through the Gaussian of the reconstruction kernel. So a needle that leaves
the slice still fades with its fraction of the slice, and its tip is where the steel ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.ct import needle_overlay_kernels as kernels
from simulator.ct.needle_shadow import SteelTube, straight_pieces
from simulator.ct.needle_sheet_kernels import Slab
from simulator.ct.reconstruction import KERNELS_LP_CM
from simulator.ct.scanner import Scanner
from simulator.ct.spectrum import beam
from simulator.interface.frame import Frame
from simulator.spatial.arrays import FloatArray, SingleArray

_BEHIND_WATER_MM = 200.0
"""As the reference's table of expected HU: solid steel 33067 HU at 120 kV."""

_STEP_MM = 0.1
_RINGS, _SPOKES = 3, 12
_REACH_SIGMAS = 4.5


def artefact_free_image(scanner: Scanner, *, needles: Sequence[SteelTube] = (), **settings: Any) -> Frame:
    """An image without metal artefacts.

    Args:
        needles: steel in the beam
        settings: all other arguments of `Scanner.image`

    Raises:
        ValueError: as `Scanner.image`.
    """
    frame = scanner.image(**settings)
    hu = frame.hu.copy()
    for needle in needles:
        add_steel(needle, frame, hu)
    hu.flags.writeable = False
    return replace(frame, hu=hu)


def add_steel(needle: SteelTube, frame: Frame, hu: SingleArray) -> None:
    """Add a needle's own image to slices [shape=(slice, row, column), float32], in place."""
    pieces = straight_pieces(needle)
    offset, fraction = _section(needle)
    half_at_per_mm = KERNELS_LP_CM[frame.kernel] / 10
    sigma_mm = math.sqrt(math.log(2) / 2) / (math.pi * half_at_per_mm)
    area_mm2 = math.pi / 4 * (needle.outer_diameter_mm**2 - needle.bore_diameter_mm**2)
    pixel_mm = frame.pixel_spacing_mm
    amount = steel_hu(frame.exposure.tube_voltage_kv) * area_mm2 / (frame.slice_thickness_mm * pixel_mm**2)
    row, column = frame.pixel_of(0.0, 0.0)
    for index, z in enumerate(frame.z_mm):
        kernels.add_rod(
            kernels.Rod(pieces=pieces, offset=offset, fraction=fraction, step=_STEP_MM, amount=amount),
            Slab(low=float(z) - frame.slice_thickness_mm / 2, high=float(z) + frame.slice_thickness_mm / 2),
            kernels.PixelView(row_of_zero=row, column_of_zero=column, pixel=pixel_mm),
            kernels.GaussianBlur(sigma=sigma_mm / pixel_mm, reach=_REACH_SIGMAS),
            hu[index],
        )


def steel_hu(tube_voltage_kv: int) -> float:
    """HU of solid steel, above the water whose place it takes, behind 200 mm of water."""
    spectrum = beam(tube_voltage_kv)
    behind = spectrum.signal * np.exp(-spectrum.mu_per_mm[0] * _BEHIND_WATER_MM)
    water = float((behind * spectrum.mu_per_mm[0]).sum())
    return 1000.0 * (float((behind * spectrum.steel_per_mm).sum()) / water - 1.0)


def _section(needle: SteelTube) -> tuple[FloatArray, FloatArray]:
    """Points of the steel's cross-section (n, 2), mm, and the fraction of its area that each stands for."""
    outer, bore = needle.outer_diameter_mm / 2, needle.bore_diameter_mm / 2
    # Rings of equal area, each by its middle in area
    area = (np.arange(_RINGS) + 0.5) / _RINGS
    radius = np.sqrt(bore**2 + area * (outer**2 - bore**2))
    turn = 2 * math.pi * (np.arange(_SPOKES) + 0.5) / _SPOKES
    points = np.stack([np.outer(radius, np.cos(turn)).ravel(), np.outer(radius, np.sin(turn)).ravel()], axis=1)
    return np.ascontiguousarray(points), np.full(len(points), 1 / len(points))
