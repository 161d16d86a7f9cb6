"""Next exposure: what the console is set to for the next scan, and the command that takes it."""

from __future__ import annotations

from simulator.gui.context.perceived import Perceived
from simulator.gui.input.console_choices import neighbouring_choice
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.interface import commands as c
from simulator.interface.scan_range import levels_range_mm, slice_centres_mm
from simulator.vocabulary.levels import Vertebra
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase, ScanMode

MAS_CHOICES = (10.0, 25.0, 50.0, 100.0, 200.0)
CONTROL_STEP_MM, CONTROL_RANGE_MM = 20.0, (20.0, 200.0)
MODE_ROW = 4
RANGE_STEP_MM = 5.0


class NextExposure:
    """A planning scan before the blood, a control scan after it."""

    def __init__(self, perceived: Perceived, state: ReadingState) -> None:
        self._perceived = perceived
        self._state = state

    @property
    def is_control(self) -> bool:
        """Whether it is a control scan."""
        return self._perceived.view.injection.injected_blood_ml > 0

    @property
    def name(self) -> str:
        """As its button says."""
        return "Control scan" if self.is_control else "Planning scan"

    @property
    def account(self) -> DosePhase:
        """Where it will be booked: a planning scan after a first needle, and any further scan of its kind, guides."""
        console = self._perceived.view.console
        purpose = AcquisitionPurpose.CONTROL if self.is_control else AcquisitionPurpose.PLANNING
        if any(entry.purpose == purpose for entry in console.acquired) or console.dose_phase is DosePhase.GUIDANCE:
            return DosePhase.GUIDANCE
        return DosePhase.CONFIRMATION if self.is_control else DosePhase.PLANNING

    @property
    def mas(self) -> float:
        """Its tube load."""
        return self._state.control_mas if self.is_control else self._state.planning_mas

    @property
    def mode(self) -> ScanMode:
        """How it moves the table; a control scan is helical."""
        return ScanMode.HELICAL if self.is_control else self._state.planning_mode

    @property
    def length_mm(self) -> float:
        """The length that it will image."""
        console, command = self._perceived.view.console, self.command()
        if isinstance(command, c.AcquireControlScan):
            half = 0.5 * command.length_mm
            low_mm, high_mm = console.table_mm - half, console.table_mm + half
        else:
            low_mm, high_mm = self._range_mm(command)
        thickness_mm = command.slice_thickness_mm
        return len(slice_centres_mm(low_mm, high_mm, thickness_mm, console.scan_reach_mm)) * thickness_mm

    def _range_mm(self, command: c.AcquirePlanningScan) -> tuple[float, float]:
        """Table positions of a planning scan, as it was drawn or between its levels."""
        if command.between_mm is not None:
            return min(command.between_mm), max(command.between_mm)
        ends = [self._perceived.view.console.level_table_mm[Vertebra(level)] for level in command.levels or ()]
        return levels_range_mm(ends[0], ends[1])

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, value and unit of what can be stepped."""
        state = self._state
        rows = [("Tube voltage", f"{state.planning_kv}", "kV"), ("Tube load", f"{self.mas:g}", "mAs")]
        if self.is_control:
            return [*rows, ("Length", f"{state.control_mm:.0f}", "mm")]
        drawn = self._perceived.counting.range_mm
        if drawn is not None:
            upper, lower = f"{drawn[1]:.0f}", f"{drawn[0]:.0f}"
            return [*rows, ("From", upper, "mm"), ("To", lower, "mm"), ("Mode", self.mode, "")]
        levels = self._perceived.view.case.levels
        first, last = (levels[min(index, len(levels) - 1)] for index in state.levels)
        return [*rows, ("From", first, ""), ("To", last, ""), ("Mode", self.mode, "")]

    def step(self, row: int, by: int) -> None:
        """Step one of the rows up or down."""
        state = self._state
        if row == 0:
            offered = [float(kv) for kv in self._perceived.view.console.tube_voltages_kv]
            state.planning_kv = int(neighbouring_choice(offered, state.planning_kv, by))
        elif row == 1 and self.is_control:
            state.control_mas = neighbouring_choice(MAS_CHOICES, state.control_mas, by)
        elif row == 1:
            state.planning_mas = neighbouring_choice(MAS_CHOICES, state.planning_mas, by)
        elif self.is_control:
            low, high = CONTROL_RANGE_MM
            state.control_mm = min(max(state.control_mm + CONTROL_STEP_MM * by, low), high)
        elif row == MODE_ROW:
            modes = tuple(ScanMode)
            state.planning_mode = modes[(modes.index(state.planning_mode) + by) % len(modes)]
        elif self._perceived.counting.range_mm is not None:
            self._step_drawn(row, by)
        else:
            first, last = state.levels
            if row == 2:
                first = min(max(first + by, 0), last)
            else:
                last = min(max(last + by, first), len(self._perceived.view.case.levels) - 1)
            state.levels = (first, last)

    def _labelled_range_mm(self) -> tuple[float, float] | None:
        """Where the levels lie by the trainee's own labels, right or wrong; None where one of them has none."""
        labels, reach_mm = self._perceived.counting.labels, self._perceived.view.console.scan_reach_mm
        ends = [labels.get(Vertebra(self._perceived.view.case.levels[index])) for index in self._state.levels]
        if ends[0] is None or ends[1] is None:
            return None
        low, high = levels_range_mm(ends[0], ends[1])
        return max(low, reach_mm[0]), min(high, reach_mm[1])

    def _step_drawn(self, row: int, by: int) -> None:
        """Move an edge of the range that was drawn: From is the upper one, and both go to the feet with +."""
        counting, reach_mm = self._perceived.counting, self._perceived.view.console.scan_reach_mm
        low, high = counting.range_mm or reach_mm
        if row == 2:
            counting.draw_range(low, max(high - RANGE_STEP_MM * by, low + RANGE_STEP_MM), reach_mm)
        else:
            counting.draw_range(min(low - RANGE_STEP_MM * by, high - RANGE_STEP_MM), high, reach_mm)

    def command(self) -> c.AcquirePlanningScan | c.AcquireControlScan:
        """What takes it."""
        state = self._state
        if self.is_control:
            return c.AcquireControlScan(length_mm=state.control_mm, tube_voltage_kv=state.planning_kv, mas=self.mas)
        between_mm = self._perceived.counting.range_mm or self._labelled_range_mm()
        if between_mm is not None:
            return c.AcquirePlanningScan(
                between_mm=between_mm, tube_voltage_kv=state.planning_kv, mas=self.mas, mode=state.planning_mode
            )
        first, last = (self._perceived.view.case.levels[index] for index in state.levels)
        return c.AcquirePlanningScan(
            levels=(first, last), tube_voltage_kv=state.planning_kv, mas=self.mas, mode=state.planning_mode
        )
