"""Case preview: one picture of a case for its author. Myelogram, planned view with a path, first press.

Axial pictures are as acquired, posterior up and the patient's left on the left; reformats have the head up.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from phantoms.fluid.leak import AT_A_ROOT
from phantoms.interlaminar_windows import find_interlaminar_window, open_angles
from simulator.engine.session import Session
from simulator.engine.settings import HANDS
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.scenario.accepted_targets import INTERLAMINAR
from simulator.scenario.build import Case
from simulator.vocabulary.levels import Interspace

Progress = Callable[[str, float], None]
Point = tuple[float, float, float]
Window = tuple[float, float]  # width, level, HU

MYELOGRAM: Window = (2000.0, 500.0)
BONE: Window = (1600.0, 400.0)
SOFT_TISSUE: Window = (800.0, 150.0)
CLOSE_MM = 90.0  # side of a close-up
BEHIND_WALL_MM = 8.0  # the sac's middle behind the posterior wall, about
FORAMEN_MM = 5.0  # beyond the axilla, about
USUAL_ANGLE_DEG = 20.0
FIRST_PUSH_MM = 25.0
DEEP_MM = 130.0  # of what a reformat shows, from the skin
OUTLINE = withStroke(linewidth=2.5, foreground="black")
GROUND, INK, DIM, MARK = "#0a0c0f", "#e9edf1", "#9aa4af", "#ffc233"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A path as a planner would draw it, in patient coordinates."""

    level: str
    entry_mm: Point
    target_mm: Point
    angle_deg: float


def write_case_preview(case: Case, folder: Path, *, progress: Progress | None = None) -> Path:
    """Draw a case into `folder/<name>.png` and return that path.

    The hands are exact here, so that the picture shows the case and not a miss.

    Raises:
        UserInputError: the folder cannot be written.
    """
    make_folder(folder)
    path = folder / f"{case.name}.png"
    world = replace(case.world, settings=replace(case.world.settings, hands=HANDS["exact"]))
    session = Session(world, progress=progress)
    plan = plan_of(case)
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
        figure.savefig(path, dpi=80, facecolor=GROUND)
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


def plan_of(case: Case) -> Plan | None:
    """A straight open way to an accepted level, from the leak's side if that is open; None where none is."""
    phantom = case.world.phantom
    own = case.scenario.leak.level
    if not set(INTERLAMINAR) & set(case.world.settings.accepted.approaches):
        return None  # a way through the foramen is not looked for
    for level in sorted(case.world.settings.accepted.needle_levels, key=lambda level: level != own):
        marks = phantom.landmarks.interspaces
        window = find_interlaminar_window(phantom.anatomy, marks, Interspace.parse(level), phantom.z_range_mm)
        if window.target_mm is None:
            continue
        target = np.asarray(window.target_mm)
        angles = open_angles(phantom.anatomy, target, np.asarray(window.planes[len(window.planes) // 2].angles_deg))
        wanted = USUAL_ANGLE_DEG * (1.0 if case.scenario.leak.side == "left" else -1.0)
        angle = float(angles[np.argmin(np.abs(angles - wanted))])
        way = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle)), 0.0])
        points = target + np.arange(0.0, 200.0, 0.5)[:, None] * way
        outside = np.flatnonzero(phantom.anatomy.skin_mm(points) > 0.0)
        if len(outside):
            return Plan(level=level, entry_mm=_point(points[outside[0]]), target_mm=_point(target), angle_deg=angle)
    return None


def _volume_row(case: Case, session: Session, plan: Plan | None, axes: list[Axes]) -> None:
    """Axial at the leak, sagittal and coronal reformats: of the myelogram, or of a scan where none is given."""
    world = case.world
    given = world.settings.imaging.myelogram is not None
    if given:
        session.do(c.AcquireMyelogram())
    else:
        bodies = sorted((p.z_mm, str(name)) for name, p in world.phantom.landmarks.vertebral_bodies.items())
        near = sorted(bodies, key=lambda mark: abs(mark[0] - _leak_z_mm(case)))[:3]
        session.do(c.AcquirePlanningScan(levels=(max(near)[1], min(near)[1]), mas=world.settings.imaging.planning_mas))
    what, window = ("Myelogram", MYELOGRAM) if given else ("No myelogram is given; scan without contrast", SOFT_TISSUE)
    frame = session.image(_last_number(session))
    z_mm = frame.z_mm - world.table_zero_mm
    leak_z = _leak_z_mm(case)
    axial = int(np.argmin(np.abs(z_mm - leak_z)))
    _axial(axes[0], frame, axial, window, f"{what}: axial at {case.scenario.leak.level}")
    _close_up(axes[0], frame, (0.0, float(np.interp(leak_z, *_wall(case))) + BEHIND_WALL_MM))
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
    _reformat(axes[1], sagittal, frame, z_mm, window, f"sagittal, {location}", ("A", "P"))
    wall = np.interp(z_mm, *_wall(case))
    coronal = np.stack(
        [image[round(frame.pixel_of(0.0, y + BEHIND_WALL_MM)[0])] for image, y in zip(frame.hu, wall, strict=True)]
    )
    centre, half = round(frame.pixel_of(0.0, 0.0)[1]), deep // 2
    _reformat(
        axes[2], coronal[:, centre - half : centre + half], frame, z_mm, window, "coronal, along the canal", ("L", "R")
    )
    marks = [(case.scenario.leak.level, leak_z, MARK)]
    myelogram = case.scenario.myelogram
    if myelogram is not None and myelogram.puncture_site is not None:
        level = myelogram.puncture_site.level
        marks.append((f"{level} puncture", world.phantom.landmarks.interspaces[Interspace.parse(level)].z_mm, DIM))
    for axis, (text, z, colour) in itertools.product(axes[1:], marks):
        axis.annotate(
            text, (0.62, z), xycoords=("axes fraction", "data"), xytext=(22, 0),
            textcoords="offset points", color=colour, va="center", arrowprops={"arrowstyle": "->", "color": colour},
            path_effects=[OUTLINE],
        )  # fmt: skip


