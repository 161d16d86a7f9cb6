"""Old names, until every caller has the new ones."""

# ruff: noqa: F401
from __future__ import annotations

from simulator.needle.needle_catalogue import NEEDLES as NEEDLES
from simulator.needle.needle_catalogue import QUINCKE_20G as QUINCKE_20G
from simulator.needle.needle_catalogue import NeedleSpec as NeedleSpec
from simulator.needle.needle_pose import NeedlePose as NeedlePose
from simulator.needle.needle_pose import angles_from_direction as angles_from_direction
from simulator.needle.needle_pose import bevel_normal as bevel_normal
from simulator.needle.needle_pose import direction_from_angles as direction_from_angles
from simulator.needle.needle_pose import opening_mm as opening_mm
from simulator.needle.needle_shape import NeedleShape as NeedleShape
from simulator.needle.needle_shape import introducer_shape as introducer_of
from simulator.needle.needle_shape import needle_shape as shape_of
from simulator.spatial.frames import patient_point as as_vector

Vector = tuple[float, float, float]
