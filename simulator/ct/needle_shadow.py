"""Needle shadow: what a steel tube takes from the beam, averaged as the detector averages it.

Intensities are averaged, not line integrals, over the detector cell and over the slice's thickness: the dark
streaks beyond the tip come from there. Chords through the tube's straight pieces are closed forms. The bevel
is not modelled (the tube ends flat), nor the wedge of less than 0.01 mm at a joint of two pieces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.ct import needle_shadow_kernels as kernels
from simulator.ct.detector import Detector
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.needle_chord_kernels import HeightNodes, SteelPieces
from simulator.ct.needle_sheet_kernels import Slab
from simulator.spatial.arrays import FloatArray, SingleArray
from simulator.spatial.polyline import simplified_indices

_CELL_SAMPLES = 3
_HEIGHT_NODES = 6
_SHAFT_ANGLES = 97
_SHAFT_HEIGHTS = 33
_STRAIGHT_ENOUGH_MM = 0.02
_SHORTEST_MM = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class SteelTube:
    """A needle as the beam meets it.

    Attributes:
        points_mm: centre line, tip first, in the patient's frame [shape=(n, 3), float64]
        outer_diameter_mm: outside diameter
        bore_diameter_mm: inside diameter; 0 where a stylet fills the bore
    """

    points_mm: FloatArray
    outer_diameter_mm: float
    bore_diameter_mm: float = 0.0

    def __post_init__(self) -> None:
        points = np.array(self.points_mm, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 3 or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError("a steel tube needs two or more finite points of x, y, z")
        if not 0 <= self.bore_diameter_mm < self.outer_diameter_mm:
            raise ValueError(
                f"the bore of {self.bore_diameter_mm} mm must be smaller than the tube's "
                f"outer diameter of {self.outer_diameter_mm} mm"
            )
        points.flags.writeable = False
        object.__setattr__(self, "points_mm", points)


def straight_pieces(tube: SteelTube) -> FloatArray:
    """Start, unit axis and length of the tube's straight pieces, shape (n, 7).

    Points that lie within 0.02 mm of the chord between others are dropped.
    """
    points = tube.points_mm[simplified_indices(tube.points_mm, _STRAIGHT_ENOUGH_MM)]
    along = np.diff(points, axis=0)
    length = np.linalg.norm(along, axis=1)
    used = length > _SHORTEST_MM
    axis = along[used] / length[used, None]
    return np.concatenate([points[:-1][used], axis, length[used, None]], axis=1)


def project_needle(
    tube: SteelTube,
    signal: SingleArray,
    *,
    slice_center_mm: float,
    slice_thickness_mm: float,
    isocenter_mm: tuple[float, float],
    geometry: ScannerGeometry,
    detector: Detector,
) -> int:
    """Multiply one slice's signal by the tube's mean transmission, in place; return how many rays it crossed.

    Args:
        signal: fraction of the air signal behind everything else [shape=(view, column), float32]
        slice_center_mm, slice_thickness_mm: the slab over which intensities are averaged
        isocenter_mm: x, y of the isocentre in the patient's frame
    """
    pieces = straight_pieces(tube)
    pieces[:, 0] -= isocenter_mm[0]
    pieces[:, 1] -= isocenter_mm[1]
    low, high = slice_center_mm - slice_thickness_mm / 2, slice_center_mm + slice_thickness_mm / 2
    reach = tube.outer_diameter_mm / 2
    ends = tube.points_mm[:, 2]
    if not len(pieces) or ends.max() + reach < low or ends.min() - reach > high:
        return 0
    nodes, weights = np.polynomial.legendre.leggauss(_HEIGHT_NODES)
    cell = geometry.column_angle_rad * geometry.active_fraction
    offsets = ((np.arange(_CELL_SAMPLES) + 0.5) / _CELL_SAMPLES - 0.5) * cell
    angles = geometry.column_angles_rad[:, None] + offsets
    touched = np.zeros(signal.shape[0], np.int64)
    kernels.project_needle(
        SteelPieces(segments=pieces, outer_radius=reach, bore_radius=tube.bore_diameter_mm / 2),
        Slab(low=low, high=high),
        kernels.FanRays(
            source_radius=geometry.source_to_isocenter_mm,
            column_angles=geometry.column_angles_rad,
            cell_sine=np.sin(angles),
            cell_cosine=np.cos(angles),
        ),
        HeightNodes(nodes=nodes, weights=weights),
        kernels.SteelTransmission(
            filter_log=detector.filter_log,
            steel=detector.steel_table,
            shaft=_shaft_table(detector, tube.outer_diameter_mm, tube.bore_diameter_mm),
            path_step=detector.steel_path_step,
            steel_step=detector.steel_step_mm,
        ),
        touched,
        signal,
    )
    return int(touched.sum())


@lru_cache(maxsize=8)
def _shaft_table(detector: Detector, outer_diameter_mm: float, bore_diameter_mm: float) -> SingleArray:
    """What an endless shaft takes from a ray's vertical sheet, integrated over the height from the axis on.

    The sheet cuts the tube in an ellipse. With u the height as a fraction of half the ellipse's, and q the sine of
    the angle between ray and shaft, the chord is d / q sqrt(1 - u^2), less the bore's.

    Returns:
        integral of (fraction that remains - 1) over u from 0 [shape=(path, q, u), float32]; q and u from 0 to 1
    """
    remains = detector.steel_table
    q = np.maximum(np.linspace(0, 1, _SHAFT_ANGLES), 1e-6)[:, None, None]
    edges = np.linspace(0, 1, _SHAFT_HEIGHTS)
    nodes, weights = np.polynomial.legendre.leggauss(_HEIGHT_NODES)
    width = edges[1] - edges[0]
    u = edges[:-1, None] + 0.5 * width * (1 + nodes)
    bore = (bore_diameter_mm / outer_diameter_mm) ** 2
    steel = outer_diameter_mm / q * (np.sqrt(1 - u * u) - np.sqrt(np.maximum(bore - u * u, 0)))
    place = np.minimum(steel / detector.steel_step_mm, remains.shape[1] - 1.001)
    index = place.astype(np.int64)
    fraction = (place - index).astype(np.float32)
    table = np.zeros((remains.shape[0], _SHAFT_ANGLES, _SHAFT_HEIGHTS), np.float32)
    for path, row in enumerate(remains):
        lost = row[index] + fraction * (row[index + 1] - row[index]) - 1
        table[path, :, 1:] = np.cumsum(lost @ (0.5 * width * weights), axis=-1)
    return table
