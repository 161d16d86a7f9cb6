"""Fluid that runs out of a root's sleeve, and where the hole of a leak lies (reference section 6, patterns B and C)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from phantoms.canal.canal_model import CanalModel, PerineuralPath, RootPath
from phantoms.fluid.leak import AT_A_ROOT, FLUID_AT_A_ROOT, LeakParameters, level_length_mm
from phantoms.phantom import DrainingVein, Leak
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import CanalPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern, Side
from simulator.vocabulary.levels import Interspace

_TO_THE_LEFT = {Laterality.LEFT: 1.0, Laterality.RIGHT: -1.0, Laterality.BOTH: 0.0}
POINTS = 24
"""Points of every path of fluid."""

_CLEAR_OF_SAC_MM = 0.2
_ABOUT_ROOT = (
    0.6  # of the fluid's thickness is the radius it adds to the root's; it lies off the root's axis by the rest
)
# Towards the midline, back and feet: fluid sinks into the axilla (assumption)
_BELOW_AND_BEHIND = CanalPoint(0.3, 0.5, -0.8)
_TUBE = 0.5  # part of the thickness at the hole that a sleeve leak keeps on its way out (assumption)
_BULGE = 0.35  # part of its reach over which the rest is lost (assumption)
_BLUSH_RUNS = 1.5  # length of a blush in its thicknesses (assumption)
_RING_BESIDE = 0.9  # part of a ring's length over which it lies to one side as well (assumption)
_SLEEVE_FROM_MM = 0.5  # thickness of a ring from which on it runs along roots (assumption)
_LEAST_RADIUS_MM = 0.1
_DORSAL_HOLE = math.radians(30.0)  # from the midline to the leak's side, where the hole is in the sac (assumption)


def with_perineural_leak(
    model: CanalModel, leak: LeakParameters | None, disc_s_mm: Mapping[Interspace, float] = MappingProxyType({})
) -> CanalModel:
    """The canal with the fluid of a sleeve leak or a slow leak, or with what a ring has beside the sac and along roots.

    The same canal for any other. What it held along roots stays.

    Args:
        disc_s_mm: arc lengths of the discs, by which a ring's length is known

    Raises:
        ValueError: the canal has no root at the leak's interspace.
    """
    paths: tuple[PerineuralPath, ...] = ()
    if leak is not None and leak.pattern in FLUID_AT_A_ROOT:
        make = _tube if leak.pattern == LeakPattern.ROOT_SLEEVE else _blush
        paths = tuple(make(model, root, leak) for root in _leaking(model, leak))
    elif leak is not None and leak.level in disc_s_mm:
        paths = tuple(_beyond_ring(model, leak, disc_s_mm))
    if not paths:
        return model
    return replace(model, fluid=replace(model.fluid, perineural_leaks=(*model.fluid.perineural_leaks, *paths)))


def locate_hole(model: CanalModel, leak: LeakParameters | None, interspace_s_mm: float | None) -> Leak:
    """Where the hole lies: in the axilla of a root's sleeve, in the sac's front, or on its back to the leak's side.

    Of two leaking sleeves it is the left one's.

    Args:
        model: the canal
        leak: None for none
        interspace_s_mm: arc length of the leak's disc; None where there is no leak
    """
    if leak is None or leak.pattern == LeakPattern.NONE or interspace_s_mm is None:
        side = Laterality.BOTH if leak is None else leak.side
        return Leak(pattern=LeakPattern.NONE, level=None, side=side, hole_mm=None)
    if leak.pattern in AT_A_ROOT:
        _, hole = _axilla(model, _leaking(model, leak)[0])
    elif model.fluid.ventral_hole is not None:
        hole = model.fluid.ventral_hole
    else:
        s = interspace_s_mm
        angle = 0.5 * np.pi - _TO_THE_LEFT[leak.side] * _DORSAL_HOLE
        radius = _sac_radius(model, angle, s)
        u, v = (
            model.at(model.sac.u_mm, s) + radius * np.cos(angle),
            model.at(model.sac.v_mm, s) + radius * np.sin(angle),
        )
        hole = CanalPoint(u, v, s)
    hole_mm = model.centreline.to_patient(hole)
    vein = None
    if leak.pattern == LeakPattern.CSF_VENOUS_FISTULA:
        vein = _draining_vein(model, _leaking(model, leak)[0], leak)
    return Leak(pattern=leak.pattern, level=leak.level, side=leak.side, hole_mm=hole_mm, vein=vein)


def _leaking(model: CanalModel, leak: LeakParameters) -> list[RootPath]:
    """Roots of the interspace on the leak's side, the left one first: that of the vertebra above leaves there."""
    vertebra = leak.level.upper_vertebra
    sides = (Side.LEFT, Side.RIGHT) if leak.side == Laterality.BOTH else (Side(leak.side.value),)
    roots = {(root.vertebra, root.side): root for root in model.nerves.roots}
    if any((vertebra, side) not in roots for side in sides):
        raise ValueError(f"leak at {leak.level}: no root leaves there in the part of the spine that is shown")
    return [roots[vertebra, side] for side in sides]


