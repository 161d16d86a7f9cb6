"""Path figure: where the needle went, over planes through the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.patch.injected_voxels import Injected
from simulator.report import svg
from simulator.report.needle_path import Put, gap_marks, needle_marks, opening_mark, press_marks
from simulator.report.outlines import Plane, blood_outline, outlines
from simulator.report.procedure_marks import Marks
from simulator.report.slice_truth import canal_centre_mm
from simulator.report.svg import Axes
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.structures import Structure
from simulator.wording.chosen import WORDS

STEP_MM = 0.6
HALF_WIDTH_MM = 52.0
IN_FRONT_MM = 44.0  # of the canal's middle
ABOVE_SKIN_MM = 8.0
CLOSE_STEP_MM = 0.3
DENT_WORTH_A_WORD_ML = 1.0
CLOSE_HALF_MM = 17.0
FIGURE_WIDTH = 540.0

LAYERS = (
    Structure.SKIN,
    Structure.MUSCLE,
    Structure.LIGAMENT,
    Structure.DISC,
    Structure.VESSEL,
    Structure.BONE,
    Structure.FLAVUM,
    Structure.EPIDURAL,
    Structure.COLLECTION,
    Structure.FORAMEN,
    Structure.DURA,
    Structure.NEURAL,
)
"""Drawn in this order, each over those before."""

LEGEND = (
    Structure.SKIN,
    Structure.MUSCLE,
    Structure.BONE,
    Structure.DISC,
    Structure.LIGAMENT,
    Structure.FLAVUM,
    Structure.EPIDURAL,
    Structure.COLLECTION,
    Structure.DURA,
    Structure.NEURAL,
    Structure.VESSEL,
    Structure.BLOOD,
)
"""What the legend names; the foramen has the colour of the epidural space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFigure:
    """One plane with the needle's path.

    Attributes:
        words: what is shown, for the caption
    """

    name: str
    heading: str
    words: str
    picture: Markup


def path_figures(world: CaseContext, marks: Marks, injected: Injected) -> list[PathFigure]:
    """An axial plane, a close-up of it, and a sagittal plane; none where no needle was placed."""
    placed = [event for event in marks.events if isinstance(event, e.NeedlePlaced)]
    if not placed:
        return []
    tip, where = _looked_at(marks, placed[-1])
    x_mid, y_mid = canal_centre_mm(world, tip[2])
    y_range = (y_mid - IN_FRONT_MM, max(p.entry_mm[1] for p in placed) + ABOVE_SKIN_MM)
    half = max(HALF_WIDTH_MM, *(abs(p.entry_mm[0] - x_mid) + ABOVE_SKIN_MM for p in placed))
    axial = Plane(kind="axial", at_mm=tip[2], u_mm=(x_mid - half, x_mid + half), v_mm=y_range, step_mm=STEP_MM)
    close = Plane(
        kind="axial",
        at_mm=tip[2],
        u_mm=(tip[0] - CLOSE_HALF_MM, tip[0] + CLOSE_HALF_MM),
        v_mm=(tip[1] - 1.2 * CLOSE_HALF_MM, tip[1] + 0.8 * CLOSE_HALF_MM),
        step_mm=CLOSE_STEP_MM,
    )
    low, high = world.phantom.z_range_mm
    z_half = max(0.5 * (y_range[1] - y_range[0]), *(abs(p.entry_mm[2] - tip[2]) + 8.0 for p in placed))
    sagittal = Plane(
        kind="sagittal",
        at_mm=tip[0],
        u_mm=y_range,
        v_mm=(max(tip[2] - z_half, low), min(tip[2] + z_half, high)),
        step_mm=STEP_MM,
    )
    z_table = world.table_transform().table_z_mm(tip[2])
    return [
        PathFigure(
            name="axial",
            heading=f"Axial plane, table {z_table:.1f} mm",
            words=f"The plane through {where}: posterior up, the patient's left on the left. The needle is "
            "projected onto it.",
            picture=_draw(world, marks, injected, axial, "axial"),
        ),
        PathFigure(
            name="close",
            heading="The same, close up",
            words=_close_words(marks),
            picture=_draw(world, marks, injected, close, "close"),
        ),
        PathFigure(
            name="sagittal",
            heading=f"Sagittal plane {_side_words(world, tip)}",
            words=f"The plane through {where}: head up, the back on the right. The needle is projected onto it.",
            picture=_draw(world, marks, injected, sagittal, "sagittal"),
        ),
    ]


def legend_rows() -> list[tuple[str, str]]:
    """Class of the style sheet and words of every structure in the legend."""
    return [(str(structure), WORDS.structures[structure].legend) for structure in LEGEND]