def _planned_row(case: Case, session: Session, plan: Plan | None, axes: list[Axes]) -> None:
    """The planning slice with a path, whole and close, and the case in words."""
    world = case.world
    whole, close, words = axes
    if plan is None:
        _say(whole, "no straight way between the laminae in the axial plane is drawn at an accepted level")
        _say(close, "")
    else:
        above, below = plan.level.split("/")
        pair = (above, below if below[0].isalpha() else above[0] + below)
        session.do(c.AcquirePlanningScan(levels=pair, mas=world.settings.imaging.planning_mas))
        number = _last_number(session)
        centres = np.asarray(session.acquisition(number).slices.centres_table_mm) - world.table_zero_mm
        index = int(np.argmin(np.abs(centres - plan.target_mm[2])))
        frame = session.image(number, [index])
        title = f"Planned view, {plan.level}: {_length_mm(plan):.0f} mm at {abs(plan.angle_deg):.0f} deg"
        ends = [frame.pixel_of(point[0], point[1]) for point in (plan.entry_mm, plan.target_mm)]
        for picture in (whole, close):
            _axial(picture, frame, 0, BONE, title)
            picture.plot([e[1] for e in ends], [e[0] for e in ends], color=MARK, lw=1.3)
            picture.plot(ends[1][1], ends[1][0], "o", mfc="none", mec=MARK, ms=7)
        _close_up(close, frame, plan.target_mm, side_mm=max(CLOSE_MM, 1.35 * _length_mm(plan)))
    _say(words, "\n".join(_facts(case)))


def _press_row(session: Session, plan: Plan | None, axes: list[Axes]) -> None:
    """The three slices of the first press, with the needle in the back muscles."""
    if plan is None:
        for axis in axes:
            _say(axis, "")
        return
    world = session.world
    side: Any = "left" if plan.angle_deg > 0 else "right"
    session.do(
        c.PlaceNeedle(
            entry_x_mm=plan.entry_mm[0], side=side, table_mm=plan.target_mm[2] + world.table_zero_mm,
            angle_deg=abs(plan.angle_deg),
        )
    )  # fmt: skip
    session.do(c.Advance(distance_mm=FIRST_PUSH_MM))
    session.do(c.PressPedal())
    frame = session.image(session.presses()[-1])
    technique = session.state.imaging.settings
    for k, (axis, name) in enumerate(zip(axes, ("towards the head", "middle", "towards the feet"), strict=True)):
        shown = f"{technique.tube_voltage_kv} kV, {technique.mas:g} mAs, needle {FIRST_PUSH_MM:g} mm in"
        _axial(axis, frame, k, SOFT_TISSUE, f"First press, {name}" + (f" ({shown})" if k == 1 else ""))


