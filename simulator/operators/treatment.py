"""Treatment: the whole procedure in its order; how needle and blood are brought there is an operator's own."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.blood_injection import order_aftercare
from simulator.operators.console import latest_frame
from simulator.operators.contrast_confirmed_injection import inject_confirmed_by_contrast
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.guidance import guide_needle
from simulator.operators.leak_localisation import FoundLeak, localise_further_leaks
from simulator.operators.needle_plan import NeedlePlan
from simulator.operators.needle_trajectory import SPARE_MM, NeedleTrajectory, try_trajectories
from simulator.operators.perception.sac_outline import outline_sac_with_plan
from simulator.operators.planning import plan_needle, plans_instead, slice_thickness_mm, through_a_foramen
from simulator.operators.preparation import acquire_planning_scan, check_in, clean_and_numb
from simulator.operators.request import bounding_vertebrae, further_interspaces, requested_interspace, requested_side
from simulator.operators.sites import within_volume
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Region

WITH_FAT = Interspace.C7_T1  # the highest of the neck that has room behind the sac without a collection
APART_MM = 3.0  # along the spine, between trajectories that are tried one after the other

Guide = Callable[[View, NeedlePlan, NeedleTrajectory], OperatorSteps]
"""How a needle is brought along a trajectory of a plan; AbandonError where that does not work."""

Inject = Callable[[View, NeedlePlan], OperatorSteps]
"""How blood is given through a needle in place; AbandonError where this is no place for it."""


def inject_after_test_contrast(view: View, plan: NeedlePlan) -> OperatorSteps:
    """Test contrast, then blood, under presses."""
    find_sac = partial(outline_sac_with_plan, plan.find_sac, plan.planning)
    return inject_confirmed_by_contrast(view, find_sac, most_on_mm=plan.limits.step_mm)


def treat(view: View, guide: Guide = guide_needle, inject: Inject = inject_after_test_contrast) -> OperatorSteps:
    """A whole treatment at the level of the leak; where no way leads there, or none into the space, beside it.

    Where the request names further levels, and a ring shows there, they are treated in the same sitting.

    Args:
        view: what is perceived now
        guide: how the needle is brought along a trajectory
        inject: how blood is given at its end
    """
    requested = requested_interspace(view.case.request)
    view, leak = yield from check_in(view, requested)
    named = [space for space in further_interspaces(view.case.request) if space is not leak.level]
    view, further = yield from localise_further_leaks(view, named)
    if leak.side is Laterality.BOTH:
        leak = replace(leak, side=requested_side(view.case.request) or leak.side)
    if through_a_foramen(view) and leak.faint and leak.side is Laterality.BOTH:  # either root may leak: both in turn
        leak, further = replace(leak, side=Laterality.LEFT), (replace(leak, side=Laterality.RIGHT), *further)
    plan, view = yield from plan_at(view, leak.level, leak)
    others = _also_possible(view, leak.level, requested)
    while others and not plan.trajectories:
        level = others.pop(0)
        view = yield c.PlaceSkinGrid(level=level)
        plan, view = yield from plan_at(view, level, leak)
    if not plan.trajectories:
        raise AbandonError("no room behind the sac, or no way to it")
    view = yield from clean_and_numb(view)
    share_ml = view.case.prescribed_volume_ml / (1 + len(further))
    first = _up_to(share_ml, inject) if further else inject
    view, given = yield from _follow_plans(view, plan, leak, guide, first)
    while others and not given:  # no way led into the space here
        view, given = yield from _treat_at(view, others.pop(0), leak, guide, first)
    for count, site in enumerate(further, start=2):
        scanned = plan.planning if site.level is leak.level else None
        view, _ = yield from _treat_at(view, site.level, site, guide, _up_to(count * share_ml, inject), scanned)
    view = yield from order_aftercare(view)
    return view


def _treat_at(
    view: View, level: Interspace, leak: FoundLeak, guide: Guide, inject: Inject, scanned: Frame | None = None
) -> Generator[Command, View, tuple[View, bool]]:
    """Another place in the same sitting, and whether blood was given there; left as it is where no way leads to it.

    Args:
        scanned: the planning scan, where that of another place shows this one
    """
    if scanned is not None:
        plan = plan_needle(view, scanned, leak)
    else:
        view = yield c.PlaceSkinGrid(level=level)
        plan, view = yield from plan_at(view, level, leak)
    if not plan.trajectories:
        return view, False
    view = yield c.InjectLocalAnaesthetic(volume_ml=5.0)
    return (yield from _follow_plans(view, plan, leak, guide, inject))


def _follow_plans(
    view: View, plan: NeedlePlan, leak: FoundLeak, guide: Guide, inject: Inject
) -> Generator[Command, View, tuple[View, bool]]:
    """A plan, and where none of its ways led into a space what else its scan offers; whether blood was given."""
    view, given = yield from follow_plan(view, plan, guide, inject)
    for instead in () if given else plans_instead(view, plan, leak):
        view, given = yield from follow_plan(view, instead, guide, inject)
        if given:
            break
    return view, given


def _up_to(most_ml: float, inject: Inject) -> Inject:
    """The same way to give blood, up to a volume in all."""
    return lambda view, plan: within_volume(lambda now: inject(now, plan), view, most_ml)


def plan_at(view: View, level: Interspace, leak: FoundLeak) -> Generator[Command, View, tuple[NeedlePlan, View]]:
    """A planning scan of the two vertebrae at a level, and the ways to a leak that it offers."""
    view = yield from acquire_planning_scan(view, level, slice_thickness_mm=slice_thickness_mm(view))
    return plan_needle(view, latest_frame(view), leak), view


def follow_plan(
    view: View, plan: NeedlePlan, guide: Guide, inject: Inject
) -> Generator[Command, View, tuple[View, bool]]:
    """Take the trajectories in turn; blood where one of them led to the space, and whether it did."""

    def bring(view: View, trajectory: NeedleTrajectory) -> OperatorSteps:
        view = yield from _choose_needle(view, trajectory)
        view = yield from guide(view, plan, trajectory)
        return view

    return (
        yield from try_trajectories(view, plan.trajectories, bring, lambda now: inject(now, plan), apart_mm=APART_MM)
    )


def _also_possible(view: View, level: Interspace, requested: Interspace) -> list[Interspace]:
    """Where else the needle may go: to the letter's level next to this one, and from where blood still spreads here.

    In a neck that is C7/T1, which has fat behind the sac; elsewhere the levels above and below.
    """
    shown = set(view.case.levels)
    beside = [requested] if abs(requested.ordinal - level.ordinal) == 1 else []
    if level.region is Region.CERVICAL:
        near = [WITH_FAT, *beside]
    else:
        near = [*beside, *(space for space in Interspace if abs(space.ordinal - level.ordinal) == 1)]
    return [s for s in dict.fromkeys(near) if s is not level and (s in beside or set(bounding_vertebrae(s)) <= shown)]


def _choose_needle(view: View, trajectory: NeedleTrajectory) -> OperatorSteps:
    """The shortest needle on the tray that reaches."""
    long_enough = [needle for needle in view.case.needles if needle.length_mm >= trajectory.length_mm + SPARE_MM]
    if len(view.case.needles) > 1 and long_enough:
        view = yield c.ChooseNeedle(needle=min(long_enough, key=lambda needle: needle.length_mm))
    return view
