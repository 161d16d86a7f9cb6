"""Needle plan: what a planning scan offers, and what is kept to on the way."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.interface.frame import Frame
from simulator.operators.bone_map import BoneMap
from simulator.operators.guidance_limits import GuidanceLimits
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.perception.sac_outline import SacFinder


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedlePlan:
    """A planning scan as it was read.

    Attributes:
        planning: the scan
        bone: in it
        trajectories: best first; none where no way leads to the space
        limits: of pushes near the dura
        find_sac: how the sac is found in a press
    """

    planning: Frame
    bone: BoneMap
    trajectories: tuple[NeedleTrajectory, ...]
    limits: GuidanceLimits
    find_sac: SacFinder
