"""Case preview: one picture of a case for its author. Myelogram, planned view with a path, first press.

Axial pictures are as acquired, posterior up and the patient's left on the left; reformats have the head up.
"""

from __future__ import annotations

import itertools
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from phantoms.fluid.leak import AT_A_ROOT
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.engine.image_rendering import ImageField
from simulator.engine.session import Session
from simulator.engine.settings import HANDS
from simulator.errors import UserInputError
from simulator.files.whole_file import MADE_BY, must_be_own, write_whole
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.scenario.build import Case
from simulator.scenario.case_words import describe_case
from simulator.scenario.preview_axes import (
    BONE,
    CLOSE_MM,
    DIM,
    GROUND,
    INK,
    MARK,
    MYELOGRAM,
    OUTLINE,
    SOFT_TISSUE,
    axial,
    close_up,
    reformat,
    say,
)
from simulator.scenario.preview_bands import draw_axial_bands, draw_sagittal_bands
from simulator.scenario.preview_path import PreviewPath, plan_preview_path
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.procedure import MyelogramPosition
from simulator.vocabulary.progress import Progress

SIGNED = {"Software": MADE_BY}
BEHIND_WALL_MM = 8.0  # the sac's middle behind the posterior wall, about
FORAMEN_MM = 5.0  # beyond the axilla, about
FIRST_PUSH_MM = 25.0
REFORMAT_STEP_MM = 3.0  # between slices that a reformat is made of
DEEP_MM = 130.0  # of what a reformat shows, from the skin


def write_case_preview(case: Case, folder: Path, *, progress: Progress | None = None) -> Path:
    """Draw a case into `folder/<name>.png` and return that path.

    The hands are exact here, so that the picture shows the case and not a miss.

    Raises:
        UserInputError: the folder cannot be written.
    """
    make_folder(folder)
    path = folder / f"{case.name}.png"
    must_be_own(path)
    world = replace(case.world, settings=replace(case.world.settings, hands=HANDS["exact"]))
    session = Session(world, progress=progress)
    plan = plan_preview_path(case)
    figure = Figure(figsize=(15.0, 15.6), facecolor=GROUND)
    FigureCanvasAgg(figure)
    rows = figure.add_gridspec(3, 3, left=0.02, right=0.98, top=0.93, bottom=0.02, hspace=0.12, wspace=0.05)
    figure.suptitle(
        f"{case.world.settings.title}   (seed {world.root_seed}; for the author: the level of the leak is marked)",
        color=INK, fontsize=15,
    )  # fmt: skip
    _volume_row(case, session, plan, [figure.add_subplot(rows[0, k]) for k in range(3)])
    _planned_row(case, session, plan, [figure.add_subplot(rows[1, k]) for k in range(3)])
    _press_row(session, plan, [figure.add_subplot(rows[2, k]) for k in range(3)])
    try:
        write_whole(
            path, lambda beside: figure.savefig(beside, format="png", dpi=80, facecolor=GROUND, metadata=SIGNED)
        )
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be written ({error.strerror})", "name another folder") from error
    return path


