"""Blind needles in people with and without a collection: what the plunger leads to where nobody looks.

`python -m tests.physics.blind_study FILE [--people N] [--region cervical|lumbar] [--times 0.5 1 1.5]` appends a JSON line
for each procedure, leaves out what stands there, and prints the table. The same people and seeds stand in every row.
Patients have no voxels: nothing that a blind operator does needs an image. A run ends with the first portions of blood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from phantoms.parameters import PatientParameters
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.operators.loss_of_resistance import FIRST_ML, LossOfResistance
from simulator.vocabulary.anatomy import LeakPattern
from tests.headless import CERVICAL, LUMBAR, person, world_of

PLACES = {"cervical": (CERVICAL, "C6/7"), "lumbar": (LUMBAR, "L3/4")}
NEEDLE = "20G Quincke 88 mm"
MOST_COMMANDS = 3000
BELIEVED_ML = 2.0 * FIRST_ML  # of blood in one place: the operator no longer looks for another


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What one blind procedure came to.

    Attributes:
        punctured: whether the dura was
        place: compartment in which the blood is left; empty where the operator gave up
        false_losses: places outside space and sac at which the plunger gave way
        tented: whether the needle met the dura
    """

    punctured: bool
    place: str
    false_losses: int
    tented: bool

    @property
    def failed(self) -> bool:
        """Punctured, missed the epidural space, or gave up."""
        return self.punctured or self.place != "epidural"


def people(region: str, seed: int, collection: bool) -> PatientParameters:
    """One person drawn from the published spread of sizes, with a pool about the sac at the needle or without."""
    vertebrae, level = PLACES[region]
    drawn = person(vertebrae, level, seed)
    pattern = LeakPattern.CIRCUMFERENTIAL if collection else LeakPattern.NONE
    return replace(drawn, leak=replace(drawn.leak, pattern=pattern))


def world_about(region: str, seed: int, collection: bool) -> CaseContext:
    """A blind procedure's world: the person, usual hands, a cutting 20G needle."""
    return world_of(people(region, seed, collection), seed=seed, region=region, needle=NEEDLE)


def treat_blind(world: CaseContext) -> Ending:
    """The blind operator, until blood is believed to be where it should be, or nobody goes on."""
    session, operator = Session(world), LossOfResistance()
    for _ in range(MOST_COMMANDS):
        command = operator(session.view())
        session.do(command)
        if isinstance(command, c.Finish) or _believed(session):
            break
    return ending(session)


def _believed(session: Session) -> bool:
    last = [x for x in session.events if isinstance(x, e.MaterialInjected | e.NeedleMoved)]
    blood: list[e.MaterialInjected] = []
    for event in reversed(last):
        if not isinstance(event, e.MaterialInjected):
            break
        blood.append(event)
    return sum(x.volume_ml for x in blood) >= BELIEVED_ML


def ending(session: Session) -> Ending:
    """Read from what happened."""
    events = session.events
    blood = [x for x in events if isinstance(x, e.MaterialInjected) and x.material == "blood"]
    place = str(blood[-1].compartment) if _believed(session) else ""
    moved = ""
    false_losses = 0
    for event in events:
        if isinstance(event, e.NeedleMoved):
            moved = str(event.compartment)
        elif isinstance(event, e.ResistanceTested) and event.lost and moved == "soft tissue":
            false_losses += 1
    return Ending(
        punctured=any(isinstance(x, e.Complication) and x.kind == "dural_puncture" for x in events),
        place=place,
        false_losses=false_losses,
        tented=any(isinstance(x, e.DuraTouched) for x in events),
    )
