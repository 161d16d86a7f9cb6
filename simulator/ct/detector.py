"""Detector: from line integrals to signal, and from noisy signal to water-equivalent paths.

Signals are fractions of the air scan, so that a value of 1 is an open beam in its own column behind the
bow-tie. The detector integrates energy. Scattered radiation adds quanta, and so noise (`quantum_noise`); what the
scanner's own estimate of it leaves stays in the signal. Cross-talk and afterglow are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.ct import quantum_noise_kernels, transmission_kernels
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.quantum_noise import absorbed_quanta_per_mm_mas, noise_source, quantum_variance
from simulator.ct.spectrum import Beam
from simulator.ct.steel_transmission import STEEL_PATH_STEP, STEEL_STEP_MM, steel_table
from simulator.ct.water_correction import column_polynomials
from simulator.spatial.arrays import FloatArray, SingleArray

_WATER_ORDER = 6
_LONGEST_WATER_MM = 520.0

_WATER_TO_PTFE = 0.1929 / 0.38097
"""Attenuation of water over that of PTFE (2.2 g/cm3) at 70 keV."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scattered:
    """Scattered radiation behind one slice.

    Attributes:
        nodes: scattered signal as a fraction of the air signal, at angles spread evenly over the rotation
            [shape=(node, column), float32]
        amount: how much of that there is
        residual_fraction: the part of it that the scanner's correction leaves in the signal
    """

    nodes: SingleArray
    amount: float
    residual_fraction: float


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """The detector in one beam; columns differ by the bow-tie filter. Compared by identity.

    Attributes:
        bin_fraction: signal of each energy bin behind the bow-tie [shape=(bin, column), float32], sums to 1
        mu_per_mm: attenuation of the basis materials [shape=(basis, bin), float32]
        water: polynomials from -log(signal) to mm of water, highest order first [shape=(order + 1, column)]
        beyond_water: -log(signal) where the polynomial ends, and the slope from there on [shape=(2, column)]
        quantum_variance: variance per signal, times absorbed quanta in air, as a line in -log(signal)
            [shape=(2, column)]
        quanta_per_mm_mas: quanta that count, per mm slice, mAs and reading in air [shape=(column,)]
        steel_table: fraction of the signal that remains when steel replaces water [shape=(path, steel), float32]
        steel_path_step: step of -log(signal), bow-tie included, along the table's first axis, from 0
        steel_step_mm: step of the steel length along its second axis, from 0
        filter_log: -log of what the bow-tie lets through [shape=(column,), float32]
    """

    bin_fraction: SingleArray
    mu_per_mm: SingleArray
    water: SingleArray
    beyond_water: SingleArray
    quantum_variance: SingleArray
    quanta_per_mm_mas: FloatArray
    steel_table: SingleArray
    steel_path_step: float
    steel_step_mm: float
    filter_log: SingleArray

    def transmission(self, lines: SingleArray, out: SingleArray | None = None) -> SingleArray:
        """Expected signal behind line integrals (basis, view, column), shape (view, column), float32."""
        if out is None:
            out = np.empty(lines.shape[1:], np.float32)
        by_column = np.ascontiguousarray(np.moveaxis(lines, 2, 1))  # as a projector has them in memory
        transmission_kernels.transmission(by_column, self.mu_per_mm, self.bin_fraction, out)
        return out

    def water_equivalent_path_length_mm(
        self,
        signal: SingleArray,
        out: SingleArray,
        *,
        scattered: Scattered | None = None,
        beam_on: SingleArray | None = None,
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
            scattered = Scattered(nodes=np.zeros((1, signal.shape[1]), np.float32), amount=0.0, residual_fraction=0.0)
        if beam_on is None:
            beam_on = np.ones(views, np.float32)
        quantum_noise_kernels.measure(
            _read_only(signal),
            quantum_noise_kernels.ScatterNodes(
                nodes=_read_only(scattered.nodes),
                amount=np.float32(scattered.amount),
                residual_fraction=np.float32(scattered.residual_fraction),
            ),
            noise_source(
                quanta=self.quanta_per_mm_mas * (mas * slice_thickness_mm),
                variance=self.quantum_variance,
                noise_key=noise_key,
                slice_index=slice_index,
            ),
            _read_only(beam_on),
            quantum_noise_kernels.WaterCorrection(coefficients=self.water, beyond=self.beyond_water),
            out,
        )


def _read_only(array: SingleArray) -> SingleArray:
    """The same numbers, not to be written: a kernel that gets now these and now others would be compiled twice."""
    view = array.view()
    view.flags.writeable = False
    return view


def detector(geometry: ScannerGeometry, beam: Beam) -> Detector:
    """Build the detector for one beam: bow-tie, water correction, noise and the steel table."""
    bow_tie = _bow_tie_mm(geometry, beam)
    open_signal = beam.signal[:, None] * np.exp(-beam.bow_tie_per_mm[:, None] * bow_tie)
    air = open_signal.sum(axis=0)
    fraction = open_signal / air
    # Quanta of each bin, from which mean energy and the compound variance follow
    quanta = (fraction / beam.energy_kev[:, None]).sum(axis=0)
    paths = np.linspace(0, _LONGEST_WATER_MM, 261)
    behind = fraction * np.exp(-beam.mu_per_mm[0, :, None] * paths[:, None, None])
    signal = behind.sum(axis=1)
    log = -np.log(signal)
    slope = (paths[-1] - paths[-2]) / (log[-1] - log[-2])
    return Detector(
        bin_fraction=np.ascontiguousarray(fraction, dtype=np.float32),
        mu_per_mm=np.ascontiguousarray(beam.mu_per_mm, dtype=np.float32),
        water=column_polynomials(log, paths, _WATER_ORDER),
        beyond_water=np.stack([log[-1], slope]).astype(np.float32),
        quantum_variance=quantum_variance(beam, behind, quanta),
        quanta_per_mm_mas=absorbed_quanta_per_mm_mas(geometry, beam, air, quanta),
        steel_table=steel_table(beam),
        steel_path_step=STEEL_PATH_STEP,
        steel_step_mm=STEEL_STEP_MM,
        filter_log=(-np.log(air)).astype(np.float32),
    )


def _bow_tie_mm(geometry: ScannerGeometry, beam: Beam) -> FloatArray:
    """PTFE path in each column; the same piece of plastic at every voltage, so 70 keV decides its shape."""
    radius = geometry.bow_tie_water_mm / 2
    t = geometry.source_to_isocenter_mm * np.sin(geometry.column_angles_rad)
    missing = 2 * radius - 2 * np.sqrt(np.maximum(radius**2 - t**2, 0))
    return np.asarray(geometry.bow_tie_fraction * missing * _WATER_TO_PTFE)
