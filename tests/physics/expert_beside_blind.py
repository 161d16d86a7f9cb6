"""The expert in the people in whom blind needles were tried beside a collection (`blind_study`).

`python -m tests.physics.expert_beside_blind FILE [--people N] [--first N] [--regions cervical lumbar]` appends a JSON
line for each procedure, leaves out what stands there, and prints a table with the same columns. These patients have
voxels: the expert has images made and looks at them.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

from phantoms.build import build_phantom
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session, drive
from simulator.operators.registry import operator_named
from simulator.vocabulary.levels import interspaces_of
from simulator.vocabulary.procedure import InjectedMaterial
from tests.headless import world_of
from tests.physics.blind_study import NEEDLE, PLACES, Ending, Key, ending_of, somebody, table

EXPERT = "autopilot"
MOST_COMMANDS = 2000


def world_with_voxels(region: str, seed: int) -> CaseContext:
    """The world of a blind procedure, about the same person with voxels and all their interspaces."""
    drawn = somebody(region, seed, collection=True)
    patient = replace(drawn, interspaces=interspaces_of(drawn.vertebrae[1:]))
    world = world_of(patient, seed=seed, region=region, needle=NEEDLE)
    return replace(world, phantom=build_phantom(patient, cache=False))


def treat_by_expert(world: CaseContext) -> Ending:
    """The expert until the end; the place is where most of the blood left the needle."""
    session = Session(world)
    drive(session, operator_named(EXPERT), most_commands=MOST_COMMANDS)
    events = session.events
    by_place: dict[str, float] = {}
    for event in events:
        if isinstance(event, e.MaterialInjected) and event.material is InjectedMaterial.BLOOD:
            place = str(event.compartment)
            by_place[place] = by_place.get(place, 0.0) + event.volume_ml
    return ending_of(events, max(by_place, key=lambda name: by_place[name]) if by_place else "")


def run(path: Path, asked: list[tuple[str, int]]) -> dict[Key, Ending]:
    """What stands in a file, and what is missing there and then appended."""
    done: dict[Key, Ending] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            done[row["region"], 1.0, row["person"]] = Ending(**row["ending"])
    with path.open("a", encoding="utf-8") as file:
        for region, seed in asked:
            if (region, 1.0, seed) in done:
                continue
            ending = done[region, 1.0, seed] = treat_by_expert(world_with_voxels(region, seed))
            file.write(json.dumps({"region": region, "person": seed, "ending": asdict(ending)}) + "\n")
            file.flush()
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description="the expert beside a collection, in the people of the blind study")
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--regions", nargs="+", choices=tuple(PLACES), default=list(PLACES))
    asked = parser.parse_args()
    people = range(asked.first, asked.first + asked.people)
    print(table(run(asked.file, [(region, seed) for seed in people for region in asked.regions])))


if __name__ == "__main__":
    main()
