"""Blind advance: how far the needle was pushed towards the dura, near it, without a look at its tip.

What counts is what the hub was told to do, along the needle's line, from some millimetres before the flavum or the
foramen's fat on: 4 mm in the lumbar and thoracic spine, 3 mm in the neck and at a foramen. A line that leads past the
canal does not count. A look counts from the moment at which its image was taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.scoring.looks import tip_looks
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import Approach

LEAD_MM, NECK_LEAD_MM = 4.0, 3.0
_STEP_MM = 0.25
_CANAL = (
    Label.LIGAMENTUM_FLAVUM, Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION, Label.FORAMEN,
    Label.DURA, Label.CEREBROSPINAL_FLUID, Label.SPINAL_CORD, Label.NERVE_ROOT,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindAdvance:
    """Pushes near the dura that nobody looked at.

    Attributes:
        near_mm: pushed near the dura in all
        excess_mm: pushed there beyond what may be pushed between two looks
        longest_mm: longest way there between two looks
    """

    near_mm: float
    excess_mm: float
    longest_mm: float


def blind_advance(summary: ProcedureSummary, rubric: Rubric) -> BlindAdvance:
    """How far the needle went near the dura between looks, over the whole procedure."""
    looks = dict(tip_looks(summary))
    free_mm = free_blind_mm(summary.world, rubric)
    travelled = seen = excess = longest = 0.0
    at_image: dict[int, float] = {}
    tip: PatientPoint | None = None
    for place, event in enumerate(summary.events):
        if isinstance(event, e.NeedlePlaced):
            tip = event.entry_mm
        elif isinstance(event, e.AcquisitionMade):
            at_image[event.number] = travelled
        elif place in looks:
            seen = max(seen, at_image.get(looks[place].number, 0.0))
        elif isinstance(event, e.NeedleMoved):
            if event.commanded_mm > 0.0 and tip is not None:
                way = pushed_near_mm(summary.world, tip, event)
                before, travelled = travelled - seen, travelled + way
                excess += max(travelled - seen - free_mm, 0.0) - max(before - free_mm, 0.0)
                longest = max(longest, travelled - seen)
            tip = event.tip_mm
    return BlindAdvance(near_mm=travelled, excess_mm=excess, longest_mm=longest)


def free_blind_mm(world: CaseContext, rubric: Rubric) -> float:
    """What may be pushed near the dura between two looks, mm."""
    return rubric.looks.free_blind_neck_mm if is_narrow(world) else rubric.looks.free_blind_mm


def is_narrow(world: CaseContext) -> bool:
    """Whether the way in is through the neck or a foramen, where there is least room."""
    settings = world.settings
    foraminal = Approach.POSTERIOR_FORAMINAL in settings.accepted.approaches
    return foraminal or settings.region is Region.CERVICAL or settings.requested_level.region is Region.CERVICAL


def pushed_near_mm(world: CaseContext, from_mm: PatientPoint, move: e.NeedleMoved) -> float:
    """The part of a push's commanded way, along the needle's line, on which the canal was no farther than the lead."""
    lead_mm = NECK_LEAD_MM if is_narrow(world) else LEAD_MM
    count = max(round(move.commanded_mm / _STEP_MM), 1)
    step_mm = move.commanded_mm / count
    ahead = round(lead_mm / step_mm) if step_mm > 0.0 else 0
    along = (np.arange(count + ahead) + 0.5) * step_mm
    points = np.asarray(from_mm) + along[:, None] * np.asarray(move.direction)
    inside = np.isin(world.phantom.anatomy.label(points), _CANAL)
    near = np.array([inside[k : k + ahead + 1].any() for k in range(count)])
    return float(near.sum()) * step_mm
