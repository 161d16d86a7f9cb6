"""Expected signal: what reaches the detector behind the patient, plane by plane, kept while it stays the same.

A slice is the mean intensity of the planes of the phantom that it covers, each with the fraction of the slice's
thickness that it fills; so its profile along z is as thick as asked wherever it lies, but for one plane.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from simulator.ct import transmission_kernels as kernels
from simulator.ct.detector import Detector, detector
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.oblique_projector import ObliqueProjector
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.scatter import CORRECTED_SCATTER, REFERENCE_KV, ScatterField, ScatterModel
from simulator.ct.spectrum import beam
from simulator.spatial.arrays import SingleArray

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

SlicePlaneWeights = tuple[tuple[int, float], ...]
"""Indices of the planes of a slice, and the fraction of its thickness that each fills; the fractions sum to 1."""

PLANES_KEPT = 20
"""About 3 MB each: a press of three slices of 4 mm, a table step further, and what was injected there."""

_SLICES_KEPT = 9
"""About 3 MB each: presses at two places of the table and one with what was injected, so that another needle or load
costs no projection. A whole planning scan was kept once: 60 MB for the rare one that is taken again."""

_MOST_PLANES = 8
"""Planes that are added at once; so many at least are kept."""

_LEAST_FRACTION = 1e-4
"""A plane that fills less of a slice is left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceSignal:
    """What reaches the detector behind one slice of the patient, needles left out.

    Attributes:
        primary: as a fraction of the air scan [shape=(view, column), float32, read-only]
        scattered: as `ScatterField.scattered_signal` gives it [shape=(node, column), float32, read-only]
    """

    primary: SingleArray
    scattered: SingleArray


class ProjectionCache:
    """Expected signals of planes and slices behind one patient; serves one thread at a time.

    Attributes:
        scatter: of this scanner
    """

    def __init__(
        self,
        projector: Projector,
        geometry: ScannerGeometry,
        plane_capacity: int = PLANES_KEPT,
        scatter: ScatterModel = CORRECTED_SCATTER,
        added_aluminium_mm: float = 0.0,
    ) -> None:
        self._projector = projector
        self._geometry = geometry
        self._added_aluminium_mm = added_aluminium_mm
        # One array, of which the system gives only what is written; the planes' places in it, last used last
        shape = max(plane_capacity, _MOST_PLANES), geometry.views, geometry.columns
        self._planes = np.empty(shape, np.float32)
        self._kept_planes: OrderedDict[tuple[int, int, bytes], int] = OrderedDict()
        self._free = list(range(len(self._planes)))
        self._slices: OrderedDict[tuple[object, ...], SliceSignal] = OrderedDict()
        self._detectors: dict[int, Detector] = {}
        self.scatter = ScatterField(scatter, geometry, self.detector(REFERENCE_KV))

    @property
    def z_range_mm(self) -> tuple[float, float]:
        """Lower face of the first plane and upper face of the last."""
        half = self._projector.spacing_mm / 2
        z = self._projector.plane_z_mm
        return float(z[0]) - half, float(z[-1]) + half

    def detector(self, tube_voltage_kv: int) -> Detector:
        """The detector in the beam of one tube voltage."""
        if tube_voltage_kv not in self._detectors:
            spectrum = beam(tube_voltage_kv, added_aluminium_mm=self._added_aluminium_mm)
            self._detectors[tube_voltage_kv] = detector(self._geometry, spectrum)
        return self._detectors[tube_voltage_kv]

    def forget(self) -> None:
        """Drop every plane and slice that is kept."""
        self._slices.clear()
        self._kept_planes.clear()
        self._free = list(range(len(self._planes)))

    def slice_plane_weights(
        self, z_mm: float, thickness_mm: float, leaning: ObliqueProjector | None = None
    ) -> SlicePlaneWeights:
        """Planes of the slice at z, or at a place along a leaning gantry's axis; ValueError outside the phantom."""
        projector = leaning or self._projector
        half = projector.spacing_mm / 2
        low, high = float(projector.plane_z_mm[0]) - half, float(projector.plane_z_mm[-1]) + half
        bottom, top = z_mm - thickness_mm / 2, z_mm + thickness_mm / 2
        if not low - 1e-6 <= bottom <= top <= high + 1e-6:
            raise ValueError(
                f"a slice of {thickness_mm:g} mm at z = {z_mm:g} mm leaves the phantom, "
                f"which lies between z = {low:g} and {high:g} mm"
            )
        spacing = projector.spacing_mm
        first = max(0, math.floor((bottom - low) / spacing))
        stop = min(len(projector.plane_z_mm), math.ceil((top - low) / spacing))
        faces = low + spacing * np.arange(first, stop + 1)
        fraction = np.clip(np.minimum(faces[1:], top) - np.maximum(faces[:-1], bottom), 0, None) / thickness_mm
        fraction[fraction < _LEAST_FRACTION] = 0
        fraction /= fraction.sum()
        return tuple((first + int(i), float(fraction[i])) for i in np.flatnonzero(fraction))

    def slice_signal(
        self,
        weights: SlicePlaneWeights,
        tube_voltage_kv: int,
        change: DensityChange | None,
        leaning: ObliqueProjector | None = None,
    ) -> SliceSignal:
        """Expected signal of a slice, upright or of a leaning gantry."""
        projector = leaning or self._projector
        keys = tuple((_plane_key(projector, plane, tube_voltage_kv, change), fraction) for plane, fraction in weights)
        if keys in self._slices:
            self._slices.move_to_end(keys)
            return self._slices[keys]
        total = np.zeros((self._geometry.views, self._geometry.columns), np.float32)
        for first in range(0, len(keys), _MOST_PLANES):
            group = keys[first : first + _MOST_PLANES]
            places = np.array([self._kept_index(projector, key, change) for key, _ in group])
            fractions = np.array([fraction for _, fraction in group], np.float32)
            kernels.add_weighted(self._planes, places, fractions, total)
        total.flags.writeable = False
        scattered = self.scatter.scattered_signal(total, self.detector(tube_voltage_kv))
        signal = SliceSignal(primary=total, scattered=scattered)
        _keep(self._slices, keys, signal, _SLICES_KEPT)
        return signal

    def _kept_index(self, projector: Projector, key: tuple[int, int, bytes], change: DensityChange | None) -> int:
        """Where a plane's signal is kept, computed if it is not."""
        if key in self._kept_planes:
            self._kept_planes.move_to_end(key)
            return self._kept_planes[key]
        plane, tube_voltage_kv, _ = key
        lines = projector.line_integrals(plane, change)
        if not self._free:
            self._free.append(self._kept_planes.popitem(last=False)[1])
        place = self._free[-1]  # it stays free if what follows is interrupted
        self.detector(tube_voltage_kv).transmission(lines, out=self._planes[place])
        self._kept_planes[key] = place
        self._free.pop()
        return place


def _plane_key(
    projector: Projector, plane: int, tube_voltage_kv: int, change: DensityChange | None
) -> tuple[int, int, bytes]:
    """A plane's signal depends on its place, the voltage, and the densities that were added there."""
    lean = repr(projector.cut).encode() if isinstance(projector, ObliqueProjector) else b""
    delta = projector.change_plane(plane, change)
    if change is None or delta is None:
        return plane, tube_voltage_kv, lean
    digest = hashlib.blake2b(delta.tobytes(), digest_size=16)
    digest.update(repr(change.grid).encode())
    return plane, tube_voltage_kv, lean + digest.digest()


def _keep(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """Keep a value, and forget what was not asked for the longest time."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
