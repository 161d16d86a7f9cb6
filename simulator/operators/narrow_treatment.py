"""Narrow treatment: a neck, in which paths leave the axial plane and the space behind the sac is thin."""

from __future__ import annotations

from simulator.operators.cord_seen import bone_of
from simulator.operators.injection import AWAY_MM, aftercare, inject
from simulator.operators.interlaminar_targets import canal_along, interlaminar_targets
from simulator.operators.narrow_guidance import follow
from simulator.operators.narrow_ways import BoneMap, NarrowWay, narrow_ways
from simulator.operators.preparation import check_in, clean_and_numb, level_in_words, planning_scan
from simulator.operators.stepwise import AbandonError, Steps
from simulator.procedure import commands as c
from simulator.procedure.view import View

SLICE_MM = 2.0  # of the planning scan: laminae are thin here
MOST_TRIES = 3
APART_MM = 3.0  # along the spine, between paths that are tried one after the other


def treat_neck(view: View) -> Steps:
    """Plan in three dimensions, follow the tip with the table, feel for the space."""
    level = level_in_words(view.request)
    view = yield from check_in(view, level)
    view = yield from planning_scan(view, level, slice_thickness_mm=SLICE_MM)
    latest, midline_x_mm = view.latest, view.grid_midline_x_mm
    assert latest is not None
    assert midline_x_mm is not None
    planning = view.pictures.frame(latest.number)
    canal = canal_along(planning, midline_x_mm)
    bone = BoneMap(planning, bone_of(planning.hu, planning.pixel_spacing_mm, canal))
    ways = narrow_ways(planning, bone, interlaminar_targets(planning, canal), midline_x_mm)
    view = yield from clean_and_numb(view)
    for way in _spread_out(ways)[:MOST_TRIES]:
        try:
            view = yield from follow(view, way, planning, bone)
        except AbandonError:
            view = yield c.Withdraw(distance_mm=AWAY_MM)
            continue
        view = yield from inject(view)
        break
    view = yield from aftercare(view)
    return view


def _spread_out(ways: list[NarrowWay]) -> list[NarrowWay]:
    chosen: list[NarrowWay] = []
    for way in ways:
        if all(w.side != way.side or abs(w.target_mm[2] - way.target_mm[2]) > APART_MM for w in chosen):
            chosen.append(way)
    return chosen
