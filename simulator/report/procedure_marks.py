"""Marks: what the report points at in a procedure, read once from its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.vocabulary.procedure import AcquisitionPurpose, ComplicationKind

CHANGES = (
    *(e.NeedleMoved, e.NeedlePlaced, e.NeedleRemoved, e.NeedleRedirected, e.BevelRotated, e.StyletMoved),
    *(e.MaterialInjected, e.PatientMoved, e.TableMoved, e.TechniqueChosen),
)
"""Events after which another image shows something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """A procedure as its report sees it.

    Attributes:
        summary: the same as the metrics see
        presses: every rotation of CT fluoroscopy
        moves: every push and pull
        closest_dura, closest_neural: the moves that came nearest
        blood, contrast: portions injected
        last_before, first_after: number of the last acquisition before blood and the first after it
    """

    summary: ProcedureSummary
    presses: tuple[e.AcquisitionMade, ...]
    moves: tuple[e.NeedleMoved, ...]
    closest_dura: e.NeedleMoved | None
    closest_neural: e.NeedleMoved | None
    contrast: tuple[e.MaterialInjected, ...]
    last_before: int | None
    first_after: int | None

    @property
    def events(self) -> tuple[e.Event, ...]:
        """Everything that happened."""
        return self.summary.events

    @property
    def blood(self) -> tuple[e.MaterialInjected, ...]:
        """Portions of blood."""
        return self.summary.injected

    @property
    def dura_punctured(self) -> bool:
        """Whether the tip ever went through the dura, which otherwise gives way before it."""
        return any(
            isinstance(event, e.Complication) and event.kind == ComplicationKind.DURAL_PUNCTURE for event in self.events
        )

    @property
    def idle_presses(self) -> tuple[e.AcquisitionMade, ...]:
        """Rotations of CT fluoroscopy since the last of which nothing had changed."""
        found, changed = [], True
        for event in self.events:
            if isinstance(event, e.AcquisitionMade) and event.purpose == AcquisitionPurpose.FLUOROSCOPY:
                if not changed:
                    found.append(event)
                changed = False
            elif isinstance(event, CHANGES):
                changed = True
        return tuple(found)

    def press_ordinal(self, number: int) -> int | None:
        """1 for the first image of CT fluoroscopy; None for another acquisition."""
        numbers = [press.number for press in self.presses]
        return numbers.index(number) + 1 if number in numbers else None

    def last_look(self, at_ms: int) -> e.AcquisitionMade | None:
        """The last image of the needle before a moment; None before the first."""
        seen = [a for a in self.summary.acquisitions if a.scene.needle is not None and a.at_ms < at_ms]
        return seen[-1] if seen else None

    def pushed_since_look_mm(self, at_ms: int) -> float:
        """How far the needle had been pushed since the last image of it, up to a moment."""
        look = self.last_look(at_ms)
        since = 0 if look is None else look.at_ms
        return sum(move.moved_mm for move in self.moves if since < move.at_ms <= at_ms and move.moved_mm > 0)

    def move_before(self, at_ms: int) -> e.NeedleMoved | None:
        """Where the needle stood then; None where it was not in the patient."""
        found: e.NeedleMoved | None = None
        for event in self.events:
            if event.at_ms > at_ms:
                break
            if isinstance(event, e.NeedleMoved):
                found = event
            elif isinstance(event, e.NeedlePlaced | e.NeedleRemoved):
                found = None
        return found


def read_marks(world: CaseContext, events: Sequence[e.Event]) -> Marks:
    """Read a procedure's events."""
    summary = summarise(world, events)
    moves = tuple(summary.moves)
    before = after = None
    if summary.first_blood is not None:
        order = list(summary.events)
        first = order.index(summary.first_blood)
        last = order.index(summary.injected[-1])
        seen = [a.number for a in order[:first] if isinstance(a, e.AcquisitionMade) and a.scene.needle is not None]
        later = [a.number for a in order[last:] if isinstance(a, e.AcquisitionMade)]
        before, after = (seen[-1] if seen else None), (later[0] if later else None)
    return Marks(
        summary=summary,
        presses=tuple(a for a in summary.acquisitions if a.purpose == "fluoroscopy"),
        moves=moves,
        closest_dura=min(moves, key=lambda move: move.least_dura_mm, default=None),
        closest_neural=min(moves, key=lambda move: move.neural_mm, default=None),
        contrast=tuple(
            event for event in summary.events if isinstance(event, e.MaterialInjected) and event.material == "contrast"
        ),
        last_before=before,
        first_after=after,
    )


def clock(at_ms: int) -> str:
    """Simulated time since the start: hours, minutes, seconds."""
    seconds = at_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
