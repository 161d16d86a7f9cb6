"""Scanner: a phantom, needles and a technique become a frame of HU.

One way, in the order of the beam: projector -> detector's expected signal, kept per plane -> mean over the
planes of a slice -> needle shadow -> noise, log, water correction -> reconstruction.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Phantom
from simulator.ct.detector import Detector, detector
from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.needle_shadow import SteelTube, cast_shadow
from simulator.ct.projector import DensityChange, Projector
from simulator.ct.reconstruction import KERNELS_LP_CM, SLICES_PER_PASS, Reconstruction
from simulator.ct.spectrum import beam, check_tube_voltage

__all__ = ["DensityChange", "Frame", "Scanner", "SteelTube", "Technique"]

_KERNELS_LOCK = threading.RLock()
"""One image at a time: the parallel kernels of two threads would compete for the same cores."""

_PLANS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """What the operator sets on the console; ValueError for what the scanner does not offer."""

    tube_voltage_kv: int
    tube_current_ma: float
    rotation_s: float
    slice_thickness_mm: float = 4.0
    reconstruction_kernel: str = "standard"

    def __post_init__(self) -> None:
        check_tube_voltage(self.tube_voltage_kv)
        for name in ("tube_current_ma", "rotation_s", "slice_thickness_mm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a positive number, not {value}")
        if self.reconstruction_kernel not in KERNELS_LP_CM:
            offered = ", ".join(KERNELS_LP_CM)
            raise ValueError(f"kernel {self.reconstruction_kernel!r} is not available; choose one of {offered}")

    @property
    def mas(self) -> float:
        """Tube current times rotation time."""
        return self.tube_current_ma * self.rotation_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Reconstructed slices.

    Row 0 is the most posterior (greatest y), column 0 the patient's left (greatest x).

    Attributes:
        hu: [shape=(slice, row, column), float32, read-only], unclipped
        z_mm: slice centres [shape=(slice,), float64]
        pixel_spacing_mm: width of a pixel
        centre_mm: x, y of the middle of the image in the patient's frame
        technique: as acquired
        slice_thickness_mm: as reconstructed
    """

    hu: NDArray[np.float32]
    z_mm: NDArray[np.float64]
    pixel_spacing_mm: float
    centre_mm: tuple[float, float]
    technique: Technique
    slice_thickness_mm: float

    def position_mm(self, slice_index: int, row: float, column: float) -> tuple[float, float, float]:
        """Patient coordinates x, y, z of a pixel's centre (rows and columns may be fractions)."""
        middle = (self.hu.shape[1] - 1) / 2
        return (
            self.centre_mm[0] - (column - middle) * self.pixel_spacing_mm,
            self.centre_mm[1] - (row - middle) * self.pixel_spacing_mm,
            float(self.z_mm[slice_index]),
        )

    def pixel_of(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Row and column, as fractions, at which a point of the patient is shown; may lie outside."""
        middle = (self.hu.shape[1] - 1) / 2
        return (
            middle - (y_mm - self.centre_mm[1]) / self.pixel_spacing_mm,
            middle - (x_mm - self.centre_mm[0]) / self.pixel_spacing_mm,
        )


class Scanner:
    """A scanner with one patient in it; safe to share between threads.

    Expected signals of planes are kept (about 3 MB each), so that a second image at the same place costs only
    what is new in it.
    """

    def __init__(
        self,
        phantom: Phantom,
        *,
        geometry: ScannerGeometry = BRILLIANCE_64_CLASS,
        plane_capacity: int = 20,
    ) -> None:
        """Lay the phantom in the isocentre; ValueError if its body is wider than the field."""
        self._geometry = geometry
        self._projector = Projector(phantom, geometry)
        self._capacity = max(1, plane_capacity)
        self._planes: OrderedDict[tuple[int, int, bytes], NDArray[np.float32]] = OrderedDict()
        self._slices: OrderedDict[tuple[object, ...], NDArray[np.float32]] = OrderedDict()
        self._detectors: dict[int, Detector] = {}
        self._plans: OrderedDict[tuple[object, ...], Reconstruction] = OrderedDict()

    @property
    def isocenter_mm(self) -> tuple[float, float]:
        """x, y of the isocentre in the patient's frame: the middle of the body's bounding box."""
        return self._projector.isocenter_mm

    @property
    def z_range_mm(self) -> tuple[float, float]:
        """Lower face of the first plane and upper face of the last: slices must lie between them."""
        half = self._projector.spacing_mm / 2
        z = self._projector.plane_z_mm
        return float(z[0]) - half, float(z[-1]) + half

    def image(
        self,
        *,
        technique: Technique,
        slice_centres_mm: Sequence[float],
        slice_thickness_mm: float | None = None,
        needles: Sequence[SteelTube] = (),
        change: DensityChange | None = None,
        noise_key: int | None,
        centre_mm: tuple[float, float],
        field_of_view_mm: float = 250.0,
        matrix: int = 512,
        only: Sequence[int] | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Frame:
        """Acquire and reconstruct slices, three at a time.

        Args:
            technique: what is set on the console
            slice_centres_mm: z of each slice
            slice_thickness_mm: None takes the technique's
            needles: steel in the beam
            change: densities added to the phantom
            noise_key: names the noise, 0 to 2**32 - 1; the same key gives the same image. None: no noise
            centre_mm: x, y of the middle of the reconstructed field in the patient's frame
            field_of_view_mm, matrix: width of the image in mm and in pixels (even)
            only: indices of the slices to reconstruct, the same bits as in the whole; None for all
            progress: called with the share done, 0 to 1, after each group of slices

        Raises:
            ValueError: a slice lies outside the phantom, or an argument outside its range; says which.
        """
        thickness = technique.slice_thickness_mm if slice_thickness_mm is None else slice_thickness_mm
        if not (math.isfinite(thickness) and thickness > 0):
            raise ValueError(f"slice_thickness_mm must be a positive number, not {thickness}")
        if noise_key is not None and not 0 <= noise_key < 2**32:
            raise ValueError(f"noise_key must lie in 0 to {2**32 - 1}, not {noise_key}")
        if matrix < 16 or matrix % 2:
            raise ValueError(f"matrix must be an even number of 16 or more, not {matrix}")
        widest = self._geometry.field_of_view_mm
        if not 0 < field_of_view_mm <= widest:
            raise ValueError(f"field_of_view_mm must lie in 0 to {widest:g}, not {field_of_view_mm}")
        if not len(slice_centres_mm):
            raise ValueError("slice_centres_mm is empty")
        spans = [self._planes_of(float(z), thickness) for z in slice_centres_mm]
        chosen = list(range(len(spans)) if only is None else only)
        if not chosen or min(chosen) < 0 or max(chosen) >= len(spans):
            raise ValueError(f"only must name slices from 0 to {len(spans) - 1}, not {chosen}")
        with _KERNELS_LOCK:
            hu = self._acquire(
                technique, slice_centres_mm, spans, chosen, thickness, needles, change, noise_key, centre_mm,
                field_of_view_mm, matrix, progress,
            )  # fmt: skip
        hu.flags.writeable = False
        z = np.array([slice_centres_mm[index] for index in chosen], dtype=np.float64)
        z.flags.writeable = False
        return Frame(
            hu=hu,
            z_mm=z,
            pixel_spacing_mm=field_of_view_mm / matrix,
            centre_mm=(float(centre_mm[0]), float(centre_mm[1])),
            technique=technique,
            slice_thickness_mm=float(thickness),
        )

    def _acquire(
        self,
        technique: Technique,
        centres: Sequence[float],
        spans: Sequence[range],
        chosen: Sequence[int],
        thickness: float,
        needles: Sequence[SteelTube],
        change: DensityChange | None,
        noise_key: int | None,
        centre_mm: tuple[float, float],
        field_of_view_mm: float,
        matrix: int,
        progress: Callable[[float], None] | None,
    ) -> NDArray[np.float32]:
        voltage = technique.tube_voltage_kv
        sensor = self._detector(voltage)
        plan = self._plan(technique.reconstruction_kernel, centre_mm, field_of_view_mm, matrix)
        isocenter = self._projector.isocenter_mm
        offset = centre_mm[0] - isocenter[0], centre_mm[1] - isocenter[1]
        shape = self._geometry.views, self._geometry.columns
        hu = np.empty((len(chosen), matrix, matrix), np.float32)
        water = np.zeros((SLICES_PER_PASS, *shape), np.float32)
        for first in range(0, len(chosen), SLICES_PER_PASS):
            group = range(first, min(first + SLICES_PER_PASS, len(chosen)))
            for place in group:
                index = chosen[place]
                signal = self._slice_signal(spans[index], voltage, sensor, change)
                if needles:
                    signal = signal.copy()
                for tube in needles:
                    cast_shadow(
                        tube,
                        signal,
                        slice_center_mm=float(centres[index]),
                        slice_thickness_mm=thickness,
                        isocenter_mm=isocenter,
                        geometry=self._geometry,
                        detector=sensor,
                    )
                sensor.water_path(
                    signal,
                    water[place - first],
                    mas=technique.mas,
                    slice_thickness_mm=thickness,
                    noise_key=noise_key,
                    slice_index=index,
                )
            hu[group.start : group.stop] = plan.image(water, offset)[: len(group)]
            if progress is not None:
                progress(group.stop / len(chosen))
        return hu

    def _planes_of(self, z_mm: float, thickness_mm: float) -> range:
        """Planes of one slice: its faces move to the nearest faces of planes, without gap or overlap."""
        projector = self._projector
        low, high = self.z_range_mm
        if not low - 1e-6 <= z_mm - thickness_mm / 2 <= z_mm + thickness_mm / 2 <= high + 1e-6:
            raise ValueError(
                f"a slice of {thickness_mm:g} mm at z = {z_mm:g} mm leaves the phantom, "
                f"which lies between z = {low:g} and {high:g} mm"
            )
        scale = projector.spacing_mm
        first = math.floor((z_mm - thickness_mm / 2 - low) / scale + 0.5)
        stop = math.floor((z_mm + thickness_mm / 2 - low) / scale + 0.5)
        if stop <= first:  # thinner than a plane
            first = math.floor((z_mm - low) / scale)
            stop = first + 1
        last = len(projector.plane_z_mm)
        first = min(max(first, 0), last - 1)
        return range(first, min(max(stop, first + 1), last))

    def _slice_signal(
        self, planes: range, voltage: int, sensor: Detector, change: DensityChange | None
    ) -> NDArray[np.float32]:
        """Mean expected signal of a slice's planes; the last few are kept."""
        keys = tuple(self._plane_key(plane, voltage, change) for plane in planes)
        if keys in self._slices:
            self._slices.move_to_end(keys)
            return self._slices[keys]
        total = np.zeros((self._geometry.views, self._geometry.columns), np.float32)
        for plane, key in zip(planes, keys, strict=True):
            total += self._plane_signal(plane, key, sensor, change)
        total /= np.float32(len(planes))
        total.flags.writeable = False
        self._slices[keys] = total
        while len(self._slices) > 2 * SLICES_PER_PASS:
            self._slices.popitem(last=False)
        return total

    def _plane_key(self, plane: int, voltage: int, change: DensityChange | None) -> tuple[int, int, bytes]:
        """A plane's signal depends on its place, the voltage, and the densities that were added there."""
        delta = self._projector.change_plane(plane, change)
        if change is None or delta is None:
            return plane, voltage, b""
        digest = hashlib.blake2b(delta.tobytes(), digest_size=16)
        digest.update(repr(change.grid).encode())
        return plane, voltage, digest.digest()

    def _plane_signal(
        self, plane: int, key: tuple[int, int, bytes], sensor: Detector, change: DensityChange | None
    ) -> NDArray[np.float32]:
        if key in self._planes:
            self._planes.move_to_end(key)
            return self._planes[key]
        signal = sensor.transmission(self._projector.line_integrals(plane, change))
        self._planes[key] = signal
        while len(self._planes) > self._capacity:
            self._planes.popitem(last=False)
        return signal

    def _detector(self, voltage: int) -> Detector:
        if voltage not in self._detectors:
            self._detectors[voltage] = detector(self._geometry, beam(voltage))
        return self._detectors[voltage]

    def _plan(
        self, kernel: str, centre_mm: tuple[float, float], field_of_view_mm: float, matrix: int
    ) -> Reconstruction:
        isocenter = self._projector.isocenter_mm
        offset = math.hypot(centre_mm[0] - isocenter[0], centre_mm[1] - isocenter[1])
        if offset > self._geometry.field_radius_mm:
            raise ValueError(
                f"the image's centre lies {offset:.0f} mm from the isocentre, outside the scanner's field "
                f"of {self._geometry.field_radius_mm:.0f} mm"
            )
        reach = self._projector.radius_mm + offset
        samples = Reconstruction.samples_for(field_of_view_mm, matrix, reach)
        key = (kernel, field_of_view_mm, matrix, samples)
        if key not in self._plans:
            self._plans[key] = Reconstruction(
                self._geometry,
                field_of_view_mm=field_of_view_mm,
                matrix=matrix,
                reconstruction_kernel=kernel,
                reach_mm=reach,
            )
            while len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return self._plans[key]
