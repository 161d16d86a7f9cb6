"""Planning: what bone, space and ways a planning scan shows, in each part of the spine."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.bone_map import BoneMap
from simulator.operators.console import grid_midline_x_mm
from simulator.operators.foraminal_targets import foraminal_targets
from simulator.operators.guidance_limits import CLOSE, FORAMEN, FORAMINAL_FAT, NARROW, THORAX, WIDE, GuidanceLimits
from simulator.operators.interlaminar_targets import detect_canal_in_slices, interlaminar_targets, lumbar_targets
from simulator.operators.leak_localisation import FoundLeak
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import SPARE_MM
from simulator.operators.perception.bone_segmentation import (
    segment_bone_and_sacs,
    segment_bone_in_scan,
    without_skin_wires,
)
from simulator.operators.perception.images import ImagePoint, Mask
from simulator.operators.perception.sac_outline import SacFinder, outline_sac_by_brightness, outline_sac_by_cord
from simulator.operators.trajectory_planning import NeedleTarget, PlanningLimits, plan_trajectories
from simulator.operators.ventral_targets import lung_in_scan, ventral_targets
from simulator.vocabulary.anatomy import Laterality, Side
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import Approach

THIN_SLICE_MM, SLICE_MM = 2.0, 3.0  # of a planning scan: laminae of neck and thorax are thin
SIDES = {
    Laterality.LEFT: (Side.LEFT,),
    Laterality.RIGHT: (Side.RIGHT,),
    Laterality.BOTH: (Side.LEFT, Side.RIGHT),
}


def slice_thickness_mm(view: View) -> float:
    """Thickness of the planning scan's slices."""
    return SLICE_MM if view.case.requested_level.region is Region.LUMBAR else THIN_SLICE_MM


def plan_needle(view: View, planning: Frame, leak: FoundLeak) -> NeedlePlan:
    """Targets and ways in a planning scan: in a foramen where the case asks for that and a root is known to leak.

    Along fluid that shows; where nothing but a blush does, in the foramen's fat. Everywhere else, and where no root is
    known to leak or no way leads to its foramen, between laminae: from there blood spreads to an axilla, too.

    Args:
        view: what is perceived now
        planning: the scan, of the two vertebrae at the interspace
        leak: as it was found
    """
    if through_a_foramen(view) and (leak.before_sac or leak.side is not Laterality.BOTH):
        in_fat = leak.before_sac or leak.faint
        plan = (_plan_in_fat if in_fat else _plan_along_root)(view, planning, SIDES[leak.side])
        if plan.trajectories:
            return plan
    return plan_between_laminae(view, planning)


def through_a_foramen(view: View) -> bool:
    """Whether the case asks for a way through a foramen."""
    return view.case.accepted_approaches == (Approach.POSTERIOR_FORAMINAL,)


def plans_instead(view: View, plan: NeedlePlan, leak: FoundLeak) -> Iterator[NeedlePlan]:
    """What is tried in the same scan where no way into a foramen led into a space: its fat, then between laminae."""
    if not plan.trajectories or plan.trajectories[0].approach is not Approach.POSTERIOR_FORAMINAL:
        return
    if plan.limits is not FORAMINAL_FAT:
        yield _plan_in_fat(view, plan.planning, SIDES[leak.side])
    yield plan_between_laminae(view, plan.planning)


def plan_between_laminae(view: View, planning: Frame) -> NeedlePlan:
    """Targets behind the sac, and ways between laminae to them."""
    region = view.case.requested_level.region
    if region is Region.LUMBAR:
        bone, targets = lumbar_targets(planning)
        limits = CLOSE if Approach.POSTERIOR_FORAMINAL in view.case.accepted_approaches else WIDE
        return _plan(view, planning, bone, targets, limits, outline_sac_by_brightness)
    canal = detect_canal_in_slices(planning, grid_midline_x_mm(view))
    bone = segment_bone_in_scan(planning.hu, planning.pixel_spacing_mm, canal)
    limits = NARROW if region is Region.CERVICAL else THORAX
    return _plan(view, planning, bone, interlaminar_targets(planning, canal, region), limits, outline_sac_by_cord)


def _plan_along_root(view: View, planning: Frame, sides: tuple[Side, ...]) -> NeedlePlan:
    """Ways to fluid along a root."""
    bone, sacs = segment_bone_and_sacs(planning)
    targets = [target for side in sides for target in foraminal_targets(planning, bone, sacs, side)]
    return _plan(view, planning, bone, targets, FORAMEN, outline_sac_by_brightness)


def _plan_in_fat(view: View, planning: Frame, sides: tuple[Side, ...]) -> NeedlePlan:
    """Ways into a foramen's fat, from which blood runs about the root and before the sac; none meets the lung."""
    if view.case.requested_level.region is Region.LUMBAR:
        bone, sacs = segment_bone_and_sacs(planning)
        middles = [None if sac is None else ImagePoint(sac.row, sac.column) for sac in sacs]
        find_sac: SacFinder = outline_sac_by_brightness
    else:
        canal = detect_canal_in_slices(planning, grid_midline_x_mm(view))
        bone = segment_bone_in_scan(planning.hu, planning.pixel_spacing_mm, canal)
        middles = [None if one is None else ImagePoint(one.row, one.column) for one in canal]
        find_sac = outline_sac_by_cord
    bone = bone | lung_in_scan(planning)
    targets = [target for side in sides for target in ventral_targets(planning, bone, middles, side)]
    return _plan(view, planning, bone, targets, FORAMINAL_FAT, find_sac)


def _plan(
    view: View,
    planning: Frame,
    bone: Mask,
    targets: list[NeedleTarget],
    limits: GuidanceLimits,
    find_sac: SacFinder,
) -> NeedlePlan:
    bone_map = BoneMap(planning, without_skin_wires(bone, planning))
    longest_mm = max(needle.length_mm for needle in view.case.needles) - SPARE_MM
    room = PlanningLimits(longest_mm=longest_mm, table_range_mm=view.console.table_range_mm)
    trajectories = plan_trajectories(planning, bone_map, targets, grid_midline_x_mm(view), room)
    return NeedlePlan(
        planning=planning, bone=bone_map, trajectories=tuple(trajectories), limits=limits, find_sac=find_sac
    )
