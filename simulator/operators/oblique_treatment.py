"""Oblique treatment: necks and foramina, where ways leave the axial plane and the space at their end is small."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.blood_injection import order_aftercare
from simulator.operators.bone_map import BoneMap
from simulator.operators.console import grid_midline_x_mm, latest_frame
from simulator.operators.contrast_confirmed_injection import inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.foraminal_targets import foraminal_targets
from simulator.operators.interlaminar_targets import detect_canal_in_slices, interlaminar_targets, lumbar_targets
from simulator.operators.needle_trajectory import NeedleTrajectory, try_trajectories
from simulator.operators.oblique_guidance import guide_obliquely
from simulator.operators.oblique_trajectories import NeedleTarget, PlanningLimits, plan_oblique_trajectories
from simulator.operators.perception.bone_segmentation import segment_bone_and_sacs, segment_bone_in_scan
from simulator.operators.perception.images import Mask
from simulator.operators.perception.sac_outline import (
    SacFinder,
    outline_sac_by_brightness,
    outline_sac_by_cord,
    outline_sac_with_plan,
)
from simulator.operators.preparation import acquire_planning_scan, check_in, clean_and_numb
from simulator.operators.request import bounding_vertebrae, requested_interspace, requested_side
from simulator.vocabulary.anatomy import Laterality, Side
from simulator.vocabulary.levels import Interspace

SLICE_MM = 2.0  # of a neck's planning scan: laminae are thin here
SPARE_MM = 8.0  # of a needle's length, that stays outside
WITH_FAT = Interspace.C7_T1  # the highest of the neck that has room behind the sac without a collection
SIDES = {
    Laterality.LEFT: (Side.LEFT,),
    Laterality.RIGHT: (Side.RIGHT,),
    Laterality.BOTH: (Side.LEFT, Side.RIGHT),
}
APART_MM = 3.0  # along the spine, between trajectories that are tried one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class ObliquePlan:
    """What a planning scan offers: the scan, the bone in it, and the trajectories, best first."""

    planning: Frame
    bone: BoneMap
    trajectories: list[NeedleTrajectory]


def treat_neck(view: View) -> OperatorSteps:
    """Plan in three dimensions, follow the tip with the table, feel for the space.

    Where nothing lies behind the sac at the requested level, the needle goes in at C7/T1. Where nothing does there
    either, or no way leads to it, the patient gets no needle.
    """
    level = requested_interspace(view.case.request)
    view, _ = yield from check_in(view, level)
    plan, view = yield from _plan_neck(view, level)
    if not plan.trajectories and level is not WITH_FAT and set(bounding_vertebrae(WITH_FAT)) <= set(view.case.levels):
        view = yield c.PlaceSkinGrid(level=WITH_FAT)
        plan, view = yield from _plan_neck(view, WITH_FAT)
    if not plan.trajectories:
        raise AbandonError("no room behind the sac, or no way to it")
    view = yield from clean_and_numb(view)
    view, _ = yield from _follow_plan(view, plan, outline_sac_by_cord)
    view = yield from order_aftercare(view)
    return view


def treat_foramen(view: View) -> OperatorSteps:
    """Plan from behind to the root that leaks, on its side, and go there as in a neck."""
    level = requested_interspace(view.case.request)
    view, seen_side = yield from check_in(view, level)
    side = requested_side(view.case.request) or seen_side
    view = yield from acquire_planning_scan(view, level)
    planning = latest_frame(view)
    bone, sacs = segment_bone_and_sacs(planning)
    targets = [target for one in SIDES[side] for target in foraminal_targets(planning, bone, sacs, one)]
    plan = _plan(view, planning, bone, targets)
    if not plan.trajectories:
        raise AbandonError("no way to the foramen")
    view = yield from clean_and_numb(view)
    view, _ = yield from _follow_plan(view, plan, outline_sac_by_brightness)
    view = yield from order_aftercare(view)
    return view


def treat_lumbar_obliquely(view: View, planning: Frame) -> Generator[Command, View, tuple[View, bool]]:
    """Between lumbar laminae, where no axial trajectory led: ways that lean to the head or the feet."""
    bone, targets = lumbar_targets(planning)
    plan = _plan(view, planning, bone, targets)
    return (yield from _follow_plan(view, plan, outline_sac_by_brightness))


def _plan_neck(view: View, level: Interspace) -> Generator[Command, View, tuple[ObliquePlan, View]]:
    view = yield from acquire_planning_scan(view, level, slice_thickness_mm=SLICE_MM)
    planning = latest_frame(view)
    canal = detect_canal_in_slices(planning, grid_midline_x_mm(view))
    bone = segment_bone_in_scan(planning.hu, planning.pixel_spacing_mm, canal)
    return _plan(view, planning, bone, interlaminar_targets(planning, canal)), view


def _plan(view: View, planning: Frame, bone: Mask, targets: list[NeedleTarget]) -> ObliquePlan:
    bone_map = BoneMap(planning, bone)
    longest_mm = max(needle.length_mm for needle in view.case.needles) - SPARE_MM
    limits = PlanningLimits(longest_mm=longest_mm, table_range_mm=view.console.table_range_mm)
    trajectories = plan_oblique_trajectories(planning, bone_map, targets, grid_midline_x_mm(view), limits)
    return ObliquePlan(planning=planning, bone=bone_map, trajectories=trajectories)


def _follow_plan(view: View, plan: ObliquePlan, find_sac: SacFinder) -> Generator[Command, View, tuple[View, bool]]:
    """Take the trajectories in turn; blood where one of them led to the space, and whether it did."""

    def guide(view: View, trajectory: NeedleTrajectory) -> OperatorSteps:
        view = yield from _choose_needle(view, trajectory)
        view = yield from guide_obliquely(view, trajectory, plan.planning, plan.bone)
        return view

    def inject(view: View) -> OperatorSteps:
        return inject_confirmed_by_contrast(view, partial(outline_sac_with_plan, find_sac, plan.planning))

    return (yield from try_trajectories(view, plan.trajectories, guide, inject, apart_mm=APART_MM))


def _choose_needle(view: View, trajectory: NeedleTrajectory) -> OperatorSteps:
    """The shortest needle on the tray that reaches."""
    long_enough = [needle for needle in view.case.needles if needle.length_mm >= trajectory.length_mm + SPARE_MM]
    if len(view.case.needles) > 1 and long_enough:
        view = yield c.ChooseNeedle(needle=min(long_enough, key=lambda needle: needle.length_mm))
    return view
