"""Plane transform: parallel projections of the images on one in-plane grid, by way of their spectrum.

The central slices of an image's spectrum are the spectra of its parallel projections. There the detector cell's
aperture is applied and the voxel's box taken back; an inverse transform gives the rays. The projections of a small
grid are computed over a short period about it, at the same places as those of the whole field, so that they add up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from phantoms.phantom import BASES
from simulator.ct import projector_kernels as kernels
from simulator.ct.gridding import FFT_WORKERS, apodisation, window_table
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable
from simulator.ct.interpolation import cubic_taps
from simulator.spatial.arrays import FloatArray, SingleArray

_WIDTH = kernels.WIDTH
_OVERSAMPLING = 2.0
_TABLE_STEPS = 4096
RADIAL_STEP_MM = 0.25
"""From one sample of a projection to the next, as the columns read it."""

_COARSE_BELOW = 0.5
"""Highest frequency per mm of a grid whose projections are sampled at every other place: half of what such samples
hold, so that those between are sums of twelve that are 2e-5 off at most."""

_ANGLES_TOGETHER = 145
"""Parallel projections that are transformed together: their rays stay in the cache, and are few megabytes."""

_FADE_FROM = 0.75
"""Fraction of a grid's highest frequency from which it fades out, so that edges do not ring."""

