"""The default synthetic patient's solids, built once for all tests, and small grids cut from it."""

from __future__ import annotations

from functools import cache

import numpy as np

from phantoms.catalogue import patient_parameters
from phantoms.phantom import VoxelGrid
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy


@cache
def spine() -> Spine:
    return build_spine(patient_parameters("patient-2"))


@cache
def anatomy() -> SyntheticAnatomy:
    return SyntheticAnatomy.from_spine(spine())


def world(u, v, s):
    """World points of curved coordinates."""
    return spine().canal.centreline.from_canal_coordinates(u, v, s)


def needle_points(
    entry_from_midline_mm, cranial_tilt_deg, below_disc_mm, level="L3/4", before=15.0, beyond=18.0, step=0.05
):
    """Points along a straight path to 1.5 mm in front of the midline roof, and their distance to that target."""
    canal = spine().canal
    s = spine().interspace_s_mm[level] - below_disc_mm
    apex = canal.at(canal.walls.dorsal_apex_mm, s)
    target = world(0.0, apex - 1.5, s)[0]
    depth = 51.5
    entry = target + np.array([entry_from_midline_mm, depth, -depth * np.tan(np.radians(cranial_tilt_deg))])
    length = np.linalg.norm(target - entry)
    t = np.arange(-before, length + beyond, step)
    return entry + t[:, None] * (target - entry) / length, t - length


def small_grids(planes=2, z_first=-6.0):
    """Body and canal grids about the spine at L3/4, small enough for a test."""
    body = VoxelGrid(origin_mm=(-30.0, -12.0, z_first), spacing_mm=(1.0, 1.0, 1.0), shape=(planes, 50, 61))
    canal = VoxelGrid(origin_mm=(-20.25, -4.25, z_first), spacing_mm=(0.5, 0.5, 1.0), shape=(planes, 80, 82))
    return body, canal
