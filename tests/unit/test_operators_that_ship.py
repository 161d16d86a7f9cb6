"""Operators that change what the expert means: tube load, lean, length of pushes, chance; on made-up steps."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.engine.session import Session, drive
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.operators import operator_named
from simulator.operators.bad_examples import _further
from simulator.operators.command_changes import change_commands
from simulator.operators.decision_errors import Judgement, _decided
from simulator.operators.laser_guided import _set_again
from simulator.operators.tube_load import _by_noise, _lowest, measure_noise_hu
from simulator.scenario.build import Case
from simulator.vocabulary.levels import Interspace, Vertebra


def view_of(**changes: Any) -> Any:
    settings = SimpleNamespace(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5)
    console = {"tube_currents_ma": (10.0, 30.0, 60.0, 100.0), "settings": settings, "pedal_down": False, "latest": None}
    return SimpleNamespace(console=SimpleNamespace(**console | changes), refused=None, needle=None)


def carried_out(steps: Any, views: list[Any]) -> list[Command]:
    """Commands of a generator that is sent these views, the last one again and again."""
    given = [next(steps)]
    for number in range(50):
        try:
            given.append(steps.send(views[min(number, len(views) - 1)]))
        except StopIteration:
            return given
    raise AssertionError("it does not end")


def test_the_steps_see_what_came_of_the_last_command_of_each() -> None:
    seen = []

    def steps() -> Any:
        seen.append((yield c.PressPedal()))
        seen.append((yield c.Wait(duration_s=1.0)))
        return seen[-1]

    given = carried_out(change_commands(steps(), view_of(), _lowest), ["after the setting", "press", "wait"])
    assert [type(one) for one in given] == [c.ChooseTechnique, c.PressPedal, c.Wait]
    assert seen == ["press", "wait"]


def test_the_lowest_load_is_set_once_and_the_plan_is_cheap() -> None:
    view = view_of()
    assert _lowest(c.AcquirePlanningScan(levels=("L3", "L4")), view)[0].mas == 15.0  # type: ignore[union-attr]
    chosen, _ = _lowest(c.PressPedal(), view)
    assert isinstance(chosen, c.ChooseTechnique)
    assert (chosen.tube_current_ma, chosen.tube_voltage_kv) == (10.0, 120)
    view.console.settings.tube_current_ma = 10.0
    assert _lowest(c.PressPedal(), view) == (c.PressPedal(),)


def noisy(sd_hu: float) -> np.ndarray[Any, Any]:
    return np.random.default_rng(2).normal(40.0, sd_hu, (3, 64, 64)).astype(np.float32)


@pytest.mark.parametrize("sd_hu", [10.0, 40.0])
def test_noise_is_measured_from_differences_of_slices(sd_hu: float) -> None:
    frame: Any = SimpleNamespace(hu=noisy(sd_hu) + 30.0 * (np.arange(64) > 30))  # an edge in all slices is no noise
    assert measure_noise_hu(frame) == pytest.approx(sd_hu, rel=0.08)


@pytest.mark.parametrize(("sd_hu", "wanted_ma"), [(20.0, 10.0), (60.0, 60.0), (80.0, 60.0), (150.0, 100.0)])
def test_more_load_is_taken_only_where_the_last_press_was_noisy(sd_hu: float, wanted_ma: float) -> None:
    view = view_of(
        latest=SimpleNamespace(purpose="fluoroscopy", number=1, settings=SimpleNamespace(tube_current_ma=30.0))
    )
    frame = SimpleNamespace(hu=np.clip(noisy(sd_hu), -199.0, 199.0))
    view.images = SimpleNamespace(frame=lambda number: frame)
    first = _by_noise(c.PressPedal(), view)[0]
    current = first.tube_current_ma if isinstance(first, c.ChooseTechnique) else 30.0
    assert abs(current - wanted_ma) <= (30.0 if wanted_ma == 60.0 else 0.0)
    assert _by_noise(c.Advance(distance_mm=3.0), view) == (c.Advance(distance_mm=3.0),)


def test_a_lean_that_reads_wrong_is_set_again() -> None:
    def steps() -> Any:
        view = yield c.PlaceNeedle(angle_deg=20.0, craniocaudal_deg=5.0)
        view = yield c.Advance(distance_mm=10.0)
        return view

    def reads(lean: float, along: float) -> Any:
        return SimpleNamespace(refused=None, needle=SimpleNamespace(lean_deg=lean, craniocaudal_lean_deg=along))

    given = carried_out(_set_again(steps()), [reads(15.0, 5.0), reads(20.0, 4.0), reads(20.0, 4.0)])
    assert given[1:] == [c.Redirect(angle_change_deg=5.0, craniocaudal_change_deg=0.0), c.Advance(distance_mm=10.0)]
    given = carried_out(_set_again(steps()), [reads(0.0, 0.0)])
    assert [type(one) for one in given] == [c.PlaceNeedle, c.Redirect, c.Redirect, c.Advance]


def test_the_greedy_one_pushes_further() -> None:
    assert _further(c.Advance(distance_mm=2.0), view_of()) == (c.Advance(distance_mm=6.0),)
    assert _further(c.Advance(distance_mm=20.0), view_of()) == (c.Advance(distance_mm=30.0),)
    assert _further(c.Withdraw(distance_mm=2.0), view_of()) == (c.Withdraw(distance_mm=2.0),)


def decided(command: Command, judgement: Judgement, *, lower: bool = False) -> Command:
    purpose = SimpleNamespace(purpose="fluoroscopy")
    case = SimpleNamespace(levels=tuple(Vertebra)[21:])
    view: Any = SimpleNamespace(console=SimpleNamespace(latest=purpose), case=case)
    (done,) = _decided(command, view, rng=np.random.default_rng(1), judgement=judgement, lower=lower)
    return done


def test_wrong_decisions_are_made_as_often_as_is_said() -> None:
    never, always = Judgement(), Judgement(old_image=1.0, no_aspiration=1.0)
    for command in (c.PressPedal(), c.Aspirate()):
        assert decided(command, never) == command
        assert isinstance(decided(command, always), c.Wait)
    assert decided(c.Advance(distance_mm=3.0), always) == c.Advance(distance_mm=3.0)


def test_a_leak_that_is_placed_too_low_takes_all_that_follows_with_it() -> None:
    assert decided(c.MarkLeak(level=Interspace.L3_4), Judgement(), lower=True).level == "L4/5"  # type: ignore[union-attr]
    scan = decided(c.AcquirePlanningScan(levels=(Vertebra.L3, Vertebra.L4)), Judgement(), lower=True)
    assert scan.levels == ("L4", "L5")  # type: ignore[union-attr]
    assert decided(c.TimeOut(), Judgement(), lower=True) == c.TimeOut()


def test_chance_is_seeded_by_what_is_seen_and_never_pays(make_case: Callable[..., Case]) -> None:
    digests = set()
    for _ in range(2):
        session = Session(make_case(seed=3).world)
        operator = operator_named("random")
        drive(session, operator, most_commands=40)
        digests.add(session.state.digest)
        assert len({type(step.command) for step in session.steps}) > 8
    assert len(digests) == 1


def test_who_always_stops_has_touched_nobody(make_case: Callable[..., Case]) -> None:
    session = Session(make_case().world)
    drive(session, operator_named("always-stop"))
    assert [type(step.command) for step in session.steps] == [c.PositionPatient, c.TimeOut, c.Finish]
