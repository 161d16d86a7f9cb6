"""What no needle can do: each bad input has a defined answer, and none is clamped in silence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.codec import command_from
from tests.headless import LUMBAR, parameters, world_of
from tests.unit.test_complications import at_level, go


def _session(depth_mm: float = 20.0) -> Session:
    session = at_level(world_of(parameters(LUMBAR, "L3/4"), seed=3, hands="exact"), "L3/4")
    go(session, depth_mm)
    return session


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (c.Advance(distance_mm=200.0), "distance_mm is 200; it must lie between 0.1 and 100 mm"),
        (c.Advance(distance_mm=math.nan), "distance_mm is nan"),
        (c.Advance(distance_mm=-5.0), "distance_mm is -5"),
        (c.Advance(distance_mm=10**400), "distance_mm is 10000000000000000000; it must lie"),
        (c.Withdraw(distance_mm=math.inf), "distance_mm is inf"),
        (c.Redirect(angle_change_deg=61.0), "angle_change_deg is 61; it must lie between -60 and 60 deg"),
        (c.Redirect(craniocaudal_change_deg=math.nan), "craniocaudal_change_deg is nan"),
        (c.RotateBevel(angle_deg=math.nan), "angle_deg is nan"),
        (c.Wait(duration_s=-1.0), "duration_s is -1"),
        (c.InjectContrast(volume_ml=0.5), "the stylet is in: take it out first"),
        (c.InjectBlood(volume_ml=1.0), "the stylet is in: take it out first"),
        (c.Aspirate(), "the stylet is in"),
        (c.TestResistance(), "the stylet is in"),
        (c.ReplaceStylet(), "the stylet is in already"),
        (c.ChooseNeedle(needle="16G Quincke 88 mm"), "there is no needle '16G Quincke 88 mm'; the tray holds:"),
        (c.ChooseNeedle(needle="18G Tuohy 88 mm"), "a needle is in place: withdraw it first"),
        (c.PositionPatient(), "the needle is in the patient"),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_why(command: c.Command, words: str) -> None:
    session = _session()
    before = session.state
    (refused,) = session.do(command)
    assert isinstance(refused, e.CommandRefused)
    assert words in refused.reason
    assert (session.state.needle.pose, session.state.elapsed_ms) == (before.needle.pose, before.elapsed_ms)
    assert session.state.patient == before.patient


def test_turns_that_add_up_beyond_sixty_degrees_are_refused() -> None:
    session = _session(5.0)
    answers = [session.do(c.Redirect(angle_change_deg=25.0))[0] for _ in range(3)]
    assert [isinstance(x, e.CommandRefused) for x in answers] == [False, True, True]
    assert "more than 60 degrees" in answers[1].reason  # type: ignore[union-attr]


def test_withdrawing_out_of_the_skin_takes_the_needle_out() -> None:
    session = _session()
    assert [type(x).__name__ for x in session.do(c.Withdraw(distance_mm=60.0))] == ["NeedleRemoved"]
    assert session.view().needle is None
    (refused,) = session.do(c.Advance(distance_mm=5.0))
    assert isinstance(refused, e.CommandRefused)


def test_a_push_longer_than_the_needle_ends_at_its_hub_and_says_so() -> None:
    session = Session(world_of(parameters(LUMBAR, "L3/4"), seed=3, hands="exact"))
    session.do(c.PlaceNeedle(entry_from_midline_mm=80.0, side="left", level="L3/4"))
    moved = next(x for x in session.do(c.Advance(distance_mm=100.0)) if isinstance(x, e.NeedleMoved))
    assert (moved.commanded_mm, moved.stopped_by) == (100.0, "hub")
    assert moved.moved_mm == pytest.approx(88.0, abs=0.6)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"command": "GiveAid", "measure": "brandy"}, "GiveAid.measure"),
        ({"command": "GiveAid"}, "GiveAid.measure"),
        ({"command": "InjectLocalAnaesthetic", "volume_ml": "much"}, "InjectLocalAnaesthetic.volume_ml"),
    ],
)
def test_a_script_of_commands_is_checked_at_the_door(line: dict[str, Any], words: str) -> None:
    with pytest.raises(UserInputError, match=words):
        command_from(line, "script:1")


def _scenario(tmp_path: Any, event: str) -> Callable[[], object]:
    from simulator.scenario.load import load_scenario

    path = tmp_path / "case.toml"
    path.write_text(f'format = 1\ntitle = "x"\nextends = "patient-2"\n{event}\n', encoding="utf-8")
    return lambda: load_scenario(path)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ('[[event]]\nkind = "vasovagl"\nwhen = "skin puncture"', "event.kind"),
        ('[[event]]\nkind = "vasovagal"', "nothing sets this off"),
        (
            '[[event]]\nkind = "vasovagal"\nwhen = "skin puncture"\nat_min = 3.0',
            "when and at_min are two things that set it off",
        ),
        ('[[event]]\nkind = "arm line fails"\nat_min = 3.0', "leave at_min out"),
        ('[[event]]\nkind = "jerk"\nat_min = -1.0', "event.at_min"),
        ('[[event]]\nkind = "jerk"\nat_min = nan', "event.at_min"),
        ('[event]\nkind = "jerk"', "event"),
        ('[needle]\ntray = ["16G Quincke 88 mm"]', "needle.tray"),
        ('[hands]\nkind = "steady"', "hands.kind"),
    ],
)
def test_a_scenario_with_a_wrong_event_needle_or_hand_is_refused(tmp_path: Any, event: str, words: str) -> None:
    with pytest.raises(UserInputError) as fault:
        _scenario(tmp_path, event)()
    assert words in str(fault.value)
    assert "Traceback" not in str(fault.value)


def test_a_scenario_with_events_and_needles_builds_its_script(tmp_path: Any) -> None:
    from simulator.engine.scripted_events import Scripted
    from simulator.scenario.schema import Scenario

    file = _scenario(
        tmp_path,
        '[needle]\ntray = ["22G Whitacre 120 mm"]\n[[event]]\nkind = "jerk"\nat_min = 2.5\n'
        '[[event]]\nkind = "arm line clots"',
    )()
    scenario: Scenario = file.scenario_for(1)  # type: ignore[attr-defined]
    assert [(x.kind, x.when, x.at_min) for x in scenario.event] == [
        ("jerk", None, 2.5),
        ("arm line clots", None, None),
    ]
    assert Scripted(kind="jerk", at_ms=150_000).at_ms == round(60_000 * 2.5)
