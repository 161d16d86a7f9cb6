"""The best way that a planning scan's pixels show, for those who treat a patient through the window."""

from __future__ import annotations

import numpy as np

from simulator.gui.images.volume import Volume
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.operators.bone_map import BoneMap
from simulator.operators.interlaminar_targets import lumbar_targets
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.operators.trajectory_planning import PlanningLimits, plan_trajectories


def best_way(volume: Volume) -> tuple[Frame, NeedleTrajectory | None]:
    """The scan as an operator's frame, and the best way within one slice; None where there is none."""
    frame = Frame(
        hu=volume.hu.astype(np.float32),
        z_mm=np.array(volume.entry.slice_centres_table_mm),
        pixel_spacing_mm=volume.pixel_mm,
        centre_mm=(0.0, 0.0),
        exposure=ExposureSettings(),
        slice_thickness_mm=volume.entry.slice_thickness_mm,
    )
    bone, targets = lumbar_targets(frame)
    limits = PlanningLimits(longest_mm=80.0, table_range_mm=(float(frame.z_mm[-1]), float(frame.z_mm[0])))
    found = plan_trajectories(frame, BoneMap(frame, bone), targets, 0.0, limits)
    return frame, next((way for way in found if way.along_deg == 0.0), None)
