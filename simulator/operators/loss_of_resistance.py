"""Loss of resistance: no image at all; the plunger says when the needle is through the flavum."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.blood_injection import AWAY_MM, inject_portion, inject_without_image, order_aftercare
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.preparation import clean_and_numb
from simulator.operators.request import requested_interspace
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace, Region
from simulator.vocabulary.needles import NeedleTip
from simulator.vocabulary.procedure import HubSign, PlungerFeel, ResistanceMedium

ENTRY_FROM_MIDLINE_MM = 15.0  # paramedian: 1 to 2 cm beside the spinous process
DEEPEST_MM = 80.0
BLIND_LEVEL = Interspace.L3_4
GIVES_UP_MS = 2_700_000  # three quarters of an hour with the needle: then another day
FIRST_ML = 0.5
BEFORE_BONE_MM = 8.0  # before the depth of bone or a vein the plunger is tried again at the next puncture


class Puncture(NamedTuple):
    """One puncture of the skin: its side, how much steeper than usual it leans, and how far to the head."""

    side: Side
    steeper_deg: float
    to_head_deg: float


class Technique(NamedTuple):
    """How a part of the back is gone about.

    Attributes:
        lean_deg: towards the midline
        before_testing_mm: the flavum of no adult is nearer to the skin
        step_mm: from one test of the plunger to the next
        punctures: tried in turn where bone is met
    """

    lean_deg: float
    before_testing_mm: float
    step_mm: float
    punctures: tuple[Puncture, ...]


# The lean meets the midline some 5 cm deep. After bone: to head, feet and midline, then from the other side, and
# at last by half steps between those ways, as a needle is walked off a lamina, for as long as patience lasts.
BACK = Technique(
    lean_deg=17.0,
    before_testing_mm=25.0,
    step_mm=1.0,
    punctures=(
        Puncture(Side.RIGHT, 0.0, 0.0),
        Puncture(Side.RIGHT, 0.0, 10.0),
        Puncture(Side.RIGHT, 0.0, -10.0),
        Puncture(Side.RIGHT, 6.0, 5.0),
        Puncture(Side.LEFT, 0.0, 0.0),
        Puncture(Side.LEFT, 0.0, 10.0),
        Puncture(Side.LEFT, 0.0, -10.0),
        Puncture(Side.LEFT, 6.0, 5.0),
        Puncture(Side.RIGHT, 0.0, 5.0),
        Puncture(Side.LEFT, 0.0, 5.0),
        Puncture(Side.RIGHT, 3.0, 15.0),
        Puncture(Side.LEFT, 3.0, 15.0),
        Puncture(Side.RIGHT, 0.0, -5.0),
        Puncture(Side.LEFT, 0.0, -5.0),
    ),
)
# Laminae of a neck overlap like tiles: ways lead straight or to the head. Its space is 1 to 3 mm deep (reference).
NECK = Technique(
    lean_deg=12.0,
    before_testing_mm=30.0,
    step_mm=0.5,
    punctures=(
        Puncture(Side.RIGHT, 0.0, 0.0),
        Puncture(Side.RIGHT, 5.0, 20.0),
        Puncture(Side.LEFT, 0.0, 0.0),
        Puncture(Side.LEFT, 5.0, 20.0),
        Puncture(Side.RIGHT, 3.0, 10.0),
        Puncture(Side.LEFT, 3.0, 10.0),
        Puncture(Side.RIGHT, 0.0, -10.0),
    ),
)


class LossOfResistance(CoroutineOperator):
    """An operator without a scanner, as most blood patches are given: the baseline that guidance must beat.

    Clear fluid at the hub does not stop them: beside a leak it is no proof of a punctured dura. Blood does.
    """

    name = "loss-of-resistance"

    def level(self, request: str) -> Interspace:
        """Where the needle goes in."""
        return requested_interspace(request)

    def treat(self, view: View) -> OperatorSteps:
        """Feel for the level, go in beside the midline, and stop where the plunger gives way."""
        level = self.level(view.case.request)
        view = yield c.PositionPatient(prone=True, pillow=True)
        view = yield c.TimeOut()
        view = yield c.PlaceSkinGrid(level=level)
        view = yield from clean_and_numb(view)
        technique = NECK if level.region is Region.CERVICAL else BACK
        begun_ms, from_mm = view.elapsed_ms, technique.before_testing_mm
        for puncture in technique.punctures:
            if view.elapsed_ms - begun_ms > GIVES_UP_MS:
                break
            view = yield c.PlaceNeedle(
                entry_from_midline_mm=ENTRY_FROM_MIDLINE_MM,
                side=puncture.side,
                level=level,
                angle_deg=technique.lean_deg + puncture.steeper_deg,
                craniocaudal_deg=puncture.to_head_deg,
            )
            if view.refused:
                return view
            lost, view = yield from _feel_for_the_space(view, technique, from_mm)
            if lost:
                view = yield from inject_without_image(view)
                break
            if view.needle is not None and (view.handling.stopped or view.handling.hub == HubSign.BLOOD):
                from_mm = max(from_mm, view.needle.inserted_marks_mm - BEFORE_BONE_MM)
            view = yield c.Withdraw(distance_mm=AWAY_MM)
        view = yield from order_aftercare(view, head_down=True)
        return view


class BlindLumbar(LossOfResistance):
    """The same at one lumbar interspace for everybody, wherever the leak is: blood is to find its way to the hole."""

    name = "blind-lumbar"

    def level(self, request: str) -> Interspace:
        """Always the same, as long as a level is asked for at all."""
        requested_interspace(request)
        return BLIND_LEVEL


def _feel_for_the_space(
    view: View, technique: Technique, from_mm: float
) -> Generator[Command, View, tuple[bool, View]]:
    """A step at a time with a syringe on the needle; whether a little blood then went in easily.

    A loss that was false shows at the first millilitre: the plunger is hard, and the needle goes on.
    """
    view = yield c.Advance(distance_mm=from_mm)
    if view.handling.stopped or view.refused:
        return False, view
    # A cutting tip is never pushed with an open bore: it would fill with tissue and feel firm for ever
    cuts = view.needle is not None and view.needle.name.tip == NeedleTip.QUINCKE
    if not cuts:
        view = yield c.RemoveStylet()
    for _ in range(round((DEEPEST_MM - from_mm) / technique.step_mm)):
        if cuts and view.needle is not None and not view.needle.stylet_in:
            view = yield c.ReplaceStylet()
        view = yield c.Advance(distance_mm=technique.step_mm)
        if view.handling.stopped or view.refused:
            return False, view
        if cuts:
            view = yield c.RemoveStylet()
        view = yield c.TestResistance(medium=ResistanceMedium.SALINE)
        if view.handling.hub != HubSign.RESISTANCE_LOST:
            continue
        view = yield c.Aspirate()
        if view.handling.hub == HubSign.BLOOD:
            return False, view
        view = yield from inject_portion(view, FIRST_ML)
        if view.injection.plunger != PlungerFeel.HARD:
            return not view.refused, view
        view = yield c.StopInjection()
    return False, view
