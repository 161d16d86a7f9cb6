"""Bands about derived edges: which points lie no farther from the dura's or the flavum's back than these may be off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.phantom import Points
from simulator.spatial.arrays import FloatArray

DURA_BAND, FLAVUM_BAND = 1, 2
_ASIDE_MM = 8.0  # of the midline: what a needle in a window meets
_RIDGE_MM2 = 2.2  # the dorsal wall is rounded on the midline, as in the solids
_BEHIND = (0.03, 0.47)  # of a turn: the part of the sac's outline that is its back


def derived_bands(anatomy: CtAnatomy, points_mm: Points) -> NDArray[np.uint8]:
    """In which band each point lies, `DURA_BAND`, `FLAVUM_BAND` or 0 [shape=(n,)]; the dura's comes first.

    The bands lie about what was derived, also where the patient was drawn from them.

    Args:
        anatomy: of an imported patient
        points_mm: [shape=(n, 3)] in the patient's frame
    """
    u, v, s = anatomy.to_canal_coordinates(points_mm).T
    canal, sure = anatomy.canal, anatomy.sure
    aside = u - np.interp(s, canal.s_mm, canal.sac.u_mm)
    out = np.zeros(len(u), dtype=np.uint8)
    near = np.flatnonzero((np.abs(aside) < _ASIDE_MM) & (s > canal.s_mm[0]) & (s < canal.s_mm[-1]) & (np.abs(v) < 40.0))
    if not len(near):
        return out
    aside, v, s = aside[near], v[near], s[near]

    def along(table: FloatArray) -> FloatArray:
        return np.asarray(np.interp(s, sure.s_mm, table))

    dura = _dura_back(anatomy, aside, s) - along(sure.dura_shift_mm)
    apex, slope, thick = (
        np.interp(s, canal.s_mm, table)
        for table in (canal.walls.dorsal_apex_mm, canal.walls.dorsal_slope, canal.walls.flavum_thickness_mm)
    )
    fall = slope * (np.sqrt(aside**2 + _RIDGE_MM2) - np.sqrt(_RIDGE_MM2))
    flavum = apex - fall + thick - along(sure.dura_shift_mm + sure.depth_shift_mm)
    in_flavum = (np.abs(v - flavum) <= along(sure.flavum_mm)) & (thick > 0.0)
    in_dura = np.abs(v - dura) <= along(sure.dura_mm)
    out[near] = np.where(in_dura, DURA_BAND, np.where(in_flavum, FLAVUM_BAND, 0))
    return out


def _dura_back(anatomy: CtAnatomy, aside_mm: FloatArray, s_mm: FloatArray) -> FloatArray:
    """v of the sac's back beside its middle, from its outline [shape=(n,)]."""
    canal = anatomy.canal
    radius = canal.sac.radius_mm
    turn = np.arange(radius.shape[1]) / radius.shape[1]
    behind = np.flatnonzero((turn > _BEHIND[0]) & (turn < _BEHIND[1]))[::-1]  # from right to left
    angle = 2.0 * np.pi * turn[behind]
    index = np.clip(np.rint((s_mm - canal.s_start_mm) / canal.s_step_mm).astype(int), 0, len(radius) - 1)
    back = np.empty(len(s_mm))
    for row in np.unique(index):
        here = index == row
        edge = radius[row, behind]
        back[here] = canal.sac.v_mm[row] + np.interp(aside_mm[here], edge * np.cos(angle), edge * np.sin(angle))
    return back
