"""Insertion: one push or pull of the needle, in short steps through the anatomy.

The tip cuts a track and the shaft follows it, so a needle never jumps sideways: a change of course needs a pull
back. The bevel bends the track away from its opening. Bone stops the needle; the dura tents before it gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from phantoms.phantom import Anatomy, Label
from simulator.needle.dural_puncture import Dura, meet_dura
from simulator.needle.needle_bending import against_bone, bend_by_bevel
from simulator.needle.needle_catalogue import NeedleSpec
from simulator.needle.needle_pose import NeedlePose
from simulator.spatial.frames import PatientDirection, PatientPoint, patient_direction, patient_point
from simulator.vocabulary.needles import NeedleTip
from simulator.vocabulary.procedure import PushStop, Touch

STEP_MM = 0.5
ROOT_PAIN_DISTANCE_MM = 1.0  # assumption of the reference: radicular pain within 1 mm of a root
CORES_AFTER_MM = 3.0  # assumption: an open cutting tip that is pushed this far through solid tissue is full of it
_FLUID = (Label.CEREBROSPINAL_FLUID, Label.EPIDURAL_COLLECTION, Label.VESSEL, Label.EPIDURAL_VEIN, Label.AIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The tip at one step of a push: where it was and what was near, mm; labels as `Label` values."""

    tip_mm: PatientPoint
    label: int
    dura_mm: float
    neural_mm: float
    cord_mm: float
    bone_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What one push came to.

    Attributes:
        pose: the needle afterwards
        dura: the dura afterwards
        samples: the tip at every step
        touches: contacts with critical structures, in order, with the step's index
        stopped_by: what ended the push early, if anything
        moved_mm: distance really made
        contact_n: force of the tip against the bone that stopped it
    """

    pose: NeedlePose
    dura: Dura
    samples: tuple[Sample, ...]
    touches: tuple[tuple[int, Touch], ...]
    stopped_by: PushStop | None
    moved_mm: float
    contact_n: float = 0.0


def skin_point_mm(anatomy: Anatomy, x_mm: float, z_mm: float, y_range_mm: tuple[float, float]) -> PatientPoint:
    """Where a vertical line at (x, z) meets the skin of the back; ValueError where it misses the body."""
    back, front = y_range_mm[1] + 20.0, y_range_mm[0]
    heights = np.arange(back, front, -1.0)
    line = np.column_stack([np.full_like(heights, x_mm), heights, np.full_like(heights, z_mm)])
    inside = np.flatnonzero(anatomy.skin_mm(line) < 0.0)
    if inside.size == 0 or inside[0] == 0:
        raise ValueError(f"there is no skin at x = {x_mm:.0f} mm")
    high, low = heights[inside[0] - 1], heights[inside[0]]
    for _ in range(20):
        middle = 0.5 * (high + low)
        if anatomy.skin_mm(np.array([[x_mm, middle, z_mm]]))[0] < 0.0:
            low = middle
        else:
            high = middle
    return PatientPoint(x_mm, float(0.5 * (high + low)), z_mm)


def sample_at(anatomy: Anatomy, tip_mm: PatientPoint) -> Sample:
    """What lies at and about one position of the tip."""
    return _samples_at(anatomy, (tip_mm,))[0]


def _samples_at(anatomy: Anatomy, tips_mm: Sequence[PatientPoint]) -> list[Sample]:
    """What lies at and about positions of the tip, asked all at once: to ask takes longer than to answer."""
    points = np.array(tips_mm)
    asked = (anatomy.label, anatomy.dura_mm, anatomy.neural_mm, anatomy.cord_mm, anatomy.bone_mm)
    told = [ask(points).tolist() for ask in asked]
    return [
        Sample(tip_mm=tip_mm, label=label, dura_mm=dura, neural_mm=neural, cord_mm=cord, bone_mm=bone)
        for tip_mm, label, dura, neural, cord, bone in zip(tips_mm, *told, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step of a push that nothing stops: its length, the tip after it and where that points."""

    way_mm: float
    tip_mm: PatientPoint
    direction: PatientDirection


def _steps_to_the_hub(spec: NeedleSpec, pose: NeedlePose, distance_mm: float) -> list[_Step]:
    """The steps of a push through nothing but soft tissue, none beyond the needle's length."""
    steps: list[_Step] = []
    tip_mm, direction, inserted_mm, left_mm = pose.tip_mm, pose.direction, pose.inserted_mm, distance_mm
    while left_mm > 1e-9:
        way_mm = min(STEP_MM, left_mm)
        if inserted_mm + way_mm > spec.length_mm:
            break
        (x, y, z), (right, back, up) = tip_mm, direction
        tip_mm = PatientPoint(x + way_mm * right, y + way_mm * back, z + way_mm * up)
        direction = bend_by_bevel(spec, direction, pose.bevel_rad, inserted_mm, way_mm)
        steps.append(_Step(way_mm=way_mm, tip_mm=tip_mm, direction=direction))
        inserted_mm += way_mm
        left_mm -= way_mm
    return steps


