"""Shown places: where a point of the patient lies in the images, who moves between them by breath and by jerks."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine.case_context import CaseContext
from simulator.engine.events import AcquisitionMade, Event
from simulator.spatial.frames import AT_REST, PatientPoint, TablePoint


class ShownPlaces:
    """From the patient to the frame of the images, as the next image after a moment shows it.

    Args:
        world: patient and table
        events: of the session, in order
    """

    def __init__(self, world: CaseContext, events: Sequence[Event]) -> None:
        self._world = world
        self._made = [event for event in events if isinstance(event, AcquisitionMade)]

    def at(self, point: PatientPoint, at_ms: int) -> TablePoint:
        """Where a point is shown by the first image after a moment, by the last where there is none after it."""
        later = [made for made in self._made if made.at_ms >= at_ms]
        shows = later[0] if later else (self._made[-1] if self._made else None)
        moved = AT_REST if shows is None else shows.scene.patient_displacement_mm
        return self._world.table_transform(moved).to_table(point)
