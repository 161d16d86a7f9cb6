"""Narrow treatment: necks and foramina, where paths leave the axial plane and the space at their end is small."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.blood_injection import AWAY_MM, aftercare
from simulator.operators.contrast_confirmed_injection import inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.interlaminar_targets import detect_canal_in_slices, interlaminar_targets, lumbar_targets
from simulator.operators.oblique_guidance import guide_obliquely
from simulator.operators.oblique_trajectories import BoneMap, NeedleTrajectory, PlanningLimits, plan_trajectories
from simulator.operators.perception.contrast_spread import (
    SacFinder,
    outline_sac_by_brightness,
    outline_sac_by_cord,
    outline_sac_with_plan,
)
from simulator.operators.perception.cord_detection import segment_bone_in_scan
from simulator.operators.perception.foramen_detection import foraminal_targets, segment_bone_and_sacs
from simulator.operators.preparation import (
    check_in,
    clean_and_numb,
    level_in_words,
    planning_scan,
    side_in_words,
    vertebrae_about,
)

SLICE_MM = 2.0  # of a neck's planning scan: laminae are thin here
SPARE_MM = 8.0  # of a needle's length, that stays outside
WITH_FAT = "C7/T1"  # the highest interspace of the neck that has room behind the sac without a collection
MOST_TRIES = 3
APART_MM = 3.0  # along the spine, between paths that are tried one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class ObliquePlan:
    """What a planning scan offers: the scan, the bone in it, and the ways, best first."""

    planning: Frame
    bone: BoneMap
    ways: list[NeedleTrajectory]


def treat_neck(view: View) -> OperatorSteps:
    """Plan in three dimensions, follow the tip with the table, feel for the space.

    Where nothing lies behind the sac at the level that was asked for, the needle goes in at C7/T1; where nothing does
    there either, or no way leads to it, the patient gets no needle.
    """
    level = level_in_words(view.request)
    view, _ = yield from check_in(view, level)
    plan, view = yield from _plan_at(view, level)
    if not plan.ways and level != WITH_FAT and set(vertebrae_about(WITH_FAT)) <= set(view.levels):
        view = yield c.PlaceSkinGrid(level=WITH_FAT)
        plan, view = yield from _plan_at(view, WITH_FAT)
    if not plan.ways:
        raise AbandonError("no room behind the sac, or no way to it")
    view = yield from clean_and_numb(view)
    view, _ = yield from try_trajectories(view, plan, outline_sac_by_cord)
    view = yield from aftercare(view)
    return view


def try_trajectories(view: View, plan: ObliquePlan, find: SacFinder) -> Generator[Command, View, tuple[View, bool]]:
    """The best way, then others that enter elsewhere; blood where one of them led to the space, and whether it did."""
    for way in _spread_out(plan.ways)[:MOST_TRIES]:
        try:
            view = yield from _take_needle(view, way)
            view = yield from guide_obliquely(view, way, plan.planning, plan.bone)
            view = yield from inject_confirmed_by_contrast(view, partial(outline_sac_with_plan, find, plan.planning))
            return view, True
        except AbandonError:
            view = yield c.Withdraw(distance_mm=AWAY_MM)
    return view, False


def treat_lumbar_obliquely(view: View, planning: Frame) -> Generator[Command, View, tuple[View, bool]]:
    """Between lumbar laminae, where no path in the axial plane led: ways that lean to the head or the feet."""
    midline_x_mm = view.grid_midline_x_mm
    assert midline_x_mm is not None
    bone, targets = lumbar_targets(planning)
    bone_map = BoneMap(planning, bone)
    ways = plan_trajectories(planning, bone_map, targets, midline_x_mm, _reach(view))
    return (
        yield from try_trajectories(
            view, ObliquePlan(planning=planning, bone=bone_map, ways=ways), outline_sac_by_brightness
        )
    )


def treat_foramen(view: View) -> OperatorSteps:
    """Plan from behind to the root that leaks, on its side, and go there as in a neck."""
    level = level_in_words(view.request)
    view, seen_side = yield from check_in(view, level)
    side = side_in_words(view.request) or seen_side
    view = yield from planning_scan(view, level)
    latest, midline_x_mm = view.latest, view.grid_midline_x_mm
    assert latest is not None
    assert midline_x_mm is not None
    planning = view.pictures.frame(latest.number)
    seen, sacs = segment_bone_and_sacs(planning)
    bone = BoneMap(planning, seen)
    targets = [
        t for one in ("left", "right") if side in (one, "both") for t in foraminal_targets(planning, seen, sacs, one)
    ]
    ways = plan_trajectories(planning, bone, targets, midline_x_mm, _reach(view))
    if not ways:
        raise AbandonError("no way to the foramen")
    view = yield from clean_and_numb(view)
    view, _ = yield from try_trajectories(
        view, ObliquePlan(planning=planning, bone=bone, ways=ways), outline_sac_by_brightness
    )
    view = yield from aftercare(view)
    return view


def _reach(view: View) -> PlanningLimits:
    return PlanningLimits(longest_mm=max(map(length_mm, view.needles)) - SPARE_MM, table_mm=view.table_range_mm)


def length_mm(needle: str) -> float:
    """Length of a needle by its name, such as "20G Quincke 88 mm"."""
    return float(needle.split()[-2])


def _take_needle(view: View, way: NeedleTrajectory) -> OperatorSteps:
    """The shortest needle on the tray that reaches."""
    reach = [needle for needle in view.needles if length_mm(needle) >= way.length_mm + SPARE_MM]
    if len(view.needles) > 1 and reach:
        view = yield c.ChooseNeedle(needle=min(reach, key=length_mm))
    return view


def _plan_at(view: View, level: str) -> Generator[Command, View, tuple[ObliquePlan, View]]:
    view = yield from planning_scan(view, level, slice_thickness_mm=SLICE_MM)
    latest, midline_x_mm = view.latest, view.grid_midline_x_mm
    assert latest is not None
    assert midline_x_mm is not None
    planning = view.pictures.frame(latest.number)
    canal = detect_canal_in_slices(planning, midline_x_mm)
    bone = BoneMap(planning, segment_bone_in_scan(planning.hu, planning.pixel_spacing_mm, canal))
    ways = plan_trajectories(planning, bone, interlaminar_targets(planning, canal), midline_x_mm, _reach(view))
    return ObliquePlan(planning=planning, bone=bone, ways=ways), view


def _spread_out(ways: list[NeedleTrajectory]) -> list[NeedleTrajectory]:
    chosen: list[NeedleTrajectory] = []
    for way in ways:
        if all(w.side != way.side or abs(w.target_mm[2] - way.target_mm[2]) > APART_MM for w in chosen):
            chosen.append(way)
    return chosen
