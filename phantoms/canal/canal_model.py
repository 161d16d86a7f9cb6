"""CanalModel: the spinal canal as a curve and tables along it, whatever they were made or measured from.

The same model serves a synthetic patient and one fitted to the labels of a real CT: a smooth centreline on
the posterior walls of the vertebral bodies, the sac's outline, and one number per millimetre for everything
else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from phantoms.canal import canal_kernels as kernels
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace, Vertebra

_LATTICE_MM = 0.5
_LATTICE_STEP_S_MM = 2.0
_LATTICE_MARGIN_MM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Centreline:
    """A curve x(z), y(z) with its arc length, sampled evenly in z.

    Attributes:
        z_start_mm, z_step_mm: first sample and spacing
        samples: [shape=(n, 8), float64, read-only] x, y, dx/dz, dy/dz, d2x/dz2, d2y/dz2, arc length s, and the turn
            of the axes to the left and back about the curve, radians, positive where the front turns to the left
    """

    z_start_mm: float
    z_step_mm: float
    samples: FloatArray

    @classmethod
    def through(
        cls,
        points_mm: FloatArray,
        *,
        turn_rad: FloatArray | None = None,
        s_zero_z_mm: float = 0.0,
        step_mm: float = 0.5,
    ) -> Centreline:
        """Cubic spline through points [shape=(k, 3), mm, z strictly monotone]; straight beyond its ends.

        s is zero at `s_zero_z_mm` and grows to the head. `turn_rad` [shape=(k,)] is the turn at the points, none if
        left out.

        Raises:
            ValueError: fewer than four points, or z not strictly monotone.
        """
        order = np.argsort(points_mm[:, 2])
        points = points_mm[order]
        if len(points) < 4 or np.any(np.diff(points[:, 2]) <= 0.0):
            raise ValueError("a centreline needs at least four points of different height")
        spline = CubicSpline(points[:, 2], points[:, :2], bc_type="natural")
        low, high = points[0, 2], points[-1, 2]
        z = np.arange(low - 80.0, high + 80.0 + step_mm, step_mm)
        inside = np.clip(z, low, high)
        first, second = spline(inside, 1), spline(inside, 2)
        straight = (z < low) | (z > high)
        second[straight] = 0.0
        position = spline(inside) + first * (z - inside)[:, None]
        speed = np.sqrt(1.0 + (first**2).sum(axis=1))
        length = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) * step_mm)])
        length -= np.interp(s_zero_z_mm, z, length)
        turn = np.zeros_like(z) if turn_rad is None else np.interp(z, points[:, 2], np.asarray(turn_rad)[order])
        samples = np.ascontiguousarray(np.column_stack([position, first, second, length, turn]))
        samples.setflags(write=False)
        return cls(z_start_mm=float(z[0]), z_step_mm=step_mm, samples=samples)

    @property
    def z_mm(self) -> FloatArray:
        """Heights of the samples [shape=(n,)]."""
        return np.asarray(self.z_start_mm + self.z_step_mm * np.arange(len(self.samples)))

    def frames(self, s_mm: FloatArray) -> FloatArray:
        """Rigid frames at arc lengths s [shape=(n,) -> (n, 4, 3)].

        Origin, axes to the left, back and head.
        """
        x, y, dx, dy, turn = (np.interp(s_mm, self.samples[:, 6], self.samples[:, k]) for k in (0, 1, 2, 3, 7))
        origin = np.column_stack([x, y, np.interp(s_mm, self.samples[:, 6], self.z_mm)])
        head = np.column_stack([dx, dy, np.ones_like(dx)])
        head /= np.linalg.norm(head, axis=1, keepdims=True)
        back = np.array([0.0, 1.0, 0.0]) - head[:, 1:2] * head
        back /= np.linalg.norm(back, axis=1, keepdims=True)
        left, cos, sin = np.cross(back, head), np.cos(turn)[:, None], np.sin(turn)[:, None]
        return np.stack([origin, cos * left + sin * back, cos * back - sin * left, head], axis=1)

    def frame(self, s_mm: float) -> FloatArray:
        """Rigid frame at one arc length [shape=(4, 3)]: origin, axes to the left, back and head."""
        return np.asarray(self.frames(np.array([s_mm], dtype=np.float64))[0])

    def wall_points(self, disc_s_mm: Mapping[Interspace, float]) -> dict[Interspace, PatientPoint]:
        """The posterior wall at the middle of each disc, from the arc lengths of the discs."""
        return {level: patient_point(self.frame(s)[0]) for level, s in disc_s_mm.items()}

    def world(self, u_mm: FloatArray | float, v_mm: FloatArray | float, s_mm: FloatArray | float) -> FloatArray:
        """World points [shape=(n, 3)] of curved coordinates, each of shape (n,) or a scalar."""
        curved = (np.atleast_1d(np.asarray(q, dtype=np.float64)) for q in (u_mm, v_mm, s_mm))
        u, v, s = np.broadcast_arrays(*curved)
        frames = self.frames(s)
        return np.asarray(frames[:, 0] + u[:, None] * frames[:, 1] + v[:, None] * frames[:, 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPath:
    """An exiting root in curved coordinates, from inside the sac to beyond the foramen.

    Attributes:
        vertebra: whose pedicle it passes beneath
        side: left or right
        uvs_mm: [shape=(k, 3)] axis of the root, s evenly spaced and falling
        radius_mm: [shape=(k,)]
        sleeve_mm: [shape=(k,)] from the root to the outer face of its dural sleeve; 0 where it has none
    """

    vertebra: Vertebra
    side: Side
    uvs_mm: FloatArray
    radius_mm: FloatArray
    sleeve_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PerineuralPath:
    """Fluid that has run along a root, in curved coordinates.

    Attributes:
        uvs_mm: [shape=(k, 3)] axis of the fluid, from the hole outwards
        radius_mm: [shape=(k,)]
        iodine_mg_per_ml: [shape=(k,)]
    """

    uvs_mm: FloatArray
    radius_mm: FloatArray
    iodine_mg_per_ml: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalModel:
    """The canal along its centreline. Every table is [shape=(n,), float64] at s = s_start_mm + i * s_step_mm.

    Attributes:
        centreline: posterior wall of the canal; (u, v, s) = (left of it, behind it, along it)
        sac_u_mm, sac_v_mm: centre of the sac
        sac_half_ap_mm, sac_half_width_mm: half diameters of the sac, which set the zones' borders
        sac_radius_mm: [shape=(n, angle)] outline of the dura's outer face, polar about the centre; angles
            even over a turn, from u towards v
        roof_apex_mm: v of the canal's dorsal roof on the midline; roof_slope its fall per mm to the side
        flavum_thickness_mm, flavum_reach_mm: the flavum's thickness (0 under bone) and half width
        half_width_mm: between the pedicles; front_mm: v of the canal's front
        csf_iodine_mg_per_ml, collection_iodine_mg_per_ml: contrast in the sac's middle and outside it
        collection_thickness_mm: of the epidural collection behind the sac; 0 where there is none
        collection_behind_share: part of it that lies behind the sac alone and not about it, 0..1
        cord_half_ap_mm, cord_half_width_mm, cord_u_mm, cord_v_mm: the cord's ellipse; 0 below the conus
        window: 1 between laminae, 0 under them
        roots: exiting roots with their sleeves
        strands: [shape=(n, strand, 3)] u, v, radius of the strands of the cauda equina; radius 0 where one
            has left
        foramina: [shape=(f, 7)] u, v, s, half sizes and forward slope of the fat-filled foramina
        spills: fluid along roots, all with one number of points
        settling: part by which contrast is denser at the sac's front than in its middle
    """

    centreline: Centreline
    s_start_mm: float
    s_step_mm: float
    sac_u_mm: FloatArray
    sac_v_mm: FloatArray
    sac_half_ap_mm: FloatArray
    sac_half_width_mm: FloatArray
    sac_radius_mm: FloatArray
    roof_apex_mm: FloatArray
    roof_slope: FloatArray
    flavum_thickness_mm: FloatArray
    flavum_reach_mm: FloatArray
    half_width_mm: FloatArray
    front_mm: FloatArray
    csf_iodine_mg_per_ml: FloatArray
    collection_thickness_mm: FloatArray
    collection_iodine_mg_per_ml: FloatArray
    collection_behind_share: FloatArray
    cord_half_ap_mm: FloatArray
    cord_half_width_mm: FloatArray
    cord_u_mm: FloatArray
    cord_v_mm: FloatArray
    window: FloatArray
    roots: tuple[RootPath, ...]
    strands: FloatArray
    foramina: FloatArray
    spills: tuple[PerineuralPath, ...] = ()
    settling: float = 0.0

    @property
    def s_mm(self) -> FloatArray:
        """Arc length of the tables' samples [shape=(n,)]."""
        return np.asarray(self.s_start_mm + self.s_step_mm * np.arange(len(self.sac_v_mm)))

    def at(self, table: str, s_mm: float) -> float:
        """One table at one arc length."""
        return float(np.interp(s_mm, self.s_mm, getattr(self, table)))

    def epidural_depth_mm(self, s_mm: float) -> float:
        """Depth of the dorsal epidural space on the midline, flavum or lamina to dura."""
        back = self.at("sac_v_mm", s_mm) + self.at("sac_half_ap_mm", s_mm)
        return self.at("roof_apex_mm", s_mm) - back


