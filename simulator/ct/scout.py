"""Scout: a radiograph of the patient with the tube at rest and the table moving.

Every plane of the patient is crossed by one fan of rays, that of the scanner's geometry at a fixed angle. Signal,
scatter, noise, logarithm and water correction are those of a rotation (`detector`), with rows of the picture in the
place of views. A row is the mean intensity of the planes that it covers. Not modelled: blur by the focal spot, and the
single readings that the scanner adds up to a row, so that the electronics are heard once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.ct import scout_rays_kernels as kernels
from simulator.ct.detector import Detector, Scattered
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.projection_cache import ProjectionCache
from simulator.ct.projector import DensityChange, PlaneDensities, Projector
from simulator.ct.scatter import REFERENCE_COLLIMATION_MM, ScatterModel
from simulator.ct.scout_wires import SkinWires, cast_wires
from simulator.interface.radiograph import SCOUT_ROW_MM, ScoutTechnique
from simulator.spatial.arrays import FloatArray, SingleArray
from simulator.vocabulary.scout import ScoutOrientation

RAYS_PER_COLUMN = 3
"""Rays whose line integrals make one cell's: 0.26 mm apart at the isocentre, half a voxel of the canal."""

_PLANES_AT_ONCE = 16

_TUBE_AT_RAD = {
    ScoutOrientation.POSTEROANTERIOR: -0.5 * math.pi,
    ScoutOrientation.ANTEROPOSTERIOR: 0.5 * math.pi,
    ScoutOrientation.LATERAL: math.pi,
}
"""Angle b of `geometry` at which the tube stands: over the back, under the belly, at the patient's left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutFan:
    """The fan of a scout in the patient's frame.

    Attributes:
        focus_mm, isocenter_mm: x, y
        tube_at_rad: angle b of `geometry`
        geometry: of the scanner
        reversed: whether the first column of the picture is the last of the detector
    """

    focus_mm: tuple[float, float]
    isocenter_mm: tuple[float, float]
    tube_at_rad: float
    geometry: ScannerGeometry
    reversed: bool

    @property
    def is_lateral(self) -> bool:
        """Whether the rays run along x."""
        return abs(math.cos(self.tube_at_rad)) > 0.5

    def angles_rad(self, per_column: int = 1) -> FloatArray:
        """Fan angles in the order of the picture's columns, evenly spread over each cell [shape=(ray,)]."""
        geometry = self.geometry
        cell = geometry.column_angle_rad * geometry.active_fraction
        within = ((np.arange(per_column) + 0.5) / per_column - 0.5) * cell
        angles = (geometry.column_angles_rad[:, None] + within).ravel()
        return angles[::-1].copy() if self.reversed else angles

    def directions(self, per_column: int = 1) -> tuple[FloatArray, FloatArray]:
        """x and y of the unit vector along each ray, from the focus."""
        angle = self.tube_at_rad + self.angles_rad(per_column)
        return np.cos(angle), np.sin(angle)

    def across_mm(self) -> FloatArray:
        """Where the ray of each column crosses the plane through the isocentre: x, or y of a lateral scout."""
        offset = self.geometry.source_to_isocenter_mm * np.tan(self.angles_rad())
        if self.is_lateral:
            return np.asarray(self.isocenter_mm[1] - offset if self.tube_at_rad > 0 else self.isocenter_mm[1] + offset)
        return np.asarray(self.isocenter_mm[0] + offset if self.tube_at_rad < 0 else self.isocenter_mm[0] - offset)


def scout_fan(geometry: ScannerGeometry, orientation: ScoutOrientation, isocenter_mm: tuple[float, float]) -> ScoutFan:
    """The fan of an orientation; column 0 shows the patient's left, of a lateral scout the front."""
    angle = _TUBE_AT_RAD[orientation]
    radius = geometry.source_to_isocenter_mm
    return ScoutFan(
        focus_mm=(isocenter_mm[0] - radius * math.cos(angle), isocenter_mm[1] - radius * math.sin(angle)),
        isocenter_mm=isocenter_mm,
        tube_at_rad=angle,
        geometry=geometry,
        # Fan angles grow to the patient's left under a tube over the back, to the front under one at the left
        reversed=orientation is not ScoutOrientation.ANTEROPOSTERIOR,
    )


