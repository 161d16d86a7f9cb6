"""Blood injection: blood with contrast, slowly, until the patient speaks; then a look at where it went."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.operators.coroutine_operator import OperatorSteps
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.patient_words import tells_of_pressure
from simulator.vocabulary.procedure import Aid

PORTION_ML, RATE_ML_PER_S = 2.0, 0.3
SLOWEST_ML_PER_S = 0.03
OLD_BLOOD_MS = 240_000  # that begins to thicken
SYRINGE_ML, LEAST_ML = 20.0, 0.1
AWAY_MM = 130.0  # more than any needle is long


def inject_prescribed_blood(view: View) -> OperatorSteps:
    """From a needle in place, its stylet out, to a scan that shows where the blood went."""
    view = yield from inject_without_image(view)
    view = yield from acquire_control_scan(view)
    return view


def inject_without_image(view: View) -> OperatorSteps:
    """Portions until the patient speaks or all is given, then the needle out."""
    words_before = view.patient.words_at_ms
    while view.injection.injected_blood_ml < view.case.prescribed_volume_ml - 1e-6:
        view = yield from inject_portion(view)
        if view.refused or spoke_of_pressure(view, words_before):
            break
    view = yield from remove_needle(view)
    return view


def spoke_of_pressure(view: View, before_ms: int | None) -> bool:
    """Whether the patient has spoken of pressure or pain since they had spoken last, at `before_ms`."""
    return view.patient.words_at_ms != before_ms and tells_of_pressure(view.patient.words)


def fill_syringe(view: View) -> OperatorSteps:
    """Fresh blood with contrast, by a new line where the arm's gives none."""
    view = yield c.DrawBlood(volume_ml=SYRINGE_ML)
    if view.patient.arm_line:
        view = yield c.GiveAid(measure=Aid.NEW_ARM_LINE)
        view = yield c.DrawBlood(volume_ml=SYRINGE_ML)
    view = yield c.MixContrast(volume_ml=1.0)
    return view


def inject_portion(view: View, volume_ml: float = PORTION_ML) -> OperatorSteps:
    """A little more blood, no more than is prescribed in all; what is used up or thickens is drawn anew first."""
    if view.injection.syringe_ml <= LEAST_ML or view.injection.syringe_age_ms > OLD_BLOOD_MS:
        view = yield from fill_syringe(view)
    left_ml = view.case.prescribed_volume_ml - view.injection.injected_blood_ml
    volume_ml = min(volume_ml, left_ml, view.injection.syringe_ml)
    rate_ml_per_s = RATE_ML_PER_S
    while rate_ml_per_s >= SLOWEST_ML_PER_S:
        view = yield c.InjectBlood(volume_ml=volume_ml, rate_ml_per_s=rate_ml_per_s, until_cue=True)
        if not view.refused:
            break
        rate_ml_per_s /= 2.0  # a thin needle lets no more through
    return view


def remove_needle(view: View) -> OperatorSteps:
    """Stop, and take the needle out."""
    view = yield c.StopInjection()
    view = yield c.Withdraw(distance_mm=AWAY_MM)
    return view


def acquire_control_scan(view: View) -> OperatorSteps:
    """Scan about the needle's place, and look where the blood went; nothing is decided by it any more."""
    view = yield c.AcquireControlScan(length_mm=60.0, mas=30.0)
    if view.console.latest is not None and not view.refused:
        view = yield c.LookAt(number=view.console.latest.number)
    return view


def order_aftercare(view: View, *, head_down: bool = False) -> OperatorSteps:
    """Ask for legs and bladder, then order what follows; head down at first after a blind patch."""
    view = yield c.AskPatient(about=Question.LEGS_AND_BLADDER)
    view = yield c.OrderAftercare(flat_hours=6.0, head_down=head_down, advice=True, next_day_call=True)
    return view
