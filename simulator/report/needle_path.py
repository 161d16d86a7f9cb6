"""Needle path: every push and pull, what was met and where images were taken, as marks of a figure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from phantoms.phantom import Anatomy
from simulator.engine import events as e
from simulator.report import svg
from simulator.report.procedure_marks import Marks
from simulator.report.svg import Point
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.wording.chosen import WORDS

Put = Callable[[PatientPoint], Point]
"""Place in a figure of a point of the patient."""

CLUSTER = (36.0, 16.0)  # figure units, across and down: images closer than this share one label
GAP_WORTH_MM = (0.3, 15.0)  # ways to the dura that a line can show


def needle_marks(marks: Marks, put: Put) -> list[str]:
    """Pushes as lines and dots, pulls dashed with rings; bone, dura and complications as signs."""
    lines: list[str] = []
    signs: list[str] = []
    here: Point | None = None
    for event in marks.events:
        if isinstance(event, e.NeedlePlaced):
            here = put(event.entry_mm)
            signs.append(svg.circle(*here, 4, "n-entry"))
        elif isinstance(event, e.NeedleMoved) and here is not None:
            there = put(event.tip_mm)
            pulled = event.moved_mm < 0
            lines.append(svg.path([np.array([here, there])], "n-pull" if pulled else "n-push"))
            signs.append(svg.circle(*there, 3, "n-pulled" if pulled else "n-pushed"))
            here = there
        elif isinstance(event, e.BoneContacted):
            signs += _sign(put(event.tip_mm), "bone", "warn", 18.0)
        elif isinstance(event, e.DuraTouched):
            signs += _sign(put(event.tip_mm), "dura met", "warn", -6.0)
        elif isinstance(event, e.Complication) and event.kind != "wrong_level":
            signs += _sign(put(event.tip_mm), WORDS.complications[event.kind], "stop", 18.0)
    return lines + signs


def _sign(at: Point, words: str, tone: str, drop: float) -> list[str]:
    x, y = at
    return [
        svg.triangle(x, y, 7, f"{tone}-fill"),
        svg.text(x + 12, y + drop, words, f"t {tone}-text"),
    ]


def press_marks(marks: Marks, put: Put) -> list[str]:
    """Numbers of the images of CT fluoroscopy where the tip then was, on the side away from the entry."""
    clusters: list[tuple[Point, float, list[int]]] = []
    for ordinal, press in enumerate(marks.presses, start=1):
        if press.scene.needle is None:
            continue
        at = put(press.scene.needle.points_mm[0])
        side = away(put(press.scene.needle.points_mm[-1]), at)
        near = [c for c in clusters if abs(c[0][0] - at[0]) < CLUSTER[0] and abs(c[0][1] - at[1]) < CLUSTER[1]]
        if near:
            near[0][2].append(ordinal)
        else:
            clusters.append((at, side, [ordinal]))
    parts = []
    for (x, y), side, ordinals in clusters:
        anchor = "end" if side < 0 else "start"
        parts += [
            svg.line(x, y, x + 20 * side, y, "n-leader"),
            svg.text(x + 24 * side, y + 5, runs(ordinals), "t press-text", anchor),
        ]
    return parts


def runs(numbers: list[int]) -> str:
    """Ascending numbers with neighbours joined: 4, 6-8."""
    groups: list[list[int]] = []
    for n in numbers:
        if groups and n == groups[-1][-1] + 1:
            groups[-1].append(n)
        else:
            groups.append([n])
    return ", ".join(str(g[0]) if len(g) == 1 else f"{g[0]}-{g[-1]}" for g in groups)


def away(hub: Point, tip: Point) -> float:
    """-1 where the hub lies to the right of the tip in the figure, 1 where it lies to the left."""
    return -1.0 if hub[0] >= tip[0] else 1.0


def opening_mark(marks: Marks, put: Put) -> list[str]:
    """The bevel's opening at the first millilitre of blood."""
    blood = marks.summary.first_blood
    return [] if blood is None else [svg.cross(*put(blood.opening_mm), 6, "n-opening")]


def gap_marks(anatomy: Anatomy, marks: Marks, put: Put) -> list[str]:
    """The way from the tip to the nearest point of the dura, where it came closest from outside."""
    move = marks.closest_dura
    low, high = GAP_WORTH_MM
    if move is None or not low < move.dura_mm < high or move.dura_mm - move.least_dura_mm > low:
        return []
    foot = nearest_on_dura_mm(anatomy, move.tip_mm, move.dura_mm)
    if foot is None:
        return []
    a, b = put(move.tip_mm), put(foot)
    behind = put(
        PatientPoint(
            move.tip_mm[0] - move.direction[0],
            move.tip_mm[1] - move.direction[1],
            move.tip_mm[2] - move.direction[2],
        )
    )
    side = away(behind, a)
    return [
        svg.line(*a, *b, "gap"),
        svg.line(*b, b[0] + 60 * side, b[1] + 50, "n-leader"),
        svg.text(
            b[0] + 64 * side,
            b[1] + 62,
            f"{move.least_dura_mm:.1f} mm to the dura",
            "t truth-text",
            "end" if side < 0 else "start",
        ),
    ]


def nearest_on_dura_mm(anatomy: Anatomy, tip_mm: PatientPoint, distance_mm: float) -> PatientPoint | None:
    """The point of the dura nearest to one outside it, along the slope of the distance; None where it has none."""
    tip = np.asarray(tip_mm)
    step = 0.2 * np.vstack([np.eye(3), -np.eye(3)])
    values = anatomy.dura_mm(tip + step)
    slope = values[:3] - values[3:]
    length = float(np.linalg.norm(slope))
    if length == 0.0:
        return None
    foot = tip - distance_mm * slope / length
    return patient_point(foot)
