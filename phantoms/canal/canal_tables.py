"""The canal model as bare arrays for the kernels: tables, the sac's distance lattice, roots, fluid along them."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from phantoms.canal import canal_kernels as kernels
from phantoms.canal.canal_model import CanalModel
from phantoms.paint_kernels import Paints
from simulator.spatial.arrays import FloatArray

_LATTICE_MM = 0.5
_LATTICE_STEP_S_MM = 2.0
_LATTICE_MARGIN_MM = 10.0


def _tables(model: CanalModel) -> FloatArray:
    tables = np.empty((len(model.sac.v_mm), kernels.TABLE_COLUMNS))
    for column, table in (
        (kernels.SAC_U, model.sac.u_mm),
        (kernels.SAC_V, model.sac.v_mm),
        (kernels.SAC_HALF_AP, model.sac.half_ap_mm),
        (kernels.SAC_HALF_WIDTH, model.sac.half_width_mm),
        (kernels.DORSAL_WALL_APEX, model.walls.dorsal_apex_mm),
        (kernels.DORSAL_WALL_SLOPE, model.walls.dorsal_slope),
        (kernels.FLAVUM_THICKNESS, model.walls.flavum_thickness_mm),
        (kernels.FLAVUM_REACH, model.walls.flavum_reach_mm),
        (kernels.HALF_WIDTH, model.walls.half_width_mm),
        (kernels.FRONT, model.walls.front_mm),
        (kernels.CSF_IODINE, model.fluid.csf_iodine_mg_per_ml),
        (kernels.COLLECTION_THICKNESS, model.fluid.collection_thickness_mm),
        (kernels.COLLECTION_IODINE, model.fluid.collection_iodine_mg_per_ml),
        (kernels.CORD_HALF_AP, model.cord.half_ap_mm),
        (kernels.CORD_HALF_WIDTH, model.cord.half_width_mm),
        (kernels.CORD_U, model.cord.u_mm),
        (kernels.CORD_V, model.cord.v_mm),
        (kernels.INTERLAMINAR_WINDOW, model.walls.interlaminar_window),
        (kernels.COLLECTION_BEHIND, model.fluid.collection_behind_fraction),
        (kernels.VENTRAL_THICKNESS, model.fluid.ventral_thickness_mm),
        (kernels.VENTRAL_IODINE, model.fluid.ventral_iodine_mg_per_ml),
    ):
        tables[:, int(column)] = table
    return tables


def _sac_lattice(
    model: CanalModel, kept: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], FloatArray, FloatArray]:
    """Exact distances to the sac's outline on a lattice (s, v, u), its start and its steps.

    A look-up is within 0.02 mm of the truth.
    """
    stride = max(1, round(_LATTICE_STEP_S_MM / model.s_step_mm))
    pick = np.arange(0, len(model.sac.v_mm), stride)
    angle = 2.0 * np.pi * np.arange(model.sac.radius_mm.shape[1]) / model.sac.radius_mm.shape[1]
    u = model.sac.u_mm[pick, None] + model.sac.radius_mm[pick] * np.cos(angle)
    v = model.sac.v_mm[pick, None] + model.sac.radius_mm[pick] * np.sin(angle)
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
    if not model.nerves.roots:
        return np.zeros((0, 2, 5)), np.zeros((0, 3))
    points, spans = [], []
    for root in model.nerves.roots:
        world = model.centreline.from_canal_coordinates(*root.uvs_mm.T)
        points.append(np.column_stack([world, root.radius_mm, root.sleeve_mm]))
        spans.append((root.uvs_mm[0, 2], root.uvs_mm[0, 2] - root.uvs_mm[1, 2], np.sign(root.uvs_mm[-1, 0])))
    return np.ascontiguousarray(np.stack(points)), np.array(spans, dtype=np.float64)


def _perineural_leaks(model: CanalModel) -> FloatArray:
    """Points of each path with radius and iodine, after its bounding sphere: centre, radius, 0."""
    if not model.fluid.perineural_leaks:
        return np.zeros((0, 3, 5))
    paths = []
    for leak in model.fluid.perineural_leaks:
        world = model.centreline.from_canal_coordinates(*leak.uvs_mm.T)
        middle = 0.5 * (world.min(axis=0) + world.max(axis=0))
        bound = np.max(np.linalg.norm(world - middle, axis=1) + leak.radius_mm)
        points = np.column_stack([world, leak.radius_mm, leak.iodine_mg_per_ml])
        paths.append(np.vstack([[*middle, bound, 0.0], points]))
    return np.ascontiguousarray(np.stack(paths))


def _check_lengths(model: CanalModel) -> None:
    n = len(model.sac.v_mm)
    for part in (model.sac, model.walls, model.cord, model.nerves, model.fluid):
        for field in fields(part):
            table = getattr(part, field.name)
            if isinstance(table, np.ndarray) and field.name != "foramina" and len(table) != n:
                raise ValueError(f"table {field.name} of {type(part).__name__} has {len(table)} samples, not {n}")


def canal_arrays(
    model: CanalModel,
    paints: Paints,
    sac: NDArray[np.float32] | None = None,
) -> kernels.CanalArrays:
    """Bare arrays for the kernels, with the sac's distance lattice computed (a fraction of a second).

    Args:
        model: the canal; all its tables must have one length, and all roots one number of points
        paints: noise, and basis densities of the tissues that kernels mix
        sac: distance lattice of the same model from an earlier run, if there is one

    Raises:
        ValueError: a table has another length than the rest.
    """
    _check_lengths(model)
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
        strands=np.ascontiguousarray(model.nerves.strands),
        foramina=np.ascontiguousarray(model.nerves.foramina),
        perineural_leaks=_perineural_leaks(model),
        settling=model.fluid.settling,
        paints=paints,
    )
