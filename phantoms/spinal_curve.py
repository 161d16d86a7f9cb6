"""The curve of the spine on the table, and where each vertebra of the whole column C1..S1 lies along it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from phantoms.canal.centreline import curve_through
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.vocabulary.levels import (
    FIVE_LUMBAR_COLUMN,
    SIX_LUMBAR_COLUMN,
    Interspace,
    Vertebra,
    column_with,
    interspaces_of,
)

BONE_SCALE = {"F": 0.92, "M": 1.04}
"""Linear size of bone against the table; the canal is not scaled (reference section 3, assumption)."""

_LORDOSIS_FRACTION = {
    Vertebra.T12: 0.05,
    Vertebra.L1: 0.09,
    Vertebra.L2: 0.14,
    Vertebra.L3: 0.20,
    Vertebra.L4: 0.25,
    Vertebra.L5: 0.32,
}
"""Part of the L1-S1 lordosis at the interspace below each vertebra (assumption: most of it low, as lying in
[LL627]); T12's comes on top."""

_SIX_LUMBAR_LORDOSIS_FRACTION = {
    Vertebra.T12: 0.05,
    Vertebra.L1: 0.07,
    Vertebra.L2: 0.11,
    Vertebra.L3: 0.15,
    Vertebra.L4: 0.18,
    Vertebra.L5: 0.22,
    Vertebra.L6: 0.27,
}
"""The same of six lumbar vertebrae (assumption)."""

_KYPHOSIS_FRACTION = {
    Vertebra.T1: 0.06,
    Vertebra.T2: 0.08,
    Vertebra.T3: 0.10,
    Vertebra.T4: 0.115,
    Vertebra.T5: 0.125,
    Vertebra.T6: 0.13,
    Vertebra.T7: 0.125,
    Vertebra.T8: 0.11,
    Vertebra.T9: 0.09,
    Vertebra.T10: 0.065,
}
"""Part of the T1-T12 kyphosis at the interspace below each vertebra (assumption); the junctions are straight [AO]."""

_FLEXION_FRACTION = {
    Vertebra.C1: 0.6,
    Vertebra.C2: 0.2,
    Vertebra.C3: 0.2,
    Vertebra.C4: 0.2,
    Vertebra.C5: 0.2,
    Vertebra.C6: 0.2,
}
"""Part of the C2-C7 flexion at the interspace below each vertebra; C1's (the nod) comes on top (assumption)."""

_SACRUM_MM, _SACRUM_DEG = 40.0, 12.0  # below S1 the column goes on bending back
_STEP_MM = 0.25
_BEND_MM = 85.0  # half width of a scoliotic curve, which spans some seven vertebrae (assumption)
_TURN_PER_COBB = 0.4  # turn of the apical vertebra as part of the Cobb angle (assumption)

THIN = 0.4
"""Part of its height that a narrowed disc has left (assumption)."""


def with_sixth_lumbar(parameters: PatientParameters) -> PatientParameters:
    """The same person with an L6 above the sacrum, where that is shown, and its interspaces where L5/S1 was one."""
    vertebrae, interspaces = parameters.vertebrae, parameters.interspaces
    if Vertebra.S1 in vertebrae:
        at = vertebrae.index(Vertebra.S1)
        vertebrae = (*vertebrae[:at], Vertebra.L6, *vertebrae[at:])
    if Interspace.L5_S1 in interspaces:
        interspaces = (*interspaces[:-1], *interspaces_of(SIX_LUMBAR_COLUMN[-3:]))
    return replace(parameters, sixth_lumbar=True, vertebrae=vertebrae, interspaces=interspaces)


def along(nodes_s: FloatArray, values: FloatArray | list[float], s: FloatArray) -> FloatArray:
    """Smooth monotone interpolation of one value per level, constant beyond the ends."""
    order = np.argsort(nodes_s)
    curve = PchipInterpolator(nodes_s[order], np.asarray(values, dtype=np.float64)[order])
    return np.asarray(curve(np.clip(s, nodes_s.min(), nodes_s.max())))


def column_with_length(body_s: FloatArray) -> tuple[Vertebra, ...]:
    """A whole column's vertebrae, from the head down, by how many places there are: 25, or 26 with an L6."""
    return FIVE_LUMBAR_COLUMN if len(body_s) == len(FIVE_LUMBAR_COLUMN) else SIX_LUMBAR_COLUMN


