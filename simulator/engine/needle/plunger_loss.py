"""Plunger loss: whether a plunger at the hub gives way, in tissue as beside CSF that has collected behind the sac.

In fat it falls the moment the bevel is through the flavum. Where CSF fills the dorsal epidural space the fat is
displaced and the flavum's inner face is soaked: resistance goes over some way instead of at once, so the loss comes
late, on the dura, or not before that is pierced. The same fluid opens ligaments and the retrodural space, where the
plunger falls too early. What a place answers belongs to the place: it answers the same twice.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Label
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import (
    EPIDURAL_LABELS,
    Opening,
    draining_fluid,
    driving_pressure_cmh2o,
    locate_opening,
)
from simulator.engine.needle.subvoxel_structures import (
    Kind,
    Pockets,
    false_loss,
    in_retrodural_space,
    pocket,
)
from simulator.engine.state import ProcedureState
from simulator.needle.collection_plunger import CollectionPlungerModel
from simulator.needle.insertion import is_blocked
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientDirection, PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import HubSign, ResistanceMedium

SEEN_MM, SAMPLE_MM = 14.0, 0.25  # along the needle: more than any dorsal epidural space with its flavum is deep
PLACE_MM = 6.0  # assumption: places on the flavum's inner face so far apart answer on their own

_GIVES_WAY = (Compartment.EPIDURAL, Compartment.FORAMEN, Compartment.INTRATHECAL, Compartment.VESSEL)


def is_lost(world: CaseContext, state: ProcedureState, medium: ResistanceMedium) -> bool:
    """Whether the plunger gives way: in the space, in fluid, in pockets that mislead; not if blocked."""
    pose = state.needle.pose
    if pose is None or is_blocked(pose):
        return False
    opening = locate_opening(world, state)
    if opening.compartment is Compartment.EPIDURAL:
        return not _still_firm(world, state, opening, medium)
    if opening.compartment in _GIVES_WAY:
        return True
    pockets = _pockets(world, opening.position_mm, pose.direction)
    return false_loss(world, opening.label, opening.position_mm, pose.direction, medium, pockets)


def takes_fluid(world: CaseContext, state: ProcedureState, opening: Opening) -> bool:
    """Whether an opening outside the canal lies in a retrodural space, which fills as easily as the epidural one."""
    pose = state.needle.pose
    if pose is None or opening.compartment is not Compartment.SOFT_TISSUE:
        return False
    pockets = _pockets(world, opening.position_mm, pose.direction)
    return in_retrodural_space(world, opening.label, opening.position_mm, pose.direction, pockets)


def _still_firm(world: CaseContext, state: ProcedureState, opening: Opening, medium: ResistanceMedium) -> bool:
    """Whether resistance has not yet gone, though the bevel is through the flavum."""
    assert state.needle.pose is not None
    past_mm, filled = _through_the_space(world, opening.before_dura_mm, state.needle.pose.direction)
    if filled == 0.0:
        return False
    past_mm += math.dist(opening.before_dura_mm, opening.position_mm)  # the dura is pushed ahead, and the pool with it
    runs_out = draining_fluid(world, state) is HubSign.CLEAR and driving_pressure_cmh2o(world, state) > 0.0
    column = PatientPoint(opening.position_mm[0], 0.0, opening.position_mm[2])
    drawn = pocket(world, Kind.SOFT_LOSS, column, PLACE_MM)
    outflow = runs_out and medium is ResistanceMedium.SALINE
    return past_mm < world.collection_plunger.softened_mm(drawn, filled, outflow=outflow)


def _through_the_space(world: CaseContext, point_mm: PatientPoint, direction: PatientDirection) -> tuple[float, float]:
    """Way along the needle from the flavum to a point in the space, mm, and the fluid's share of all of it."""
    behind, ahead = (_labels(world, point_mm, direction, sign) for sign in (-1.0, 1.0))
    back = _run_length(behind)
    labels = np.concatenate([behind[:back], ahead[: _run_length(ahead)]])
    filled = float((labels == Label.EPIDURAL_COLLECTION).mean()) if labels.size else 0.0
    return SAMPLE_MM * back, filled


def _labels(world: CaseContext, point_mm: PatientPoint, direction: PatientDirection, sign: float) -> NDArray[np.uint8]:
    """Tissue along the needle's line, from a point on (+1) or back (-1)."""
    ways: FloatArray = sign * np.arange(SAMPLE_MM, SEEN_MM, SAMPLE_MM)
    return world.phantom.anatomy.label(np.asarray(point_mm) + ways[:, None] * np.asarray(direction))


def _run_length(labels: NDArray[np.uint8]) -> int:
    """How many of the first labels are epidural."""
    outside = np.flatnonzero(~np.isin(labels, EPIDURAL_LABELS))
    return int(outside[0]) if outside.size else len(labels)


def _pockets(world: CaseContext, point_mm: PatientPoint, direction: PatientDirection) -> Pockets:
    """How often pockets mislead here: more where CSF lies behind the sac ahead of the needle."""
    if not (_labels(world, point_mm, direction, 1.0) == Label.EPIDURAL_COLLECTION).any():
        return Pockets()
    model: CollectionPlungerModel = world.collection_plunger
    return Pockets(gap_times=model.gap_times, retrodural_share=max(model.retrodural_share, Pockets().retrodural_share))
