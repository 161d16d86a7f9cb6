"""The outcome when a procedure is finished: blood about the leak and about every hole that a needle left."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.patch.injected_voxels import Injected
from simulator.patch.leak_coverage import LeakZone, covered_fraction, distance_to_leak_mm, span_mm, zone_about
from simulator.patient.dural_hole import DuralHole
from simulator.patient.outcome import COUNTS_AS_COVERED, Cover, SecondHole, chances, clinical_outcome

LEVEL_MM = 36.0  # of a patient with a single interspace: a lumbar one of the reference


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheEnd:
    """What the outcome follows from, read from a finished procedure.

    Attributes:
        blood_ml: that was injected, wherever it went
        epidural_ml: that lies in the epidural space
        injected: what has come to the canal's voxels
        holes: that needles left in the dura
        flat_hours, head_down: as ordered; no hours where nothing was
    """

    blood_ml: float
    epidural_ml: float
    injected: Injected
    holes: tuple[DuralHole, ...]
    flat_hours: float
    head_down: bool


def read_the_end(state: ProcedureState) -> AtTheEnd:
    """What the outcome follows from; the patch has been advanced to now."""
    flow = state.injection.patch.flow
    return AtTheEnd(
        blood_ml=state.injection.blood_ml,
        epidural_ml=0.0 if flow is None else float(flow.blood_ml.sum()),
        injected=state.injection.injected,
        holes=state.needle.dural_holes,
        flat_hours=state.preparation.aftercare_hours or 0.0,
        head_down=state.preparation.head_down,
    )


def cover_of(world: CaseContext, end: AtTheEnd, zone: LeakZone) -> Cover:
    """How blood lies about a hole; a zone that blood has not reached has the distance to it."""
    above, below = span_mm(zone, world.phantom, end.injected)
    away, from_below = distance_to_leak_mm(zone, world.phantom, end.injected)
    return Cover(
        fraction=covered_fraction(zone, end.injected),
        above_mm=above,
        below_mm=below,
        away_mm=away,
        from_below=from_below,
        level_mm=_level_mm(world),
        epidural_ml=end.epidural_ml,
    )


def finished_event(world: CaseContext, state: ProcedureState) -> e.Finished:
    """How the patient fares, drawn once."""
    end = read_the_end(state)
    leaks = [cover_of(world, end, zone) for zone in world.leak_zones] if _can_seal(world, end) else []
    second = [
        SecondHole(needle=hole.needle, cover=cover_of(world, end, zone_about(world.phantom, hole.at_mm)))
        for hole in end.holes
    ]
    leak = leaks[0] if leaks else None
    expected = chances(leak, second, further=leaks[1:], flat_hours=end.flat_hours, head_down=end.head_down)
    course = clinical_outcome(generator(world.root_seed, Stream.PATIENT, 3), expected, blood_ml=end.blood_ml)
    return e.Finished(
        at_ms=state.elapsed_ms,
        treated=end.blood_ml > 0.0,
        seal_probability=expected.seal,
        relief=course.relief,
        relapse_day=course.relapse_day,
        relief_probability=expected.relief,
        second_holes=len(second),
        second_holes_covered=sum(hole.cover.fraction >= COUNTS_AS_COVERED for hole in second),
        rebound_hypertension=course.rebound_hypertension,
        next_day=course.next_day,
    )


def _can_seal(world: CaseContext, end: AtTheEnd) -> bool:
    """Whether there is blood, and a hole that it can close.

    A fistula runs into a vein. Of 22 people with one who had patches 2 (9 %) were helped for four weeks or more (Mayo
    Clinic, lateral decubitus series 2018-2020), and none of a review was cured (doi 10.1016/j.wneu.2022.02.036): no
    more than get well by themselves. Blood about it changes no chance.
    """
    return end.blood_ml > 0.0 and world.phantom.leak.vein is None


def _level_mm(world: CaseContext) -> float:
    marks = world.phantom.landmarks.interspaces
    heights = sorted(point.z_mm for level, point in marks.items() if level in world.phantom.levels)
    return float(np.median([high - low for low, high in pairwise(heights)])) if len(heights) > 1 else LEVEL_MM