def scout_lines(
    projector: Projector, fan: ScoutFan, planes: Sequence[int], change: DensityChange | None = None
) -> SingleArray:
    """Line integrals through planes of the patient.

    Returns:
        [shape=(basis, plane, column), float32] mm of water, mm of bone, mm mg/mL of iodine
    """
    out = np.zeros((3, len(planes), fan.geometry.columns), np.float32)
    for first in range(0, len(planes), _PLANES_AT_ONCE):
        group = range(first, min(first + _PLANES_AT_ONCE, len(planes)))
        parts = [list(projector.densities(planes[index], change)) for index in group]
        for place in range(max(map(len, parts), default=0)):
            here = [(index, part[place]) for index, part in zip(group, parts, strict=True) if place < len(part)]
            for indices, stack in _alike(here):
                added = np.zeros((3, len(indices), fan.geometry.columns), np.float32)
                kernels.add_rays(_laid_out(stack, fan), plane_rays(fan, stack[0]), added)
                out[:, indices] += added
    return out


def _alike(
    parts: Sequence[tuple[int, PlaneDensities]],
) -> Iterator[tuple[list[int], list[PlaneDensities]]]:
    """Neighbouring planes on the same grid, which rays cross alike."""
    indices: list[int] = []
    stack: list[PlaneDensities] = []
    for index, part in parts:
        if stack and (stack[-1].first_mm, stack[-1].density.shape) != (part.first_mm, part.density.shape):
            yield indices, stack
            indices, stack = [], []
        indices, stack = [*indices, index], [*stack, part]
    if stack:
        yield indices, stack


def _laid_out(stack: Sequence[PlaneDensities], fan: ScoutFan) -> SingleArray:
    """Densities (basis, plane, step, across): rays step along y, those of a lateral scout along x."""
    densities = np.stack([part.density for part in stack], axis=1)
    return np.ascontiguousarray(densities.swapaxes(2, 3) if fan.is_lateral else densities, dtype=np.float32)


