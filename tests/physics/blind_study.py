"""Blind needles in people with and without a collection: what the plunger leads to where nobody looks.

`python -m tests.physics.blind_study FILE [--people N] [--first N] [--regions cervical lumbar] [--times 0 0.5 1 1.5]`
appends a JSON line for each procedure, leaves out what stands there, and prints the table. The same people, hands and
seeds stand in every row. Patients have no voxels: nothing that a blind operator does needs an image. A run ends when
the operator believes to be in the space: with the first millilitre of blood that goes in easily.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path

from phantoms.parameters import PatientParameters
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.operators.loss_of_resistance import FIRST_ML, LossOfResistance
from simulator.vocabulary.anatomy import LeakPattern
from tests.headless import CERVICAL, LUMBAR, person, phantom_of, world_of
from tests.needle_study import wilson

PLACES = {"cervical": (CERVICAL, "C6/7"), "lumbar": (LUMBAR, "L3/4")}
NEEDLE = "20G Quincke 88 mm"
MOST_COMMANDS = 3000
BELIEVED_ML = 2.0 * FIRST_ML  # of blood in one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What one blind procedure came to.

    Attributes:
        punctured: whether the dura was
        place: compartment in which the blood is left; empty where the operator gave up
        false_losses: tests that gave way outside space and sac
        tented: whether the needle met the dura
    """

    punctured: bool
    place: str
    false_losses: int
    tented: bool

    @property
    def kind(self) -> str:
        """The worst of it, in a word; only `epidural` is none."""
        if self.punctured:
            return "punctured"
        return {"": "gave up", "epidural": "epidural"}.get(self.place, "missed")


def somebody(region: str, seed: int, *, collection: bool) -> PatientParameters:
    """One person drawn from the published spread of sizes, with a pool about the sac at the needle or without."""
    vertebrae, level = PLACES[region]
    drawn = person(vertebrae, level, seed)
    pattern = LeakPattern.CIRCUMFERENTIAL if collection else LeakPattern.NONE
    # Of the ways between laminae only the one in question is looked for, which takes most of the time
    return replace(drawn, interspaces=(drawn.leak.level,), leak=replace(drawn.leak, pattern=pattern))


def world_about(region: str, seed: int, *, collection: bool, times: float = 1.0) -> CaseContext:
    """A blind procedure's world: the person, usual hands, and the collection's effect on the plunger times a factor."""
    patient = somebody(region, seed, collection=collection)
    world = world_of(patient, seed=seed, region=region, needle=NEEDLE)
    return replace(world, collection_plunger=world.collection_plunger.scaled(times))


def treat_blind(world: CaseContext) -> Ending:
    """The blind operator, until blood is believed to be where it should be, or nobody goes on."""
    session, operator = Session(world), LossOfResistance()
    for _ in range(MOST_COMMANDS):
        command = operator(session.view())
        session.do(command)
        if isinstance(command, c.Finish) or _believed(session.events):
            break
    events = session.events
    blood = [x for x in events if isinstance(x, e.MaterialInjected)]
    return ending_of(events, str(blood[-1].compartment) if _believed(events) else "")


def _believed(events: list[e.Event]) -> bool:
    """Whether the needle has not moved since the last millilitre went in."""
    told = [x for x in events if isinstance(x, e.MaterialInjected | e.NeedleMoved)]
    last = takewhile(lambda x: isinstance(x, e.MaterialInjected), reversed(told))
    return sum(x.volume_ml for x in last if isinstance(x, e.MaterialInjected)) >= BELIEVED_ML - 1e-9


def ending_of(events: list[e.Event], place: str) -> Ending:
    """What a procedure came to, the blood being left at a place; empty where none was."""
    false_losses, compartment = 0, ""
    for event in events:
        if isinstance(event, e.NeedleMoved):
            compartment = event.compartment
        elif isinstance(event, e.ResistanceTested):
            false_losses += event.lost and compartment == "soft tissue"
    return Ending(
        punctured=any(isinstance(x, e.Complication) and x.kind == "dural_puncture" for x in events),
        place=place,
        false_losses=false_losses,
        tented=any(isinstance(x, e.DuraTouched) for x in events),
    )


Key = tuple[str, float | None, int]
"""Region, factor on the collection's effect (None: no collection), and the person."""


def keys(regions: list[str], times: list[float], people: range) -> Iterator[Key]:
    """Everything that is asked for, person by person."""
    for seed in people:
        for region in regions:
            for factor in (None, *times):
                yield region, factor, seed


def run(path: Path, asked: list[Key]) -> dict[Key, Ending]:
    """What stands in a file, and what is missing there and then appended."""
    done: dict[Key, Ending] = {}
    if path.exists():
        for line in path.read_text().splitlines():
            row = json.loads(line)
            done[row["region"], row["times"], row["person"]] = Ending(**row["ending"])
    with path.open("a") as file:
        for region, factor, seed in asked:
            if (region, factor, seed) in done:
                continue
            world = world_about(region, seed, collection=factor is not None, times=1.0 if factor is None else factor)
            ending = done[region, factor, seed] = treat_blind(world)
            row = {"region": region, "times": factor, "person": seed, "ending": asdict(ending)}
            file.write(json.dumps(row) + "\n")
            file.flush()
            if phantom_of.cache_info().currsize > 2:
                phantom_of.cache_clear()
    return {key: done[key] for key in asked}


def table(found: dict[Key, Ending]) -> str:
    """The rows, in Markdown: shares in percent with their 95 % intervals."""
    lines = [
        "| needle at | collection | people | dura punctured | outside the space | gave up | any of these (95 % CI) "
        "| dura met | people with a false loss |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for region, factor in dict.fromkeys(key[:2] for key in found):
        rows = [ending for key, ending in found.items() if key[:2] == (region, factor)]
        n = len(rows)
        shares = [100.0 * sum(x.kind == kind for x in rows) / n for kind in ("punctured", "missed", "gave up")]
        share, low, high = wilson(sum(x.kind != "epidural" for x in rows), n)
        also = [100.0 * sum(x.tented for x in rows) / n, 100.0 * sum(x.false_losses > 0 for x in rows) / n]
        name = "none" if factor is None else "as assumed" if factor == 1.0 else f"effect x {factor:g}"
        cells = (
            [f"{x:.0f} %" for x in shares] + [f"{share:.0f} % ({low:.0f}-{high:.0f})"] + [f"{x:.0f} %" for x in also]
        )
        lines.append("| " + " | ".join([PLACES[region][1], name, str(n), *cells]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="blind needles with and without a collection")
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--regions", nargs="+", choices=tuple(PLACES), default=list(PLACES))
    parser.add_argument("--times", nargs="*", type=float, default=[1.0])
    asked = parser.parse_args()
    wanted = keys(asked.regions, asked.times, range(asked.first, asked.first + asked.people))
    print(table(run(asked.file, list(wanted))))


if __name__ == "__main__":
    main()
