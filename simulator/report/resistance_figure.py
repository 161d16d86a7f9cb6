"""Resistance figure: force on the hand against depth, with the tissue that was there."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.needle.insertion import STEP_MM
from simulator.report import svg
from simulator.report.needle_path import runs
from simulator.report.procedure_marks import Marks
from simulator.report.svg import Axes
from simulator.vocabulary.structures import Structure
from simulator.wording.chosen import WORDS

WIDTH, HEIGHT = 1040.0, 270.0
STRIP_TOP, STRIP_HEIGHT = 206.0, 22.0
LABEL_GAP = 34.0  # figure units

GROUPS: dict[Structure, tuple[Label, ...]] = {
    Structure.SKIN: (Label.SKIN, Label.SUBCUTANEOUS_FAT, Label.VISCERAL_FAT),
    Structure.MUSCLE: (Label.MUSCLE,),
    Structure.LIGAMENT: (Label.LIGAMENT, Label.INTERSPINOUS_LIGAMENT, Label.SUPRASPINOUS_LIGAMENT),
    Structure.FLAVUM: (Label.LIGAMENTUM_FLAVUM,),
    Structure.EPIDURAL: (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.FORAMEN),
    Structure.COLLECTION: (Label.EPIDURAL_COLLECTION,),
    Structure.DURA: (Label.DURA, Label.CEREBROSPINAL_FLUID),
    Structure.NEURAL: (Label.SPINAL_CORD, Label.NERVE_ROOT),
    Structure.BONE: (Label.CORTICAL_BONE, Label.SPONGIOSA),
    Structure.DISC: (Label.DISC,),
    Structure.VESSEL: (Label.VESSEL,),
}
"""Labels that the strip below the curve shows in one colour; what is in none of them is air."""
_STRUCTURES = {label: structure for structure, labels in GROUPS.items() for label in labels}


def resistance_figure(world: CaseContext, marks: Marks) -> Markup | None:
    """Force at each half millimetre of every push; None where nothing was pushed."""
    pushes = [move for move in marks.moves if move.moved_mm > 0 and move.force_n]
    if not pushes:
        return None
    deepest = max(move.inserted_mm for move in pushes)
    strongest = max(max(move.force_n) for move in pushes)
    top = max(2.0, np.ceil(strongest / 2.0) * 2.0)
    axes = Axes(
        left=52, top=14, width=WIDTH - 70, height=180, first=(0.0, float(top)), last=(np.ceil(deepest / 5) * 5.0, 0.0)
    )
    parts = _frame(axes, float(top))
    for move in pushes:
        depth = np.maximum(move.inserted_mm - STEP_MM * np.arange(len(move.force_n) - 1, -1, -1), 0.0)
        trace = axes.points(list(zip(depth.tolist(), move.force_n, strict=True)))
        parts.append(svg.path([trace], "trace"))
        parts.append(svg.circle(float(trace[-1, 0]), float(trace[-1, 1]), 2.6, "trace-end"))
    parts += _strip(world, marks, axes)
    parts += _presses(marks, axes)
    title = "Force on the hand in newton against the depth of the tip in millimetres, with the tissue at each depth"
    return Markup(svg.figure("resistance", WIDTH, HEIGHT, title, parts))


def _frame(axes: Axes, top: float) -> list[str]:
    parts = []
    for force in np.linspace(0.0, top, 5):
        y = axes.y(float(force))
        parts += [
            svg.line(axes.left, y, axes.left + axes.width, y, "grid"),
            svg.text(axes.left - 8, y + 4, f"{force:g}", "t", "end"),
        ]
    parts.append(svg.text(6, 12, "N", "t"))
    for depth in range(0, int(axes.last[0]) + 1, 10 if axes.last[0] > 30 else 5):
        x = axes.x(float(depth))
        parts += [
            svg.line(x, axes.y(0.0), x, axes.y(0.0) + 5, "grid"),
            svg.text(x, STRIP_TOP + STRIP_HEIGHT + 18, f"{depth}", "t", "middle"),
        ]
    parts.append(svg.text(axes.left + axes.width, HEIGHT - 4, "depth of the tip below the skin, mm", "t", "end"))
    return parts


def _strip(world: CaseContext, marks: Marks, axes: Axes) -> list[str]:
    """Tissue along the way of the tip since the needle was last placed."""
    cells: dict[int, Structure | None] = {}
    tip: np.ndarray | None = None
    for event in marks.events:
        if isinstance(event, e.NeedlePlaced):
            tip = np.asarray(event.entry_mm)
            cells.clear()
        elif isinstance(event, e.NeedleMoved):
            there = np.asarray(event.tip_mm)
            if tip is not None and event.moved_mm > 0:
                steps = max(round(2 * event.moved_mm / STEP_MM), 1)  # two a cell, so that none stays empty
                fractions = (np.arange(steps) + 0.5) / steps
                labels = world.phantom.anatomy.label(tip + fractions[:, None] * (there - tip))
                first = event.inserted_mm - event.moved_mm
                for fraction, label in zip(fractions, labels, strict=True):
                    cell = int((first + fraction * event.moved_mm) / STEP_MM)
                    cells[cell] = _STRUCTURES.get(Label(int(label)))
            tip = there
    parts: list[str] = []
    run: list[int] = []
    for cell in [*sorted(cells), -1]:
        if run and (cell != run[-1] + 1 or cells[cell] != cells[run[0]]):
            parts += _cell(cells[run[0]], run, axes)
            run = []
        run.append(cell)
    return parts


def _cell(structure: Structure | None, run: list[int], axes: Axes) -> list[str]:
    left, right = axes.x(run[0] * STEP_MM), axes.x((run[-1] + 1) * STEP_MM)
    parts = [svg.rect(left, STRIP_TOP, right - left, STRIP_HEIGHT, f"f-{structure or 'air'}")]
    words = "" if structure is None else WORDS.structures[structure].short
    if words and right - left > 7.0 * len(words):
        parts.append(svg.text((left + right) / 2, STRIP_TOP + 15, words, "t on-tissue", "middle"))
    return parts


def _presses(marks: Marks, axes: Axes) -> list[str]:
    found: dict[float, list[int]] = {}
    for ordinal, press in enumerate(marks.presses, start=1):
        move = marks.move_before(press.at_ms)
        if move is None or press.scene.needle is None:
            continue
        x = axes.x(move.inserted_mm)
        near = [known for known in found if abs(known - x) < LABEL_GAP]
        found.setdefault(near[0] if near else x, []).append(ordinal)
    parts = []
    ends: list[float] = []  # of the words in each row
    for x, ordinals in sorted(found.items()):
        words = runs(ordinals)
        width = 8.0 * len(words)
        right = x + 4 + width > axes.left + axes.width
        start = x - 4 - width if right else x + 4
        row = next((index for index, end in enumerate(ends) if end < start), len(ends))
        ends[row : row + 1] = [start + width]
        parts += [
            svg.line(x, axes.top, x, axes.y(0.0), "press-line"),
            svg.text(
                x - 4 if right else x + 4,
                axes.top + 10 + 15 * row,
                words,
                "t press-text",
                "end" if right else "start",
            ),
        ]
    return parts
