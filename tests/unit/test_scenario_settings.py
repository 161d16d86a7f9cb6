"""What a scenario sets reaches the engine: tray, angle meter, the room's time, contrast, the words of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.dose_check import DoseLimits
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from tests.conftest import PATIENT_2
from tests.procedures import placed, run
from tests.settings import changed_settings

MakeCase = Callable[..., Case]


def changed(case: Case, **settings: object) -> CaseContext:
    return replace(case.world, settings=changed_settings(case.world.settings, **settings))


def reason(session: Session, command: c.Command) -> str:
    (event,) = session.do(command)
    assert isinstance(event, e.CommandRefused)
    return event.reason


def test_what_the_file_says_is_what_the_engine_has(patient_2: Case) -> None:
    overrides = {
        "title": "At {level}",
        "text.request": "Patch at {level}, please: {level}.",
        "needle.tray": ["20G Quincke 120 mm", "20G Quincke 88 mm"],
        "help.digital_angles": True,
        "help.ideal_images": True,
        "scanner.scan_arcs_deg": [240],
        "scanner.preset_scan_arc_deg": 240,
        "scanner.hand_protection": True,
        "scanner.preset_hand_protection": True,
        "scanner.dose_notification_dlp_mgy_cm": 30.0,
        "scanner.dose_alert_ctdi_vol_mgy": 1.0,
        "limits.minutes": 20,
        "rubric.time_min": {"expert": 2, "poor": 4},
    }
    scenario = load_scenario(PATIENT_2, overrides=overrides).scenario_for(1)
    case = build_case(scenario, name="x", seed=1, location="x", folder=PATIENT_2.parent)
    settings = case.world.settings
    assert (settings.title, settings.request) == ("At L3/4", "Patch at L3/4, please: L3/4.")
    assert settings.needle.tray == ("20G Quincke 120 mm", "20G Quincke 88 mm")
    assert settings.needle.digital_angles
    assert settings.imaging.ideal_images
    assert len(settings.aids) == 1
    assert settings.imaging.scan_arcs_deg == (240,)
    assert settings.imaging.offers_hand_protection
    assert (settings.imaging.preset.scan_arc_deg, settings.imaging.preset.hand_protection) == (240, True)
    view = Session(case.world).view()
    assert (view.case.ideal_images, view.console.scan_arcs_deg, view.console.settings.hand_protection) == (
        True,
        (240,),
        True,
    )
    assert settings.imaging.dose_limits == DoseLimits(notification_dlp_mgy_cm=30.0, alert_ctdi_vol_mgy=1.0)
    assert view.console.dose_check.limits == settings.imaging.dose_limits
    assert settings.max_duration_ms == 1_200_000
    assert case.rubric.economy.time_min.poor == 4.0
    assert case.world.phantom.identity == patient_2.world.phantom.identity
    assert Session(case.world).state.needle.name == "20G Quincke 120 mm"


def test_only_needles_of_the_tray_can_be_chosen_and_their_length_counts(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    assert "the tray holds: 20G Quincke 88 mm" in reason(session, c.ChooseNeedle(needle="20G Quincke 120 mm"))
    session = Session(changed(make_case(), needles=("20G Quincke 88 mm", "20G Quincke 120 mm")))
    assert session.view().case.needles == ("20G Quincke 88 mm", "20G Quincke 120 mm")
    session.do(c.ChooseNeedle(needle="20G Quincke 120 mm"))
    run(session, placed())
    needle = session.view().needle
    assert needle is not None
    assert (needle.name, needle.length_mm) == ("20G Quincke 120 mm", 120.0)


def test_an_angle_meter_reads_half_degrees_where_eyes_read_three(make_case: MakeCase) -> None:
    def lean(digital: bool) -> float:
        session = Session(changed(make_case(), digital_angles=digital))
        session.do(c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L3/4", angle_deg=22.4))
        needle = session.view().needle
        assert needle is not None
        return needle.lean_deg

    assert lean(digital=True) == pytest.approx(22.5)
    assert lean(digital=False) == pytest.approx(21.0)


def test_when_the_room_is_needed_only_closing_is_left(make_case: MakeCase) -> None:
    session = Session(changed(make_case(), max_duration_ms=600_000))
    run(session, [*placed(), c.Advance(distance_mm=20.0)])
    session.do(c.Wait(duration_s=600))
    presses = len(session.presses())
    for command in (c.PressPedal(), c.Advance(distance_mm=1.0), c.DrawBlood(), c.AcquireControlScan()):
        assert "room is needed" in reason(session, command)
    assert len(session.presses()) == presses
    for command in (c.Withdraw(distance_mm=130.0), c.OrderAftercare(), c.Finish()):
        assert not any(isinstance(event, e.CommandRefused) for event in session.do(command))
    assert session.state.finished


def test_amounts_of_the_leak_and_the_myelogram_reach_the_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    class StopError(Exception):
        pass

    def remember(parameters, *, progress=None):  # type: ignore[no-untyped-def]
        built.append(parameters)
        raise StopError

    monkeypatch.setattr("simulator.scenario.patient_build.build_phantom", remember)
    for name in ("false-leak", "blind-patch", "varied", "obese"):
        file = load_scenario(Path(name))
        with pytest.raises(StopError):
            build_case(file.scenario_for(2), name=name, seed=2, location=name, folder=Path())
    false_leak, blind, varied, obese = built
    assert false_leak.leak.extent_levels == 2.5
    assert false_leak.myelogram.puncture_site.level == "L4/5"
    assert blind.myelogram.volume_ml == 0.0
    drawn = load_scenario(Path("varied")).scenario_for(2)
    assert varied.leak.thickness_mm == drawn.leak.thickness_mm
    assert varied.myelogram.remaining_at_3_h == drawn.myelogram.remaining_at_3_h  # type: ignore[union-attr]
    assert (varied.leak.level, varied.seed) == (drawn.leak.level, drawn.patient.seed)
    assert obese.bmi_kg_per_m2 == 38.0
    assert np.isclose(obese.body_half_width_mm, 172.0 * (38.0 / 25.5) ** 0.5, atol=0.1)
