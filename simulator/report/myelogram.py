"""Myelogram: the leak in three planes of the diagnostic scan, with what was written down and what is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.fluid.leak import AT_A_ROOT
from phantoms.phantom import Leak
from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface.frame import Frame
from simulator.report import svg
from simulator.report.png import PRESETS, grey, png_data_uri
from simulator.report.press_images import SliceImage, svg_layer
from simulator.report.slice_truth import canal_centre_mm
from simulator.spatial.frames import TablePoint

SIZE_MM = 80.0  # of each picture: the leak and a level on either side of it
THICK_MM = 1.5  # of a reformat
WINDOW = PRESETS["myelo"]
AIR_HU = -1000.0
AT_ONCE = 12  # slices
SPARE = 8  # pixels beyond what is shown


def scan_of_leak(session: Session, leak: Leak) -> e.AcquisitionMade | None:
    """The myelogram in which a leak shows best; None where none was made, or where there is no hole to show."""
    if leak.hole_mm is None:
        return None
    made = [a for a in session.events if isinstance(a, e.AcquisitionMade) and a.purpose == "myelogram"]
    filled = [a for a in made if leak.vein is not None and a.position is not None and a.position.side_down == leak.side]
    return (filled or made)[-1] if made else None


def leak_in_words(leak: Leak) -> str:
    """Where a leak is, in truth."""
    sides = {"left": " on the left", "right": " on the right", "both": ""}
    if leak.vein is not None:
        return f"In truth: a fistula into a vein at {leak.level}{sides[leak.side]}; the ring is where the root leaves."
    return f"In truth: the leak is at {leak.level}{sides[leak.side]}, {leak.pattern}; the ring is the hole in the dura."


def marked_in_words(session: Session, leak: Leak) -> str:
    """What was written down last: of several leaks at this one's level, if anything was."""
    mark = _mark_of(session, leak)
    if mark is None:
        return "nothing was written down"
    side = {"both": "both sides"}.get(mark.side, mark.side)
    return f"{mark.level}, {side}"


def _mark_of(session: Session, leak: Leak) -> e.LeakMarked | None:
    marked = [event for event in session.events if isinstance(event, e.LeakMarked)]
    if len(session.world.phantom.leaks) > 1:
        marked = [mark for mark in marked if mark.level == leak.level] or marked
    return marked[-1] if marked else None


def reformats(session: Session, event: e.AcquisitionMade, leak: Leak) -> list[SliceImage]:
    """A leak in an axial slice, and in sagittal and coronal reformats of the slices about it.

    Args:
        event: from `scan_of_leak`
        leak: with a hole
    """
    world = session.world
    hole = leak.hole_mm
    assert hole is not None
    at = world.table_transform(event.scene.patient_displacement_mm).to_table(hole)
    middle = at
    if leak.pattern not in AT_A_ROOT:  # the hole of a ring lies on the sac's back: show its middle
        x, y = canal_centre_mm(world, hole[2])
        moved = event.scene.patient_displacement_mm
        middle = TablePoint(x + moved.x_mm, y + moved.y_mm, at.z_mm)
    centres = event.slices.centres_table_mm
    near = [k for k, z in enumerate(centres) if abs(z - middle[2]) <= 0.5 * SIZE_MM + event.slices.thickness_mm]
    if len(near) < 2:
        return []
    # a few slices at a time, of which only the part that is shown is kept
    parts = [_cut(session.image(event.number, near[k : k + AT_ONCE]), middle) for k in range(0, len(near), AT_ONCE)]
    frame = replace(parts[0], hu=np.concatenate([q.hu for q in parts]), z_mm=np.concatenate([q.z_mm for q in parts]))
    marked_mm = _marked_mm(session, leak)
    return [_picture(name, frame, middle, at, marked_mm) for name in ("axial", "sagittal", "coronal")]


