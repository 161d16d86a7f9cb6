"""ProcedureSummary: the moments of a procedure that several metrics ask for, read once from its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext

ONE_SIDED = ("lateral", "foraminal")  # zones in which the leak's side matters


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureSummary:
    """A procedure as its metrics see it.

    Attributes:
        punctured_ms: first skin puncture
        first_blood: the first millilitre of blood
        injected: every portion of blood
        plan: the path in force at the first skin puncture; what is drawn later is no plan
        reached_zone: whether the bevel ever stood in an accepted zone at an accepted level
    """

    world: CaseContext
    events: tuple[e.Event, ...]
    punctured_ms: int | None
    first_blood: e.MaterialInjected | None
    injected: tuple[e.MaterialInjected, ...]
    plan: e.PathPlanned | None
    reached_zone: bool

    @property
    def moves(self) -> list[e.NeedleMoved]:
        """All pushes and pulls."""
        return [event for event in self.events if isinstance(event, e.NeedleMoved)]

    @property
    def acquisitions(self) -> list[e.AcquisitionMade]:
        """All acquisitions."""
        return [event for event in self.events if isinstance(event, e.AcquisitionMade)]

    @property
    def beams(self) -> list[e.AcquisitionMade | e.BeamCutShort | e.ScoutMade]:
        """All that gave dose: acquisitions, scouts, and rotations that the foot ended too early."""
        return [event for event in self.events if isinstance(event, e.AcquisitionMade | e.BeamCutShort | e.ScoutMade)]

    @property
    def presses(self) -> list[e.AcquisitionMade]:
        """Fluoroscopy after the first skin puncture: one for every image."""
        start = self.punctured_ms
        made = [event for event in self.acquisitions if event.purpose == "fluoroscopy"]
        return [event for event in made if start is not None and event.at_ms >= start]

    def count(self, kind: type[e.Event]) -> int:
        """How many events of a kind there were."""
        return sum(isinstance(event, kind) for event in self.events)


def summarise(world: CaseContext, events: Sequence[e.Event]) -> ProcedureSummary:
    """Read a procedure's events."""
    punctures = [event.at_ms for event in events if isinstance(event, e.SkinPunctured)]
    punctured = punctures[0] if punctures else None
    blood = tuple(event for event in events if isinstance(event, e.MaterialInjected) and event.material == "blood")
    plans = [
        event
        for event in events
        if isinstance(event, e.PathPlanned) and (punctured is None or event.at_ms <= punctured)
    ]
    reached = any(in_accepted_zone(world, event) for event in events)
    return ProcedureSummary(
        world=world,
        events=tuple(events),
        punctured_ms=punctured,
        first_blood=blood[0] if blood else None,
        injected=blood,
        plan=plans[-1] if plans else None,
        reached_zone=reached,
    )


def in_accepted_zone(world: CaseContext, event: e.Event, *, any_level: bool = False) -> bool:
    """Whether a move or an injection had the bevel's opening in an accepted target zone, or in such a zone anywhere."""
    if not isinstance(event, e.NeedleMoved | e.MaterialInjected):
        return False
    accepted = world.settings.accepted
    if event.compartment not in ("epidural", "foramen"):
        return False
    if event.zone not in accepted.zones or not (any_level or event.level in accepted.needle_levels):
        return False
    if event.zone not in ONE_SIDED:
        return True
    at_mm = event.tip_mm
    return ("left" if at_mm[0] > world.midline_x_mm(at_mm[2]) else "right") in accepted.sides
