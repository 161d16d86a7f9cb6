"""Detector: from line integrals to signal, and from noisy signal to water-equivalent paths.

Signals are shares of the air scan, so that a value of 1 is an open beam in its own column behind the
bow-tie. The detector integrates energy. Quantum noise is that of a compound Poisson process, electronic
noise is added, and both enter as one normal deviate per slice, view and column. Scattered radiation adds quanta,
and so noise; what the scanner's own estimate of it leaves stays in the signal. Cross-talk and afterglow are not
modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.ct import detector_kernels as kernels
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.spectrum import Beam

DETECTIVE_EFFICIENCY = 0.82
"""Share of the tabled fluence that counts. Calibrated, not measured: it puts the noise at the centre of 20 cm
of water at 7.6 HU (120 kV, 223 mAs, 1 mm, standard kernel, whose MTF of the whole system is 0.5 at 3.5 lp/cm)."""

ELECTRONIC_QUANTA = 7.0
"""Electronic noise of one reading in quanta behind open beam; assumption, middle of the range 5 to 10."""

_REFERENCE_ROW_MM = 1000.0
_WATER_ORDER = 6
_LONGEST_WATER_MM = 520.0
_STEEL_PATH_STEP = 0.2
_STEEL_STEP_MM = 0.0625


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scattered:
    """Scattered radiation behind one slice.

    Attributes:
        nodes: scattered signal as a share of the air signal, at angles spread evenly over the rotation
            [shape=(node, column), float32]
        amount: how much of that there is
        left_share: the part of it that the scanner's correction leaves in the signal
    """

    nodes: NDArray[np.float32]
    amount: float
    left_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """The detector in one beam; columns differ by the bow-tie filter. Compared by identity.

    Attributes:
        share: signal share of each energy bin behind the bow-tie [shape=(bin, column), float32], sums to 1
        mu_per_mm: attenuation of the basis materials [shape=(basis, bin), float32]
        water: polynomials from -log(signal) to mm of water, highest order first [shape=(order + 1, column)]
        beyond_water: -log(signal) where the polynomial ends, and the slope from there on [shape=(2, column)]
        quantum_variance: variance per signal, times absorbed quanta in air, as a line in -log(signal)
            [shape=(2, column)]
        quanta_per_mm_mas: quanta that count, per mm slice, mAs and reading in air [shape=(column,)]
        steel_table: share of the signal that remains when steel replaces water [shape=(path, steel), float32]
        steel_path_step: step of -log(signal), bow-tie included, along the table's first axis, from 0
        steel_step_mm: step of the steel length along its second axis, from 0
        filter_log: -log of what the bow-tie lets through [shape=(column,), float32]
    """

    share: NDArray[np.float32]
    mu_per_mm: NDArray[np.float32]
    water: NDArray[np.float32]
    beyond_water: NDArray[np.float32]
    quantum_variance: NDArray[np.float32]
    quanta_per_mm_mas: NDArray[np.float64]
    steel_table: NDArray[np.float32]
    steel_path_step: float
    steel_step_mm: float
    filter_log: NDArray[np.float32]

    def transmission(self, lines: NDArray[np.float32], out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Expected signal behind line integrals (basis, view, column), shape (view, column), float32."""
        if out is None:
            out = np.empty(lines.shape[1:], np.float32)
        kernels.transmission(lines, self.mu_per_mm, self.share, out)
        return out

    def water_path(
        self,
        signal: NDArray[np.float32],
        out: NDArray[np.float32],
        *,
        scattered: Scattered | None = None,
        beam_on: NDArray[np.float32] | None = None,
        mas: float,
        slice_thickness_mm: float,
        noise_key: int | None,
        slice_index: int,
    ) -> None:
        """Measure one slice's signal (view, column) and write mm of water to `out`, same shape.

        Args:
            scattered: radiation that reaches the detector besides the signal; None for none
            beam_on: tube output of each view over what is set [shape=(view,), float32]; None for 1 throughout
            mas: tube load of a whole turn at what is set
            noise_key: None measures without noise; otherwise key and slice index name the noise completely
        """
        views = signal.shape[0]
        if scattered is None:
            scattered = Scattered(nodes=np.zeros((1, signal.shape[1]), np.float32), amount=0.0, left_share=0.0)
        if beam_on is None:
            beam_on = np.ones(views, np.float32)
        quanta = self.quanta_per_mm_mas * (mas * slice_thickness_mm)
        # A reading below one quantum counts as one quantum: the log must not see zero
        floor = 1 / quanta if noise_key is not None else np.full(quanta.size, 1e-30)
        kernels.measure(
            signal,
            scattered.nodes,
            np.float32(scattered.amount),
            np.float32(scattered.left_share),
            beam_on,
            noise_key is not None,
            np.uint32(noise_key or 0),
            np.uint32(slice_index),
            (self.quantum_variance / quanta).astype(np.float32),
            ((ELECTRONIC_QUANTA / quanta) ** 2).astype(np.float32),
            floor.astype(np.float32),
            self.water,
            self.beyond_water,
            out,
        )


