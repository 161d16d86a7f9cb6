"""Cheap strategies: scripts that do not look, or look and do not act on it. None of them may pay.

`python -m tests.scoring.strategies [--people N] [--seeds N]` prints the mean score of each kind over people it draws.
Blind scripts need no images, so that a run takes a fraction of a second once a person is built.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import simulator
from simulator.engine.events import NeedleMoved
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.scenario.case import Case
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.procedure import HubSign

NEVER_LOOKED, TOKEN, OPEN_LOOP = "never looked", "token volume", "looks and does not act"
MOST = {NEVER_LOOKED: 30.0, TOKEN: 15.0, OPEN_LOOP: 50.0}
"""Highest mean score of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A script that takes no notice of what it meets, but for a plunger where it says so.

    Attributes:
        depth_mm, entry_mm, angle_deg: of one straight push
        step_mm: of its parts
        looks: whether it looks at a press after each part, and acts on nothing that it sees
        prepares: whether it does the steps before the needle
        control: whether it takes control scans before and after the blood
        plunger: whether it stops where a plunger gives way, from 25 mm on
        blood_ml: that it gives
    """

    name: str
    kind: str
    depth_mm: float = 44.0
    entry_mm: float = 12.0
    angle_deg: float = 10.0
    step_mm: float = 44.0
    looks: bool = False
    prepares: bool = True
    control: bool = True
    plunger: bool = False
    blood_ml: float = 15.0
    presses_before: int = 0
    waits_s: float = 0.0
    extras: tuple[str, ...] = ()


def strategies() -> list[Strategy]:
    """Those that once paid, and their neighbours; each also with a look after each step."""
    found: list[Strategy] = []
    for depth, angle in itertools.product((38.0, 41.0, 44.0, 47.0, 50.0), (0.0, 10.0, 17.0)):
        found.append(
            Strategy(name=f"push {depth:g} mm at {angle:g} deg", kind=NEVER_LOOKED, depth_mm=depth, angle_deg=angle)
        )
    found += [
        Strategy(name="nothing prepared", kind=NEVER_LOOKED, prepares=False),
        Strategy(name="no scan at all", kind=NEVER_LOOKED, control=False),
        Strategy(name="twenty presses before the puncture", kind=NEVER_LOOKED, presses_before=20),
        Strategy(name="half an hour of waiting", kind=NEVER_LOOKED, waits_s=1800.0),
        Strategy(name="two millilitres", kind=NEVER_LOOKED, blood_ml=2.0),
        Strategy(name="twenty millilitres", kind=NEVER_LOOKED, blood_ml=20.0),
        Strategy(name="plunger", kind=NEVER_LOOKED, plunger=True, step_mm=1.0, depth_mm=70.0),
        Strategy(
            name="plunger, nothing prepared",
            kind=NEVER_LOOKED,
            plunger=True,
            step_mm=1.0,
            depth_mm=70.0,
            prepares=False,
        ),
        Strategy(name="plunger, half millimetres", kind=NEVER_LOOKED, plunger=True, step_mm=0.5, depth_mm=60.0),
    ]
    for volume, plunger in itertools.product((0.1, 0.5, 1.0), (False, True)):
        step = 1.0 if plunger else 44.0
        told = ", plunger" if plunger else ""
        found.append(Strategy(name=f"{volume:g} mL{told}", kind=TOKEN, blood_ml=volume, plunger=plunger, step_mm=step))
    looking = [
        replace(one, name=f"{one.name}, a look after each {3.0 if not one.plunger else one.step_mm:g} mm",
                kind=OPEN_LOOP if one.kind == NEVER_LOOKED else TOKEN,
                looks=True, step_mm=one.step_mm if one.plunger else 3.0)
        for one in found
    ]  # fmt: skip
    return found + looking


def script(case: Case, strategy: Strategy) -> Iterator[Command]:
    """The commands of a strategy; it is sent nothing, and told only whether the plunger gave way."""
    level = case.world.settings.requested_level
    yield from _prepare(strategy)
    for _ in range(strategy.presses_before):
        yield c.PressPedal()
    if strategy.waits_s:
        yield c.Wait(duration_s=strategy.waits_s)
    yield c.PlaceNeedle(
        entry_from_midline_mm=strategy.entry_mm, side="right", level=level, angle_deg=strategy.angle_deg
    )


def run(case: Case, strategy: Strategy) -> tuple[float, Session]:
    """Carry a strategy out; its score."""
    session = Session(case.world)
    for command in script(case, strategy):
        session.do(command)
    _push(session, strategy)
    if strategy.control:
        session.do(c.AcquireControlScan(length_mm=12.0, mas=5.0))
    _bleed(session, strategy)
    return case.score(session, operator=strategy.name).score, session


def _prepare(strategy: Strategy) -> Iterator[Command]:
    if strategy.prepares:
        yield c.PositionPatient(breath_hold=True)
        yield c.TimeOut()
        yield c.LayArmLine()
        yield c.PrepareSkin()
        yield c.InjectLocalAnaesthetic(volume_ml=5.0)


def _push(session: Session, strategy: Strategy) -> None:
    gone = 0.0
    while gone < strategy.depth_mm - 1e-6:
        step = min(strategy.step_mm if not strategy.plunger or gone >= 25.0 else 25.0, strategy.depth_mm - gone)
        events = session.do(c.Advance(distance_mm=step))
        gone += step
        if strategy.looks:
            _look(session)
        if strategy.plunger and gone >= 25.0 and _gives_way(session):
            return
        if any(isinstance(event, NeedleMoved) and event.stopped_by for event in events):
            return


def _gives_way(session: Session) -> bool:
    session.do(c.RemoveStylet())
    session.do(c.TestResistance())
    lost = session.view().handling.hub == HubSign.RESISTANCE_LOST
    if not lost:
        session.do(c.ReplaceStylet())
    return lost


def _look(session: Session) -> None:
    """A press and a look at all of it, without a pixel: nothing is done with what it shows."""
    session.do(c.PressPedal())
    session.do(c.LookAt(number=session.presses()[-1]))


def _bleed(session: Session, strategy: Strategy) -> None:
    session.do(c.RemoveStylet())
    session.do(c.Aspirate())
    session.do(c.DrawBlood(volume_ml=20.0))
    left = strategy.blood_ml
    while left > 1e-6 and not session.state.patient.feeling.startswith("severe"):
        session.do(c.InjectBlood(volume_ml=round(min(left, 2.0), 3), until_cue=True))
        left -= 2.0
    session.do(c.StopInjection())
    session.do(c.Withdraw(distance_mm=130.0))
    if strategy.control:
        session.do(c.AcquireControlScan(length_mm=12.0, mas=5.0))
        if strategy.looks:
            session.do(c.LookAt(number=len(session.state.imaging.acquired) - 1))
    if strategy.prepares:
        session.do(c.AskPatient(about=Question.LEGS_AND_BLADDER))
        session.do(c.OrderAftercare(flat_hours=6.0, advice=True, next_day_call=True))
    session.do(c.Finish())


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 if any kind of strategy pays."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring.strategies", description=__doc__)
    parser.add_argument("--case", default="varied", help="of which each seed draws another person")
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=10, help="hands for each person")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args(arguments)
    rows = []
    for person in range(101, 101 + chosen.people):
        case = simulator.load_case(chosen.case, seed=person)
        for hands, strategy in itertools.product(range(1, chosen.seeds + 1), strategies()):
            other = replace(case, world=replace(case.world, root_seed=1000 * person + hands, _fronts={}))
            score, session = run(other, strategy)
            place = session.state.injection.compartment
            told = {"strategy": strategy.name, "kind": strategy.kind, "score": score, "place": place}
            rows.append({"person": person, "hands": hands, **told})
        print(f"person {person}: {len(rows)} runs", file=sys.stderr, flush=True)
    failed = 0
    for kind, most in MOST.items():
        own = [row["score"] for row in rows if row["kind"] == kind]
        beyond = mean(score > most for score in own)
        fails = mean(own) > most or (kind == OPEN_LOOP and beyond > 0.1)
        failed += fails
        verdict = f"{100 * beyond:.0f} % above it{'  FAILS' if fails else ''}"
        print(f"{kind}: mean {mean(own):.1f} of {len(own)} runs (at most {most:g}), {verdict}")
    for strategy in strategies():
        own = [row["score"] for row in rows if row["strategy"] == strategy.name and row["kind"] == strategy.kind]
        print(f"  {strategy.name:55s} {strategy.kind:24s} {mean(own):5.1f}  most {max(own):5.1f}")
    if chosen.out:
        chosen.out.write_text(json.dumps(rows))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