def _tables(model: CanalModel) -> FloatArray:
    tables = np.empty((len(model.sac_v_mm), kernels.TABLE_COLUMNS))
    for column, name in (
        (kernels.SAC_U, "sac_u_mm"),
        (kernels.SAC_V, "sac_v_mm"),
        (kernels.SAC_HALF_AP, "sac_half_ap_mm"),
        (kernels.SAC_HALF_WIDTH, "sac_half_width_mm"),
        (kernels.ROOF_APEX, "roof_apex_mm"),
        (kernels.ROOF_SLOPE, "roof_slope"),
        (kernels.FLAVUM_THICKNESS, "flavum_thickness_mm"),
        (kernels.FLAVUM_REACH, "flavum_reach_mm"),
        (kernels.HALF_WIDTH, "half_width_mm"),
        (kernels.FRONT, "front_mm"),
        (kernels.CSF_IODINE, "csf_iodine_mg_per_ml"),
        (kernels.COLLECTION_THICKNESS, "collection_thickness_mm"),
        (kernels.COLLECTION_IODINE, "collection_iodine_mg_per_ml"),
        (kernels.CORD_HALF_AP, "cord_half_ap_mm"),
        (kernels.CORD_HALF_WIDTH, "cord_half_width_mm"),
        (kernels.CORD_U, "cord_u_mm"),
        (kernels.CORD_V, "cord_v_mm"),
        (kernels.WINDOW, "window"),
        (kernels.COLLECTION_BEHIND, "collection_behind_share"),
    ):
        tables[:, int(column)] = getattr(model, name)
    return tables