def _close_words(marks: Marks) -> str:
    if marks.summary.first_blood is None:
        return "The ring marks the hole in the dura."
    words = "The cross marks the bevel's opening at the first millilitre of blood, the ring the hole in the dura."
    dented_ml = max((portion.sac_dented_ml for portion in marks.blood), default=0.0)
    if dented_ml < DENT_WORTH_A_WORD_ML:
        return words
    return f"{words} The dura is drawn as it lay before the blood, which has pushed it in by {dented_ml:.0f} mL."


def _side_words(world: CaseContext, tip: PatientPoint) -> str:
    off = tip[0] - world.midline_x_mm(tip[2])
    if abs(off) < 0.5:
        return "on the midline"
    return f"{abs(off):.1f} mm {'left' if off > 0 else 'right'} of the midline"


def _looked_at(marks: Marks, placed: e.NeedlePlaced) -> tuple[PatientPoint, str]:
    """The point through which the planes run, and what it is."""
    if marks.summary.first_blood is not None:
        return marks.summary.first_blood.tip_mm, "the tip at the first millilitre of blood"
    if marks.closest_dura is not None:
        return marks.closest_dura.tip_mm, "the tip where it came closest to the dura"
    return placed.entry_mm, "the skin point"


def _draw(world: CaseContext, marks: Marks, injected: Injected, plane: Plane, name: str) -> Markup:
    axial = plane.kind == "axial"
    (u0, u1), (v0, v1) = plane.u_mm, plane.v_mm
    first, last = ((u1, v1), (u0, v0)) if axial else ((u0, v1), (u1, v0))
    scale = FIGURE_WIDTH / (u1 - u0)
    width, height = FIGURE_WIDTH, scale * (v1 - v0)
    axes = Axes(left=0, top=0, width=width, height=height, first=first, last=last)

    def put(point: PatientPoint) -> tuple[float, float]:
        u, v = (point[0], point[1]) if axial else (point[1], point[2])
        return axes.x(u), axes.y(v)

    found = outlines(world.phantom, plane, LAYERS, injected)
    parts = [svg.rect(0, 0, width, height, "f-air")]
    parts += [svg.path([axes.points(line) for line in found[layer]], f"f-{layer}", closed=True) for layer in LAYERS]
    blood = blood_outline(world.phantom, injected, plane)
    parts.append(svg.path([axes.points(line) for line in blood], "f-blood", closed=True))
    parts += _leak(world, put, named=name == "close")
    parts += _plan(world, marks, put)
    parts += needle_marks(marks, put)
    if name == "close":
        parts += gap_marks(world.phantom.anatomy, marks, put)
    parts += press_marks(marks, put)
    parts += opening_mark(marks, put)
    parts += _orientation(axial, width, height)
    bar_mm = 5 if name == "close" else 10
    parts += [
        svg.line(16, height - 16, 16 + bar_mm * scale, height - 16, "scale"),
        svg.text(16, height - 24, f"{bar_mm} mm", "t"),
    ]
    view = {"axial": "an axial plane", "close": "an axial plane, close up,", "sagittal": "a sagittal plane"}[name]
    title = f"Path of the needle over {view} with the structures about it"
    return Markup(svg.figure(f"path-{name}", width, height, title, parts))


def _orientation(axial: bool, width: float, height: float) -> list[str]:
    top, left, right, bottom = ("P", "L", "R", "A") if axial else ("H", "A", "P", "F")
    return [
        svg.text(width / 2, 22, top, "mark big", "middle"),
        svg.text(10, height / 2, left, "mark big"),
        svg.text(width - 10, height / 2, right, "mark big", "end"),
        svg.text(width / 2, height - 10, bottom, "mark big", "middle"),
    ]


def _leak(world: CaseContext, put: Put, *, named: bool) -> list[str]:
    parts: list[str] = []
    for leak in world.phantom.leaks:
        if leak.hole_mm is None:
            continue
        x, y = put(leak.hole_mm)
        parts.append(svg.circle(x, y, 6, "f-leak"))
        if named:
            parts.append(svg.text(x + 10, y + 5, "leak", "t truth-text"))
    return parts


def _plan(world: CaseContext, marks: Marks, put: Put) -> list[str]:
    plan = marks.summary.plan
    if plan is None:
        return []
    transform = world.table_transform()
    ends = [put(transform.to_patient(point)) for point in (plan.entry_mm, plan.target_mm)]
    return [svg.path([np.array(ends)], "plan"), svg.cross(*ends[1], 6, "plan-target")]
