"""Scatter on a scanner's arc, photon by photon: primary by the exponential law, scatter by `photon_walk`.

The fan is even in angle and its tube spectrum is thinned by the bow-tie, which scatters nothing itself. The focus is a
point at -x, the isocentre the cylinder's middle. Cells are square to the focus and weigh a photon with its energy
times the share that the detector absorbs at right angles. Lamellae of an anti-scatter grid stand along z, point at the
focus and are thin and black: behind them a photon that comes in at the angle a from the focus's ray, seen along z,
passes with 1 - ratio |tan a|. Housing, couch and the other side of the gantry scatter nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.oracles.photon_tables import ENERGIES_KEV, PhotonTable
from tests.oracles.photon_walk import Target, expected_on_arc, walk

_BATCH = 100_000


@dataclass(frozen=True)
class Arc:
    """A fan and the arc that catches it; the beam's height is that at the isocentre."""

    source_to_isocentre_mm: float
    source_to_detector_mm: float
    fan_rad: float

    def height_mm(self, collimation_mm: float) -> float:
        """Height of the beam on the arc."""
        return collimation_mm * self.source_to_detector_mm / self.source_to_isocentre_mm


@dataclass(frozen=True)
class Tube:
    """What leaves the tube and what the detector makes of it.

    Attributes:
        energy_kev, photons, absorbed: energies, photons at each, and the share absorbed [shape=(energy,)]
        filter_per_mm: attenuation of the bow-tie [shape=(energy,)]
        filter_mm: its thickness at `filter_at_rad` [shape=(angle,)]
    """

    energy_kev: NDArray[np.float64]
    photons: NDArray[np.float64]
    absorbed: NDArray[np.float64]
    filter_per_mm: NDArray[np.float64]
    filter_at_rad: NDArray[np.float64]
    filter_mm: NDArray[np.float64]

    def signal_per_photon(self, energy_kev: NDArray[np.float64]) -> NDArray[np.float64]:
        """Signal of a photon that meets a cell."""
        return np.asarray(energy_kev * np.interp(energy_kev, self.energy_kev, self.absorbed))


@dataclass(frozen=True)
class Hits:
    """Scattered photons that meet the arc, counted or expected; started in batches of `_BATCH` photons.

    Attributes:
        gamma_rad, height_mm: where [shape=(hit,)]
        signal: what one adds, over the photons of a batch [shape=(hit,)]
        tangent: of the angle from the focus's ray, seen along z [shape=(hit,)]
        scattered: how often it was [shape=(hit,)]
        batch: to which batch it belongs [shape=(hit,)]
    """

    gamma_rad: NDArray[np.float64]
    height_mm: NDArray[np.float64]
    signal: NDArray[np.float64]
    tangent: NDArray[np.float64]
    scattered: NDArray[np.float64]
    batch: NDArray[np.int64]

    def per_rad(
        self, edges_rad: NDArray[np.float64], height_mm: float, grid_ratio: float = 0.0, *, slid: bool = True
    ) -> NDArray[np.float64]:
        """Mean scatter of the rows, in signal per rad as `primary_per_rad` gives it, and its standard error [2, bin].

        slid: the photons started in one plane; a beam of a height is many such planes, of which a row within the
        height sees a hit at h with the chance 1 - |h| / height. Otherwise they started all over the beam.
        """
        up = np.abs(self.height_mm)
        inside = np.maximum(1 - up / height_mm, 0) if slid else up < height_mm / 2
        weight = self.signal * np.maximum(1 - grid_ratio * np.abs(self.tangent), 0) * inside
        bins, batches = len(edges_rad) - 1, int(self.batch.max()) + 1
        place = np.searchsorted(edges_rad, self.gamma_rad) - 1
        seen = (place >= 0) & (place < bins) & (weight > 0)
        each = np.bincount(self.batch[seen] * bins + place[seen], weight[seen], batches * bins).reshape(batches, bins)
        each /= np.diff(edges_rad)
        return np.stack([each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(batches)])


