"""Learning: steps a second of the environment without image, an image that did not change, new fast images.

Processor time of all threads, so that company on the cores costs little. Patient 2; three kinds of steps: waiting,
random actions of the flat space that do not end the procedure, and a needle that is moved, turned and imaged.
Run alone with `python -m tests.performance.learning`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numba

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.strategies.learning.action_table import TABLE, decode
from simulator.strategies.learning.environment import FlatDiscreteActions, LearningEnvironment
from tests.performance.gauges import say

SCENARIO = "patient-2"
STEPS, ROUNDS = 400, 5
IMAGES = 60
IN_SKIN: tuple[Command, ...] = (
    c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0),
    c.Advance(distance_mm=30.0),
)
WAITING: tuple[Command, ...] = (c.Wait(duration_s=1.0),)
NEEDLE_WORK: tuple[Command, ...] = (
    c.Advance(distance_mm=2.0),
    c.PressPedal(),
    c.Redirect(angle_change_deg=1.0),
    c.RotateBevel(angle_deg=180.0),
    c.MoveTable(by_mm=1.0),
    c.Withdraw(distance_mm=2.0),
    c.Redirect(angle_change_deg=-1.0),
    c.MoveTable(by_mm=-1.0),
)


def _per_second(work: Callable[[], int]) -> float:
    start = time.process_time()
    count = work()
    return count / (time.process_time() - start)


def _carried_out(environment: LearningEnvironment, commands: Sequence[Command], count: int) -> int:
    for index in range(count):
        environment.perform(commands[index % len(commands)])
    return count


def _scripted(commands: Sequence[Command]) -> float:
    """Steps a second, the median of some episodes."""
    environment = LearningEnvironment(SCENARIO)
    rates = []
    for seed in range(1, ROUNDS + 2):
        environment.reset(seed=seed)
        _carried_out(environment, IN_SKIN, len(IN_SKIN))
        rates.append(_per_second(lambda: _carried_out(environment, commands, STEPS)))
    return median(rates[1:])  # the first loads kernels


def _random(*, held_pedal: bool) -> float:
    """Random actions but those that finish; a pedal that is held takes two images a second while time goes by."""
    environment = LearningEnvironment(SCENARIO)
    flat = FlatDiscreteActions(environment)
    environment.reset(seed=1)
    kinds = [decode(place, (0.0,) * 4, environment.view) for place in range(len(TABLE))]
    left_out = {
        place
        for place, command in enumerate(kinds)
        if isinstance(command, c.Finish) or (isinstance(command, c.PressPedal) and command.hold and not held_pedal)
    }
    rates = []
    for seed in range(1, ROUNDS + 2):
        flat.reset(seed=seed)
        flat.action_space.seed(seed)
        drawn = (flat.action_space.sample() for _ in range(2 * STEPS))
        actions = [action for action in drawn if int(action[0]) not in left_out][:STEPS]

        def work(actions: list[Any] = actions) -> int:
            for action in actions:
                flat.step(action)
            return len(actions)

        rates.append(_per_second(work))
    return median(rates[1:])


def _images(views: int) -> dict[str, float]:
    """New images a second, each with a needle that has moved, and what a step with the same image costs beside none."""
    environment = LearningEnvironment(SCENARIO, image=64, views=views)
    environment.reset(seed=1)
    _carried_out(environment, (*IN_SKIN, c.PressPedal()), len(IN_SKIN) + 1)
    made = []
    for index in range(IMAGES):
        environment.perform(c.Advance(distance_mm=0.5) if index % 2 else c.Withdraw(distance_mm=0.5))
        made.append(1.0 / _per_second(lambda: _carried_out(environment, (c.PressPedal(),), 1)))
    plain = LearningEnvironment(SCENARIO)
    plain.reset(seed=1)
    _carried_out(plain, (*IN_SKIN, c.PressPedal()), len(IN_SKIN) + 1)
    unchanged, without = (
        1.0 / median(_per_second(lambda one=one: _carried_out(one, WAITING, 50)) for _ in range(ROUNDS))  # type: ignore[misc]
        for one in (environment, plain)
    )
    return {"new_per_s": round(1.0 / median(made), 1), "unchanged_costs_ms": round(1e3 * (unchanged - without), 3)}


def measure() -> dict[str, Any]:
    """Steps and images a second of processor time."""
    numba.set_num_threads(1)
    say("learning: steps without image")
    steps = {
        "waiting": _scripted(WAITING),
        "random": _random(held_pedal=False),
        "random, with a pedal that is held": _random(held_pedal=True),
        "needle work": _scripted(NEEDLE_WORK),
    }
    say("learning: images")
    return {
        "steps_per_s": {name: round(rate) for name, rate in steps.items()},
        "full_image_64": _images(1160),
        "fast_image_64": _images(290),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
