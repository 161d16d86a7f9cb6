"""Bevel: what the needle's opening lies in, and what that shows at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from phantoms.phantom import Label, Zone
from simulator.needle.needle import NEEDLES, Vector, opening_mm
from simulator.procedure.events import Compartment
from simulator.procedure.state import ProcedureState
from simulator.procedure.world import World

DURA_THICKNESS_MM = 0.35  # reference, section 4: 0.30-0.40 mm
SUBDURAL_DEPTH_MM = 0.75  # assumption: an opening no deeper than this lies partly under the arachnoid

_EPIDURAL = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)
_FLUID = (Label.EPIDURAL_COLLECTION, Label.CEREBROSPINAL_FLUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where the bevel's opening is, and in what; zone None outside the epidural space."""

    position_mm: Vector
    label: int
    compartment: Compartment
    zone: str | None


def opening_of(world: World, state: ProcedureState) -> Opening:
    """What the opening of the needle in place lies in; an intact dura is pushed ahead of the tip."""
    if state.needle is None:
        raise ValueError("no needle is in place")
    anatomy = world.phantom.anatomy
    position = opening_mm(NEEDLES[state.needle_name], state.needle)
    point = np.array([position])
    depth = -float(anatomy.dura_mm(point)[0])
    if depth > 0.0 and not state.dura.pierced:
        point = _before_the_dura(world, state)
        depth = -float(anatomy.dura_mm(point)[0])
    label = int(anatomy.label(point)[0])
    zone = Zone(int(anatomy.zone(point)[0]))
    compartment: Compartment
    if state.dura.pierced and depth > 0.0:
        compartment = "subdural" if depth < SUBDURAL_DEPTH_MM else "intrathecal"
    elif label in (Label.CORTICAL_BONE, Label.SPONGIOSA):
        compartment = "bone"
    elif label == Label.VESSEL or label == Label.EPIDURAL_VEIN:
        compartment = "vessel"
    elif label in _EPIDURAL or label == Label.DURA:
        compartment = "epidural"
    elif label == Label.FORAMEN:
        compartment = "foramen"
    else:
        compartment = "soft tissue"
    named = zone.name.lower() if compartment in ("epidural", "foramen") and zone != Zone.OUTSIDE else None
    return Opening(position_mm=position, label=label, compartment=compartment, zone=named)


def _before_the_dura(world: World, state: ProcedureState) -> np.ndarray:
    """The deepest point of the track that lies outside the dura."""
    assert state.needle is not None
    track = np.asarray(state.needle.track_mm)
    outside = np.flatnonzero(world.phantom.anatomy.dura_mm(track) > 0.0)
    return track[outside[-1] : outside[-1] + 1] if outside.size else track[:1]


def fluid_at_hub(world: World, state: ProcedureState) -> Literal["nothing", "clear", "blood"]:
    """What drips or is aspirated; in a collection clear fluid proves nothing about the dura."""
    opening = opening_of(world, state)
    if opening.compartment == "intrathecal" or opening.label in _FLUID:
        return "clear"
    return "blood" if opening.compartment == "vessel" else "nothing"


def is_lost(world: World, state: ProcedureState) -> bool:
    """Whether a plunger at the hub gives way."""
    return opening_of(world, state).compartment in ("epidural", "foramen", "intrathecal", "vessel")