def plane_rays(fan: ScoutFan, part: PlaneDensities) -> kernels.PlaneRays:
    """Where the rays cross the rows of a grid; of a lateral scout its columns."""
    along, across = (0, 1) if fan.is_lateral else (1, 0)
    direction = fan.directions(RAYS_PER_COLUMN)
    step_mm, across_mm = part.spacing_mm[along], part.spacing_mm[across]
    tangent = direction[across] / direction[along]
    at_first = fan.focus_mm[across] + tangent * (part.first_mm[along] - fan.focus_mm[along])
    return kernels.PlaneRays(
        start=((at_first - part.first_mm[across]) / across_mm).astype(np.float32),
        slope=(tangent * step_mm / across_mm).astype(np.float32),
        length_mm=(step_mm / np.abs(direction[along])).astype(np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoutScene:
    """What is in the beam of a scout.

    Attributes:
        technique, orientation: how it is taken
        row_centres_mm: z of each row in the patient's frame
        shift_mm: x, y by which the patient has moved
        change: densities added to the phantom
        wires: steel on the skin; None for none
        noise_key: names the noise; None for none
    """

    technique: ScoutTechnique
    orientation: ScoutOrientation
    row_centres_mm: Sequence[float]
    shift_mm: tuple[float, float] = (0.0, 0.0)
    change: DensityChange | None = None
    wires: SkinWires | None = None
    noise_key: int | None


class ScoutCamera:
    """Takes scouts of one patient, with the scanner's planes, detector and scatter."""

    def __init__(
        self, projector: Projector, expected: ProjectionCache, geometry: ScannerGeometry, scatter: ScatterModel
    ) -> None:
        self._projector, self._expected, self._geometry, self._scatter = projector, expected, geometry, scatter

    def fan(self, orientation: ScoutOrientation, shift_mm: tuple[float, float] = (0.0, 0.0)) -> ScoutFan:
        """The fan in the frame of a patient who has moved by x, y."""
        x, y = self._projector.isocenter_mm
        return scout_fan(self._geometry, orientation, (x - shift_mm[0], y - shift_mm[1]))

    def expected_signal(self, scene: ScoutScene, progress: Callable[[float], None] | None = None) -> SingleArray:
        """Signal as a fraction of the air scan, without noise and scatter [shape=(row, column), float32]."""
        kv = scene.technique.tube_voltage_kv
        fan, sensor = self.fan(scene.orientation, scene.shift_mm), self._expected.detector(kv)
        sensor = seen_in_order(sensor, fan)
        weights = [self._expected.slice_plane_weights(float(z), SCOUT_ROW_MM) for z in scene.row_centres_mm]
        planes = sorted({plane for row in weights for plane, _ in row})
        behind = np.empty((len(planes), self._geometry.columns), np.float32)
        for first in range(0, len(planes), _PLANES_AT_ONCE):
            group = planes[first : first + _PLANES_AT_ONCE]
            lines = scout_lines(self._projector, fan, group, scene.change)
            behind[first : first + len(group)] = sensor.transmission(lines)
            if progress is not None:
                progress((first + len(group)) / len(planes))
        place = {plane: index for index, plane in enumerate(planes)}
        signal = np.zeros((len(weights), self._geometry.columns), np.float32)
        for row, parts in enumerate(weights):
            for plane, fraction in parts:
                signal[row] += np.float32(fraction) * behind[place[plane]]
        if scene.wires is not None:
            cast_wires(scene.wires, signal, focus_mm=fan.focus_mm, ray_rad=_ray_angles(fan), detector=sensor)
        return signal

    def water_mm(self, scene: ScoutScene, progress: Callable[[float], None] | None = None) -> SingleArray:
        """The picture: mm of water that would take as much from the beam [shape=(row, column), float32].

        Raises:
            ValueError: a row lies outside the phantom; says which.
        """
        fan = self.fan(scene.orientation, scene.shift_mm)
        signal = self.expected_signal(scene, progress)
        kv, technique = scene.technique.tube_voltage_kv, scene.technique
        sensor = self._expected.detector(kv)
        ordered = signal[:, ::-1].copy() if fan.reversed else signal  # as the detector's columns lie
        out = np.empty_like(ordered)
        sensor.water_equivalent_path_length_mm(
            ordered,
            out,
            scattered=Scattered(
                nodes=self._expected.scatter.scattered_in_rows(ordered, sensor),
                amount=technique.collimation_mm / REFERENCE_COLLIMATION_MM,
                residual_fraction=self._scatter.residual_fraction,
            ),
            # A reading of a rotation has its share of the views; a row of a scout has the whole tube load
            mas=technique.mas * self._geometry.views,
            slice_thickness_mm=SCOUT_ROW_MM,
            noise_key=scene.noise_key,
            slice_index=0,
        )
        picture = out[:, ::-1].copy() if fan.reversed else out
        picture.flags.writeable = False
        return picture


def _ray_angles(fan: ScoutFan) -> FloatArray:
    return np.asarray(fan.tube_at_rad + fan.angles_rad())


def seen_in_order(sensor: Detector, fan: ScoutFan) -> Detector:
    """The detector with its columns in the order of the picture, as far as a signal without noise needs it."""
    if not fan.reversed:
        return sensor
    return replace(
        sensor,
        bin_fraction=np.ascontiguousarray(sensor.bin_fraction[:, ::-1]),
        filter_log=np.ascontiguousarray(sensor.filter_log[::-1]),
    )
