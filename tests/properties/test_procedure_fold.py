"""Whatever an operator does, the engine answers: no exception, time forward, the same again from the same commands."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.engine import events as e
from simulator.engine.advance import advance, initial_state
from simulator.engine.state import current_phase
from simulator.interface import commands as c
from simulator.scenario.build import Case

number = st.one_of(
    st.floats(min_value=-300.0, max_value=300.0),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 0.1, 1.0, 5.0, 20.0, 60.0]),
)
side = st.sampled_from(["left", "right", "midline"])
level = st.sampled_from(["L3/4", "L4/5", "L3", "T1/2", "", "nonsense"])
command = st.one_of(
    st.builds(c.Advance, distance_mm=number),
    st.builds(c.Withdraw, distance_mm=number),
    st.builds(c.Redirect, angle_change_deg=number, craniocaudal_change_deg=number),
    st.builds(c.RotateBevel, angle_deg=number),
    st.builds(
        c.PlaceNeedle,
        entry_from_midline_mm=st.one_of(st.none(), number),
        side=side,
        level=st.one_of(st.none(), level),
        angle_deg=number,
        craniocaudal_deg=number,
    ),
    st.builds(c.MoveTable, by_mm=st.one_of(st.none(), number), level=st.one_of(st.none(), level)),
    st.builds(c.AcquirePlanningScan, levels=st.tuples(level, level), mas=number),
    st.builds(c.PressPedal, hold=st.booleans()),
    st.builds(c.Wait, duration_s=st.floats(min_value=-1.0, max_value=30.0)),
    st.builds(c.InjectBlood, volume_ml=st.floats(min_value=-1.0, max_value=4.0)),
    st.builds(c.InjectContrast, volume_ml=number),
    st.builds(c.DrawBlood, volume_ml=number),
    st.sampled_from(
        [c.ReleasePedal(), c.RemoveStylet(), c.ReplaceStylet(), c.Aspirate(), c.TestResistance(), c.AskPatient()]
    ),
    st.sampled_from([c.AcquireControlScan(), c.OrderAftercare(), c.AcquireMyelogram(), c.AcquireScout()]),
)
opening = [
    c.AcquirePlanningScan(levels=("L3", "L4")),
    c.PlaceNeedle(entry_from_midline_mm=20.0, side="right", level="L3/4", angle_deg=20.0),
    c.Advance(distance_mm=30.0),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=st.lists(command, max_size=14), seed=st.integers(0, 1000))
def test_engine_answers_everything_and_repeats_itself(
    make_case: Callable[..., Case], commands: list[c.Command], seed: int
) -> None:
    world = make_case(seed=seed, hands="default").world

    def fold() -> list[tuple[str, int]]:
        state = initial_state(world)
        marks = []
        for item in [*opening, *commands]:
            before = state
            state, events = advance(world, state, item)
            assert state.elapsed_ms >= before.elapsed_ms
            assert all(event.at_ms <= state.elapsed_ms for event in events)
            assert state.injection.blood_ml >= before.injection.blood_ml
            assert current_phase(state)
            hash(state)
            for event in events:
                if isinstance(event, e.NeedleMoved):
                    assert 0.0 <= event.inserted_mm <= 88.5
                    assert world.phantom.anatomy.bone_mm(_point(event.tip_mm))[0] > -1e-6
            marks.append((state.digest, state.elapsed_ms))
        return marks

    assert fold() == fold()


def _point(tip):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([tip])
