"""Preparation: what operators do alike before the needle, and how they read the request."""

from __future__ import annotations

import re
from typing import Literal

from simulator.operators.anatomy_seen import brighter_side, find_sac
from simulator.operators.stepwise import AbandonError, Steps
from simulator.procedure import commands as c
from simulator.procedure.view import View


def level_in_words(request: str) -> str:
    """The interspace that a request names, such as "L3/4"."""
    found = re.search(r"\b([CTL]\d{1,2}/(?:\d{1,2}|[TLS]1))\b", request)
    if found is None:
        raise AbandonError("the request names no interspace")
    return found.group(1)


def vertebrae_about(level: str) -> tuple[str, str]:
    """The two vertebrae of an interspace: "L3/4" lies between L3 and L4, "L5/S1" between L5 and S1."""
    above, below = level.split("/")
    return above, below if below[0].isalpha() else above[0] + below


def check_in(view: View, level: str) -> Steps:
    """Position, time-out, a look at the myelogram, the leak marked, the grid on the skin."""
    view = yield c.PositionPatient(prone=True, pillow=True, breath_hold=True)
    view = yield c.TimeOut()
    view = yield c.AcquireMyelogram()
    if not view.refused:
        view = yield c.MarkLeak(level=level, side=leak_side(view))
    view = yield c.PlaceSkinGrid(level=level)
    return view


def planning_scan(view: View, level: str) -> Steps:
    """The scan of the two vertebrae, at the protocol's tube load; AbandonError where there is none to be had."""
    view = yield c.AcquirePlanningScan(levels=vertebrae_about(level), tube_voltage_kv=120, mas=view.planning_mas)
    if view.refused:
        raise AbandonError(view.refused)
    return view


def clean_and_numb(view: View) -> Steps:
    """Skin and local anaesthetic."""
    view = yield c.PrepareSkin()
    view = yield c.InjectLocalAnaesthetic(volume_ml=5.0)
    return view


def leak_side(view: View) -> Literal["left", "right", "both"]:
    """Scroll to the middle of the myelogram, where the level that was asked for lies, and look beside the sac."""
    latest = view.latest
    assert latest is not None
    middle = len(latest.slice_centres_table_mm) // 2
    frame = view.pictures.slices(latest.number, (middle - 1, middle, middle + 1))
    sac = find_sac(frame.hu[1], frame.pixel_spacing_mm)
    return "both" if sac is None else brighter_side(frame.hu[1], sac, frame.pixel_spacing_mm)
