"""Skin grid: thin wires along the back, stuck on about the level that a hand has felt."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.case_context import CaseContext
from simulator.engine.streams import Stream, generator

WIRE_STEP_MM = 10.0
WIRES_TO_A_SIDE = 4
WIRE_LENGTH_MM = 120.0
WIRE_DIAMETER_MM = 0.6
"""Four wires to either side of the middle one, a centimetre apart, as grids for CT have; sizes are assumptions."""

PALPATION_SD_MM = 25.0
"""How far from the level that was meant the grid's middle comes to lie, standard deviation. Assumption: a lumbar level
is some 37 mm long, and felt levels are often one off (from memory)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinGrid:
    """A grid on the back.

    Attributes:
        placement: how many were stuck on before it
        middle_z_mm: height in the patient of the middle of its wires
    """

    placement: int
    middle_z_mm: float

    @property
    def wire_offsets_mm(self) -> tuple[float, ...]:
        """Distance of each wire from the midline, to the patient's left."""
        return tuple(WIRE_STEP_MM * k for k in range(-WIRES_TO_A_SIDE, WIRES_TO_A_SIDE + 1))

    @property
    def z_range_mm(self) -> tuple[float, float]:
        """Heights in the patient between which the wires lie."""
        return self.middle_z_mm - 0.5 * WIRE_LENGTH_MM, self.middle_z_mm + 0.5 * WIRE_LENGTH_MM


def stick_on(world: CaseContext, before: SkinGrid | None, level_z_mm: float) -> SkinGrid:
    """A grid about a level as it is felt through the skin; exact hands feel it where it is."""
    placement = 0 if before is None else before.placement + 1
    felt_mm = 0.0
    if world.settings.hands.name != "exact":
        felt_mm = PALPATION_SD_MM * float(generator(world.hands_root, Stream.PALPATION, placement).standard_normal())
    return SkinGrid(placement=placement, middle_z_mm=round(level_z_mm + felt_mm, 1))
