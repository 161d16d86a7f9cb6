"""Preparation: what operators do alike before the needle, and how they read the request."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.curved_reformat import reformat_along_sac
from simulator.operators.perception.leak_detection import DetectedLeak, detect_circumferential_leak, detect_root_leak
from simulator.operators.perception.sac_detection import Image
from simulator.vocabulary.anatomy import Laterality

READ_EVERY_MM = 9.0
AT_ONCE = 48  # slices that are asked for together, so that a whole spine needs no more memory than a part
READ_HALF_MM = 60.0  # to either side of the picture's middle: the spine
LEVEL_MM = {"C": 18.0, "T": 25.0, "L": 36.0}  # length of a level, about
ON_LEVEL_MM = 8.0  # nearer than this no other level can be meant


def level_in_words(request: str) -> str:
    """The interspace that a request names, such as "L3/4"."""
    found = re.search(r"\b([CTL]\d{1,2}/(?:\d{1,2}|[TLS]1))\b", request)
    if found is None:
        raise AbandonError("the request names no interspace")
    return found.group(1)


def side_in_words(request: str) -> Literal["left", "right"] | None:
    """The side that a request names, if it names one."""
    found = re.search(r"\b(?:on|along|beside) the (left|right)\b", request)
    if found is None:
        return None
    return "left" if found.group(1) == "left" else "right"


def vertebrae_about(level: str) -> tuple[str, str]:
    """The two vertebrae of an interspace: "L3/4" lies between L3 and L4, "L5/S1" between L5 and S1."""
    above, below = level.split("/")
    return above, below if below[0].isalpha() else above[0] + below


def check_in(view: View, level: str) -> Generator[Command, View, tuple[View, Laterality]]:
    """Position, time-out, the leak found on the myelogram and written down, the grid on the skin.

    Returns:
        What is seen then, and the side of the leak; "both" where there is no myelogram or it does not tell.
    """
    side = Laterality.BOTH
    view = yield c.PositionPatient(prone=True, pillow=True, breath_hold=True)
    view = yield c.TimeOut()
    view = yield c.AcquireMyelogram()
    if not view.refused:
        view, side = yield from localise(view, level)
    view = yield c.PlaceSkinGrid(level=level)
    return view, side


def planning_scan(view: View, level: str, *, slice_thickness_mm: float = 3.0) -> OperatorSteps:
    """The scan of the two vertebrae, at the protocol's tube load; AbandonError where there is none to be had."""
    view = yield c.AcquirePlanningScan(
        levels=vertebrae_about(level),
        tube_voltage_kv=120,
        mas=view.planning_mas,
        slice_thickness_mm=slice_thickness_mm,
    )
    if view.refused:
        raise AbandonError(view.refused)
    return view


def clean_and_numb(view: View) -> OperatorSteps:
    """Skin and local anaesthetic."""
    view = yield c.PrepareSkin()
    view = yield c.InjectLocalAnaesthetic(volume_ml=5.0)
    return view


def localise(view: View, requested: str) -> Generator[Command, View, tuple[View, Laterality]]:
    """Read the myelogram, count the levels from the requested one, and write down where the leak is.

    Where no contrast stands out, the request is taken at its word.
    """
    seen = _leak_on(view, requested)
    level, side = requested, Laterality(side_in_words(view.request) or "both")
    if seen is not None:
        side = Laterality(seen.side)
        view = yield c.MoveTable(level=requested)
        level = yield from _counted(view, requested, seen.table_mm)
    view = yield c.MarkLeak(level=level, side=side)
    return view, side


def _leak_on(view: View, requested: str) -> DetectedLeak | None:
    """The leak on the myelogram: a plain ring on slices `READ_EVERY_MM` apart, anything fainter on all of them."""
    latest = view.latest
    assert latest is not None
    heights = np.array(latest.slice_centres_table_mm)
    level_mm, step = LEVEL_MM[requested[0]], max(round(READ_EVERY_MM / latest.slice_thickness_mm), 1)
    for every in sorted({step, 1}, reverse=True):
        images, pixel_mm = _spine_of(view, range(0, len(heights), every))
        scan = reformat_along_sac(images, heights[::every], pixel_mm)
        seen = None if scan is None else detect_circumferential_leak(scan, level_mm)
        if seen is not None:
            return seen
    return None if scan is None else detect_root_leak(scan)


def _spine_of(view: View, indices: range) -> tuple[list[Image], float]:
    """Some slices of the latest acquisition about the spine, and the width of their pixels, mm."""
    latest = view.latest
    assert latest is not None
    images: list[Image] = []
    pixel_mm = 1.0
    for first in range(0, len(indices), AT_ONCE):
        frame = view.pictures.slices(latest.number, indices[first : first + AT_ONCE])
        pixel_mm = frame.pixel_spacing_mm
        middle, half = frame.hu.shape[2] // 2, round(READ_HALF_MM / pixel_mm)
        images += [image[:, middle - half : middle + half].copy() for image in frame.hu]
    return images, pixel_mm


def _counted(view: View, requested: str, table_mm: float) -> Generator[Command, View, str]:
    """The interspace nearest to a height: the table is moved from level to level, from the requested one on."""
    names = interspaces_of(view.levels)
    if view.refused or requested not in names:
        return requested
    at, away = names.index(requested), abs(view.table_mm - table_mm)
    step = -1 if table_mm > view.table_mm else 1  # names run from the head down
    while 0 <= at + step < len(names) and away > ON_LEVEL_MM:
        view = yield c.MoveTable(level=names[at + step])
        if view.refused or abs(view.table_mm - table_mm) > away:
            break
        at, away = at + step, abs(view.table_mm - table_mm)
    return names[at]


def interspaces_of(vertebrae: Sequence[str]) -> list[str]:
    """Names of the interspaces between neighbours: L3 and L4 have "L3/4" between them, L5 and S1 "L5/S1"."""
    bodies = [name for name in vertebrae if "/" not in name]
    return [f"{a}/{b if b[0] != a[0] else b[1:]}" for a, b in pairwise(bodies)]
