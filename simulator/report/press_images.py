"""Press images: slices of one acquisition as pictures, and the truth as lines that lie over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from simulator.engine.case_context import CaseContext
from simulator.engine.events import AcquisitionMade, PathPlanned
from simulator.interface.frame import Frame
from simulator.report import svg
from simulator.report.outlines import Lines
from simulator.report.png import GreyWindow, grey, png_data_uri
from simulator.report.slice_truth import TRUTH, Truth, canal_centre_mm, shaft_in_slice
from simulator.report.svg import Point
from simulator.spatial.frames import PatientDisplacement

CROP_MM = 116.0
ABOVE_SKIN_MM = 6.0
IN_FRONT_MM = 34.0  # of the canal, to show the vertebral body
BESIDE_MM = (-35.0, 0.0, 35.0)  # where the skin is looked for: the midline lies in a furrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """Part of a frame that is shown, in pixels."""

    row: int
    column: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceImage:
    """One slice, ready for the page.

    Attributes:
        name: "superior", "middle", "inferior", the plane of a reformat, or ""
        uri: the picture as a data URI
        marks: P, L, R and what was planned, as SVG; always shown
        truth: what the patient really is, as SVG; shown on request
        tip: column and row of the true tip in the crop, where this slice holds it
        tip_words: where the true tip lies, seen from this slice
    """

    name: str
    z_mm: float
    uri: str
    size: int
    alt: str
    marks: Markup
    truth: Markup
    tip: Point | None
    tip_words: str

    @property
    def where(self) -> str:
        """What is cut, in words."""
        if self.name in ("sagittal", "coronal"):
            return f"{self.name}, through the leak"
        return (f"{self.name}, " if self.name else "") + f"z {self.z_mm:.1f} mm"


def crop_frame(frame: Frame, world: CaseContext, z_patient_mm: float, shift_mm: PatientDisplacement) -> Crop:
    """A square from the skin of the back to the vertebral body, about the spine's midline."""
    x, y = canal_centre_mm(world, z_patient_mm)
    skin_mm = max(_skin_above_mm(world, x + beside, y, z_patient_mm) for beside in BESIDE_MM)
    size_mm = max(CROP_MM, skin_mm + ABOVE_SKIN_MM - y + IN_FRONT_MM)
    size = min(round(size_mm / frame.pixel_spacing_mm), frame.hu.shape[1])
    x, y, skin_mm = x + shift_mm[0], y + shift_mm[1], skin_mm + shift_mm[1]
    row, _ = frame.pixel_of(x, skin_mm + ABOVE_SKIN_MM)
    _, column = frame.pixel_of(x, y)
    most = frame.hu.shape[1] - size
    return Crop(row=min(max(round(row), 0), most), column=min(max(round(column - size / 2), 0), most), size=size)


def crop_about(frame: Frame, x_mm: float, y_mm: float, size_mm: float) -> Crop:
    """A square about a place of the image's frame."""
    size = min(round(size_mm / frame.pixel_spacing_mm), frame.hu.shape[1])
    row, column = frame.pixel_of(x_mm, y_mm)
    most = frame.hu.shape[1] - size
    return Crop(
        row=min(max(round(row - size / 2), 0), most),
        column=min(max(round(column - size / 2), 0), most),
        size=size,
    )


def _skin_above_mm(world: CaseContext, x_mm: float, y_mm: float, z_mm: float) -> float:
    """Height of the back's skin above a point of the canal."""
    heights = np.arange(y_mm, world.y_range_mm[1] + 1.0, 1.0)
    points = np.column_stack([np.full_like(heights, x_mm), heights, np.full_like(heights, z_mm)])
    inside = world.phantom.anatomy.skin_mm(points) <= 0.0
    return float(heights[inside].max()) if inside.any() else y_mm + 60.0


