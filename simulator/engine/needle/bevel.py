"""Bevel: what the needle's opening lies in, and what that shows at the hub."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label, ZoneLabel
from simulator.engine.case_context import CaseContext
from simulator.engine.durations import LOOK_AT_HUB_S
from simulator.engine.needle.subvoxel_structures import in_vein
from simulator.engine.state import ProcedureState
from simulator.needle.bore_flow import BLOOD_MPA_S, CSF_MPA_S, first_drop_s
from simulator.needle.insertion import is_blocked
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose, opening_mm
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment, Zone
from simulator.vocabulary.procedure import HubSign

SUBDURAL_DEPTH_MM = 0.75  # assumption: an opening no deeper than this lies partly under the arachnoid

PRESSED_ON_MM = 0.5  # assumption: of a tip to bone ahead of it, at which the bevel's opening is shut

EPIDURAL_LABELS = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)
_BEHIND_THE_DURA = (Label.LIGAMENTUM_FLAVUM, Label.LIGAMENT, Label.INTERSPINOUS_LIGAMENT, Label.MUSCLE)
EPIDURAL_BELOW_CSF_CMH2O = 2.7  # reference, section 4: epidural pressure is 1-3 mmHg lower than that of the CSF
VEIN_CMH2O = 8.0  # assumption: epidural veins of a prone patient
_FLUID = (Label.EPIDURAL_COLLECTION, Label.CEREBROSPINAL_FLUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where the bevel's opening is, and in what.

    Attributes:
        position_mm: of the opening
        label: tissue there; before the dura, where that is pushed ahead
        compartment: what it opens into
        zone: part of the epidural space; None outside it
        before_dura_mm: the same place, or the last before the dura at rest where an intact one is pushed ahead
    """

    position_mm: PatientPoint
    label: int
    compartment: Compartment
    zone: Zone | None
    before_dura_mm: PatientPoint


def locate_opening(world: CaseContext, state: ProcedureState) -> Opening:
    """What the opening of the needle in place lies in; an intact dura is pushed ahead of the tip."""
    pose = state.needle.pose
    if pose is None:
        raise ValueError("no needle is in place")
    anatomy = world.phantom.anatomy
    position = opening_mm(NEEDLES[state.needle.name], pose)
    point = np.array([position])
    depth = -float(anatomy.dura_mm(point)[0])
    tented = depth > 0.0 and not state.needle.dura.pierced
    if tented:
        point = _before_the_dura(world, pose)
        depth = -float(anatomy.dura_mm(point)[0])
    label = int(anatomy.label(point)[0])
    zone = ZoneLabel(int(anatomy.zone(point)[0]))
    if tented and label in _BEHIND_THE_DURA:  # where they touch, the opening has pushed the dura off them
        label, zone = Label.DURA, ZoneLabel.DORSAL
    compartment: Compartment
    if state.needle.dura.pierced and depth > 0.0:
        compartment = Compartment.SUBDURAL if depth < SUBDURAL_DEPTH_MM else Compartment.INTRATHECAL
    elif label in (Label.CORTICAL_BONE, Label.SPONGIOSA):
        compartment = Compartment.BONE
    elif label == Label.VESSEL or label == Label.EPIDURAL_VEIN:
        compartment = Compartment.VESSEL
    elif label in EPIDURAL_LABELS or label == Label.DURA:
        compartment = Compartment.VESSEL if in_vein(world, position) else Compartment.EPIDURAL
    elif label == Label.FORAMEN:
        compartment = Compartment.FORAMEN
    else:
        compartment = Compartment.SOFT_TISSUE
    in_space = compartment in (Compartment.EPIDURAL, Compartment.FORAMEN) and zone != ZoneLabel.OUTSIDE
    named = Zone(zone.name.lower()) if in_space else None
    return Opening(
        position_mm=PatientPoint(*position),
        label=label,
        compartment=compartment,
        zone=named,
        before_dura_mm=PatientPoint(*map(float, point[0])),
    )


def against_bone(world: CaseContext, state: ProcedureState) -> bool:
    """Whether the opening lies in bone, or the tip is pressed on bone that closes it."""
    if state.needle.pose is None:
        return False
    if locate_opening(world, state).compartment == "bone":
        return True
    tip = np.array(state.needle.pose.tip_mm)
    ahead = tip + PRESSED_ON_MM * np.array(state.needle.pose.direction)
    return bool((world.phantom.anatomy.bone_mm(np.array([tip, ahead])) < (PRESSED_ON_MM, 0.0)).all())


def _before_the_dura(world: CaseContext, pose: NeedlePose) -> np.ndarray:
    """The deepest point of the track that lies outside the dura."""
    track = np.asarray(pose.track_mm)
    outside = np.flatnonzero(world.phantom.anatomy.dura_mm(track) > 0.0)
    return track[outside[-1] : outside[-1] + 1] if outside.size else track[:1]


def draining_fluid(world: CaseContext, state: ProcedureState) -> HubSign:
    """What would come to the hub; in a collection clear fluid proves nothing about the dura."""
    opening = locate_opening(world, state)
    if state.needle.pose is None or is_blocked(state.needle.pose):
        return HubSign.NOTHING
    if opening.compartment == "vessel":
        return HubSign.BLOOD
    return HubSign.CLEAR if opening.compartment == "intrathecal" or opening.label in _FLUID else HubSign.NOTHING


def driving_pressure_cmh2o(world: CaseContext, state: ProcedureState) -> float:
    """Pressure that drives what the opening lies in to the hub, the hub's own height left out."""
    opening = locate_opening(world, state)
    if opening.compartment == "vessel":
        return VEIN_CMH2O
    below = EPIDURAL_BELOW_CSF_CMH2O if opening.label == Label.EPIDURAL_COLLECTION else 0.0
    return world.csf_pressure_cmh2o - below


def observe_drip(world: CaseContext, state: ProcedureState) -> HubSign:
    """What shows while somebody looks at the hub after the stylet's removal: slow flow does not."""
    fluid = draining_fluid(world, state)
    viscosity = BLOOD_MPA_S if fluid == "blood" else CSF_MPA_S
    spec = NEEDLES[state.needle.name]
    soon = first_drop_s(spec, driving_pressure_cmh2o(world, state), viscosity) <= LOOK_AT_HUB_S
    return fluid if soon else HubSign.NOTHING