def disc_heights_mm(
    sex: str, thin_discs: tuple[Interspace, ...] = (), column: tuple[Vertebra, ...] = FIVE_LUMBAR_COLUMN
) -> dict[Vertebra, float]:
    """Height of the disc below each vertebra of the column; thin ones have lost most of it."""
    below = (*interspaces_of(column), None)
    found = {}
    for vertebra, disc in zip(column, below, strict=True):
        part = THIN if disc in thin_discs else 1.0
        found[vertebra] = part * BONE_SCALE[sex] * morphometry()[vertebra].anterior.disc_below_height_mm
    return found


def heights_mm(names: tuple[Vertebra, ...], sex: str) -> FloatArray:
    """Height of each vertebral body behind [shape=(n,)]."""
    return np.array([BONE_SCALE[sex] * morphometry()[name].anterior.body_height_post_mm for name in names])


def positions_mm(names: tuple[Vertebra, ...], sex: str, thin_discs: tuple[Interspace, ...] = ()) -> FloatArray:
    """Arc length of each body's middle along the posterior wall, zero at the middle of the L3/4 disc [shape=(n,)]."""
    column = column_with(names)
    scale, discs = BONE_SCALE[sex], disc_heights_mm(sex, thin_discs, column)
    s, zero, where = 0.0, 0.0, {}
    for name in column:
        height = scale * morphometry()[name].anterior.body_height_post_mm
        disc = discs[name]
        where[name] = s - 0.5 * height
        s -= height + disc
        if name == Vertebra.L3:
            zero = s + 0.5 * disc
    return np.array([where[name] - zero for name in names])


def disc_positions_mm(
    names: tuple[Vertebra, ...], sex: str, thin_discs: tuple[Interspace, ...] = ()
) -> dict[Interspace, float]:
    """Arc length of each interspace's middle, from the head down."""
    body_s, height = positions_mm(names, sex, thin_discs), heights_mm(names, sex)
    middle = 0.5 * (body_s[:-1] - 0.5 * height[:-1] + body_s[1:] + 0.5 * height[1:])
    return {Interspace.between(a, b): float(s) for a, b, s in zip(names[:-1], names[1:], middle, strict=True)}


def tilts_deg(parameters: PatientParameters) -> FloatArray:
    """Lean of each vertebra of the column to the back, zero at the interspace that lies level [shape=(n,), degrees]."""
    column = parameters.column
    lordosis = _SIX_LUMBAR_LORDOSIS_FRACTION if parameters.sixth_lumbar else _LORDOSIS_FRACTION
    steps = [
        lordosis.get(name, 0.0) * parameters.lordosis_deg
        - _KYPHOSIS_FRACTION.get(name, 0.0) * parameters.kyphosis_deg
        - _FLEXION_FRACTION.get(name, 0.0) * parameters.neck_flexion_deg
        for name in column[:-1]
    ]
    tilt = -np.concatenate([[0.0], np.cumsum(steps)])
    level = list(disc_positions_mm(column, parameters.sex, parameters.thin_discs)).index(parameters.level_interspace)
    return np.asarray(tilt - 0.5 * (tilt[level] + tilt[level + 1]))


def centreline(parameters: PatientParameters) -> CanalTransform:
    """Posterior wall line of the whole column; its origin is the middle of the L3/4 disc."""
    body_s = positions_mm(parameters.column, parameters.sex, parameters.thin_discs)
    tilt = tilts_deg(parameters)
    nodes = np.append(body_s, body_s[-1] - _SACRUM_MM)
    tilt = np.append(tilt, tilt[-1] - _SACRUM_DEG)
    s = np.arange(nodes.min() - 5.0, nodes.max() + 5.0, _STEP_MM)
    angle = np.radians(along(nodes, tilt, s))
    zero = int(np.argmin(np.abs(s)))

    def integral(f: FloatArray) -> FloatArray:
        total = np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1])) * _STEP_MM])
        return np.asarray(total - total[zero])

    y, z = integral(np.sin(angle)), integral(np.cos(angle))
    x = parameters.lateral_bow_mm * np.sin(2.0 * np.pi * (s - 20.0) / 260.0)
    bend = np.exp(-(((s - body_s[parameters.column.index(parameters.scoliosis_apex)]) / _BEND_MM) ** 2))
    # the greatest slope of such a bell is 0.858 of its height over its width; two of them make the Cobb angle
    x += _BEND_MM / 0.858 * np.tan(np.radians(0.5 * parameters.scoliosis_deg)) * bend
    x -= x[zero]
    turn = np.radians(_TURN_PER_COBB * parameters.scoliosis_deg) * bend
    return curve_through(np.column_stack([x, y, z])[::12], turn_rad=turn[::12], s_zero_z_mm=0.0)