def primary_per_rad(
    arc: Arc, tube: Tube, table: PhotonTable | None, radii_mm: tuple[float, float], gamma_rad: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Primary signal per rad behind an ellipse about the isocentre, for one photon of the fan; None for air."""
    behind = np.interp(gamma_rad, tube.filter_at_rad, tube.filter_mm)[:, None] * tube.filter_per_mm
    if table is not None:
        a, b = radii_mm
        sine, cosine = np.sin(gamma_rad), np.cos(gamma_rad)
        reach = (a * sine) ** 2 + (b * cosine) ** 2
        t = arc.source_to_isocentre_mm * sine
        chord = 2 * a * b * np.sqrt(np.maximum(reach - t**2, 0)) / reach
        behind = behind + chord[:, None] * np.interp(tube.energy_kev, ENERGIES_KEV, table.total_per_mm)
    share = tube.photons / tube.photons.sum()
    return np.asarray(np.exp(-behind) @ (share * tube.signal_per_photon(tube.energy_kev)) / arc.fan_rad)


def counted_hits(
    arc: Arc,
    tube: Tube,
    table: PhotonTable,
    radii_mm: tuple[float, float],
    *,
    photons: int,
    seed: int,
    collimation_mm: float = 0.0,
) -> Hits:
    """Photons of the fan that reach the arc scattered; of a beam of no height unless one is given."""
    parts = []
    for first in range(0, photons, _BATCH):
        random = np.random.default_rng([seed, first])
        direction, energy = _started(arc, tube, _BATCH, random, collimation_mm)
        focus = np.array([-arc.source_to_isocentre_mm, 0.0, 0.0])
        left = walk(table, radii_mm, focus, direction, energy, int(random.integers(2**31)))
        some = (left.energy_kev > 0) & (left.scattered > 0)
        place, way = left.place_mm[some] - focus, left.direction[some]
        # to the arc's cylinder about the focus, which the photon leaves from within
        across, along = (way[:, :2] ** 2).sum(axis=1), (way[:, :2] * place[:, :2]).sum(axis=1)
        room = arc.source_to_detector_mm**2 - (place[:, :2] ** 2).sum(axis=1)
        place = place + ((-along + np.sqrt(along**2 + across * room)) / across)[:, None] * way
        at = np.arctan2(place[:, 1], place[:, 0])
        radial = way[:, 0] * np.cos(at) + way[:, 1] * np.sin(at)
        tangential = way[:, 1] * np.cos(at) - way[:, 0] * np.sin(at)
        weight = tube.signal_per_photon(left.energy_kev[some])
        parts.append((at, place[:, 2], weight, tangential / radial, left.scattered[some]))
    return _joined(parts)


def expected_hits(
    arc: Arc,
    tube: Tube,
    table: PhotonTable,
    radii_mm: tuple[float, float],
    *,
    photons: int,
    seed: int,
    height_mm: float,
    collimation_mm: float = 0.0,
) -> Hits:
    """What `counted_hits` counts in the mean, up to half of height_mm off the middle plane, from far fewer photons."""
    target = Target(arc.source_to_isocentre_mm, arc.source_to_detector_mm, arc.fan_rad, height_mm)
    parts = []
    for first in range(0, photons, _BATCH):
        random = np.random.default_rng([seed, first])
        direction, energy = _started(arc, tube, _BATCH, random, collimation_mm)
        gamma, height, left, chance, tangent, scattered = expected_on_arc(
            table, radii_mm, target, direction, energy, int(random.integers(2**31))
        ).T
        parts.append((gamma, height, chance * tube.signal_per_photon(left), tangent, scattered))
    return _joined(parts)


def _joined(parts: Sequence[tuple[NDArray[np.float64], ...]]) -> Hits:
    gamma, height, signal, tangent, scattered = (np.concatenate(each) for each in zip(*parts, strict=True))
    batch = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return Hits(gamma, height, signal / _BATCH, tangent, scattered, batch)


def _started(
    arc: Arc, tube: Tube, photons: int, random: np.random.Generator, collimation_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions and energies of those that pass the bow-tie."""
    gamma = (random.random(photons) - 0.5) * arc.fan_rad
    rise = (random.random(photons) - 0.5) * collimation_mm / arc.source_to_isocentre_mm
    which = np.searchsorted(np.cumsum(tube.photons) / tube.photons.sum(), random.random(photons))
    mm = np.interp(gamma, tube.filter_at_rad, tube.filter_mm)
    through = random.random(photons) < np.exp(-tube.filter_per_mm[which] * mm)
    gamma, rise = gamma[through], rise[through]
    direction = np.stack([np.cos(gamma), np.sin(gamma), rise], axis=1)
    return direction / np.linalg.norm(direction, axis=1)[:, None], tube.energy_kev[which[through]]
