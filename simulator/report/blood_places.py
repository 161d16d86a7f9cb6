"""Blood places: where injected blood lies against the hole, and what kept it from the leak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Leak
from simulator.engine.session import Session
from simulator.patch.leak_coverage import covered_fraction
from simulator.report.procedure_marks import Marks
from simulator.report.slice_truth import canal_centre_mm
from simulator.report.words import number, percent
from simulator.scoring.treatment import cue_ml
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.deeds import Hindrance
from simulator.wording.chosen import WORDS

WORTH_A_WORD = 0.15  # of the blood, from which a loss is said
MOSTLY = 0.6  # of the blood on one side, from which it lies there
OFF_LEVEL_MM = 12.0  # assumption: about half an interspace
MOST_CAUSES = 2
_EPIDURAL = (Compartment.EPIDURAL, Compartment.FORAMEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodCloud:
    """Where the blood lies that stayed in the canal.

    Attributes:
        middle_mm: centre of mass, the patient's millimetres
        left, behind: shares of it to the left of the midline and behind the canal's middle
    """

    middle_mm: PatientPoint
    left: float
    behind: float


def blood_cloud(session: Session) -> BloodCloud | None:
    """Where blood lies at the end; None where there is none in the canal."""
    injected, world = session.state.injection.injected, session.world
    if injected.voxels.size == 0 or not (injected.blood > 0).any():
        return None
    grid = world.phantom.canal.grid
    z, y, x = np.unravel_index(injected.voxels, grid.shape)
    share = np.asarray(injected.blood, float)
    share = share / share.sum()
    points = np.column_stack([x, y, z]) * np.asarray(grid.spacing_mm) + np.asarray(grid.origin_mm)
    middle = share @ points
    _, centre_y = canal_centre_mm(world, float(middle[2]))
    midline = world.midline_x_mm(float(middle[2]))
    return BloodCloud(
        middle_mm=PatientPoint(*map(float, middle)),
        left=float(share[points[:, 0] > midline].sum()),
        behind=float(share[points[:, 1] > centre_y].sum()),
    )


def hindrances(session: Session, marks: Marks) -> list[tuple[Hindrance, str]]:
    """What kept blood from the leak, the heaviest cause first, in words; at most two."""
    blood = marks.blood
    if not blood:
        return []
    total = sum(portion.volume_ml for portion in blood)
    found: list[tuple[float, Hindrance, dict[str, str]]] = []
    for compartment in {portion.compartment for portion in blood} - set(_EPIDURAL):
        volume = sum(portion.volume_ml for portion in blood if portion.compartment == compartment)
        place = WORDS.compartments[compartment]
        found.append((volume / total, Hindrance.COMPARTMENT, {"volume": number(volume), "place": place}))
    escaped = blood[-1].escaped_ml
    found.append((escaped / total, Hindrance.ALONG_ROOTS, {"volume": number(escaped)}))
    found = [item for item in found if item[0] >= WORTH_A_WORD]
    found += _against_the_hole(session)
    found.sort(key=lambda item: -item[0])
    if not found:
        found = [(0.0, Hindrance.VOLUME if cue_ml(marks.summary) is None else Hindrance.CUE, {})]
    return [(kind, WORDS.hindrances[kind].format(**fields)) for _, kind, fields in found[:MOST_CAUSES]]


def _against_the_hole(session: Session) -> list[tuple[float, Hindrance, dict[str, str]]]:
    leak, cloud = _least_covered(session), blood_cloud(session)
    if leak is None or leak.hole_mm is None or cloud is None:
        return []
    world, hole = session.world, leak.hole_mm
    found: list[tuple[float, Hindrance, dict[str, str]]] = []
    off_mm = cloud.middle_mm.z_mm - hole[2]
    if abs(off_mm) >= OFF_LEVEL_MM:
        level = str(world.phantom.anatomy.level(cloud.middle_mm))
        fields = {"level": level, "distance": f"{abs(off_mm):.0f}", "end": "head" if off_mm > 0 else "feet"}
        found.append((1.0, Hindrance.LEVEL, fields))
    side = str(leak.side)
    if side in ("left", "right"):
        other = "right" if side == "left" else "left"
        share = 1.0 - cloud.left if side == "left" else cloud.left
        if share >= MOSTLY:
            found.append((share, Hindrance.SIDE, {"share": percent(share), "side": other, "other": side}))
    _, centre_y = canal_centre_mm(world, hole[2])
    in_front = hole[1] < centre_y
    share = cloud.behind if in_front else 1.0 - cloud.behind
    if share >= MOSTLY:
        found.append((share, Hindrance.FRONT if in_front else Hindrance.BACK, {"share": percent(share)}))
    return found


def _least_covered(session: Session) -> Leak | None:
    """The leak of which blood has reached least; None where there is none."""
    world, injected = session.world, session.state.injection.injected
    with_holes = [leak for leak in world.phantom.leaks if leak.hole_mm is not None]
    found = zip(with_holes, world.leak_zones, strict=True)
    return min(found, key=lambda pair: covered_fraction(pair[1], injected), default=(None, None))[0]
