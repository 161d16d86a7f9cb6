"""The cord of a real patient: as labels show it where there are some, else as large as the table and amid the sac.

What segmentations call spinal cord is often the whole content of the canal, for a CT without contrast does not part
the two. The size of the section tells: a label of a cord's size gives centre, section and conus, a larger one only the
centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.canal.canal_model import SpinalCord
from phantoms.canal.thecal_sac import LEAST_CLEAR_MM
from phantoms.from_ct.bony_canal import CENTRE_V_MM, CanalMeasure
from phantoms.morphometry import morphometry
from phantoms.phantom import VoxelGrid
from phantoms.spinal_curve import along
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Region, Vertebra

TABLE, CENTRE, SECTION = "table", "centre", "section"
_CORD = tuple(one for one in Vertebra if one.region != Region.LUMBAR)  # where the table's cord is whole
_CONUS_MM = 28.0  # over which the cord tapers
_OF_SAC = 0.62  # the greatest part of the sac's diameters that a cord of the table takes
_LIKE_CORD = (0.7, 1.3)  # diameter against the table's: three SD of it are a fifth, a voxel is as much (assumption)
_CLIP = (0.6, 1.4)  # of single sections of such a label
_STEP_MM = 1.0  # from one section to the next
_LOOK_MM, _PIXEL_MM = 15.0, 0.5
_ASIDE_MM, _FROM_WALL_MM = 6.0, (2.0, 16.0)  # where the middle of a cord can lie (assumption)
_LEAST_SECTIONS = 10
_SMOOTH_MM = 4.0
_END_MM = 10.0  # a label that ends so far above the image's end shows the conus
_CONUS_LEVELS_MM = (-56.0, 42.0)  # of the table's conus: 1.6 levels of 35 mm below to 1.2 above (scenario's range)


@dataclass(frozen=True, slots=True, kw_only=True)
class CordSeen:
    """What the labels of a CT say of the cord.

    Attributes:
        trust: `SECTION` where the label has a cord's size, else `CENTRE`
        s_mm: arc length of the sections in which it is labelled, ascending [shape=(n,)]
        u_mm, v_mm: its middle there; half_ap_mm, half_width_mm: half diameters of an ellipse of its extent
        area_mm2: median of its sections; table_mm2: of the table's there
        ends: whether it ends above the image's end
    """

    trust: str
    s_mm: FloatArray
    u_mm: FloatArray
    v_mm: FloatArray
    half_ap_mm: FloatArray
    half_width_mm: FloatArray
    area_mm2: float
    table_mm2: float
    ends: bool


def cord_in_labels(mask: NDArray[np.bool_], grid: VoxelGrid, measure: CanalMeasure) -> CordSeen | None:
    """The cord as it is labelled, in sections of the canal; None where hardly any section holds one.

    Args:
        mask: voxels labelled as cord [shape=(z, y, x)]
        grid: of the mask, in the phantom's frame
        measure: of the CT's bone
    """
    if not mask.any():
        return None
    line = measure.centreline
    heights = np.flatnonzero(mask.any(axis=(1, 2)))
    z = grid.z_mm[heights]
    ends = np.interp([z.min(), z.max()], line.z_mm, line.samples[:, 6])
    s = np.arange(max(ends[0], measure.s_mm[0]), min(ends[1], measure.s_mm[-1]), _STEP_MM)
    found = [_section(mask, grid, frame) for frame in line.frames(s)] if len(s) else []
    kept = [i for i, one in enumerate(found) if one is not None]
    if len(kept) < _LEAST_SECTIONS:
        return None
    rows = np.array([found[i] for i in kept], dtype=np.float64)
    s = s[kept]
    u, v, half_ap, half_width = (ndimage.gaussian_filter1d(rows[:, k], _SMOOTH_MM / _STEP_MM) for k in range(4))
    table = [0.5 * along_table(measure, field, s) for field in ("cord_ap_mm", "cord_transverse_mm")]
    ratio = np.sqrt(half_ap * half_width / (table[0] * table[1]))
    like = _LIKE_CORD[0] <= float(np.median(ratio)) <= _LIKE_CORD[1]
    return CordSeen(
        trust=SECTION if like else CENTRE,
        s_mm=s,
        u_mm=u,
        v_mm=v,
        half_ap_mm=half_ap,
        half_width_mm=half_width,
        area_mm2=float(np.pi * np.median(half_ap * half_width)),
        table_mm2=float(np.pi * np.median(table[0] * table[1])),
        ends=bool(z.min() > grid.z_mm[0] + _END_MM),
    )


def _section(mask: NDArray[np.bool_], grid: VoxelGrid, frame: FloatArray) -> tuple[float, float, float, float] | None:
    """Middle and half diameters (front to back, across) of the label in one section; None where no cord can lie."""
    q = np.arange(-_LOOK_MM, _LOOK_MM + 0.01, _PIXEL_MM)
    u, v = (part.ravel() for part in np.meshgrid(q, CENTRE_V_MM + q))
    points = frame[0] + u[:, None] * frame[1] + v[:, None] * frame[2]
    index = grid.nearest_voxel(points)
    within = np.all((index >= 0) & (index < np.array(mask.shape)), axis=1)
    here = np.zeros(len(points), dtype=bool)
    here[within] = mask[tuple(index[within].T)]
    if here.sum() < 8:
        return None
    middle_u, middle_v = float(u[here].mean()), float(v[here].mean())
    if abs(middle_u) > _ASIDE_MM or not _FROM_WALL_MM[0] < middle_v < _FROM_WALL_MM[1]:
        return None
    # an ellipse's half diameter is twice the spread along it
    return middle_u, middle_v, 2.0 * float(v[here].std()), 2.0 * float(u[here].std())


def fit_cord(
    measure: CanalMeasure,
    sac: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    conus_s_mm: float,
    seen: CordSeen | None,
) -> SpinalCord:
    """The cord in the sac, nearer to the dura than `LEAST_CLEAR_MM` nowhere.

    Args:
        measure: of the CT's bone
        sac: its middle u and v, its half depth and half width along `measure.s_mm`
        conus_s_mm: where the cord ends by the table
        seen: what labels show, if they show any
    """
    s = measure.s_mm
    sac_u, sac_v, half_ap, half_width = sac
    conus = _conus(conus_s_mm, seen)
    swell = np.where(s > conus, np.sqrt(np.clip((s - conus) / _CONUS_MM, 0.0, 1.0)), 0.0)
    ap, across = (0.5 * swell * along_table(measure, field, s) for field in ("cord_ap_mm", "cord_transverse_mm"))
    ap, across = np.minimum(ap, _OF_SAC * half_ap), np.minimum(across, _OF_SAC * half_width)
    u, v = sac_u, sac_v - 0.4
    if seen is not None:
        shown = np.where((s >= seen.s_mm[0]) & (s <= seen.s_mm[-1]), 1.0, 0.0)
        part = ndimage.gaussian_filter1d(shown, _SMOOTH_MM / (s[1] - s[0]))
        u = u + part * (np.interp(s, seen.s_mm, seen.u_mm) - u)
        v = v + part * (np.interp(s, seen.s_mm, seen.v_mm) - v)
        if seen.trust == SECTION:
            for table, values in ((ap, seen.half_ap_mm), (across, seen.half_width_mm)):
                labelled = np.clip(np.interp(s, seen.s_mm, values), _CLIP[0] * table, _CLIP[1] * table)
                table += part * (labelled - table)
    ap = np.minimum(ap, np.maximum(half_ap - 2.0 * LEAST_CLEAR_MM, 0.3 * half_ap))
    across = np.minimum(across, np.maximum(half_width - 2.0 * LEAST_CLEAR_MM, 0.3 * half_width))
    off_u, off_v = u - sac_u, v - sac_v
    beyond = np.hypot(off_u / (half_width - across - LEAST_CLEAR_MM), off_v / (half_ap - ap - LEAST_CLEAR_MM))
    back = np.maximum(beyond, 1.0)
    return SpinalCord(u_mm=sac_u + off_u / back, v_mm=sac_v + off_v / back, half_ap_mm=ap, half_width_mm=across)


def _conus(of_table: float, seen: CordSeen | None) -> float:
    """Arc length of the cord's tip: the end of a label of its size, within what is known of people."""
    if seen is None or seen.trust != SECTION or not seen.ends:
        return of_table
    return float(np.clip(seen.s_mm[0], of_table + _CONUS_LEVELS_MM[0], of_table + _CONUS_LEVELS_MM[1]))


def along_table(measure: CanalMeasure, field: str, s_mm: FloatArray) -> FloatArray:
    """A diameter of the table's cord above its conus; that of T12 goes on below."""
    names = [name for name in measure.names if name in _CORD]
    if len(names) < 2:
        return np.full_like(s_mm, morphometry()[names[0] if names else Vertebra.T12].in_column(field))
    nodes = np.array([measure.body_s_mm[name] for name in names])
    return along(nodes, [morphometry()[name].in_column(field) for name in names], s_mm)
