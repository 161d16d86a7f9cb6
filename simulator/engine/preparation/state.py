"""PreparationState: what was done before the needle, and ordered for afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.preparation.skin_grid import SkinGrid
from simulator.vocabulary.patient_facts import PatientFact


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationState:
    """What was prepared and ordered.

    Attributes:
        steps: of preparation taken, in order
        aftercare_hours: of lying flat; None before it is ordered
        head_down: whether the patient is tilted head down after the patch
        grid: the skin grid that was stuck on the back last; None before one is
        grid_on_skin: whether it is there still: it comes off where the skin is disinfected
        facts_read: facts of the chart that a time-out has brought to light
    """

    steps: tuple[str, ...] = ()
    aftercare_hours: float | None = None
    head_down: bool = False
    grid: SkinGrid | None = None
    grid_on_skin: bool = False
    facts_read: tuple[PatientFact, ...] = ()

    @property
    def grid_in_beam(self) -> SkinGrid | None:
        """The grid that shows in images; None where none is on the skin."""
        return self.grid if self.grid_on_skin else None
