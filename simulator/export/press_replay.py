"""Press replay: every image of CT fluoroscopy one after another, with the course of the tip up to then, as one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.engine import events as e
from simulator.export.acquired_series import AcquiredSeries, acquired_series
from simulator.export.finished_session import FinishedSession
from simulator.export.pages import environment
from simulator.interface.frame import Frame
from simulator.report.png import GreyWindow, grey, png_data_uri
from simulator.report.press_frames import GUIDE_HU, close_up
from simulator.report.procedure_marks import clock
from simulator.spatial.frames import PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedPress:
    """One image, ready for the page.

    Attributes:
        uri: the slice nearest to the tip, as a picture
        size: of it, in pixels
        course: the tip's places so far, as points of an SVG polyline; empty before the skin
        tip: column and row of the tip; None where there is no needle
    """

    name: str
    at: str
    technique: str
    uri: str
    size: int
    course: str
    tip: tuple[float, float] | None


def write_press_replay(finished: FinishedSession, path: Path) -> None:
    """Write the replay of a session's images as one HTML file that asks for nothing else."""
    page = environment().get_template("press_replay.html").render(
        scenario=finished.scenario, presses=replayed_presses(finished)
    )  # fmt: skip
    path.write_text(page, encoding="utf-8", newline="\n")


def replayed_presses(finished: FinishedSession) -> list[ReplayedPress]:
    """Every image of CT fluoroscopy, in order."""
    session = finished.session
    moves = [event for event in session.events if isinstance(event, e.NeedleMoved | e.NeedlePlaced | e.NeedleRemoved)]
    return [
        _replayed(finished, series, session.image(series.event.number), _way(moves, series.event.at_ms))
        for series in acquired_series(session)
        if series.is_press
    ]


def _way(moves: Sequence[e.Event], at_ms: int) -> list[PatientPoint]:
    """Where the tip of the needle that is in now has been."""
    way: list[PatientPoint] = []
    for event in moves:
        if event.at_ms > at_ms:
            break
        if isinstance(event, e.NeedleMoved):
            way.append(event.tip_mm)
        elif isinstance(event, e.NeedlePlaced):
            way = [event.entry_mm]
        else:
            way = []
    return way


def _replayed(
    finished: FinishedSession, series: AcquiredSeries, frame: Frame, way: Sequence[PatientPoint]
) -> ReplayedPress:
    event = series.event
    to_table = finished.session.world.table_transform(event.scene.patient_displacement_mm)
    places = [to_table.to_table(point) for point in way]
    at_mm = frame.plane_z_mm(places[-1]) if places else 0.0
    nearest = int(np.abs(frame.z_mm - at_mm).argmin()) if places else len(frame.z_mm) // 2
    shown = close_up(frame)
    window, level = GUIDE_HU
    pixels = grey(shown.hu[nearest], GreyWindow(width_hu=window, level_hu=level))
    drawn = []
    for place in places:
        row, column = shown.pixel_of(*place)
        drawn.append((round(column + 0.5, 1), round(row + 0.5, 1)))
    settings = event.settings
    return ReplayedPress(
        name=series.name,
        at=clock(event.at_ms),
        technique=f"{settings.tube_voltage_kv} kV, {event.beam.mas:g} mAs, z {frame.z_mm[nearest]:.1f} mm",
        uri=png_data_uri(np.ascontiguousarray(pixels)),
        size=pixels.shape[0],
        course=" ".join(f"{column},{row}" for column, row in drawn),
        tip=drawn[-1] if drawn else None,
    )
