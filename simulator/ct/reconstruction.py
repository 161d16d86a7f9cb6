"""Reconstruction: filtered backprojection by gridding, from water paths in the fan to HU.

Fan rays are interpolated to parallel rays with the opposite views interleaved, filtered with the band-limited
ramp and the kernel, and spread over a Cartesian grid of frequencies with a Kaiser-Bessel window four cells
wide; one inverse transform gives the image. The reconstructed field may lie anywhere: its centre is a phase
in frequency space.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft

from simulator.ct import reconstruction_kernels as kernels
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.gridding import FFT_WORKERS, apodisation, window_table
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable
from simulator.ct.rebinning import FullTurnRebinning, PartialScanRebinning
from simulator.spatial.arrays import FloatArray, SingleArray

KERNELS_LP_CM = {"smooth": 3.0, "standard": 3.5, "detail": 5.0, "sharp": 6.5}
"""Reconstruction kernels: the frequency at which the MTF of the whole system, a Gaussian near the isocentre,
falls to one half, in line pairs per cm."""

SLICES_PER_PASS = 3
_WIDTH = 4
_OVERSAMPLING = 1.5
"""Shape of the window; frequencies beyond the kernel are empty, so it may be narrower than a
twofold grid's."""
_TABLE_STEPS = 512
_RADIAL_STEP_MM = 0.48828125
_NEGLIGIBLE = 2e-4
_FADE_FROM = 0.87
"""Share of the pixels' highest frequency from which a kernel fades out, so that edges do not ring in wide fields."""
_GREATEST_BOOST = 5.0
"""Most that a kernel makes up for the cell and the interpolation: the Gaussian of 5 lp/cm stays whole down to 0.08;
beyond, where the cell passes next to nothing, only noise would grow."""