def push(
    anatomy: Anatomy,
    spec: NeedleSpec,
    pose: NeedlePose,
    dura: Dura,
    distance_mm: float,
    tenting_limit_mm: float,
) -> Push:
    """Advance the needle by a distance, or as far as bone and hub let it.

    Args:
        anatomy: the patient at rest
        spec, pose, dura: the needle, how it lies, and the dura under it
        distance_mm: how far the hand pushes, > 0
        tenting_limit_mm: how far the dura tents at its next contact before it gives
    """
    samples: list[Sample] = []
    touches: list[tuple[int, Touch]] = []
    stopped_by: PushStop | None = None
    contact_n = bow_mm = 0.0
    inserted_mm, left_mm, moved_mm, open_mm = pose.inserted_mm, distance_mm, 0.0, pose.open_mm
    cores = not pose.stylet_in and spec.tip is NeedleTip.QUINCKE
    steps = _steps_to_the_hub(spec, pose, distance_mm)
    here, *ahead = _samples_at(anatomy, (pose.tip_mm, *(step.tip_mm for step in steps)))
    near_root = here.neural_mm < ROOT_PAIN_DISTANCE_MM
    for step, sample in zip(steps, ahead, strict=True):
        if sample.bone_mm < 0.0:
            stopped_by = PushStop.BONE
            touches.append((len(samples), Touch.BONE))
            contact_n, bow_mm = against_bone(spec, pose.stylet_in, left_mm, spec.length_mm - inserted_mm)
            break
        dura, met = meet_dura(dura, sample.dura_mm, inserted_mm + step.way_mm, tenting_limit_mm)
        beside_root = _neural_structures_in_reach(dura, sample) and sample.neural_mm < ROOT_PAIN_DISTANCE_MM
        before = samples[-1].label if samples else None
        met = (*met, *_structures_met(sample, dura, before, beside_root and not near_root))
        touches.extend((len(samples), touch) for touch in met)
        near_root = beside_root
        if cores and sample.label not in _FLUID:
            open_mm += step.way_mm
        samples.append(sample)
        inserted_mm += step.way_mm
        moved_mm += step.way_mm
        left_mm -= step.way_mm
    if stopped_by is None and left_mm > 1e-9:
        stopped_by = PushStop.HUB
    return Push(
        pose=replace(
            pose,
            track_mm=(*pose.track_mm, *(sample.tip_mm for sample in samples)),
            direction=steps[len(samples) - 1].direction if samples else pose.direction,
            bow_mm=round(bow_mm, 4),
            open_mm=open_mm,
        ),
        dura=dura,
        samples=tuple(samples),
        touches=tuple(touches),
        stopped_by=stopped_by,
        moved_mm=moved_mm,
        contact_n=contact_n,
    )


def _neural_structures_in_reach(dura: Dura, sample: Sample) -> bool:
    """Whether the dura does not lie between the tip and the nerves."""
    return dura.pierced or sample.dura_mm > 0.0


def _structures_met(sample: Sample, dura: Dura, label_before: int | None, comes_to_root: bool) -> tuple[Touch, ...]:
    """Critical structures that the tip meets at this step, beside the dura."""
    vessel = sample.label in (Label.VESSEL, Label.EPIDURAL_VEIN) and label_before != sample.label
    met = (
        (Touch.CORD, _neural_structures_in_reach(dura, sample) and sample.cord_mm < 0.0),
        (Touch.ROOT, comes_to_root),
        (Touch.VESSEL, vessel),
        (Touch.ORGAN, sample.label == Label.ORGAN and label_before != Label.ORGAN),
    )
    return tuple(touch for touch, is_met in met if is_met)


def is_blocked(pose: NeedlePose) -> bool:
    """Whether tissue fills the bore."""
    return pose.open_mm > CORES_AFTER_MM


def pull(anatomy: Anatomy, pose: NeedlePose, dura: Dura, distance_mm: float) -> tuple[NeedlePose | None, Dura]:
    """Withdraw the needle along its track; None when it has left the skin."""
    track = list(pose.track_mm)
    left_mm = distance_mm
    while len(track) > 1 and left_mm > 1e-9:
        end = np.asarray(track[-1])
        segment = end - np.asarray(track[-2])
        length = float(np.linalg.norm(segment))
        if length <= left_mm + 1e-9:
            track.pop()
            left_mm -= length
        else:
            track[-1] = patient_point(end - segment * (left_mm / length))
            left_mm = 0.0
    if len(track) == 1:
        return None, Dura()
    along = np.asarray(track[-1]) - np.asarray(track[-2])
    pose = replace(
        pose,
        track_mm=tuple(track),
        direction=patient_direction(along / np.linalg.norm(along)),
        bow_mm=0.0,
    )
    to_dura_mm = float(anatomy.dura_mm(np.array([pose.tip_mm]))[0])
    dura, _ = meet_dura(dura, to_dura_mm, pose.inserted_mm, float("inf"))
    return pose, dura