def _sac_lattice(
    model: CanalModel, kept: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], FloatArray, FloatArray]:
    """Exact distances to the sac's outline on a lattice (s, v, u), its start and its steps.

    A look-up is within 0.02 mm of the truth.
    """
    stride = max(1, round(_LATTICE_STEP_S_MM / model.s_step_mm))
    pick = np.arange(0, len(model.sac_v_mm), stride)
    angle = 2.0 * np.pi * np.arange(model.sac_radius_mm.shape[1]) / model.sac_radius_mm.shape[1]
    u = model.sac_u_mm[pick, None] + model.sac_radius_mm[pick] * np.cos(angle)
    v = model.sac_v_mm[pick, None] + model.sac_radius_mm[pick] * np.sin(angle)
    low = np.array([v.min(), u.min()]) - _LATTICE_MARGIN_MM
    size = np.ceil((np.array([v.max(), u.max()]) + _LATTICE_MARGIN_MM - low) / _LATTICE_MM).astype(int) + 1
    start = np.array([model.s_start_mm, low[0], low[1]])
    step = np.array([stride * model.s_step_mm, _LATTICE_MM, _LATTICE_MM])
    shape = len(pick), int(size[0]), int(size[1])
    if kept is not None and kept.shape == shape and kept.dtype == np.float32:
        return kept, start, step
    lattice = np.empty(shape, dtype=np.float32)
    kernels.fill_sac_lattice(lattice, start, step, np.ascontiguousarray(u), np.ascontiguousarray(v))
    lattice.setflags(write=False)
    return lattice, start, step