class Reconstruction:
    """Plan for one field of view, matrix and kernel; holds work arrays, so it serves one thread at a time."""

    def __init__(
        self,
        geometry: ScannerGeometry,
        *,
        field_of_view_mm: float,
        matrix: int,
        reconstruction_kernel: str,
        reach_mm: float,
    ) -> None:
        """Prepare the plan.

        Args:
            geometry: the scanner
            field_of_view_mm, matrix: width of the square image in mm and in pixels (even)
            reconstruction_kernel: a key of `KERNELS_LP_CM`
            reach_mm: greatest distance of the object from the centre of the image along any direction; the
                projections are filtered with a period that keeps the object's repetition out of the image
        """
        self.pixel_spacing_mm = field_of_view_mm / matrix
        self._matrix = matrix
        self._m = 2 * matrix
        angles = geometry.views // 2
        step = min(self.pixel_spacing_mm, _RADIAL_STEP_MM)
        samples = self.samples_for(field_of_view_mm, matrix, reach_mm)
        self._full_turn = FullTurnRebinning(geometry, samples, step)
        self._partial_scan = PartialScanRebinning(geometry, samples, step)
        frequency = np.arange(samples // 2 + 1) / (samples * step)
        shape = kernel_response(geometry, reconstruction_kernel, frequency)
        limit = 0.5 / self.pixel_spacing_mm * (1 - 2 * _WIDTH / self._m)
        fade = np.clip((frequency / limit - _FADE_FROM) / (1 - _FADE_FROM), 0, 1)
        shape *= np.cos(0.5 * math.pi * fade) ** 2
        used = int(np.count_nonzero((shape > _NEGLIGIBLE) & (frequency < limit)))
        # (-1)^f puts the middle sample at t = 0; half of frequency 0 belongs to either half plane
        response = _ramp(samples, step)[:used] * shape[:used] * np.where(np.arange(used) % 2, -1, 1)
        response[0] *= 0.5
        self._response = response.astype(np.float32)
        theta = np.arange(angles) * math.pi / angles
        self._sine, self._cosine = np.sin(theta), np.cos(theta)
        cells = self._m * self.pixel_spacing_mm / (samples * step)
        # Rows run towards -y and columns towards -x; the rays' normal is (-sin, cos) in x, y
        self._step_row, self._step_column = -self._cosine * cells, self._sine * cells
        self._turn = 2 * math.pi / (samples * step)
        self._window = WindowTable(values=window_table(_WIDTH, _OVERSAMPLING, _TABLE_STEPS), steps=_TABLE_STEPS)
        window = apodisation(_WIDTH, _OVERSAMPLING, self._m, matrix)
        scale = math.pi / angles / (samples * step) * step * self._m**2
        self._scale = (1000 * scale / np.outer(window, window)).astype(np.float32)
        self._parallel = np.empty((SLICES_PER_PASS, angles, samples), np.float32)
        cells = self._m // 2 + 1 + 2 * _WIDTH
        self._grid = np.empty((self._m + 2 * _WIDTH, cells * 2 * SLICES_PER_PASS), np.float32)

    @staticmethod
    def samples_for(field_of_view_mm: float, matrix: int, reach_mm: float) -> int:
        """Samples of a parallel projection that a plan takes for this reach."""
        step = min(field_of_view_mm / matrix, _RADIAL_STEP_MM)
        needed = 2 * (reach_mm + field_of_view_mm / math.sqrt(2)) / step
        return 2 * int(scipy.fft.next_fast_len(math.ceil(needed / 128) * 64, real=True))

    def image(self, water_paths: SingleArray, center_mm: tuple[float, float]) -> SingleArray:
        """Reconstruct three slices.

        Args:
            water_paths: mm of water [shape=(3, view, column), float32]
            center_mm: x, y of the image's centre from the isocentre

        Returns:
            HU [shape=(3, row, column), float32]; row 0 is posterior, column 0 the patient's left.
        """
        self._full_turn.rebin(water_paths, self._parallel)
        return self._image_parallel(center_mm)

    def partial_scan_image(
        self, water_paths: SingleArray, view_weights: SingleArray, center_mm: tuple[float, float]
    ) -> SingleArray:
        """Reconstruct three slices of a rotation in which the beam was not on all the way round.

        Args:
            water_paths, center_mm: as in `image`
            view_weights: how much each view counts [shape=(view,), float32]
        """
        self._partial_scan.rebin(water_paths, view_weights, self._parallel)
        return self._image_parallel(center_mm)

    def _image_parallel(self, center_mm: tuple[float, float]) -> SingleArray:
        spectrum = scipy.fft.rfft(self._parallel, axis=2, workers=FFT_WORKERS)
        # The transform's origin is pixel [matrix / 2, matrix / 2], half a pixel from the centre
        x, y = center_mm[0] - self.pixel_spacing_mm / 2, center_mm[1] - self.pixel_spacing_mm / 2
        turn = self._turn * (self._cosine * y - self._sine * x)
        kernels.grid_three(
            spectrum,
            self._response,
            FrequencyRays(step_row=self._step_row, step_column=self._step_column, turn=turn),
            self._window,
            _WIDTH,
            self._grid,
        )
        plane = self._grid.view(np.complex64).reshape(len(self._grid), -1, SLICES_PER_PASS)
        kernels.fold(plane, _WIDTH)
        inside = plane[_WIDTH:-_WIDTH, _WIDTH:-_WIDTH]
        rows = scipy.fft.ifft(inside, axis=0, workers=FFT_WORKERS, overwrite_x=True)
        half = self._matrix // 2
        upper, lower = (
            scipy.fft.irfft(part, n=self._m, axis=1, workers=FFT_WORKERS) for part in (rows[-half:], rows[:half])
        )
        out = np.empty((SLICES_PER_PASS, self._matrix, self._matrix), np.float32)
        kernels.to_hu(upper, lower, self._scale, out)
        return out


def kernel_response(geometry: ScannerGeometry, reconstruction_kernel: str, frequency_per_mm: FloatArray) -> FloatArray:
    """What a kernel multiplies the projections' spectrum by, beside the ramp, so that the system's MTF is Gaussian.

    The detector cell and the linear interpolation between interleaved rays, half a cell apart, blur first; both
    are taken back, within a bound. What they do away from the isocentre, the interpolation between views
    included, is not.
    """
    half_at = KERNELS_LP_CM[reconstruction_kernel] / 10
    wanted = np.exp(-math.log(2) * (frequency_per_mm / half_at) ** 2)
    gap = geometry.source_to_isocenter_mm * geometry.column_angle_rad / 2
    passed = np.sinc(frequency_per_mm * geometry.cell_at_isocenter_mm) * np.sinc(frequency_per_mm * gap) ** 2
    return np.asarray(wanted / np.maximum(passed, 1 / _GREATEST_BOOST))


def _ramp(samples: int, step_mm: float) -> FloatArray:
    """Spectrum of the band-limited ramp from its samples in space, which keeps the mean right.

    Source: Kak and Slaney, Principles of Computerized Tomographic Imaging, equation 3.29.
    """
    lag = np.minimum(np.arange(samples), samples - np.arange(samples))
    h = np.where(lag % 2 == 1, -1 / (math.pi * np.maximum(lag, 1) * step_mm) ** 2, 0.0)
    h[0] = 1 / (4 * step_mm**2)
    return np.asarray(np.fft.rfft(h).real * step_mm)
