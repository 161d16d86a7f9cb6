"""Needle shape: the steel as a scanner meets it, a polyline from the tip to the hub."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.needle.needle_catalogue import INTRODUCER_BORE_MM, INTRODUCER_OUTER_MM, NeedleSpec
from simulator.needle.needle_pose import NeedlePose, bevel_normal
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.spatial.polyline import simplified_indices

BOW_PIECES = 8
TRACK_TOLERANCE_MM = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleShape:
    """The steel as a scanner meets it: a polyline from tip to hub.

    Attributes:
        points_mm: tip first
        outer_diameter_mm, bore_diameter_mm: of the tube
        stylet_in: a filled bore attenuates more than an empty one
    """

    points_mm: tuple[PatientPoint, ...]
    outer_diameter_mm: float
    bore_diameter_mm: float
    stylet_in: bool


def needle_shape(spec: NeedleSpec, pose: NeedlePose) -> NeedleShape:
    """The steel of a needle in place: its track, and the rest outside the skin, straight unless pressed on bone."""
    track = [np.asarray(p) for p in pose.track_mm]
    skin = track[0]
    outwards = skin - track[1] if len(track) > 1 else -np.asarray(pose.direction)
    outwards = outwards / np.linalg.norm(outwards)
    free_mm = max(spec.length_mm - pose.inserted_mm, 0.5)
    outside = [skin + outwards * free_mm]
    if pose.bow_mm > 0.0:
        along = np.arange(1, BOW_PIECES + 1) / BOW_PIECES
        sideways = bevel_normal(pose)
        outside = [skin + outwards * free_mm * s + sideways * pose.bow_mm * math.sin(math.pi * s) for s in along]
    return NeedleShape(
        points_mm=tuple(patient_point(p) for p in [*_thinned(track[::-1]), *outside]),
        outer_diameter_mm=spec.outer_diameter_mm,
        bore_diameter_mm=spec.bore_diameter_mm,
        stylet_in=pose.stylet_in,
    )


def introducer_shape(spec: NeedleSpec, pose: NeedlePose) -> NeedleShape | None:
    """The introducer about the shaft's first part in tissue; None without one."""
    if spec.introducer_mm <= 0.0 or len(pose.track_mm) < 2:
        return None
    track = np.asarray(pose.track_mm)
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(track, axis=0), axis=1))])
    inside = track[gone <= spec.introducer_mm + 1e-9]
    if len(inside) < 2:
        return None
    return NeedleShape(
        points_mm=tuple(patient_point(p) for p in _thinned(list(inside[::-1]))),
        outer_diameter_mm=INTRODUCER_OUTER_MM,
        bore_diameter_mm=INTRODUCER_BORE_MM,
        stylet_in=False,
    )


def _thinned(points: list[FloatArray]) -> list[FloatArray]:
    """Fewest of these points whose polyline stays within the tolerance of all."""
    if len(points) < 3:
        return points
    return [points[index] for index in simplified_indices(np.asarray(points), TRACK_TOLERANCE_MM)]
