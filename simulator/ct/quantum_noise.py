"""Quantum noise: how many quanta make a reading, and how much they and the electronics scatter it.

Quantum noise is that of a compound Poisson process, since the detector integrates energy. Electronic noise is added.
Both enter as one normal deviate per slice, view and column (`quantum_noise_kernels`).
"""

from __future__ import annotations

import numpy as np

from simulator.ct.geometry import ScannerGeometry
from simulator.ct.quantum_noise_kernels import NoiseSource
from simulator.ct.spectrum import Beam
from simulator.ct.water_correction import column_polynomials
from simulator.spatial.arrays import FloatArray, SingleArray

DETECTIVE_EFFICIENCY = 0.82
"""Fraction of the tabled fluence that counts. Calibrated, not measured: it puts the noise at the centre of 20 cm
of water at 7.6 HU (120 kV, 223 mAs, 1 mm, standard kernel, whose MTF of the whole system is 0.5 at 3.5 lp/cm)."""

ELECTRONIC_QUANTA = 7.0
"""Electronic noise of one reading in quanta behind open beam; assumption, middle of the range 5 to 10."""

_REFERENCE_ROW_MM = 1000.0
_LEAST_SIGNAL = 1e-30


def absorbed_quanta_per_mm_mas(
    geometry: ScannerGeometry, beam: Beam, air: FloatArray, quanta_per_signal: FloatArray
) -> FloatArray:
    """Quanta that count in one reading in air, per mm of slice and mAs.

    Args:
        air: signal in air behind the bow-tie over that without it [shape=(column,)]
        quanta_per_signal: quanta over signal in air behind the bow-tie, 1/keV [shape=(column,)]

    Returns:
        [shape=(column,), float64]
    """
    cell_mm2_per_mm = (
        geometry.column_pitch_mm
        * geometry.active_fraction
        * geometry.source_to_detector_mm
        / geometry.source_to_isocenter_mm
    )
    mean_energy = float(1 / (beam.signal / beam.energy_kev).sum())
    per_area = beam.absorbed_per_mm2_mas * (_REFERENCE_ROW_MM / geometry.source_to_detector_mm) ** 2
    return np.asarray(
        per_area * cell_mm2_per_mm / geometry.views * DETECTIVE_EFFICIENCY * air * mean_energy * quanta_per_signal
    )


def quantum_variance(beam: Beam, behind: FloatArray, quanta_per_signal: FloatArray) -> SingleArray:
    """Variance over signal, times absorbed quanta in air, as a line in -log(signal).

    Args:
        behind: signal of each bin behind water [shape=(path, bin, column)]
        quanta_per_signal: as for `absorbed_quanta_per_mm_mas`

    Returns:
        constant and slope [shape=(2, column), float32]
    """
    signal = behind.sum(axis=1)
    # variance of the signal = sum(quanta E^2) / (sum(quanta E))^2, and a bin's signal ~ quanta E
    ratio = (behind * beam.energy_kev[:, None]).sum(axis=1) * quanta_per_signal / signal
    return column_polynomials(-np.log(signal), ratio, 1)[::-1].copy()


def noise_source(*, quanta: FloatArray, variance: SingleArray, noise_key: int | None, slice_index: int) -> NoiseSource:
    """What the kernel draws from.

    Args:
        quanta: absorbed in one reading in air [shape=(column,)]
        variance: as `quantum_variance` gives it
        noise_key: None for no noise
    """
    # Clamp to one quantum so that the logarithm is finite
    least = 1 / quanta if noise_key is not None else np.full(quanta.size, _LEAST_SIGNAL)
    return NoiseSource(
        is_on=noise_key is not None,
        key=np.uint32(noise_key or 0),
        slice_index=np.uint32(slice_index),
        quantum_variance=(variance / quanta).astype(np.float32),
        electronic_variance=((ELECTRONIC_QUANTA / quanta) ** 2).astype(np.float32),
        least_reading=least.astype(np.float32),
    )
