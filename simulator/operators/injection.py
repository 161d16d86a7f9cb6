"""Injection: blood with contrast, slowly, until the patient speaks; then a look at where it went."""

from __future__ import annotations

from simulator.operators.stepwise import Steps
from simulator.procedure import commands as c
from simulator.procedure.view import View

PORTION_ML = 2.0
SYRINGE_ML, LEAST_ML = 20.0, 0.1
AWAY_MM = 130.0  # more than any needle is long


def inject(view: View, *, control_scan: bool = True) -> Steps:
    """From a needle in place, its stylet out, to aftercare.

    Args:
        control_scan: whether to look where the blood went
    """
    words_before = view.words_at_ms
    while view.injected_blood_ml < view.prescribed_volume_ml - 1e-6:
        if view.syringe_ml <= LEAST_ML:
            view = yield c.DrawBlood(volume_ml=SYRINGE_ML)
            if view.arm_line:
                view = yield c.GiveAid(measure="new arm line")
                view = yield c.DrawBlood(volume_ml=SYRINGE_ML)
            view = yield c.MixContrast(volume_ml=1.0)
        portion = min(PORTION_ML, view.prescribed_volume_ml - view.injected_blood_ml, view.syringe_ml)
        view = yield c.InjectBlood(volume_ml=portion, rate_ml_per_s=0.3, until_cue=True)
        if view.refused or view.words_at_ms != words_before:
            break
    view = yield c.StopInjection()
    view = yield c.Withdraw(distance_mm=AWAY_MM)
    if control_scan:
        view = yield c.AcquireControlScan(length_mm=60.0, mas=30.0)
    return view


def aftercare(view: View, *, head_down: bool = False) -> Steps:
    """How long to lie flat, and whether head down at first, as after a blind patch."""
    view = yield c.OrderAftercare(flat_hours=6.0, head_down=head_down)
    return view
