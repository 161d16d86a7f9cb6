"""Watched injection: test contrast first, then blood, each judged from a press just before it and one after it.

What is acted on is what a radiologist acts on: contrast that is not epidural is followed to a better place, and blood
that goes elsewhere is stopped. Where no sac is to be seen, nothing can be judged, and the blood goes in unwatched.
"""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.blood_injection import (
    OLD_BLOOD_MS,
    acquire_control_scan,
    fill_syringe,
    inject_portion,
    inject_prescribed_blood,
    remove_needle,
)
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.contrast_spread import (
    ContrastSpread,
    SacFinder,
    SacOutline,
    classify_spread,
    washes_out,
)
from simulator.vocabulary.procedure import ResistanceMedium

TEST_ML = 0.3
MOST_TESTS = 4
WASH_OUT_S = 10.0  # a vein has lost what made a thread by then
OUT_OF_THE_SAC_MM, ON_FROM_MUSCLE_MM = 1.5, 1.5
BEFORE_MM, BACK_FROM_THE_FRONT_MM = 13.0, 3.0  # the sac's back edge: past a foramen, in the muscle before it
OUT_OF_A_VEIN_MM = (-1.0, 2.0)  # a little back; where that is no better, on to the other side of the vein
LOOKS_ML = (2.0, 8.0)  # of blood, after which the spread is looked at
IN_THE_SAC = ("intrathecal", "subdural")


def inject_confirmed_by_contrast(view: View, find: SacFinder) -> OperatorSteps:
    """From a needle in place, its stylet out, to the control scan; AbandonError where nothing epidural is found here.

    Args:
        find: how the sac is found in a press
    """
    view = yield from fill_syringe(view)
    canal, before, view = yield from _press(view, find)
    if canal is None:
        view = yield c.Aspirate()
        if view.hub == "blood":
            raise AbandonError("in a vein")
        view = yield from inject_prescribed_blood(view)
        return view
    before, view = yield from _epidural_by_contrast(view, find, canal, before)
    if view.syringe_age_ms > OLD_BLOOD_MS:
        view = yield from fill_syringe(view)
        _, before, view = yield from _press(view, find)
    view = yield from _blood(view, canal, before)
    view = yield from remove_needle(view)
    view = yield from acquire_control_scan(view)
    return view


def _press(view: View, find: SacFinder) -> Generator[Command, View, tuple[SacOutline | None, Frame, View]]:
    """A press, and the sac in it."""
    frame, view = yield from _look(view)
    middle_mm = frame.centre_mm[0] if view.grid_midline_x_mm is None else view.grid_midline_x_mm
    return find(frame, frame.pixel_of(middle_mm, 0.0)[1]), frame, view


def _look(view: View) -> Generator[Command, View, tuple[Frame, View]]:
    view = yield c.PressPedal()
    latest = view.latest
    assert latest is not None
    return view.pictures.frame(latest.number), view


def _epidural_by_contrast(
    view: View, find: SacFinder, canal: SacOutline, before: Frame
) -> Generator[Command, View, tuple[Frame, View]]:
    """Test contrast until it goes into the epidural space; the picture that shows it there."""
    veins = 0
    for test in range(MOST_TESTS):
        if test:
            seen, before, view = yield from _press(view, find)
            canal = seen or canal
        view = yield c.Aspirate()
        spread: ContrastSpread | None = None
        if view.hub != "blood":
            view = yield c.InjectContrast(volume_ml=TEST_ML)
            after, view = yield from _look(view)
            spread = classify_spread(before, after, canal)
            stays = spread.kind == "epidural"
            if spread.kind == "thread":  # of a vein, unless it stays
                view = yield c.Wait(duration_s=WASH_OUT_S)
                after, view = yield from _look(view)
                stays = not washes_out(spread, classify_spread(before, after, canal))
            if stays:
                return after, view
        if test == MOST_TESTS - 1:
            break
        if spread is None or spread.kind in ("thread", "absent"):  # what is not to be seen was carried away
            view = yield from _out_of_a_vein(view, veins)
            veins += 1
        elif spread.kind in IN_THE_SAC:
            view = yield from _moved(view, -OUT_OF_THE_SAC_MM)
        else:
            past = spread.behind_mm < -BEFORE_MM
            view = yield from _moved(view, -BACK_FROM_THE_FRONT_MM if past else ON_FROM_MUSCLE_MM)
        if view.hub != "resistance lost":
            raise AbandonError("the plunger does not give way")
    raise AbandonError("contrast does not go into the epidural space here")


def _out_of_a_vein(view: View, veins: int) -> OperatorSteps:
    """A little back; on, where that is too far, or where it was tried before."""
    if veins >= len(OUT_OF_A_VEIN_MM):
        raise AbandonError("veins all about")
    move_mm = OUT_OF_A_VEIN_MM[veins]
    view = yield from _moved(view, move_mm)
    if view.hub != "resistance lost" and move_mm < 0.0:
        view = yield from _moved(view, OUT_OF_A_VEIN_MM[1])
    return view


def _moved(view: View, by_mm: float) -> OperatorSteps:
    """On with the stylet in, or back; then the plunger is tried."""
    if by_mm > 0.0:
        view = yield c.ReplaceStylet()
        view = yield c.Advance(distance_mm=by_mm)
        if view.stopped or view.refused:
            raise AbandonError("bone in the way")
        view = yield c.RemoveStylet()
    else:
        view = yield c.Withdraw(distance_mm=-by_mm)
        view = yield c.RotateBevel(angle_deg=180.0)
    view = yield c.TestResistance(medium=ResistanceMedium.SALINE)
    return view


def _blood(view: View, canal: SacOutline, before: Frame) -> OperatorSteps:
    """Portions until the patient speaks, all is given, or a press shows blood where it should not be."""
    words_before, looked = view.words_at_ms, 0
    while view.injected_blood_ml < view.prescribed_volume_ml - 1e-6:
        view = yield from inject_portion(view)
        if view.refused or view.words_at_ms != words_before:
            break
        if looked < len(LOOKS_ML) and view.injected_blood_ml >= LOOKS_ML[looked] - 1e-6:
            looked += 1
            after, view = yield from _look(view)
            if classify_spread(before, after, canal).kind in (*IN_THE_SAC, "muscular"):
                break
    return view
