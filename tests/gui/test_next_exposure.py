"""What the window says that the next exposure will cost is what the record holds after it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.gui.images.level_count import LevelCount
from simulator.gui.panels import dose
from simulator.gui.panels.beam import dose_check_words
from simulator.gui.panels.next_exposure_dose import scan_estimate
from simulator.gui.scan_reading.next_exposure import MODE_ROW, NextExposure
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.interface import commands as c
from simulator.interface.dose_check import DoseLimits
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import ScanMode


def session_in(case, region: Region, limits: DoseLimits | None = None) -> Session:
    imaging = replace(case.world.settings.imaging, dose_limits=limits or DoseLimits())
    settings = replace(case.world.settings, region=region, imaging=imaging)
    session = Session(CaseContext(phantom=case.world.phantom, settings=settings, root_seed=1))
    session.do(c.MoveTable(level="L3/4"))
    return session


def perceived(session: Session, blood_ml: float = 0.0) -> Any:
    """As much of what was perceived as the figures need."""
    view = session.view()
    injection = replace(view.injection, injected_blood_ml=blood_ml)
    return SimpleNamespace(view=replace(view, injection=injection), counting=LevelCount())


@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize(("blood_ml", "presses_of_mode"), [(0.0, 0), (0.0, 1), (5.0, 0)])
@pytest.mark.parametrize("levels", [(4, 5), (0, 7), (3, 3)])
def test_a_scan_is_charged_as_the_window_announced(patient_2, region, blood_ml, presses_of_mode, levels):
    session = session_in(patient_2, region)
    window = perceived(session, blood_ml)
    following = NextExposure(window, ReadingState(levels=levels))
    for _ in range(presses_of_mode):
        following.step(MODE_ROW, 1)
    said = scan_estimate(window, 120, following.mas, following.length_mm, following.mode)
    (made,) = [event for event in session.do(following.command()) if isinstance(event, e.AcquisitionMade)]
    assert made.dose.dlp_mgy_cm == said.dlp_mgy_cm
    assert made.beam.scan_length_mm == following.length_mm
    assert (following.mode is ScanMode.SEQUENTIAL) == (presses_of_mode == 1)
    assert following.rows()[-1][0] == ("Length" if blood_ml else "Mode")


@pytest.mark.parametrize("steps", [(), ((2, 1), (3, -1)), ((3, 1),)])
def test_a_scan_that_was_drawn_is_charged_as_the_window_announced(patient_2, steps):
    """Also once its edges were stepped: From is the upper one."""
    session = session_in(patient_2, Region.LUMBAR)
    window = perceived(session)
    low, high = window.view.console.scan_reach_mm
    window.counting.draw_range(low + 43.3, high - 31.9, (low, high))
    following = NextExposure(window, ReadingState(levels=(0, 0)))
    for row, by in steps:
        following.step(row, by)
    said = scan_estimate(window, 120, following.mas, following.length_mm, following.mode)
    (made,) = [event for event in session.do(following.command()) if isinstance(event, e.AcquisitionMade)]
    assert made.dose.dlp_mgy_cm == said.dlp_mgy_cm
    assert made.beam.scan_length_mm == following.length_mm
    top = made.slices.centres_table_mm[0] + 1.5
    assert top == pytest.approx(high - 31.9 - (5.0 if steps == ((2, 1), (3, -1)) else 0.0), abs=0.11)


@pytest.mark.parametrize("region", list(Region))
def test_a_press_is_charged_as_the_window_announced(patient_2, region):
    session = session_in(patient_2, region)
    window = perceived(session)
    (made,) = [event for event in session.do(c.PressPedal()) if isinstance(event, e.AcquisitionMade)]
    assert (made.dose.ctdi_vol_mgy, made.dose.dlp_mgy_cm) == (dose.press_ctdi_mgy(window), dose.press_dlp(window))


def test_the_sentence_beside_the_pedal(patient_2):
    assert dose_check_words(perceived(session_in(patient_2, Region.LUMBAR))) == ""
    limits = DoseLimits(notification_ctdi_vol_mgy=0.5, alert_dlp_mgy_cm=1.0)
    session = session_in(patient_2, Region.LUMBAR, limits)
    assert dose_check_words(perceived(session)) == "DLP alert, 1 mGy·cm"


def test_a_scan_is_booked_where_the_window_says(patient_2):
    """The first planning scan, a second one, and one after a needle alone."""
    for before, account in (
        ([], "planning"),
        ([c.AcquirePlanningScan(levels=("L3", "L4"))], "guidance"),
        (
            [c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4"), c.Advance(distance_mm=9.0)],
            "guidance",
        ),
    ):
        session = session_in(patient_2, Region.LUMBAR)
        for command in before:
            session.do(command)
        following = NextExposure(perceived(session), ReadingState(levels=(4, 5)))
        assert following.account == account
        (made,) = [event for event in session.do(following.command()) if isinstance(event, e.AcquisitionMade)]
        assert (made.purpose, made.dose_phase) == ("planning", account)
