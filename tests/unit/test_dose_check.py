"""The dose check: notification and alert values, before a press and when one was passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.dose_check import DoseLimits, Irradiated, accumulated_ctdi_vol_mgy, passed_limits
from simulator.report.event_words import grouped_words
from simulator.vocabulary.procedure import DoseLimitKind, DoseQuantity

PRESS_MGY = 6.6 / 100 * 15.0 * (15 / 12) / (43 / 40)  # 30 mA, 0.5 s, 12 mm


def session_with(case, limits: DoseLimits) -> Session:
    """The default patient at L3/4, in a case with these values."""
    settings = case.world.settings
    settings = replace(settings, imaging=replace(settings.imaging, dose_limits=limits))
    session = Session(CaseContext(phantom=case.world.phantom, settings=settings, root_seed=1))
    session.do(c.MoveTable(level="L3/4"))
    return session


def passed(events) -> list[tuple[DoseLimitKind, DoseQuantity]]:
    return [(x.passed.kind, x.passed.quantity) for x in events if isinstance(x, e.DoseCheckPassed)]


def test_a_case_without_values_is_never_prompted(patient_2):
    session = session_with(patient_2, DoseLimits())
    assert session.view().console.dose_check.next_press == ()
    assert passed(session.do(c.PressPedal())) == []


def test_an_alert_adds_up_where_beams_overlap(patient_2):
    """Two presses stay below 2.5 presses' CTDIvol, the third passes it; elsewhere on the table nothing has added up."""
    session = session_with(patient_2, DoseLimits(alert_ctdi_vol_mgy=2.5 * PRESS_MGY))
    for _ in range(2):
        assert session.view().console.dose_check.next_press == ()
        assert passed(session.do(c.PressPedal())) == []
    (next_one,) = session.view().console.dose_check.next_press
    assert (next_one.kind, next_one.quantity) == (DoseLimitKind.ALERT, DoseQuantity.CTDI_VOL)
    assert next_one.estimate == pytest.approx(3 * PRESS_MGY)
    session.do(c.MoveTable(by_mm=12.5))
    assert session.view().console.dose_check.next_press == ()
    session.do(c.MoveTable(by_mm=-12.5))
    made, told = session.do(c.PressPedal())
    assert isinstance(made, e.AcquisitionMade)
    assert told.passed == next_one
    assert told.purpose == "fluoroscopy"
    assert "past the alert value of" in " ".join(str(words) for words in grouped_words([told]))


def test_an_alert_of_the_dose_length_product_adds_up_anywhere(patient_2):
    session = session_with(patient_2, DoseLimits(alert_dlp_mgy_cm=1.5 * 1.2 * PRESS_MGY))
    session.do(c.PressPedal())
    session.do(c.MoveTable(by_mm=30.0))
    assert [one.quantity for one in session.view().console.dose_check.next_press] == [DoseQuantity.DLP]


def test_a_notification_is_of_one_beam(patient_2):
    session = session_with(patient_2, DoseLimits(notification_dlp_mgy_cm=30.0, notification_ctdi_vol_mgy=3.0))
    for _ in range(4):
        assert passed(session.do(c.PressPedal())) == []
    both = [(DoseLimitKind.NOTIFICATION, DoseQuantity.CTDI_VOL), (DoseLimitKind.NOTIFICATION, DoseQuantity.DLP)]
    assert passed(session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))) == both
    sequential = session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0, mode="sequential"))
    assert passed(sequential) == both[:1]
    assert passed(session.do(c.AcquireControlScan(length_mm=60.0, mas=60.0))) == both


def test_a_held_pedal_tells_of_an_alert_once(patient_2):
    session = session_with(
        patient_2, DoseLimits(alert_dlp_mgy_cm=2.5 * 1.2 * PRESS_MGY, notification_ctdi_vol_mgy=0.9 * PRESS_MGY)
    )
    first = passed(session.do(c.PressPedal(hold=True)))
    assert first == [(DoseLimitKind.NOTIFICATION, DoseQuantity.CTDI_VOL)]
    assert passed(session.do(c.Wait(duration_s=2.6))) == [(DoseLimitKind.ALERT, DoseQuantity.DLP)]


def test_a_given_myelogram_is_no_part_of_the_check(patient_2):
    session = session_with(patient_2, DoseLimits(alert_dlp_mgy_cm=50.0))
    session.do(c.AcquireMyelogram())
    assert session.view().console.dose_check.next_press == ()


def test_the_largest_sum_is_found_between_the_edges():
    """The sum is largest where three beams overlap, in the middle of the next one."""
    before = [
        Irradiated(low_mm=low, high_mm=high, ctdi_vol_mgy=dose, dlp_mgy_cm=0.0)
        for low, high, dose in ((0.0, 10.0, 1.0), (8.0, 20.0, 2.0), (9.0, 11.0, 4.0), (30.0, 40.0, 50.0))
    ]
    following = Irradiated(low_mm=4.0, high_mm=16.0, ctdi_vol_mgy=0.5, dlp_mgy_cm=1.0)
    slow = max(
        sum(one.ctdi_vol_mgy for one in before if one.low_mm <= z < one.high_mm)
        for z in (4.0 + 0.01 * k for k in range(1200))
    )
    assert accumulated_ctdi_vol_mgy(before, following) == 0.5 + slow == 7.5
    assert accumulated_ctdi_vol_mgy([], following) == 0.5
    at_limit = DoseLimits(alert_ctdi_vol_mgy=7.5)
    assert passed_limits(at_limit, before, following) == (), "a value is passed above it"
