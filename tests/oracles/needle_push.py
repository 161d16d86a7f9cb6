"""A push of the needle step by step: each place is asked for only once the tip has come there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from phantoms.phantom import Anatomy, Label
from simulator.needle.dural_puncture import Dura, meet_dura
from simulator.needle.insertion import _FLUID, ROOT_PAIN_DISTANCE_MM, STEP_MM, Push, Sample
from simulator.needle.needle_bending import against_bone
from simulator.needle.needle_catalogue import NeedleSpec
from simulator.needle.needle_pose import NeedlePose
from simulator.spatial.frames import PatientDirection, patient_direction, patient_point
from simulator.vocabulary.needles import NeedleTip
from simulator.vocabulary.procedure import PushStop, Touch

VESSELS, ORGAN = ("VESSEL", "EPIDURAL_VEIN"), "ORGAN"


def sample(anatomy: Anatomy, tip: np.ndarray) -> Sample:
    point = np.array([tip])
    return Sample(
        tip_mm=patient_point(tip),
        label=int(anatomy.label(point)[0]),
        dura_mm=float(anatomy.dura_mm(point)[0]),
        neural_mm=float(anatomy.neural_mm(point)[0]),
        cord_mm=float(anatomy.cord_mm(point)[0]),
        bone_mm=float(anatomy.bone_mm(point)[0]),
    )


def bent(spec: NeedleSpec, pose: NeedlePose, inserted_mm: float, step_mm: float) -> PatientDirection:
    """Away from the opening of the bevel, by the angle of a step on the needle's circle."""
    along = np.asarray(pose.direction)
    head = np.array([0.0, 0.0, 1.0]) - along[2] * along
    head /= np.linalg.norm(head)
    faces = np.cos(pose.bevel_rad) * head + np.sin(pose.bevel_rad) * np.cross(along, head)
    if inserted_mm >= spec.introducer_mm:
        along = along - faces * step_mm / spec.bend_radius_mm
    return patient_direction(along / np.linalg.norm(along))


def push_step_by_step(
    anatomy: Anatomy, spec: NeedleSpec, pose: NeedlePose, dura: Dura, distance_mm: float, tenting_limit_mm: float
) -> Push:
    vessels = {int(Label[name]) for name in VESSELS}
    samples: list[Sample] = []
    touches: list[tuple[int, Touch]] = []
    stopped_by, contact_n, inserted_mm, left_mm, moved_mm = None, 0.0, pose.inserted_mm, distance_mm, 0.0
    pose = replace(pose, bow_mm=0.0)
    near_root = sample(anatomy, np.asarray(pose.tip_mm)).neural_mm < ROOT_PAIN_DISTANCE_MM
    while left_mm > 1e-9:
        step_mm = min(STEP_MM, left_mm)
        if inserted_mm + step_mm > spec.length_mm:
            stopped_by = PushStop.HUB
            break
        here = sample(anatomy, np.asarray(pose.tip_mm) + step_mm * np.asarray(pose.direction))
        if here.bone_mm < 0.0:
            stopped_by = PushStop.BONE
            touches.append((len(samples), Touch.BONE))
            contact_n, bow_mm = against_bone(spec, pose.stylet_in, left_mm, spec.length_mm - inserted_mm)
            pose = replace(pose, bow_mm=round(bow_mm, 4))
            break
        pose = replace(pose, direction=bent(spec, pose, inserted_mm, step_mm), track_mm=(*pose.track_mm, here.tip_mm))
        dura, met = meet_dura(dura, here.dura_mm, inserted_mm + step_mm, tenting_limit_mm)
        through = dura.pierced or here.dura_mm > 0.0
        beside_root = through and here.neural_mm < ROOT_PAIN_DISTANCE_MM
        before = samples[-1].label if samples else None
        touches += [(len(samples), touch) for touch in met]
        if through and here.cord_mm < 0.0:
            touches.append((len(samples), Touch.CORD))
        if beside_root and not near_root:
            touches.append((len(samples), Touch.ROOT))
        if here.label in vessels and before != here.label:
            touches.append((len(samples), Touch.VESSEL))
        if here.label == Label[ORGAN] and before != here.label:
            touches.append((len(samples), Touch.ORGAN))
        near_root = beside_root
        if not pose.stylet_in and spec.tip is NeedleTip.QUINCKE and here.label not in _FLUID:
            pose = replace(pose, open_mm=pose.open_mm + step_mm)
        samples.append(here)
        inserted_mm, moved_mm, left_mm = inserted_mm + step_mm, moved_mm + step_mm, left_mm - step_mm
    return Push(
        pose=pose, dura=dura, samples=tuple(samples), touches=tuple(touches),
        stopped_by=stopped_by, moved_mm=moved_mm, contact_n=contact_n,
    )  # fmt: skip