def detector(geometry: ScannerGeometry, beam: Beam) -> Detector:
    """Build the detector for one beam: bow-tie, water correction, noise and the steel table."""
    bow_tie = _bow_tie_mm(geometry, beam)
    open_signal = beam.signal[:, None] * np.exp(-beam.bow_tie_per_mm[:, None] * bow_tie)
    air = open_signal.sum(axis=0)
    share = open_signal / air
    # Quanta of each bin, from which mean energy and the compound variance follow
    quanta = (share / beam.energy_kev[:, None]).sum(axis=0)
    cell_mm2_per_mm = (
        geometry.column_pitch_mm
        * geometry.active_fraction
        * geometry.source_to_detector_mm
        / geometry.source_to_isocenter_mm
    )
    mean_energy = float(1 / (beam.signal / beam.energy_kev).sum())
    per_area = beam.absorbed_per_mm2_mas * (_REFERENCE_ROW_MM / geometry.source_to_detector_mm) ** 2
    absorbed = per_area * cell_mm2_per_mm / geometry.views * DETECTIVE_EFFICIENCY * air * mean_energy * quanta
    paths = np.linspace(0, _LONGEST_WATER_MM, 261)
    behind = share * np.exp(-beam.mu_per_mm[0, :, None] * paths[:, None, None])
    signal = behind.sum(axis=1)
    log = -np.log(signal)
    # variance of the signal = sum(quanta E^2) / (sum(quanta E))^2, and share ~ quanta E
    ratio = (behind * beam.energy_kev[:, None]).sum(axis=1) * quanta / signal
    slope = (paths[-1] - paths[-2]) / (log[-1] - log[-2])
    return Detector(
        share=np.ascontiguousarray(share, dtype=np.float32),
        mu_per_mm=np.ascontiguousarray(beam.mu_per_mm, dtype=np.float32),
        water=_polynomials(log, paths, _WATER_ORDER),
        beyond_water=np.stack([log[-1], slope]).astype(np.float32),
        quantum_variance=_polynomials(log, ratio, 1)[::-1].copy(),
        quanta_per_mm_mas=absorbed,
        steel_table=_steel_table(beam),
        steel_path_step=_STEEL_PATH_STEP,
        steel_step_mm=_STEEL_STEP_MM,
        filter_log=(-np.log(air)).astype(np.float32),
    )


def _bow_tie_mm(geometry: ScannerGeometry, beam: Beam) -> NDArray[np.float64]:
    """PTFE path in each column; the same piece of plastic at every voltage, so 70 keV decides its shape."""
    radius = geometry.bow_tie_water_mm / 2
    t = geometry.source_to_isocenter_mm * np.sin(geometry.column_angles_rad)
    missing = 2 * radius - 2 * np.sqrt(np.maximum(radius**2 - t**2, 0))
    return np.asarray(geometry.bow_tie_share * missing * _WATER_TO_PTFE)


_WATER_TO_PTFE = 0.1929 / 0.38097
"""Attenuation of water over that of PTFE (2.2 g/cm3) at 70 keV."""


def _polynomials(x: NDArray[np.float64], y: NDArray[np.float64], order: int) -> NDArray[np.float32]:
    """Least-squares polynomials through the columns of x (n, column), highest order first; exact at x[0]."""
    out = np.empty((order + 1, x.shape[1]), np.float32)
    for column in range(x.shape[1]):
        values = y if y.ndim == 1 else y[:, column]
        design = x[:, column, None] ** np.arange(1, order + 1)
        scale = design.max(axis=0)
        fit, *_ = np.linalg.lstsq(design / scale, values - values[0], rcond=None)
        out[:-1, column] = (fit / scale)[::-1]
        out[-1, column] = values[0]
    return out


def _steel_table(beam: Beam) -> NDArray[np.float32]:
    """Signal left when steel takes the place of water, over -log(signal) before and the steel's length.

    What lies before the steel is taken as water (the bow-tie's plastic hardens nearly alike), and what the
    bore holds as water too.
    """
    water = np.linspace(0, 900, 3000)
    log = -np.log((beam.signal * np.exp(-beam.mu_per_mm[0] * water[:, None])).sum(axis=1))
    path = np.arange(71) * _STEEL_PATH_STEP
    steel = np.arange(1281) * _STEEL_STEP_MM
    before = beam.signal * np.exp(-beam.mu_per_mm[0] * np.interp(path, log, water)[:, None])
    before /= before.sum(axis=1, keepdims=True)
    extra = beam.steel_per_mm - beam.mu_per_mm[0]
    return np.ascontiguousarray(before @ np.exp(-extra[:, None] * steel), dtype=np.float32)
