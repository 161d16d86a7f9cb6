"""Worth of a press: what was changed because of an image, carried out and left out, by other chances of the hands.

Both arms start where the press was made and give the recorded commands without anybody's further judgement. "With
looking" gives all of them. "Without looking" leaves out what only the image can have led to before the next one: turns
of the hub and pulls of the needle. How far was pushed stays the same in both, and so does the patient's chance. What an
image confirmed, so that nothing was changed, is not measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.engine import events as e
from simulator.engine.session import Session, Step
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.report.fork import go_on, was_refused
from simulator.report.procedure_marks import clock
from simulator.report.words import count, listed
from simulator.vocabulary.progress import Progress

FORKS = 20
NORMAL_95 = 1.96
SEED_STEP = 1_000_003  # between the hands' roots of two forks: any number that keeps them apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A mean difference with half of its 95 % interval."""

    mean: float
    half: float

    @property
    def sure(self) -> bool:
        """Whether the interval lies above nought."""
        return self.mean - self.half > 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PressWorth:
    """One image of CT fluoroscopy.

    Attributes:
        ordinal: 1 for the first image
        number: of its command
        changed: what was changed after it, in words; "" where nothing was
        forks: how many in each arm; 0 where nothing was changed
        margin_mm: what it added to the least distance to the dura; None where the needle moved no more
        seal: what it added to the chance of a lasting cure; None where no blood was given in the forks
        effective_dose_msv, seconds: what it cost
    """

    ordinal: int
    number: int
    at: str
    changed: str
    forks: int
    margin_mm: Gain | None
    seal: Gain | None
    effective_dose_msv: float
    seconds: float

    @property
    def worthless(self) -> bool:
        """Whether it bought nothing that these forks can tell from chance."""
        return not any(gain is not None and gain.sure for gain in (self.margin_mm, self.seal))

    def to_json(self) -> dict[str, Any]:
        """In plain JSON types."""

        def told(gain: Gain | None) -> list[float] | None:
            return None if gain is None else [round(gain.mean, 4), round(gain.half, 4)]

        return {
            "image": self.ordinal,
            "command": self.number,
            "changed": self.changed,
            "forks": self.forks,
            "margin_mm": told(self.margin_mm),
            "seal": told(self.seal),
            "effective_dose_msv": self.effective_dose_msv,
            "seconds": self.seconds,
            "worthless": self.worthless,
        }


def worth_of_presses(
    session: Session, *, forks: int = FORKS, progress: Progress | None = None
) -> tuple[PressWorth, ...]:
    """What each image bought; exact hands have no chance, so that one fork tells all.

    Args:
        forks: in each arm
        progress: told the kind of work and the part that is done
    """
    presses = [(number, press) for number, press in _presses(session.steps)]
    chances = 1 if session.world.settings.hands.name == "exact" else forks
    found = []
    for index, (number, press) in enumerate(presses):
        following = presses[index + 1][0] if index + 1 < len(presses) else len(session.steps) + 1
        found.append(_worth(session, index + 1, number, press, following, chances))
        if progress is not None:
            progress("worth", (index + 1) / len(presses))
    return tuple(found)


def _presses(steps: Sequence[Step]) -> list[tuple[int, e.AcquisitionMade]]:
    """Every rotation of CT fluoroscopy with the number of the command that made it."""
    return [
        (number, event)
        for number, step in enumerate(steps, start=1)
        for event in step.events
        if isinstance(event, e.AcquisitionMade) and event.purpose == "fluoroscopy"
    ]


def _worth(
    session: Session, ordinal: int, number: int, press: e.AcquisitionMade, following: int, forks: int
) -> PressWorth:
    steps = session.steps
    turned = [n for n in range(number + 1, following) if press.scene.needle is not None and _corrects(steps[n - 1])]
    margins: list[float] = []
    seals: list[float] = []
    if turned:
        stem = session.after(number)
        every = [(n, steps[n - 1].command) for n in range(number + 1, len(steps) + 1)]
        followed = [command for _, command in every if not isinstance(command, c.LookAt)]
        ignored = [command for n, command in every if n not in turned and not isinstance(command, c.LookAt)]
        for fork in range(forks):
            world = session.world
            if forks > 1:
                world = world.with_other_hands((world.root_seed + SEED_STEP * (fork + 1)) % 2**63)
            margin, seal = _difference(_end(stem.branch(world), followed), _end(stem.branch(world), ignored))
            margins += [] if margin is None else [margin]
            seals += [] if seal is None else [seal]
    return PressWorth(
        ordinal=ordinal,
        number=number,
        at=clock(press.at_ms),
        changed=_changed(steps, turned),
        forks=forks if turned else 0,
        margin_mm=_gain(margins),
        seal=_gain(seals),
        effective_dose_msv=press.dose.effective_dose_msv,
        seconds=press.beam.on_ms / 1000.0,
    )


def _corrects(step: Step) -> bool:
    """Whether a command changed the needle's course: a turn of the hub, or a pull that left it in the skin."""
    if was_refused(step) or not isinstance(step.command, c.Redirect | c.Withdraw):
        return False
    return not any(isinstance(event, e.NeedleRemoved) for event in step.events)


def _changed(steps: Sequence[Step], turned: Sequence[int]) -> str:
    turns = sum(isinstance(steps[n - 1].command, c.Redirect) for n in turned)
    pulls = len(turned) - turns
    parts = [count(turns, "turn") if turns else "", count(pulls, "pull") if pulls else ""]
    return listed([part for part in parts if part])


def _end(session: Session, commands: Sequence[Command]) -> tuple[float | None, float | None]:
    """Least distance to the dura on the way, mm, and the chance of a lasting cure; None of what there was not."""
    before = len(session.steps)
    go_on(session, commands)
    events = [event for step in session.steps[before:] for event in step.events]
    margins = [event.least_dura_mm for event in events if isinstance(event, e.NeedleMoved)]
    treated = any(isinstance(event, e.MaterialInjected) and event.material == "blood" for event in session.events)
    finished = [event.seal_probability for event in events if isinstance(event, e.Finished)]
    return min(margins, default=None), finished[-1] if finished and treated else None


def _difference(
    looked: tuple[float | None, float | None], blind: tuple[float | None, float | None]
) -> tuple[float | None, float | None]:
    """Both measures with looking, less without; no blood at all is no chance that it gave."""
    margin = None if looked[0] is None or blind[0] is None else looked[0] - blind[0]
    if looked[1] is None and blind[1] is None:
        return margin, None
    return margin, (looked[1] or 0.0) - (blind[1] or 0.0)


def _gain(differences: Sequence[float]) -> Gain | None:
    if not differences:
        return None
    spread = float(np.std(differences, ddof=1)) if len(differences) > 1 else 0.0
    return Gain(mean=float(np.mean(differences)), half=NORMAL_95 * spread / math.sqrt(len(differences)))
