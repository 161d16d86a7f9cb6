"""Path figure: where the needle went, over an axial and a sagittal plane through the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from phantoms.phantom import Leak
from simulator.needle.needle import Vector
from simulator.patch.spread import Injected
from simulator.procedure import events as e
from simulator.procedure.world import World
from simulator.report import svg
from simulator.report.course_marks import Marks
from simulator.report.outlines import Plane, blood_outline, outlines
from simulator.report.press_images import canal_centre_mm
from simulator.report.svg import Axes

STEP_MM = 0.6
HALF_WIDTH_MM = 52.0
IN_FRONT_MM = 44.0  # of the canal's middle
ABOVE_SKIN_MM = 8.0
SCALE = 5.0  # figure units for one millimetre
LEAST_LABEL_GAP = 13.0

LAYERS = (
    "skin",
    "muscle",
    "ligament",
    "disc",
    "vessel",
    "bone",
    "flavum",
    "epidural",
    "collection",
    "foramen",
    "dura",
    "neural",
)
"""Drawn in this order, each over those before."""

LEGEND = (
    ("skin", "body"),
    ("muscle", "muscle"),
    ("bone", "bone"),
    ("disc", "disc"),
    ("ligament", "ligaments"),
    ("flavum", "ligamentum flavum"),
    ("epidural", "epidural fat and veins"),
    ("collection", "CSF outside the dura"),
    ("dura", "dura, CSF inside"),
    ("neural", "nerve roots, cord"),
    ("blood", "injected blood"),
)


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


def path_figures(world: World, marks: Marks, injected: Injected) -> list[PathFigure]:
    """The axial and the sagittal figure; none where no needle was placed."""
    placed = [event for event in marks.events if isinstance(event, e.NeedlePlaced)]
    if not placed:
        return []
    tip, where = _looked_at(marks, placed[-1])
    x_mid, y_mid = canal_centre_mm(world, tip[2])
    y_range = (y_mid - IN_FRONT_MM, max(p.entry_mm[1] for p in placed) + ABOVE_SKIN_MM)
    low, high = world.phantom.z_range_mm
    entries = [p.entry_mm[0] for p in placed] + [tip[0]]
    half = max(HALF_WIDTH_MM, *(abs(x - x_mid) + 8.0 for x in entries))
    axial = Plane(
        kind="axial", at_mm=tip[2], u_mm=(x_mid - half, x_mid + half), v_mm=y_range, step_mm=STEP_MM
    )
    z_half = max(HALF_WIDTH_MM, *(abs(p.entry_mm[2] - tip[2]) + 8.0 for p in placed))
    sagittal = Plane(
        kind="sagittal",
        at_mm=tip[0],
        u_mm=y_range,
        v_mm=(max(tip[2] - z_half, low), min(tip[2] + z_half, high)),
        step_mm=STEP_MM,
    )
    z_table = tip[2] + world.table_zero_mm
    off = tip[0] - world.midline_x_mm(tip[2])
    side = "on the midline" if abs(off) < 0.5 else f"{abs(off):.1f} mm {'left' if off > 0 else 'right'} of the midline"
    return [
        PathFigure(
            name="axial",
            heading=f"Axial plane at table {z_table:.1f} mm",
            words=f"The plane through {where}, seen from the feet: posterior up, the patient's left on the left. "
            "What lies before or behind the plane is projected onto it.",
            picture=_draw(world, marks, injected, axial),
        ),
        PathFigure(
            name="sagittal",
            heading=f"Sagittal plane {side}",
            words=f"The plane through {where}, seen from the patient's left: head up, the back on the right.",
            picture=_draw(world, marks, injected, sagittal),
        ),
    ]


def _looked_at(marks: Marks, placed: e.NeedlePlaced) -> tuple[Vector, str]:
    """The point through which the planes run, and what it is."""
    if marks.course.first_blood is not None:
        return marks.course.first_blood.tip_mm, "the tip at the first millilitre of blood"
    if marks.closest_dura is not None:
        return marks.closest_dura.tip_mm, "the tip where it came closest to the dura"
    return placed.entry_mm, "the skin point"


def _draw(world: World, marks: Marks, injected: Injected, plane: Plane) -> Markup:
    axial = plane.kind == "axial"
    (u0, u1), (v0, v1) = plane.u_mm, plane.v_mm
    first, last = ((u1, v1), (u0, v0)) if axial else ((u0, v1), (u1, v0))
    width, height = SCALE * (u1 - u0), SCALE * (v1 - v0)
    axes = Axes(left=0, top=0, width=width, height=height, first=first, last=last)

    def put(point: Vector) -> tuple[float, float]:
        u, v = (point[0], point[1]) if axial else (point[1], point[2])
        return axes.x(u), axes.y(v)

    found = outlines(world.phantom.anatomy, plane, LAYERS)
    parts = [svg.rect(0, 0, width, height, "f-air")]
    parts += [
        svg.path([axes.points(line) for line in found[name]], f"f-{name}", closed=True) for name in LAYERS
    ]
    blood = blood_outline(world.phantom, injected, plane)
    parts.append(svg.path([axes.points(line) for line in blood], "f-blood", closed=True))
    parts += _leak(world.phantom.leak, put)
    parts += _plan(world, marks, put)
    parts += _needle(marks, put)
    parts += _gap(world, marks, put)
    parts += _orientation(axial, width, height)
    parts += [
        svg.line(16, height - 16, 16 + 10 * SCALE, height - 16, "scale"),
        svg.text(16, height - 24, "10 mm", "t"),
    ]
    title = f"Path of the needle over {'an axial' if axial else 'a sagittal'} plane with the structures about it"
    return Markup(svg.figure(f"path-{plane.kind}", width, height, title, parts))


def _orientation(axial: bool, width: float, height: float) -> list[str]:
    top, left, right, bottom = ("P", "L", "R", "A") if axial else ("H", "A", "P", "F")
    return [
        svg.text(width / 2, 22, top, "mark big", "middle"),
        svg.text(10, height / 2, left, "mark big"),
        svg.text(width - 10, height / 2, right, "mark big", "end"),
        svg.text(width / 2, height - 10, bottom, "mark big", "middle"),
    ]


def _leak(leak: Leak, put) -> list[str]:  # type: ignore[no-untyped-def]
    if leak.hole_mm is None:
        return []
    x, y = put(leak.hole_mm)
    return [svg.circle(x, y, 6, "f-leak"), svg.text(x + 9, y + 16, "leak", "t truth-text")]


def _plan(world: World, marks: Marks, put) -> list[str]:  # type: ignore[no-untyped-def]
    plan = marks.course.plan
    if plan is None:
        return []
    ends = [
        put((point[0], point[1], point[2] - world.table_zero_mm)) for point in (plan.entry_mm, plan.target_mm)
    ]
    return [svg.path([np.array(ends)], "plan"), svg.cross(*ends[1], 6, "plan-target")]


def _needle(marks: Marks, put) -> list[str]:  # type: ignore[no-untyped-def]
    """Every push and pull as a line, its end as a dot; images as numbers; what was met as signs."""
    parts: list[str] = []
    signs: list[str] = []
    here: tuple[float, float] | None = None
    labels: list[tuple[float, float]] = []
    since: dict[str, list[int]] = {}
    for event in marks.events:
        if isinstance(event, e.NeedlePlaced):
            here = put(event.entry_mm)
            signs.append(svg.circle(*here, 4, "n-entry"))
        elif isinstance(event, e.NeedleMoved) and here is not None:
            there = put(event.tip_mm)
            pulled = event.moved_mm < 0
            parts.append(svg.path([np.array([here, there])], "n-pull" if pulled else "n-push"))
            signs.append(svg.circle(*there, 3, "n-pulled" if pulled else "n-pushed"))
            here = there
        elif isinstance(event, e.BoneContacted):
            x, y = put(event.tip_mm)
            signs += [svg.triangle(x, y, 7, "warn-fill"), svg.text(x + 11, y + 5, "bone", "t warn-text")]
        elif isinstance(event, e.DuraTouched):
            x, y = put(event.tip_mm)
            signs += [svg.triangle(x, y, 7, "warn-fill"), svg.text(x + 11, y - 6, "dura", "t warn-text")]
        elif isinstance(event, e.Complication) and event.kind != "wrong_level":
            x, y = put(event.tip_mm)
            words = event.kind.replace("_", " ")
            signs += [svg.triangle(x, y, 8, "stop-fill"), svg.text(x + 12, y + 16, words, "t stop-text")]
        elif isinstance(event, e.AcquisitionMade) and event.needle is not None and here is not None:
            ordinal = marks.press_ordinal(event.number)
            if ordinal is not None:
                since.setdefault(f"{here[0]:.0f} {here[1]:.0f}", []).append(ordinal)
                labels.append(here)
    for key, ordinals in since.items():
        x, y = (float(part) for part in key.split())
        words = f"{ordinals[0]}" if len(ordinals) == 1 else f"{ordinals[0]}-{ordinals[-1]}"
        signs += [svg.line(x, y, x - 22, y, "n-leader"), svg.text(x - 25, y + 4, words, "t press-text", "end")]
    blood = marks.course.first_blood
    if blood is not None:
        signs.append(svg.cross(*put(blood.opening_mm), 6, "n-opening"))
    return parts + signs


def _gap(world: World, marks: Marks, put) -> list[str]:  # type: ignore[no-untyped-def]
    """The way from the tip to the nearest point of the dura, where it came closest outside."""
    move = marks.closest_dura
    if move is None or not 0.3 < move.dura_mm < 15.0 or move.dura_mm - move.least_dura_mm > 0.3:
        return []
    tip = np.asarray(move.tip_mm)
    step = 0.2 * np.vstack([np.eye(3), -np.eye(3)])
    distance = world.phantom.anatomy.dura_mm(tip + step)
    slope = distance[:3] - distance[3:]
    length = float(np.linalg.norm(slope))
    if length == 0.0:
        return []
    foot = tip - move.dura_mm * slope / length
    a, b = put(move.tip_mm), put((float(foot[0]), float(foot[1]), float(foot[2])))
    label = f"{move.least_dura_mm:.1f} mm to the dura"
    return [
        svg.line(*a, *b, "gap"),
        svg.line(*a, a[0] + 40, a[1] + 24, "n-leader"),
        svg.text(a[0] + 44, a[1] + 30, label, "t truth-text"),
    ]