def slice_images(
    frame: Frame,
    event: AcquisitionMade,
    world: CaseContext,
    truth: Truth,
    *,
    window: GreyWindow,
    what: str,
    plan: PathPlanned | None = None,
    crop: Crop | None = None,
) -> list[SliceImage]:
    """Slices of an acquisition as pictures.

    Args:
        frame: as shown, z in table millimetres
        what: the acquisition in words, for the pictures' descriptions
        plan: a path to draw
        crop: what to show; None shows the back, from the skin to the vertebral body
    """
    shown = range(len(frame.hu))
    middle = len(frame.hu) // 2
    transform = world.table_transform(event.scene.patient_displacement_mm)
    middle_z_mm = transform.patient_z_mm(float(frame.z_mm[middle]))
    part = crop or crop_frame(frame, world, middle_z_mm, event.scene.patient_displacement_mm)
    names = ("superior", "middle", "inferior") if len(frame.hu) == 3 else ("",) * len(frame.hu)
    images = []
    for index in shown:
        z_table = float(frame.z_mm[index])
        rows, columns = slice(part.row, part.row + part.size), slice(part.column, part.column + part.size)
        pixels: NDArray[np.uint8] = grey(frame.hu[index, rows, columns], window)
        tip, words = _tip(frame, event, world, index, part)
        name = names[index]
        images.append(
            SliceImage(
                name=name,
                z_mm=z_table,
                uri=png_data_uri(np.ascontiguousarray(pixels)),
                size=part.size,
                alt=f"{what}, {name + ' ' if name else ''}axial slice at table position {z_table:.1f} mm, posterior "
                f"up, the patient's left on the left. {words}".strip(),
                marks=Markup(_marks(frame, part, plan, z_table, event.slices.thickness_mm)),
                truth=Markup(_truth(frame, event, world, truth, part, tip, index)),
                tip=tip,
                tip_words=words,
            )
        )
    return images


def _in_crop(frame: Frame, part: Crop, x_mm: float, y_mm: float, z_mm: float | None = None) -> Point:
    """Column and row of a place in the image's frame; the middle of a pixel lies half a pixel in."""
    row, column = frame.pixel_of(x_mm, y_mm, z_mm)
    return column - part.column + 0.5, row - part.row + 0.5


def _tip(frame: Frame, event: AcquisitionMade, world: CaseContext, index: int, part: Crop) -> tuple[Point | None, str]:
    if event.scene.needle is None:
        return None, ""
    transform = world.table_transform(event.scene.patient_displacement_mm)
    place = transform.to_table(event.scene.needle.points_mm[0])
    x, y, z = place
    off = frame.plane_z_mm(place) - float(frame.z_mm[index])
    if frame.tilt is not None:
        off *= math.cos(math.radians(frame.tilt.tilt_deg))
    if abs(off) <= event.slices.thickness_mm / 2:
        return _in_crop(frame, part, x, y, z), "The tip lies in this slice."
    return None, f"The tip lies {abs(off):.1f} mm towards the {'head' if off > 0 else 'feet'}."


def _marks(frame: Frame, part: Crop, plan: PathPlanned | None, z_table: float, thickness_mm: float) -> str:
    size, middle = part.size, part.size / 2
    letter = f'<g font-size="{0.055 * size:.1f}">'
    parts = [
        letter,
        svg.text(middle, 0.07 * size, "P", "mark", "middle"),
        svg.text(0.025 * size, middle, "L", "mark"),
        svg.text(0.975 * size, middle, "R", "mark", "end"),
        "</g>",
    ]
    if plan is not None:
        start = _in_crop(frame, part, *plan.entry_mm)
        end = _in_crop(frame, part, *plan.target_mm)
        parts.append(svg.path([np.array([start, end])], "plan"))
        parts += [svg.circle(*start, 3, "plan"), svg.cross(*end, 4, "plan-target")]
    return svg_layer(size, parts, "layer")


def _truth(
    frame: Frame,
    event: AcquisitionMade,
    world: CaseContext,
    truth: Truth,
    part: Crop,
    tip: Point | None,
    index: int,
) -> str:
    transform = world.table_transform(event.scene.patient_displacement_mm)

    def placed(lines: Lines) -> Lines:
        shown = (frame.grid.rows_and_columns(transform.points_to_table(line)) for line in lines)
        return [where[:, ::-1] - np.array([part.column, part.row]) + 0.5 for where in shown]

    found = truth.in_slice(frame, index, event)
    parts = []
    for name in TRUTH:
        lines = placed(found[name])
        parts += [svg.path(lines, "o-halo", closed=True), svg.path(lines, f"o-{name}", closed=True)]
    if event.scene.needle is not None:
        parts.append(svg.path(placed(shaft_in_slice(frame, index, event, world)), "o-needle"))
    if tip is not None:
        parts += [svg.circle(*tip, 0.03 * part.size, "o-tip"), svg.cross(*tip, 0.01 * part.size, "o-tip")]
    return svg_layer(part.size, parts, "layer truth")


def svg_layer(size: int, parts: Sequence[str], css: str) -> str:
    """Lines that lie over a square picture of so many pixels."""
    return f'<svg class="{css}" viewBox="0 0 {size} {size}" aria-hidden="true">{"".join(parts)}</svg>'