def _cut(frame: Frame, middle: TablePoint) -> Frame:
    """The square of a frame that its pictures show, with a little to spare."""
    count = min(round(SIZE_MM / frame.pixel_spacing_mm) + SPARE, frame.hu.shape[1])
    top, left = (
        min(max(round(float(at) - 0.5 * count), 0), frame.hu.shape[1] - count)
        for at in frame.pixel_of(middle[0], middle[1])
    )
    x, y, _ = frame.position_mm(0, top + 0.5 * (count - 1), left + 0.5 * (count - 1))
    cut = frame.hu[:, top : top + count, left : left + count].copy()
    return replace(frame, hu=cut, centre_mm=(x, y))


def _marked_mm(session: Session, leak: Leak) -> float | None:
    """Height on the table of the level that was written down."""
    mark = _mark_of(session, leak)
    z = session.world.level_z_mm(mark.level) if mark is not None else None
    return None if z is None else session.world.table_transform().table_z_mm(z)


def _picture(name: str, frame: Frame, middle: TablePoint, hole: TablePoint, marked_mm: float | None) -> SliceImage:
    pixel = frame.pixel_spacing_mm
    size = round(SIZE_MM / pixel)
    shown = _resampled(name, frame, middle, size)
    across, down = {"axial": (0, 1), "sagittal": (1, 2), "coronal": (0, 2)}[name]
    letters = {"axial": "PLR", "sagittal": "HAP", "coronal": "HLR"}[name]
    # all three coordinates fall downwards and to the right, but for a sagittal picture, whose front is on the left
    to_right = 1.0 if name == "sagittal" else -1.0

    def placed(at_mm: TablePoint) -> tuple[float, float]:
        column = 0.5 * size + to_right * (at_mm[across] - middle[across]) / pixel
        return column, 0.5 * size + (middle[down] - at_mm[down]) / pixel

    marks = [
        f'<g font-size="{0.055 * size:.1f}">',
        svg.text(size / 2, 0.07 * size, letters[0], "mark", "middle"),
        svg.text(0.025 * size, size / 2, letters[1], "mark"),
        svg.text(0.975 * size, size / 2, letters[2], "mark", "end"),
        "</g>",
    ]
    if name != "axial" and marked_mm is not None:
        row = placed(TablePoint(middle[0], middle[1], marked_mm))[1]
        if 0.0 <= row <= size:
            marks.append(svg.path([np.array([(0.0, row), (0.12 * size, row)])], "plan"))
            marks.append(svg.path([np.array([(0.88 * size, row), (float(size), row)])], "plan"))
    column, row = placed(hole)
    truth = [svg.circle(column, row, 0.035 * size, "o-tip")]
    return SliceImage(
        name=name,
        z_mm=middle[2],
        uri=png_data_uri(np.ascontiguousarray(grey(shown, WINDOW))),
        size=size,
        alt=f"Myelogram, {name} {'slice' if name == 'axial' else 'reformat'} at the leak, table position "
        f"{middle[2]:.1f} mm",
        marks=Markup(svg_layer(size, marks, "layer")),
        truth=Markup(svg_layer(size, truth, "layer truth")),
        tip=None,
        tip_words="",
    )


def _resampled(name: str, frame: Frame, middle: TablePoint, size: int) -> NDArray[np.float32]:
    """A square of the scan with the image's own pixels, the mean over THICK_MM for a reformat [shape=(size, size)]."""
    pixel = frame.pixel_spacing_mm
    spacing = abs(float(frame.z_mm[1] - frame.z_mm[0]))
    row, column = (float(q) for q in frame.pixel_of(middle[0], middle[1]))
    at = (float(frame.z_mm[0]) - middle[2]) / spacing
    off = np.arange(size) - 0.5 * size + 0.5
    layers = np.arange(-0.5 * THICK_MM, 0.5 * THICK_MM + 0.01, pixel) / pixel
    if name == "axial":
        planes = [(np.full((size, size), round(at)), (row + off)[:, None], (column + off)[None, :])]
    else:
        down = (at + off * pixel / spacing)[:, None]
        planes = [
            (down, row + layer, (column + off)[None, :])
            if name == "coronal"
            else (down, (row - off)[None, :], column + layer)
            for layer in layers
        ]
    images = [
        ndimage.map_coordinates(frame.hu, np.broadcast_arrays(*plane), order=1, mode="constant", cval=AIR_HU)
        for plane in planes
    ]
    return np.asarray(np.mean(images, axis=0), np.float32)
