"""Cheap strategies: scripts that do not look, or look and do not act on it. None of them may pay.

`python -m tests.scoring.strategies FILE [--people N] [--seeds N] [--shard I/N]` runs them on people that it draws,
appends a line for each run to FILE, leaves out what stands there, and prints the mean score of each kind. Blind scripts
need no images, so that a run takes a second or two once a person is built.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
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
MOST_BEYOND = 0.1
"""Of the runs that look and do not act, the share that may score more than their mean may be."""
FIRST_PERSON = 101


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


Run = tuple[int, int, str, str]
"""Person, hands, kind and name of a strategy: a run, whatever came of it."""


def asked_runs(people: range, seeds: range, shard: tuple[int, int]) -> list[Run]:
    """Every run of this shard, person by person; shard I of N has the people whose turn it is."""
    turn, of = shard
    every = strategies()
    return [
        (person, hands, strategy.kind, strategy.name)
        for person in people
        if (person - people.start) % of == turn - 1
        for hands, strategy in itertools.product(seeds, every)
    ]


def read(path: Path) -> dict[Run, float]:
    """Scores that stand in a file, by run."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return {(row["person"], row["hands"], row["kind"], row["strategy"]): row["score"] for row in rows}


def add_runs(path: Path, case_name: str, asked: Sequence[Run]) -> None:
    """Run what is missing and append a line for each, so that a run that was stopped goes on where it was."""
    known = read(path)
    by_name = {(one.kind, one.name): one for one in strategies()}
    path.parent.mkdir(parents=True, exist_ok=True)
    for person, runs in itertools.groupby([one for one in asked if one not in known], key=lambda one: one[0]):
        case = simulator.load_case(case_name, seed=person)
        for _, hands, kind, name in runs:
            other = replace(case, world=replace(case.world, root_seed=1000 * person + hands, _fronts={}))
            score, session = run(other, by_name[kind, name])
            place = session.state.injection.compartment
            row = {"person": person, "hands": hands, "kind": kind, "strategy": name, "score": score, "place": place}
            with path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")
        print(f"person {person}: done", file=sys.stderr, flush=True)


def failing_kinds(found: Mapping[Run, float]) -> list[str]:
    """Kinds of strategy that pay; prints the mean of each kind, and how many runs are above what the mean may be."""
    failed = []
    for kind, most in MOST.items():
        own = [score for one, score in found.items() if one[2] == kind]
        if not own:
            continue
        beyond = mean(score > most for score in own)
        if mean(own) > most or (kind == OPEN_LOOP and beyond > MOST_BEYOND):
            failed.append(kind)
        verdict = f"{100 * beyond:.0f} % above it{'  FAILS' if kind in failed else ''}"
        print(f"{kind}: mean {mean(own):.1f} of {len(own)} runs (at most {most:g}), {verdict}")
    return failed


def main(arguments: Sequence[str]) -> int:
    """Run what is missing and print the table; 1 if any kind of strategy pays."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring.strategies", description=__doc__)
    parser.add_argument(
        "file", type=Path, nargs="+", help="of the runs; several are read together, the first is added to"
    )
    parser.add_argument("--case", default="varied", help="of which each seed draws another person")
    parser.add_argument("--people", type=int, default=10, help="0 only reads")
    parser.add_argument("--seeds", type=int, default=10, help="hands for each person")
    parser.add_argument("--shard", default="1/1", help="I/N: the I-th of N parts, by people")
    chosen = parser.parse_args(arguments)
    turn, of = map(int, chosen.shard.split("/"))
    people, seeds = range(FIRST_PERSON, FIRST_PERSON + chosen.people), range(1, 1 + chosen.seeds)
    add_runs(chosen.file[0], chosen.case, asked_runs(people, seeds, (turn, of)))
    found = {one: score for path in chosen.file for one, score in read(path).items()}
    if not found:
        parser.error("nothing has been run")
    failed = failing_kinds(found)
    for strategy in strategies():
        own = [score for one, score in found.items() if one[2:] == (strategy.kind, strategy.name)]
        if own:
            print(f"  {strategy.name:55s} {strategy.kind:24s} {mean(own):5.1f}  most {max(own):5.1f}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