def _sac_radius(model: CanalModel, angle: float, s_mm: float) -> float:
    i = int(np.argmin(np.abs(model.s_mm - s_mm)))
    count = model.sac.radius_mm.shape[1]
    turn = np.mod(angle, 2.0 * np.pi)
    return float(np.interp(turn, 2.0 * np.pi * np.arange(count) / count, model.sac.radius_mm[i], period=2.0 * np.pi))


def _across(root: RootPath, towards: CanalPoint) -> FloatArray:
    """Unit vectors at right angles to the root, as far as can be in one direction [shape=(k, 3)]."""
    along = np.gradient(root.uvs_mm, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aim = np.array(towards) * (-np.sign(root.uvs_mm[-1, 0]), 1.0, 1.0)
    across = aim - (along @ aim)[:, None] * along
    return np.asarray(across / np.linalg.norm(across, axis=1, keepdims=True))


def _axilla(model: CanalModel, root: RootPath) -> tuple[int, CanalPoint]:
    """Where sac and sleeve part: index along the root, and the point on the sleeve's medial underside."""
    outer = root.radius_mm + root.sleeve_mm
    points = root.uvs_mm + outer[:, None] * _across(root, CanalPoint(1.0, 0.0, -1.0))
    sleeved = np.flatnonzero(root.sleeve_mm > 0.0)
    for k in sleeved:
        at = CanalPoint(*points[k].tolist())
        du, dv = at.u_mm - model.at(model.sac.u_mm, at.s_mm), at.v_mm - model.at(model.sac.v_mm, at.s_mm)
        if math.hypot(du, dv) - _sac_radius(model, math.atan2(dv, du), at.s_mm) >= _CLEAR_OF_SAC_MM:
            return int(k), at
    return int(sleeved[-1]), CanalPoint(*points[sleeved[-1]].tolist())


def _tube(model: CanalModel, root: RootPath, leak: LeakParameters) -> PerineuralPath:
    """An uneven tube about the root, thickest and densest at the axilla, open to the side."""
    first, _ = _axilla(model, root)
    lateral = np.abs(root.uvs_mm[:, 0]) - abs(root.uvs_mm[first, 0])
    lateral[: first + 1] = np.linspace(-1.0, 0.0, first + 1)
    reach = min(leak.reach_mm, float(lateral[-1]))
    out = np.linspace(0.0, 1.0, POINTS)
    part = np.interp(out * reach, np.maximum.accumulate(lateral), np.arange(len(lateral), dtype=np.float64))

    def at(table: FloatArray) -> FloatArray:
        return np.asarray(np.interp(part, np.arange(len(table), dtype=np.float64), table))

    thick = leak.thickness_mm * (_TUBE + (1.0 - _TUBE) * np.exp(-((out / _BULGE) ** 2)))
    thick *= np.sqrt(1.0 - 0.98 * out**4)  # the end is round
    across = _across(root, _BELOW_AND_BEHIND)
    axis, aside = (np.column_stack([at(q[:, i]) for i in range(3)]) for q in (root.uvs_mm, across))
    iodine = leak.iodine_ratio * model.at(model.fluid.csf_iodine_mg_per_ml, float(root.uvs_mm[first, 2]))
    return PerineuralPath(
        uvs_mm=axis + ((1.0 - _ABOUT_ROOT) * thick)[:, None] * aside,
        radius_mm=at(root.radius_mm + root.sleeve_mm) + _ABOUT_ROOT * thick,
        iodine_mg_per_ml=iodine * np.exp(-out),  # falls to a third at its end (assumption)
    )


def _draining_vein(model: CanalModel, root: RootPath, leak: LeakParameters) -> DrainingVein:
    """A vein below the root, from its sleeve through the foramen to the side of the spine (paraspinal)."""
    first, _ = _axilla(model, root)
    outer = root.radius_mm + root.sleeve_mm
    beside = root.uvs_mm + (outer + 0.5 * leak.thickness_mm)[:, None] * _across(root, _BELOW_AND_BEHIND)
    lateral = np.abs(beside[:, 0]) - abs(beside[first, 0])
    seen = np.arange(len(lateral)) >= first
    shown = seen & (lateral <= leak.reach_mm)
    points = model.centreline.from_canal_coordinates(*beside[shown].T)
    iodine = leak.iodine_ratio * model.at(model.fluid.csf_iodine_mg_per_ml, float(root.uvs_mm[first, 2]))
    return DrainingVein(points_mm=points, radius_mm=0.5 * leak.thickness_mm, iodine_mg_per_ml=float(iodine))


def _blush(model: CanalModel, root: RootPath, leak: LeakParameters) -> PerineuralPath:
    """A small faint drop below the axilla."""
    first, hole = _axilla(model, root)
    along = root.uvs_mm[first + 1] - root.uvs_mm[first]
    between = along / np.linalg.norm(along) + np.array([0.0, 0.3, -1.0])  # root and sac, a little to the back
    between /= np.linalg.norm(between)
    radius = 0.5 * leak.thickness_mm
    out = np.linspace(0.0, 1.0, POINTS)
    start = np.asarray(hole) + 0.5 * radius * between
    length = max(_BLUSH_RUNS - 1.0, 0.1) * leak.thickness_mm
    iodine = leak.iodine_ratio * model.at(model.fluid.csf_iodine_mg_per_ml, hole.s_mm)
    return PerineuralPath(
        uvs_mm=start + length * out[:, None] * between,
        radius_mm=radius * (1.0 - 0.4 * out),
        iodine_mg_per_ml=iodine * np.exp(-0.5 * out),
    )


def _beyond_ring(
    model: CanalModel, leak: LeakParameters, disc_s_mm: Mapping[Interspace, float]
) -> Iterator[PerineuralPath]:
    """What of a ring lies to one side of the sac, and along the roots that leave within it."""
    if leak.pattern != LeakPattern.CIRCUMFERENTIAL:
        return
    hole = disc_s_mm[leak.level]
    reach = 0.5 * leak.extent_levels * level_length_mm(list(disc_s_mm.values()), hole)
    sides = (Side.LEFT, Side.RIGHT) if leak.side == Laterality.BOTH else (Side(leak.side.value),)
    if leak.asymmetry > 0.0:
        yield _beside_sac(model, leak, hole, reach)
    for root in model.nerves.roots if leak.sleeve_mm > 0.0 else ():
        first, axilla = _axilla(model, root)
        thick = model.at(model.fluid.collection_thickness_mm, axilla.s_mm)
        csf = model.at(model.fluid.csf_iodine_mg_per_ml, float(root.uvs_mm[first, 2]))
        if root.side not in sides or abs(axilla.s_mm - hole) > reach or thick < _SLEEVE_FROM_MM or csf <= 0.0:
            continue
        iodine = model.at(model.fluid.collection_iodine_mg_per_ml, axilla.s_mm) / csf
        yield _tube(model, root, replace(leak, thickness_mm=thick, reach_mm=leak.sleeve_mm, iodine_ratio=iodine))


def _beside_sac(model: CanalModel, leak: LeakParameters, hole_s_mm: float, reach_mm: float) -> PerineuralPath:
    """Fluid beside the sac on the leak's side, as long as the ring and as thin at its ends."""
    s = np.linspace(hole_s_mm + _RING_BESIDE * reach_mm, hole_s_mm - _RING_BESIDE * reach_mm, POINTS)
    sac, fluid = model.sac, model.fluid
    u, v, half_width, half_ap, thick, iodine = (
        np.interp(s, model.s_mm, table)
        for table in (
            sac.u_mm, sac.v_mm, sac.half_width_mm, sac.half_ap_mm,
            fluid.collection_thickness_mm, fluid.collection_iodine_mg_per_ml,
        )
    )  # fmt: skip
    more = leak.asymmetry * thick
    return PerineuralPath(
        uvs_mm=np.column_stack([u + _TO_THE_LEFT[leak.side] * (half_width + 0.5 * more), v + 0.3 * half_ap, s]),
        radius_mm=0.5 * more + _LEAST_RADIUS_MM,
        iodine_mg_per_ml=iodine,
    )