_MARGIN_MM = 10.0
"""What a projection keeps free to either side of its grid: the aperture and the sharpened edge end within 4 mm."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProjectionAxis:
    """Where projections are sampled, and where they are read.

    Attributes:
        angles: of parallel projections, evenly over half a turn
        column_mm: distance of each detector column's rays from the isocentre [shape=(column,)]
        aperture_mm: width of a detector cell as the isocentre sees it
        radius_mm: of the field
    """

    angles: int
    column_mm: FloatArray
    aperture_mm: float
    radius_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlaneGrid:
    """Pixels of an image in the axial plane, seen from the isocentre.

    Attributes:
        first_mm: x, y of the centre of the first pixel
        spacing_mm: x, y from one pixel to the next
        shape: rows along y, columns along x
    """

    first_mm: tuple[float, float]
    spacing_mm: tuple[float, float]
    shape: tuple[int, int]

    @property
    def highest_frequency(self) -> float:
        """Per mm; what the pixels hold ends there."""
        return min(0.5 / one for one in self.spacing_mm)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _AngleGroup:
    """Neighbouring angles, whose rays are sampled at the same distances from the isocentre.

    Attributes:
        first: the first of them
        rays: through the grid's spectrum
        response: what each frequency is multiplied by [shape=(angle, f), float32]
        tap: first sample for the columns at t and at -t, negative where there is none [shape=(2, column), int32]
        tap_weight: of the samples from there on [shape=(2, column, tap), float32]
    """

    first: int
    rays: FrequencyRays
    response: SingleArray
    tap: NDArray[np.int32]
    tap_weight: SingleArray


@dataclass(frozen=True, slots=True, eq=False)
class PlaneTransform:
    """Projections of images on one in-plane grid."""

    _samples: int
    _padded: tuple[int, int]
    _deapodise: SingleArray = field(repr=False)
    _window: WindowTable = field(repr=False)
    _groups: tuple[_AngleGroup, ...] = field(repr=False)

    def add(self, images: SingleArray, lines: SingleArray) -> None:
        """Add the images' (basis, y, x) parallel rays to `lines` (basis, column, angle over a whole turn)."""
        half = half_spectrum(images * self._deapodise, self._padded)
        spectrum = half.view(np.float32).reshape(len(half), -1)
        # Beyond the grid's highest frequency it stays zero; below, each group writes over the one before
        spectra = np.zeros((self._samples // 2 + 1, len(BASES), 0), np.complex64)
        for group in self._groups:
            if spectra.shape[2] != len(group.response):
                spectra = np.zeros((*spectra.shape[:2], len(group.response)), np.complex64)
            kernels.central_slices(spectrum, group.rays, self._window, group.response, spectra)
            rays = scipy.fft.irfft(spectra, n=self._samples, axis=0, workers=FFT_WORKERS)
            kernels.add_resampled_rays(rays, group.first, group.tap, group.tap_weight, lines)


def plane_transform(grid: InPlaneGrid, axis: ProjectionAxis, *, whole_field: bool = False) -> PlaneTransform:
    """Prepare the projections of one grid, over the whole field or over periods that just hold it."""
    (ny, nx), (sx, sy) = grid.shape, grid.spacing_mm
    my, mx = (2 * scipy.fft.next_fast_len(max(n, 2 * _WIDTH), real=True) for n in (ny, nx))
    theta = np.arange(axis.angles) * math.pi / axis.angles
    sine, cosine = np.sin(theta), np.cos(theta)
    # The sample in the middle of the image, as seen from the isocentre
    middle_mm = cosine * (grid.first_mm[1] + ny // 2 * sy) - sine * (grid.first_mm[0] + nx // 2 * sx)
    starts = range(0, axis.angles, _ANGLES_TOGETHER)
    groups = [slice(one, min(one + _ANGLES_TOGETHER, axis.angles)) for one in starts]
    step_mm = RADIAL_STEP_MM * (2 if grid.highest_frequency <= _COARSE_BELOW else 1)
    reach_mm = axis.radius_mm if whole_field else _reach_mm(grid, middle_mm, groups)
    samples = 2 * scipy.fft.next_fast_len(math.ceil((reach_mm + _MARGIN_MM) / step_mm), real=True)
    frequency = np.arange(samples // 2 + 1) / (samples * step_mm)
    response = _response(frequency, sine, cosine, grid, axis.aperture_mm) / np.float32(step_mm)
    made = []
    for group in groups:
        centre = 0 if whole_field else round(0.5 * (middle_mm[group].min() + middle_mm[group].max()) / step_mm)
        first_mm = (centre - samples // 2) * step_mm
        tap, tap_weight = _taps(axis.column_mm, first_mm, step_mm, samples)
        rays = FrequencyRays(
            step_row=-cosine[group] * frequency[1] * my * sy,
            step_column=sine[group] * frequency[1] * mx * sx,
            turn=-2 * math.pi * frequency[1] * (middle_mm[group] - first_mm),
        )
        made.append(_AngleGroup(first=group.start, rays=rays, response=response[group], tap=tap, tap_weight=tap_weight))
    deapodise = 1 / np.outer(apodisation(_WIDTH, _OVERSAMPLING, my, ny), apodisation(_WIDTH, _OVERSAMPLING, mx, nx))
    window = WindowTable(values=window_table(_WIDTH, _OVERSAMPLING, _TABLE_STEPS), steps=_TABLE_STEPS)
    return PlaneTransform(samples, (my, mx), deapodise.astype(np.float32), window, tuple(made))


def _reach_mm(grid: InPlaneGrid, middle_mm: FloatArray, groups: Sequence[slice]) -> float:
    """How far the grid's projections reach from the middle of their group of angles, at most."""
    across_mm = math.hypot(*(n * s for n, s in zip(grid.shape, reversed(grid.spacing_mm), strict=True)))
    return 0.5 * (across_mm + max(float(np.ptp(middle_mm[group])) for group in groups))


def _taps(
    column_mm: FloatArray, first_mm: float, step_mm: float, samples: int
) -> tuple[NDArray[np.int32], SingleArray]:
    """Where samples from `first_mm` on are read at each column's t and -t; see `_AngleGroup`."""
    place = (np.stack([column_mm, -column_mm]) - first_mm) / RADIAL_STEP_MM
    at = np.floor(place).astype(np.int64) - 1
    weight = cubic_taps(place - at - 1)
    if step_mm > RADIAL_STEP_MM:
        # The cubic's samples at odd places are not computed: each is a sum of coarse samples to its sides
        fine = np.zeros((*at.shape, 2 * len(_MIDWAY) + 2))
        first = at // 2 - len(_MIDWAY) // 2 + 1
        for tap in range(4):
            here = at + tap
            odd = here % 2 == 1
            side, column = np.nonzero(~odd)
            fine[side, column, (here // 2 - first)[side, column]] += weight[side, column, tap]
            side, column = np.nonzero(odd)
            for i, share in enumerate(_MIDWAY):
                to = (here // 2 - first)[side, column] + i - len(_MIDWAY) // 2 + 1
                fine[side, column, to] += share * weight[side, column, tap]
        at, weight = first, fine[..., : len(_MIDWAY) + 2]
    outside = (at < 0) | (at + weight.shape[2] > samples)
    return np.where(outside, -1, at).astype(np.int32), np.ascontiguousarray(weight, dtype=np.float32)


def _midway_weights(taps: int = 12) -> FloatArray:
    """Weights of so many neighbours of the place midway between two samples: of least squares up to half their band."""
    at = np.arange(taps // 2) + 0.5
    turns = 0.25 * np.sin(np.linspace(0, 0.5 * math.pi, 400))
    half = np.linalg.lstsq(2 * np.cos(2 * math.pi * turns[:, None] * at), np.ones(len(turns)), rcond=None)[0]
    weights = np.concatenate([half[::-1], half])
    return np.asarray(weights / weights.sum())


_MIDWAY = _midway_weights()


def _response(
    frequency: FloatArray, sine: FloatArray, cosine: FloatArray, grid: InPlaneGrid, aperture_mm: float
) -> SingleArray:
    """What each frequency below the grid's highest is multiplied by, times mm [shape=(angle, f), float32]."""
    (sx, sy), limit = grid.spacing_mm, grid.highest_frequency
    frequency = frequency[frequency < limit]
    # The direction of the rays' normal is (-sin, cos) in x, y; the half spectrum holds x >= 0, so the
    # opposite point is read and conjugated.
    fx, fy = frequency * sine[:, None], -frequency * cosine[:, None]
    aperture = np.sinc(frequency * aperture_mm)
    box = np.sinc(fx * sx) * np.sinc(fy * sy)
    fade = np.clip((frequency / limit - _FADE_FROM) / (1 - _FADE_FROM), 0, 1)
    response = aperture / box * np.cos(0.5 * math.pi * fade) ** 2 * (sx * sy)
    return np.ascontiguousarray(response, dtype=np.float32)


def half_spectrum(images: SingleArray, padded: tuple[int, int]) -> NDArray[np.complex64]:
    """Transform of images (basis, y, x), padded to (my, mx), about their middle sample.

    Returns:
        columns from -WIDTH to mx / 2 + WIDTH [shape=(my, mx // 2 + 1 + 2 * WIDTH, basis)]
    """
    bases, ny, nx = images.shape
    hy, hx = ny // 2, nx // 2
    my, mx = padded
    # What lies before the middle goes to the end of the period. Rows of padding need no transform along x.
    rows = np.zeros((ny, mx, bases), np.float32)
    flat = np.moveaxis(images, 0, 2)
    rows[:, : nx - hx] = flat[:, hx:]
    rows[:, mx - hx :] = flat[:, :hx]
    along_x = scipy.fft.rfft(rows, axis=1, workers=FFT_WORKERS)
    half = np.zeros((my, along_x.shape[1] + 2 * _WIDTH, bases), np.complex64)
    half[: ny - hy, _WIDTH:-_WIDTH] = along_x[hy:]
    half[my - hy :, _WIDTH:-_WIDTH] = along_x[:hy]
    half = np.asarray(scipy.fft.fft(half, axis=0, workers=FFT_WORKERS, overwrite_x=True), np.complex64)
    # Beyond its ends the spectrum of a real image goes on as its own conjugate
    inside = half[:, _WIDTH:-_WIDTH]
    mirror = -np.arange(my) % my
    np.conj(inside[mirror, _WIDTH:0:-1], out=half[:, :_WIDTH])
    np.conj(inside[mirror, -2 : -2 - _WIDTH : -1], out=half[:, -_WIDTH:])
    return half