def _roots(model: CanalModel) -> tuple[FloatArray, FloatArray]:
    if not model.roots:
        return np.zeros((0, 2, 5)), np.zeros((0, 3))
    points, spans = [], []
    for root in model.roots:
        world = model.centreline.world(*root.uvs_mm.T)
        points.append(np.column_stack([world, root.radius_mm, root.sleeve_mm]))
        spans.append((root.uvs_mm[0, 2], root.uvs_mm[0, 2] - root.uvs_mm[1, 2], np.sign(root.uvs_mm[-1, 0])))
    return np.ascontiguousarray(np.stack(points)), np.array(spans, dtype=np.float64)


def _spills(model: CanalModel) -> FloatArray:
    """Points of each path with radius and iodine, after its bounding sphere: centre, radius, 0."""
    if not model.spills:
        return np.zeros((0, 3, 5))
    paths = []
    for spill in model.spills:
        world = model.centreline.world(*spill.uvs_mm.T)
        middle = 0.5 * (world.min(axis=0) + world.max(axis=0))
        bound = np.max(np.linalg.norm(world - middle, axis=1) + spill.radius_mm)
        points = np.column_stack([world, spill.radius_mm, spill.iodine_mg_per_ml])
        paths.append(np.vstack([[*middle, bound, 0.0], points]))
    return np.ascontiguousarray(np.stack(paths))


def canal_arrays(
    model: CanalModel,
    palette: FloatArray,
    tile: NDArray[np.float32],
    sac: NDArray[np.float32] | None = None,
) -> kernels.CanalArrays:
    """Bare arrays for the kernels, with the sac's distance lattice computed (a fraction of a second).

    Args:
        model: the canal; all its tables must have one length, and all roots one number of points
        palette: basis densities of the tissues that kernels mix, rows as in paint_kernels [shape=(row, 3)]
        tile: texture, from `texture.noise_tile`
        sac: distance lattice of the same model from an earlier run, if there is one

    Raises:
        ValueError: a table has another length than the rest.
    """
    n = len(model.sac_v_mm)
    for field in fields(model):
        table = getattr(model, field.name)
        if isinstance(table, np.ndarray) and field.name != "foramina" and len(table) != n:
            raise ValueError(f"table {field.name} has {len(table)} samples, not {n}")
    lattice, start, step = _sac_lattice(model, sac)
    roots, spans = _roots(model)
    return kernels.CanalArrays(
        line=model.centreline.samples,
        line_start=model.centreline.z_start_mm,
        line_step=model.centreline.z_step_mm,
        tables=_tables(model),
        s_start=model.s_start_mm,
        s_step=model.s_step_mm,
        sac=lattice,
        sac_start=start,
        sac_step=step,
        roots=roots,
        root_span=spans,
        strands=np.ascontiguousarray(model.strands),
        foramina=np.ascontiguousarray(model.foramina),
        spills=_spills(model),
        settling=model.settling,
        tile=tile,
        palette=palette,
    )
