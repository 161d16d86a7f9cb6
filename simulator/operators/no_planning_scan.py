"""No planning scan: the first presses at the level serve as the plan."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_guidance import guide_axially
from simulator.operators.axial_trajectories import plan_axial_trajectories
from simulator.operators.axial_treatment import inject_beside_bright_sac, try_axial_trajectories
from simulator.operators.blood_injection import aftercare
from simulator.operators.coroutine_operator import AbandonError, CoroutineOperator, OperatorSteps
from simulator.operators.preparation import check_in, clean_and_numb, level_in_words

SLAB_MM = 12.0  # of one press
ENOUGH_QUALITY = 5.0  # of a path, as path planning counts: some 3 mm from bone in a space some 3 mm deep


class NoPlanningScan(CoroutineOperator):
    """An operator who leaves the planning scan out, as is done to save dose."""

    name = "no-planning-scan"

    def treat(self, view: View) -> OperatorSteps:
        """Find the window between the laminae by pressing, then step by step under single presses."""
        level = level_in_words(view.request)
        view, _ = yield from check_in(view, level)
        view = yield c.MoveTable(level=level)
        frames, view = yield from _search(view)
        view = yield from clean_and_numb(view)
        for frame in frames:
            paths = plan_axial_trajectories(frame.hu, frame.pixel_spacing_mm, frame.slice_thickness_mm)
            view, given = yield from try_axial_trajectories(view, paths, frame, guide_axially, inject_beside_bright_sac)
            if given:
                break
        view = yield from aftercare(view)
        return view


def _search(view: View) -> Generator[Command, View, tuple[list[Frame], View]]:
    """Press at the level and, where no good way shows, one slab further to the feet and to the head.

    Returns:
        the pictures, the one with the best path first
    """
    middle_mm = view.table_mm
    found: list[tuple[float, Frame]] = []
    for away_mm in (0.0, -SLAB_MM, SLAB_MM):
        if away_mm:
            view = yield c.MoveTable(to_mm=middle_mm + away_mm)
            if view.refused:
                continue
        view = yield c.PressPedal()
        latest = view.latest
        assert latest is not None
        frame = view.pictures.frame(latest.number)
        paths = plan_axial_trajectories(frame.hu, frame.pixel_spacing_mm, frame.slice_thickness_mm)
        best = paths[0].quality if paths else 0.0
        found.append((best, frame))
        if best > ENOUGH_QUALITY:
            break
    if not any(quality > 0.0 for quality, _ in found):
        raise AbandonError("no way shows at this level")
    return [frame for _, frame in sorted(found, key=lambda each: -each[0])], view
