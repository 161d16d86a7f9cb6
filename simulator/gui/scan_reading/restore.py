"""Restore: what a left session had been read, marked and planned, so that it looks as if nobody had gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.gui.drawing.picture import ImagePoint
from simulator.gui.engine_worker.messages import Past
from simulator.gui.images.volume import Volume
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.procedure import Approach, ScanMode


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPath:
    """A path that was written down before its scan can be shown again.

    Attributes:
        scan: number of the newest scan at that time
        midline_x_mm: where the skin grid's middle wire was by then
    """

    scan: int
    plan: c.PlanPath
    midline_x_mm: float | None


def restore(state: ReadingState, past: Past, interspaces: Sequence[str]) -> WrittenPath | None:
    """Level, side and settings as they were; the path that was written down last, if any."""
    written: WrittenPath | None = None
    for command, view in past:
        if command is None or view.refused:
            continue
        if isinstance(command, c.MarkLeak):
            if command.level in interspaces:
                state.level = list(interspaces).index(command.level)
            state.leak_side = Laterality(command.side)
        elif isinstance(command, c.AcquirePlanningScan):
            names = [str(level) for level in view.case.levels]
            if command.levels is not None and all(level in names for level in command.levels):
                state.levels = (names.index(command.levels[0]), names.index(command.levels[1]))
            state.planning_kv, state.planning_mas = command.tube_voltage_kv, command.mas
            state.planning_mode = ScanMode(command.mode)
        elif isinstance(command, c.AcquireControlScan):
            state.control_mas, state.control_mm = command.mas, command.length_mm
        elif isinstance(command, c.PlanPath):
            scans = [entry.number for entry in view.console.acquired if entry.purpose != "fluoroscopy"]
            if scans:
                written = WrittenPath(scan=scans[-1], plan=command, midline_x_mm=view.console.grid_midline_x_mm)
    return written


def draw_written_path(state: ReadingState, written: WrittenPath, volumes: Mapping[int, Volume]) -> bool:
    """Draw the path into its scan, once a slice of that has come; whether that could be done."""
    volume = volumes.get(written.scan)
    if volume is None or volume.grid is None:
        return False
    entry, target = (
        ImagePoint(*volume.grid.row_and_column(point[0], point[1]))
        for point in (written.plan.entry_mm, written.plan.target_mm)
    )
    state.draft = DrawnPath(
        number=written.scan,
        index=volume.nearest(written.plan.target_mm[2]),
        entry=entry,
        target=target,
        foraminal=written.plan.approach == Approach.POSTERIOR_FORAMINAL,
        midline_x_mm=written.midline_x_mm,
    )
    state.confirmed = True
    state.scan, state.index = written.scan, state.draft.index
    return True
