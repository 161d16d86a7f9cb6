"""Pockets: what is too small for the phantom. Gaps in ligaments, the retrodural space, veins of the plexus.

Space is cut into cells of the patient's frame, and each cell of a kind has a number between 0 and 1 that belongs to
patient and seed: who comes back to a place finds the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from phantoms.phantom import Label
from simulator.engine.case_context import CaseContext
from simulator.engine.streams import Stream
from simulator.spatial.frames import PatientDirection, PatientPoint


class Kind(IntEnum):
    """What a pocket is; the value is part of its draw."""

    GAP = 1
    RETRODURAL = 2
    VEIN = 3
    SOFT_LOSS = 4
    FLAVUM_GAP = 5


CELL_MM = 2.0
# Assumptions: share of the cells in which a plunger gives way though the space is not reached. Tested at every
# millimetre, a paramedian way meets one in every twelfth patient with saline, in every seventh with air.
GAP_SHARE = {
    Label.INTERSPINOUS_LIGAMENT: 0.015,
    Label.SUPRASPINOUS_LIGAMENT: 0.01,
    Label.LIGAMENT: 0.01,
    Label.MUSCLE: 0.004,
    Label.SUBCUTANEOUS_FAT: 0.004,
}
AIR_TIMES = 2.0  # assumption: air can be pressed, and misleads twice as often
RETRODURAL_SHARE = 0.05  # assumption: interspaces with a retrodural space of Okada that takes fluid; no rate found
RETRODURAL_MM = (3.0, 8.0)  # assumption: depth behind the flavum, half width about the midline
# Share of interspaces whose flavum is open in the midline (JOSHI, reference section 3); elsewhere none is assumed.
FLAVUM_GAPS = {"C7/T1": 0.71, "C5/6": 0.02}
FLAVUM_GAP_HALF_MM = 1.0  # assumption
# Intravascular share of CT-fluoroscopy interlaminar epidurals: cervical 9 %, lumbar 2 % (KRA-IV); thoracic between the
# two (assumption).
VEIN_SHARE = {"cervical": 0.09, "thoracic": 0.05, "lumbar": 0.02}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pockets:
    """How often pockets mislead at a place.

    Attributes:
        gap_times: on the share of gaps in muscle and ligaments
        retrodural_share: of interspaces whose retrodural space takes fluid
    """

    gap_times: float = 1.0
    retrodural_share: float = RETRODURAL_SHARE


USUAL_POCKETS = Pockets()


def pocket(world: CaseContext, kind: Kind, point_mm: PatientPoint, cell_mm: float = CELL_MM) -> float:
    """The number of the cell in which a point lies, in [0, 1)."""
    cells = [int(np.floor(c / cell_mm)) + 10_000 for c in point_mm]
    key = (int(Stream.POCKET), int(kind), *cells)
    state = np.random.SeedSequence(world.root_seed, spawn_key=key).generate_state(1, np.uint32)
    return float(state[0]) / 2.0**32


def in_vein(world: CaseContext, point_mm: PatientPoint) -> bool:
    """Whether an opening in the epidural space lies in a vein of the plexus."""
    return pocket(world, Kind.VEIN, point_mm) < VEIN_SHARE[world.settings.region]


def in_flavum_gap(world: CaseContext, point_mm: PatientPoint) -> bool:
    """Whether the flavum is open here in the midline."""
    if abs(point_mm[0] - world.midline_x_mm(point_mm[2])) > FLAVUM_GAP_HALF_MM:
        return False
    level = world.phantom.anatomy.level(point_mm)
    share = FLAVUM_GAPS.get(level, 0.0)
    z_mm = world.level_z_mm(level) or point_mm[2]
    return share > 0.0 and pocket(world, Kind.FLAVUM_GAP, PatientPoint(0.0, 0.0, z_mm), 1.0) < share


def false_loss(
    world: CaseContext,
    label: int,
    point_mm: PatientPoint,
    direction: PatientDirection,
    medium: str,
    pockets: Pockets = USUAL_POCKETS,
) -> bool:
    """Whether a plunger gives way outside the epidural space."""
    if label == Label.LIGAMENTUM_FLAVUM:
        return in_flavum_gap(world, point_mm)
    times = pockets.gap_times * (AIR_TIMES if medium == "air" else 1.0)
    if pocket(world, Kind.GAP, point_mm) < times * GAP_SHARE.get(Label(label), 0.0):
        return True
    return in_retrodural_space(world, label, point_mm, direction, pockets)


def in_retrodural_space(
    world: CaseContext,
    label: int,
    point_mm: PatientPoint,
    direction: PatientDirection,
    pockets: Pockets = USUAL_POCKETS,
) -> bool:
    """Whether a point shortly before the flavum lies in a retrodural space that takes fluid."""
    if label == Label.LIGAMENTUM_FLAVUM or not _before_flavum(world, point_mm, direction):
        return False
    return _retrodural(world, point_mm, pockets.retrodural_share)


def _before_flavum(world: CaseContext, point_mm: PatientPoint, direction: PatientDirection) -> bool:
    ways = np.arange(0.5, RETRODURAL_MM[0] + 0.25, 0.5)
    ahead = np.asarray(point_mm) + ways[:, None] * np.asarray(direction)
    return bool(np.any(world.phantom.anatomy.label(ahead) == Label.LIGAMENTUM_FLAVUM))


def _retrodural(world: CaseContext, point_mm: PatientPoint, share: float) -> bool:
    if abs(point_mm[0] - world.midline_x_mm(point_mm[2])) > RETRODURAL_MM[1]:
        return False
    z_mm = world.level_z_mm(world.phantom.anatomy.level(point_mm)) or point_mm[2]
    return pocket(world, Kind.RETRODURAL, PatientPoint(0.0, 0.0, z_mm), 1.0) < share
