"""Contrast-confirmed injection: test contrast first, then blood, each judged from a press before it and one after it.

What is acted on is what a radiologist acts on: contrast that is not epidural is followed to a better place, and blood
that goes elsewhere is stopped. Where no sac is to be seen, nothing can be judged, and the blood goes in unwatched.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.blood_injection import (
    PORTION_ML,
    acquire_control_scan,
    fill_syringe,
    inject_portion,
    inject_prescribed_blood,
    remove_needle,
    spoke_of_pressure,
)
from simulator.operators.console import press
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.perception.contrast_spread import (
    ContrastSpread,
    SpreadPattern,
    classify_spread,
    washes_out,
)
from simulator.operators.perception.sac_outline import SacFinder, SacOutline
from simulator.operators.plunger import OPEN, ask_plunger
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.patient_words import tells_of_pain
from simulator.vocabulary.procedure import ComplicationKind, HubSign

TEST_ML = 0.3
MOST_TESTS = 4
PAUSE_S, LONG_PAUSE_S = 5.0, 60.0  # between two portions of blood; after a word that came early
MOST_PAUSES = 3
ENOUGH_ML = 3.0  # of blood: less than the least of the published first volumes helps nobody (half of 6 mL)
WASH_OUT_S = 10.0  # a vein has lost what made a thread by then
OUT_OF_THE_DURA_MM, ON_FROM_MUSCLE_MM = 1.5, 1.5
BEFORE_MM, BACK_FROM_THE_FRONT_MM = 13.0, 3.0  # the sac's back edge: past a foramen, in the muscle before it
LEAST_ON_MM = 0.85  # where so little can be gone on, the cord is near: another way is safer
OUT_OF_A_VEIN_MM = (-1.0, 2.0)  # a little back; where that is no better, on to the other side of the vein
LOOKS_ML = (2.0, 8.0)  # of blood, after which the spread is looked at
# Blood, where contrast was epidural: a film that dents a narrow sac looks like one under its dura, and is none
ASTRAY = (SpreadPattern.INTRATHECAL, SpreadPattern.MUSCULAR)
IN_A_VEIN = (SpreadPattern.THREAD, SpreadPattern.ABSENT)  # what is not to be seen was carried away


@dataclass(frozen=True, slots=True, kw_only=True)
class _ContrastTest:
    """What a test with contrast showed.

    Attributes:
        spread: where it went; None where blood came on aspiration, and none was injected
        epidural: the picture that shows it in the epidural space, if it went there
    """

    spread: ContrastSpread | None
    epidural: Frame | None


def inject_confirmed_by_contrast(view: View, find_sac: SacFinder, *, most_on_mm: float) -> OperatorSteps:
    """From a needle in place, its stylet out, to the control scan; AbandonError where nothing epidural is found here.

    Args:
        view: what is perceived now
        find_sac: how the sac is found in a press
        most_on_mm: that the needle goes on, at once, from contrast that is not epidural
    """
    sac, before, view = yield from _press_and_find_sac(view, find_sac)
    if sac is None:
        view = yield c.Aspirate()
        if view.handling.hub == HubSign.BLOOD:
            raise AbandonError("in a vein")
        view = yield from inject_prescribed_blood(view)
        return view
    before, view = yield from _find_epidural_place(view, find_sac, sac, before, most_on_mm)
    view = yield from fill_syringe(view)
    view = yield from _inject_watched(view, sac, before)
    view = yield from remove_needle(view)
    view = yield from acquire_control_scan(view)
    return view


def _press_and_find_sac(
    view: View, find_sac: SacFinder
) -> Generator[Command, View, tuple[SacOutline | None, Frame, View]]:
    """A press, and the sac in it."""
    frame, view = yield from press(view)
    middle_mm = frame.centre_mm[0] if view.console.grid_midline_x_mm is None else view.console.grid_midline_x_mm
    _, column = frame.pixel_of(middle_mm, 0.0)
    return find_sac(frame, column), frame, view


def _find_epidural_place(
    view: View, find_sac: SacFinder, sac: SacOutline, before: Frame, most_on_mm: float
) -> Generator[Command, View, tuple[Frame, View]]:
    """Test contrast until it goes into the epidural space; the picture that shows it there."""
    veins = 0
    for number in range(MOST_TESTS):
        if number:
            seen, before, view = yield from _press_and_find_sac(view, find_sac)
            sac = seen or sac
        test, view = yield from _test_contrast(view, sac, before)
        if test.epidural is not None:
            return test.epidural, view
        if number == MOST_TESTS - 1:
            break
        if test.spread is None or test.spread.pattern in IN_A_VEIN:
            view = yield from _leave_vein(view, veins, most_on_mm)
            veins += 1
        elif test.spread.pattern is SpreadPattern.INTRATHECAL:
            view = yield c.TellPatient(of=ComplicationKind.DURAL_PUNCTURE)
            raise AbandonError("in the sac")
        elif test.spread.pattern is SpreadPattern.SUBDURAL:
            view = yield from _move_and_test(view, -OUT_OF_THE_DURA_MM)
        else:
            past = test.spread.behind_mm < -BEFORE_MM
            on_mm = min(ON_FROM_MUSCLE_MM, most_on_mm)
            if not past and on_mm < LEAST_ON_MM:
                raise AbandonError("contrast lies behind a space too thin to go on into")
            view = yield from _move_and_test(view, -BACK_FROM_THE_FRONT_MM if past else on_mm)
        if view.handling.hub not in OPEN:
            raise AbandonError("the plunger does not give way")
    raise AbandonError("contrast does not go into the epidural space here")


def _test_contrast(view: View, sac: SacOutline, before: Frame) -> Generator[Command, View, tuple[_ContrastTest, View]]:
    """Aspirate, inject a little contrast, and see where it went; of a thread, whether it stays."""
    view = yield c.Aspirate()
    if view.handling.hub == HubSign.BLOOD:
        return _ContrastTest(spread=None, epidural=None), view
    words_before = view.patient.words_at_ms
    view = yield c.InjectContrast(volume_ml=TEST_ML)
    hurts = view.patient.words_at_ms != words_before and tells_of_pain(view.patient.words)
    after, view = yield from press(view)
    spread = classify_spread(before, after, sac)
    # So little hurts nobody in the epidural space: it was forced into ligament or a nerve
    stays = spread.pattern is SpreadPattern.EPIDURAL and not hurts
    if spread.pattern is SpreadPattern.THREAD:  # of a vein, unless it stays
        view = yield c.Wait(duration_s=WASH_OUT_S)
        after, view = yield from press(view)
        stays = not washes_out(spread, classify_spread(before, after, sac))
    return _ContrastTest(spread=spread, epidural=after if stays else None), view


def _leave_vein(view: View, veins: int, most_on_mm: float) -> OperatorSteps:
    """A little back; on, where that is too far, or where it was tried before."""
    if veins >= len(OUT_OF_A_VEIN_MM):
        raise AbandonError("veins all about")
    move_mm = min(OUT_OF_A_VEIN_MM[veins], most_on_mm)
    view = yield from _move_and_test(view, move_mm)
    if view.handling.hub not in OPEN and move_mm < 0.0:
        view = yield from _move_and_test(view, min(OUT_OF_A_VEIN_MM[1], most_on_mm))
    return view


def _move_and_test(view: View, by_mm: float) -> OperatorSteps:
    """On with the stylet in, or back; then the plunger is tried."""
    if by_mm > 0.0:
        view = yield c.ReplaceStylet()
        view = yield c.Advance(distance_mm=by_mm)
        if view.handling.stopped or view.refused:
            raise AbandonError("bone in the way")
        view = yield c.RemoveStylet()
    else:
        view = yield c.Withdraw(distance_mm=-by_mm)
        view = yield c.RotateBevel(angle_deg=180.0)
    _, view = yield from ask_plunger(view)
    return view


def _wait_and_ask(view: View, pause_s: float = PAUSE_S) -> OperatorSteps:
    """A pause between two portions: the pressure evens out, and the patient is asked."""
    view = yield c.Wait(duration_s=pause_s)
    view = yield c.AskPatient(about=Question.FEELING)
    return view


def _inject_watched(view: View, sac: SacOutline, before: Frame) -> OperatorSteps:
    """Portions until the patient speaks, all is given, or a press shows blood where it should not be.

    Where a patient speaks before there is enough to help, a pause and less at a time; a pain that stays ends it.
    """
    looks, pauses, portion_ml = 0, 0, PORTION_ML
    while view.injection.injected_blood_ml < view.case.prescribed_volume_ml - 1e-6:
        words_before = view.patient.words_at_ms
        view = yield from inject_portion(view, portion_ml)
        if view.refused:
            break
        spoke = spoke_of_pressure(view, words_before)
        if spoke and view.injection.injected_blood_ml >= ENOUGH_ML:
            break
        view = yield from _wait_and_ask(view)
        if spoke or tells_of_pain(view.patient.words):
            if pauses == MOST_PAUSES or view.injection.injected_blood_ml >= ENOUGH_ML:
                break
            view = yield from _wait_and_ask(view, LONG_PAUSE_S)
            if tells_of_pain(view.patient.words):
                break
            pauses, portion_ml = pauses + 1, 0.5 * portion_ml
        if looks < len(LOOKS_ML) and view.injection.injected_blood_ml >= LOOKS_ML[looks] - 1e-6:
            looks += 1
            after, view = yield from press(view)
            if classify_spread(before, after, sac).pattern in ASTRAY:
                break
    return view