def make_folder(folder: Path) -> None:
    """Make the folder for pictures; UserInputError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        location = str(folder)
        raise UserInputError(location, f"this folder cannot be written ({error.strerror})", "name another") from error


def _volume_row(case: Case, session: Session, plan: PreviewPath | None, axes: list[Axes]) -> None:
    """Axial at the leak, sagittal and coronal reformats: of the myelogram, or of a scan where none is given."""
    world = case.world
    given = world.settings.imaging.myelogram is not None
    if given:
        session.do(c.AcquireMyelogram(position=_position(case)))
    else:
        bodies = sorted((p.z_mm, str(name)) for name, p in world.phantom.landmarks.vertebral_bodies.items())
        near = sorted(bodies, key=lambda mark: abs(mark[0] - _leak_z_mm(case)))[:3]
        session.do(c.AcquirePlanningScan(levels=(max(near)[1], min(near)[1]), mas=world.settings.imaging.planning_mas))
    named = "Myelogram" if _position(case) is None else f"Myelogram, {_position(case)}"
    faint = world.phantom.leak.vein is not None  # as bright as muscle
    what, window = (
        (named, SOFT_TISSUE if faint else MYELOGRAM)
        if given
        else ("No myelogram is given; scan without contrast", SOFT_TISSUE)
    )
    number, leak_z = _last_number(session), _leak_z_mm(case)
    centres = np.array(session.acquisition(number).slices.centres_table_mm) - world.table_transform().offset_z_mm
    nearest = int(np.argmin(np.abs(centres - leak_z)))
    at_leak = session.image(number, [nearest])
    axial(axes[0], at_leak, 0, window, f"{what}: axial at {case.scenario.leak.level}")
    close_up(axes[0], at_leak, 0.0, float(np.interp(leak_z, *_wall(case))) + BEHIND_WALL_MM)
    frame = _for_reformats(case, session, number)
    z_mm = frame.z_mm - world.table_transform().offset_z_mm
    row0 = int(max(frame.pixel_of(0.0, world.image_centre_mm[1] + 125.0)[0], 0.0))
    deep = int(DEEP_MM / frame.pixel_spacing_mm)
    aside = _aside_mm(case)
    middle = [world.midline_x_mm(z) + aside for z in z_mm]
    sagittal = np.stack(
        [image[row0 : row0 + deep, round(frame.pixel_of(x, 0.0)[1])] for image, x in zip(frame.hu, middle, strict=True)]
    )[:, ::-1]
    location = (
        "along the midline" if aside == 0.0 else f"{abs(aside):.0f} mm to the {'left' if aside > 0.0 else 'right'}"
    )
    reformat(axes[1], sagittal, frame, z_mm, window, f"sagittal, {location}", ("A", "P"))
    _bands(case, axes, frame, z_mm, float(centres[nearest]), middle, (row0, sagittal.shape[1]))
    wall = np.interp(z_mm, *_wall(case)) + BEHIND_WALL_MM
    coronal = np.stack([image[round(frame.pixel_of(0.0, y)[0])] for image, y in zip(frame.hu, wall, strict=True)])
    centre, half = round(frame.pixel_of(0.0, 0.0)[1]), deep // 2
    reformat(
        axes[2], coronal[:, centre - half : centre + half], frame, z_mm, window, "coronal, along the canal", ("L", "R")
    )
    _mark_levels(case, axes, centres)


def _mark_levels(case: Case, axes: list[Axes], z_mm: FloatArray) -> None:
    """Leak and puncture on the reformats; where the scan does not hold the leak, that is said on all three.

    Args:
        z_mm: of all slices of the scan
    """
    leak_z, world = _leak_z_mm(case), case.world
    marks: list[tuple[str, float, str]] = [(case.scenario.leak.level, leak_z, MARK)]
    if not z_mm.min() <= leak_z <= z_mm.max():
        marks = []
        for axis in axes:
            axis.text(
                0.5, 0.08, f"the leak at {case.scenario.leak.level} is not on it", transform=axis.transAxes, color=MARK,
                ha="center", fontsize=12, path_effects=[OUTLINE],
            )  # fmt: skip
    myelogram = case.scenario.myelogram
    if myelogram is not None and myelogram.puncture_site is not None:
        level = myelogram.puncture_site.level
        marks.append((f"{level} puncture", world.phantom.landmarks.interspaces[level].z_mm, DIM))
    for axis, (text, z, colour) in itertools.product(axes[1:], marks):
        axis.annotate(
            text, (0.62, z), xycoords=("axes fraction", "data"), xytext=(22, 0),
            textcoords="offset points", color=colour, va="center", arrowprops={"arrowstyle": "->", "color": colour},
            path_effects=[OUTLINE],
        )  # fmt: skip


def _for_reformats(case: Case, session: Session, number: int) -> Frame:
    """Every so many slices of a scan, by the case's scanner with half its views: enough for a picture this small."""
    model = scanner_model(case.scenario.scanner.preset)
    half = replace(model.geometry, views=2 * (model.geometry.views // 4))  # an even number
    scanner = Scanner.of_model(case.world.phantom, replace(model, geometry=half))
    slices = session.acquisition(number).slices
    step = max(int(REFORMAT_STEP_MM / slices.thickness_mm), 1)
    return session.image_by(scanner, number, range(0, len(slices.centres_table_mm), step), ImageField())


def _bands(
    case: Case, axes: list[Axes], frame: Frame, z_mm: FloatArray, axial_mm: float, middle_x_mm: list[float],
    rows: tuple[int, int],
) -> None:  # fmt: skip
    """The errors of what was derived of an imported CT, over the axial and the sagittal picture.

    Args:
        z_mm: of the slices of the sagittal picture
        axial_mm: height of the axial one
        middle_x_mm: x of the sagittal picture in each
        rows: first row of the slices that it shows, and how many
    """
    phantom, z = case.world.phantom, axial_mm
    draw_axial_bands(axes[0], phantom, frame, z, (case.world.midline_x_mm(z), float(np.interp(z, *_wall(case)))))
    mm = frame.pixel_spacing_mm
    left = (frame.pixel_of(0.0, 0.0)[0] - (rows[0] + rows[1] - 0.5)) * mm
    draw_sagittal_bands(axes[1], phantom, middle_x_mm, z_mm, (left, left + rows[1] * mm))


def _planned_row(case: Case, session: Session, plan: PreviewPath | None, axes: list[Axes]) -> None:
    """The planning slice with a path, whole and close, and the case in words."""
    world = case.world
    whole, close, words = axes
    if plan is None:
        say(whole, textwrap.fill(_why_no_path(case), 56))
        say(close, "")
    else:
        above, below = plan.level.split("/")
        pair = (above, below if below[0].isalpha() else above[0] + below)
        session.do(c.AcquirePlanningScan(levels=pair, mas=world.settings.imaging.planning_mas))
        number = _last_number(session)
        centres = np.asarray(session.acquisition(number).slices.centres_table_mm) - world.table_transform().offset_z_mm
        index = int(np.argmin(np.abs(centres - plan.target_mm[2])))
        frame = session.image(number, [index])
        title = f"Path, {plan.drawn_by}, {plan.level}: {plan.length_mm:.0f} mm at {abs(plan.angle_deg):.0f} deg"
        ends = [frame.pixel_of(point[0], point[1]) for point in (plan.entry_mm, plan.target_mm)]
        for picture in (whole, close):
            axial(picture, frame, 0, BONE, title)
            picture.plot([e[1] for e in ends], [e[0] for e in ends], color=MARK, lw=1.3)
            picture.plot(ends[1][1], ends[1][0], "o", mfc="none", mec=MARK, ms=7)
        close_up(close, frame, plan.target_mm.x_mm, plan.target_mm.y_mm, side_mm=max(CLOSE_MM, 1.35 * plan.length_mm))
    say(words, "\n".join(describe_case(case)))


def _press_row(session: Session, plan: PreviewPath | None, axes: list[Axes]) -> None:
    """The three slices of the first press, with the needle in the back muscles."""
    if plan is None:
        for axis in axes:
            say(axis, "")
        return
    world = session.world
    side: Any = "left" if plan.angle_deg > 0 else "right"
    session.do(
        c.PlaceNeedle(
            entry_x_mm=plan.entry_mm[0], side=side, table_mm=world.table_transform().table_z_mm(plan.target_mm.z_mm),
            angle_deg=abs(plan.angle_deg),
        )
    )  # fmt: skip
    session.do(c.Advance(distance_mm=FIRST_PUSH_MM))
    session.do(c.PressPedal())
    frame = session.image(session.presses()[-1])
    technique = session.state.imaging.settings
    for k, (axis, name) in enumerate(zip(axes, ("towards the head", "middle", "towards the feet"), strict=True)):
        shown = f"{technique.tube_voltage_kv} kV, {technique.mas:g} mAs, needle {FIRST_PUSH_MM:g} mm in"
        axial(axis, frame, k, SOFT_TISSUE, f"First press, {name}" + (f" ({shown})" if k == 1 else ""))


def _why_no_path(case: Case) -> str:
    """Why there is no path to draw, in words."""
    accepted = case.world.settings.accepted
    if not accepted.needle_levels:
        return "No level is right here: no path is drawn."
    approaches, levels = ", ".join(accepted.approaches), ", ".join(accepted.needle_levels)
    return f"No straight way in the axial plane is open at {levels} ({approaches}): the way leads out of that plane."


def _wall(case: Case) -> tuple[list[float], list[float]]:
    """Heights, and how far back the posterior wall lies there, mm."""
    phantom = case.world.phantom
    interspaces = phantom.landmarks.interspaces
    marks = sorted((interspaces[level].z_mm, interspaces[level].y_mm) for level in phantom.levels)
    return [z for z, _ in marks], [y for _, y in marks]


def _leak_z_mm(case: Case) -> float:
    leak = case.world.phantom.leak
    if leak.vein is not None:  # beside the spine, where nothing else is bright
        return float(leak.vein.points_mm[2 * len(leak.vein.points_mm) // 3, 2])
    return 0.0 if leak.hole_mm is None else leak.hole_mm[2]


def _position(case: Case) -> MyelogramPosition | None:
    """That of the myelogram that shows the leak: of a fistula with the vein's side down."""
    leak = case.world.phantom.leak
    return None if leak.vein is None else MyelogramPosition.on_side(leak.side)


def _aside_mm(case: Case) -> float:
    """How far from the midline a sagittal picture shows the leak: through the foramen for one along a root."""
    leak = case.world.phantom.leak
    if leak.hole_mm is None or leak.pattern not in AT_A_ROOT:
        return 0.0
    away = leak.hole_mm[0] - case.world.midline_x_mm(leak.hole_mm[2])
    return away + (FORAMEN_MM if away > 0.0 else -FORAMEN_MM)


def _last_number(session: Session) -> int:
    return session.state.counters.acquisitions - 1
