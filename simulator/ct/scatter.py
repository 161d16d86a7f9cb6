"""Scatter: radiation that leaves its ray in the patient and still reaches the detector.

A cell receives scatter from all rays of its view: each sends out in proportion to p exp(-p), which is what is
scattered on the way in and survives the way out, and that is spread widely along the columns. Source of the form:
Ohnesorge, Flohr and Klingenbeck-Regn 1999, doi 10.1007/s003300050710; the XCIST simulator's convolution model has
the same (github.com/xcist/main, gecatsim/pyfiles/Scatter_ConvolutionModel.py). Coherent peaks, a grid's shadow, and
the needle's own part are not modelled: a needle takes a thousandth of the beam.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from simulator.ct.detector import Detector
from simulator.ct.geometry import ScannerGeometry
from simulator.spatial.arrays import SingleArray

REFERENCE_COLLIMATION_MM = 40.0
REFERENCE_WATER_MM = 350.0
REFERENCE_KV = 120

_VIEWS_PER_NODE = 20
_COLUMNS_PER_NODE = 16
_LEAST_NODES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterModel:
    """How much scatter reaches the detector, and how well the scanner takes it off.

    Attributes:
        ratio: scatter over primary at the centre of 350 mm of water, 40 mm collimation, 120 kV. 0.15 is what the
            XCIST simulator states for its model of a third-generation scanner with an anti-scatter grid; a
            fourth-generation scanner's body scans had 0.05 in a single slice (Johns and Yaffe 1982, doi
            10.1118/1.595076). Amount goes in proportion to the collimation
        spread_mm: standard deviation of the spread along the columns, at the isocentre; assumption
        residual_fraction: part of the scatter that the scanner's estimate misses; assumption
    """

    ratio: float = 0.15
    spread_mm: float = 60.0
    residual_fraction: float = 0.05


CORRECTED_SCATTER = ScatterModel()


class ScatterField:
    """Scattered signal of slices in one scanner."""

    def __init__(self, model: ScatterModel, geometry: ScannerGeometry, reference: Detector) -> None:
        """Calibrate the amount.

        Args:
            reference: the detector at 120 kV
        """
        self._geometry = geometry
        spread_rad = model.spread_mm / geometry.source_to_isocenter_mm
        self._nodes = max(_LEAST_NODES, geometry.columns // _COLUMNS_PER_NODE)
        self._spread = spread_rad / (geometry.column_angle_rad * geometry.columns / self._nodes)
        self._scale = 1.0
        water = np.zeros((3, 1, geometry.columns), np.float32)
        chord = geometry.source_to_isocenter_mm * np.sin(geometry.column_angles_rad)
        water[0, 0] = 2 * np.sqrt(np.maximum((REFERENCE_WATER_MM / 2) ** 2 - chord**2, 0))
        primary = reference.transmission(water)
        middle = geometry.columns // 2
        self._scale = model.ratio * float(primary[0, middle] / self._scattered_in_views(primary, reference)[0, middle])

    def scattered_signal(self, signal: SingleArray, detector: Detector) -> SingleArray:
        """Scattered signal at the reference's collimation, as a fraction of the air signal.

        Args:
            signal: primary signal as a fraction of the air signal [shape=(view, column), float32]

        Returns:
            at some twenty views to a node, from view 0 on [shape=(node, column), float32, read-only]
        """
        views = signal.shape[0]
        nodes = max(_LEAST_NODES, views // _VIEWS_PER_NODE)
        chosen = np.rint(np.arange(nodes) * views / nodes).astype(int)
        scattered = self._scattered_in_views(signal[chosen], detector)
        scattered.flags.writeable = False
        return scattered

    def scattered_in_rows(self, signal: SingleArray, detector: Detector) -> SingleArray:
        """The same for every row of a scout, whose rows stand in the place of views [shape=(row, column), float32]."""
        scattered = self._scattered_in_views(signal, detector)
        scattered.flags.writeable = False
        return scattered

    def _scattered_in_views(self, signal: SingleArray, detector: Detector) -> SingleArray:
        columns = self._geometry.columns
        t = np.clip(signal.astype(np.float64), 1e-30, 1.0)
        # The bow-tie decides how much enters along a ray; the signal is a fraction of that
        open_beam = np.exp(-detector.filter_log.astype(np.float64))
        source = open_beam * t * -np.log(t)
        edges = np.linspace(0, columns, self._nodes + 1).astype(int)
        coarse = np.add.reduceat(source, edges[:-1], axis=1) / np.diff(edges)
        spread = gaussian_filter1d(coarse, self._spread, axis=1, mode="constant", truncate=4.0)
        centres = (edges[:-1] + edges[1:] - 1) / 2
        fine = np.stack([np.interp(np.arange(columns), centres, row) for row in spread])
        return np.asarray(self._scale * fine / open_beam, dtype=np.float32)
