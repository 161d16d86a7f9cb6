"""Model observer: how well a reader could tell something in an image, whatever program reads it.

A channelised Hotelling observer (Myers and Barrett, J Opt Soc Am A 1987;4:2447) with Laguerre-Gauss channels sees an
image as a few numbers, weighs them as well as can be learned from examples, and errs by an internal noise of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from simulator.strategies.intervals import LEVEL, Interval

Images = NDArray[np.float64]
"""[shape=(image, row, column)], HU."""

CHANNELS = 6
INTERNAL_NOISE = 1.0
"""Assumption: the observer's own noise has as much variance in every channel as the image's, an efficiency of a half.
Human efficiencies of 0.3 to 0.6 are usual for such tasks (from memory)."""
RESAMPLES = 499


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectability:
    """How well something is told from nothing.

    Attributes:
        d_prime: detectability index
        interval: 95 %, bootstrapped over test images
        auc: chance to tell one image with it from one without, that this index means
    """

    d_prime: float
    interval: Interval
    auc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Localisation:
    """Where something is seen, against where it is.

    Attributes:
        error_mm: root of the mean square
        interval: 95 %, bootstrapped over images
    """

    error_mm: float
    interval: Interval


def laguerre_gauss(side: int, width: float, count: int = CHANNELS) -> NDArray[np.float64]:
    """Round channels of a width in pixels [shape=(side * side, count)], of length one each."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2.0
    g = 2.0 * math.pi * (x * x + y * y) / width**2
    made = [np.exp(-g / 2.0) * special.eval_laguerre(order, g) for order in range(count)]
    flat = np.stack([one.ravel() for one in made], axis=1)
    return np.asarray(flat / np.linalg.norm(flat, axis=0))


class ChannelisedHotelling:
    """An observer that has learned from examples.

    Args:
        present, absent: images with and without what is looked for; at least a few times as many as channels
        channels: [shape=(pixels, channels)]
        internal_noise: variance of the observer's own noise, as a part of the image's in each channel
    """

    def __init__(
        self, present: Images, absent: Images, channels: NDArray[np.float64], internal_noise: float = INTERNAL_NOISE
    ) -> None:
        self._channels = channels
        with_it, without = self._see(present), self._see(absent)
        covariance = 0.5 * (np.cov(with_it.T) + np.cov(without.T))
        self._own = np.sqrt(internal_noise * np.diag(covariance))
        covariance = covariance + np.diag(self._own**2)
        self._weights = np.linalg.solve(covariance, with_it.mean(axis=0) - without.mean(axis=0))

    def rate(self, images: Images, rng: np.random.Generator) -> NDArray[np.float64]:
        """How sure the observer is that it is there [shape=(image,)]."""
        seen = self._see(images)
        return np.asarray((seen + self._own * rng.normal(size=seen.shape)) @ self._weights)

    def _see(self, images: Images) -> NDArray[np.float64]:
        return np.asarray(images.reshape(len(images), -1) @ self._channels)


def detectability(
    present: Images, absent: Images, channels: NDArray[np.float64], *, internal_noise: float = INTERNAL_NOISE,
    seed: int = 0,
) -> Detectability:  # fmt: skip
    """Detectability of what half of the images have: learned on one half of each, measured on the other.

    Ratings of a linear observer are close to normal, so the index is the distance of their means over their spread; an
    area under a curve would say no more than 1 of all that is seen well.
    """
    half = len(present) // 2
    rng = np.random.default_rng(seed)
    observer = ChannelisedHotelling(present[:half], absent[:half], channels, internal_noise)
    with_it, without = observer.rate(present[half:], rng), observer.rate(absent[half:], rng)
    found = [_index(rng.choice(with_it, len(with_it)), rng.choice(without, len(without))) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, (0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0))
    index = _index(with_it, without)
    auc = float(stats.norm.cdf(index / math.sqrt(2.0)))
    return Detectability(d_prime=index, interval=(float(low), float(high)), auc=auc)


def _index(with_it: NDArray[np.float64], without: NDArray[np.float64]) -> float:
    spread = math.sqrt(0.5 * (float(np.var(with_it, ddof=1)) + float(np.var(without, ddof=1))))
    return (float(with_it.mean()) - float(without.mean())) / max(spread, 1e-12)


def localisation(
    observer: ChannelisedHotelling, images: Images, side: int, pixel_mm: float, *, reach: int, seed: int = 0
) -> Localisation:
    """How far off the observer finds what lies in the middle of wider images, along their columns.

    Args:
        images: [shape=(image, side + 2 reach, side)], less a background that is known
        side: of what the observer has learned
        pixel_mm: width of a pixel
        reach: pixels to either side of the middle among which it looks
    """
    rng = np.random.default_rng(seed)
    ratings = np.stack([observer.rate(images[:, shift : shift + side], rng) for shift in range(2 * reach + 1)], axis=1)
    errors = (ratings.argmax(axis=1) - reach) * pixel_mm
    found = [float(np.sqrt(np.mean(rng.choice(errors, len(errors)) ** 2))) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, (0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0))
    return Localisation(error_mm=float(np.sqrt(np.mean(errors**2))), interval=(float(low), float(high)))
