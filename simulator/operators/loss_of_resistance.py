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
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.needles import NeedleTip
from simulator.vocabulary.procedure import HubSign, PlungerFeel, ResistanceMedium

ENTRY_FROM_MIDLINE_MM = 15.0  # paramedian: 1 to 2 cm beside the spinous process
LEAN_DEG = 17.0  # which meets the midline some 5 cm deep
BEFORE_TESTING_MM = 25.0  # no adult's flavum is nearer to the skin of the lumbar back
STEP_MM = 1.0
DEEPEST_MM = 80.0
BLIND_LEVEL = Interspace.L3_4
GIVES_UP_MS = 1_800_000  # half an hour with the needle: then another day
FIRST_ML = 0.5


class Puncture(NamedTuple):
    """One puncture of the skin: its side, how much steeper than usual it leans, and how far to the head."""

    side: Side
    steeper_deg: float
    to_head_deg: float


# After bone: steeper to the head, to the feet, to the midline, then the same from the other side.
PUNCTURES = (
    Puncture(Side.RIGHT, 0.0, 0.0),
    Puncture(Side.RIGHT, 0.0, 10.0),
    Puncture(Side.RIGHT, 0.0, -10.0),
    Puncture(Side.RIGHT, 6.0, 5.0),
    Puncture(Side.LEFT, 0.0, 0.0),
    Puncture(Side.LEFT, 0.0, 10.0),
    Puncture(Side.LEFT, 0.0, -10.0),
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
        begun_ms = view.elapsed_ms
        for puncture in PUNCTURES:
            if view.elapsed_ms - begun_ms > GIVES_UP_MS:
                break
            view = yield c.PlaceNeedle(
                entry_from_midline_mm=ENTRY_FROM_MIDLINE_MM,
                side=puncture.side,
                level=level,
                angle_deg=LEAN_DEG + puncture.steeper_deg,
                craniocaudal_deg=puncture.to_head_deg,
            )
            if view.refused:
                return view
            lost, view = yield from _feel_for_the_space(view)
            if lost:
                view = yield from inject_without_image(view)
                break
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


def _feel_for_the_space(view: View) -> Generator[Command, View, tuple[bool, View]]:
    """A millimetre at a time with a syringe on the needle; whether a little blood then went in easily.

    A loss that was false shows at the first millilitre: the plunger is hard, and the needle goes on.
    """
    view = yield c.Advance(distance_mm=BEFORE_TESTING_MM)
    if view.handling.stopped or view.refused:
        return False, view
    # A cutting tip is never pushed with an open bore: it would fill with tissue and feel firm for ever
    cuts = view.needle is not None and view.needle.name.tip == NeedleTip.QUINCKE
    if not cuts:
        view = yield c.RemoveStylet()
    for _ in range(round((DEEPEST_MM - BEFORE_TESTING_MM) / STEP_MM)):
        if cuts and view.needle is not None and not view.needle.stylet_in:
            view = yield c.ReplaceStylet()
        view = yield c.Advance(distance_mm=STEP_MM)
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