def _facts(case: Case) -> list[str]:
    """The case in words: request, patient, leak, console, needle, limits; drawn numbers as drawn."""
    scenario, settings = case.scenario, case.world.settings
    patient = scenario.patient
    changed = ", ".join(f"{name} {_in_words(value)}" for name, value in patient.changes().items())
    leak = ", ".join(f"{name} {value:.3g}" for name, value in scenario.leak.amounts().items())
    preset = settings.imaging.preset
    site = None if scenario.myelogram is None else scenario.myelogram.puncture_site
    lines = [
        *textwrap.wrap(" ".join(settings.request.split()), 56),
        "",
        f"Patient: {patient.phantom or patient.ct}" + (f"; {changed}" if changed else ""),
        f"Leak: {scenario.leak.level}, {scenario.leak.side}" + (f"; {leak}" if leak else ""),
        f"Right for it: {', '.join(settings.accepted.needle_levels)}; {', '.join(settings.accepted.zones)}"
        + ("; or no blood" if settings.accepted.may_abandon else ""),
        f"Console: {preset.tube_voltage_kv} kV, {preset.tube_current_ma:g} mA, {preset.rotation_s:g} s at the start; "
        f"planning scan {settings.imaging.planning_mas:g} mAs",
        f"Needles: {', '.join(settings.needle.tray)}; hands: {settings.hands.name}"
        + ("; angle meter" if settings.needle.digital_angles else "")
        + ("; images without metal artefacts" if settings.imaging.ideal_images else ""),
        f"Blood: {settings.prescribed_volume_ml:.3g} mL at most without a word; room for "
        f"{settings.max_duration_ms / 60_000:g} min",
    ]
    if site is not None:
        lines.append(f"False leak: the myelogram was injected at {site.level}")
    if settings.derived:
        lines.append("Computed, not seen in the CT: " + ", ".join(settings.derived))
    return [part for line in lines for part in (textwrap.wrap(line, 56) or [""])]


def _axial(axis: Axes, frame: Frame, index: int, window: Window, title: str) -> None:
    _bare(axis, title)
    axis.imshow(frame.hu[index], cmap="gray", vmin=window[1] - window[0] / 2, vmax=window[1] + window[0] / 2)
    _marks(axis, top="P", left="L", right="R")


def _close_up(axis: Axes, frame: Frame, middle_mm: Sequence[float], side_mm: float = CLOSE_MM) -> None:
    """Show the surroundings of a point alone, the point below the middle."""
    row, column = frame.pixel_of(middle_mm[0], middle_mm[1])
    half = 0.5 * side_mm / frame.pixel_spacing_mm
    axis.set_xlim(column - half, column + half)
    axis.set_ylim(row + 0.6 * half, row - 1.4 * half)


def _wall(case: Case) -> tuple[list[float], list[float]]:
    """Heights, and how far back the posterior wall lies there, mm."""
    phantom = case.world.phantom
    interspaces = phantom.landmarks.interspaces
    marks = sorted((interspaces[level].z_mm, interspaces[level].y_mm) for level in phantom.levels)
    return [z for z, _ in marks], [y for _, y in marks]


def _reformat(
    axis: Axes, image: NDArray[np.float32], frame: Frame, z_mm: NDArray[np.float64], window: Window, title: str,
    sides: tuple[str, str],
) -> None:  # fmt: skip
    half = frame.slice_thickness_mm / 2
    width = image.shape[1] * frame.pixel_spacing_mm
    _bare(axis, title)
    axis.imshow(
        image, cmap="gray", vmin=window[1] - window[0] / 2, vmax=window[1] + window[0] / 2, interpolation="bilinear",
        extent=(0.0, width, float(z_mm[-1]) - half, float(z_mm[0]) + half), aspect="equal",
    )  # fmt: skip
    _marks(axis, top="H", left=sides[0], right=sides[1], bottom="F")


def _marks(axis: Axes, *, top: str, left: str, right: str, bottom: str = "") -> None:
    for x, y, text in ((0.5, 0.97, top), (0.02, 0.5, left), (0.98, 0.5, right), (0.5, 0.03, bottom)):
        axis.text(
            x, y, text, transform=axis.transAxes, color=INK, ha="center", va="center", fontsize=12, weight="bold",
            path_effects=[OUTLINE],
        )  # fmt: skip


def _bare(axis: Axes, title: str) -> None:
    axis.set_facecolor("black")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_title(title, color=DIM, fontsize=11)


def _say(axis: Axes, text: str, size: float = 11.0) -> None:
    axis.axis("off")
    axis.text(0.02, 0.97, text, transform=axis.transAxes, color=INK, va="top", fontsize=size, linespacing=1.5)


def _leak_z_mm(case: Case) -> float:
    hole = case.world.phantom.leak.hole_mm
    return 0.0 if hole is None else hole[2]


def _aside_mm(case: Case) -> float:
    """How far from the midline a sagittal picture shows the leak: through the foramen for one along a root."""
    leak = case.world.phantom.leak
    if leak.hole_mm is None or leak.pattern not in AT_A_ROOT:
        return 0.0
    away = leak.hole_mm[0] - case.world.midline_x_mm(leak.hole_mm[2])
    return away + (FORAMEN_MM if away > 0.0 else -FORAMEN_MM)


def _length_mm(plan: Plan) -> float:
    return float(np.linalg.norm(np.asarray(plan.entry_mm) - np.asarray(plan.target_mm)))


def _point(values: NDArray[np.float64]) -> Point:
    return float(values[0]), float(values[1]), float(values[2])


def _last_number(session: Session) -> int:
    return session.state.counters.acquisitions - 1


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value) or "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
