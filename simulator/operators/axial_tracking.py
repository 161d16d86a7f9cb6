"""Axial tracking: what is kept in mind of a needle within one slice, and how a press brings it up to date."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.axial_trajectories import TARGET_FRACTION, AxialTrajectory
from simulator.operators.console import latest_frame
from simulator.operators.coroutine_operator import AbandonError
from simulator.operators.perception.dorsal_space import measure_dorsal_space
from simulator.operators.perception.images import Image, ImageOffset, ImagePoint
from simulator.operators.perception.needle_detection import DetectedNeedle, detect_needle, lean_from_direction
from simulator.operators.perception.sac_detection import detect_sac

LONGER_MM = 12.0
SAME_TABLE_MM = 0.05
TIP_ELSEWHERE_MM = 6.0  # that the line in the picture is too short: the tip lies in another slice
MOST_ATTEMPTS = 3
SAC_BEFORE_TARGET_PIXELS = 12.0
PLAUSIBLE_DEPTH_MM = (1.5, 8.0)  # of the dorsal epidural space
MOST_MOVED_MM = 8.0  # of the target, from one press to another


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPress:
    """The first press of a try, with which later ones are compared.

    Attributes:
        table_mm: table position
        pushed_mm: length of the needle that was pushed by then
        frame: the image
    """

    table_mm: float
    pushed_mm: float
    frame: Frame


@dataclass(slots=True)
class AxialGuidanceState:
    """What the operator keeps in mind of one try.

    Attributes:
        entry: skin point in the images
        target: what is aimed at
        target_table_mm: table position of the target
        pushed_mm: length that was pushed
        lean_deg: in-plane lean in the images
        pixel_mm: width of a pixel
        live: whether the pedal stays down while the needle moves
        longer_mm: how much longer the needle must be than at the first press for the two to be compared
        first_press: what later presses are compared with
    """

    entry: ImagePoint
    target: ImagePoint
    target_table_mm: float
    lean_deg: float
    pixel_mm: float
    pushed_mm: float = 0.0
    live: bool = False
    longer_mm: float = LONGER_MM
    first_press: FirstPress | None = None

    @classmethod
    def on_the_skin(cls, trajectory: AxialTrajectory) -> AxialGuidanceState:
        """A needle that was set on the skin to follow a trajectory."""
        return cls(
            entry=ImagePoint(trajectory.entry_pixel.row, trajectory.entry_pixel.column),
            target=ImagePoint(trajectory.target_pixel.row, trajectory.target_pixel.column),
            target_table_mm=trajectory.target.z_mm,
            lean_deg=trajectory.across_deg,
            pixel_mm=trajectory.pixel_mm,
        )

    def to_target(self, needle: DetectedNeedle) -> ImageOffset:
        """Rows and columns from the tip to the target."""
        return ImageOffset(self.target.row - needle.tip.row, self.target.column - needle.tip.column)

    def remaining_mm(self, needle: DetectedNeedle) -> float:
        """Way that is left to the target along the needle."""
        to = self.to_target(needle)
        return (to.row * needle.direction.row + to.column * needle.direction.column) * self.pixel_mm

    def miss_mm(self, needle: DetectedNeedle) -> float:
        """How far beside the target the needle comes out if it goes on as it points."""
        to = self.to_target(needle)
        return (to.column * needle.direction.row - to.row * needle.direction.column) * self.pixel_mm


def press_and_detect(view: View, state: AxialGuidanceState) -> Generator[Command, View, tuple[DetectedNeedle, View]]:
    """Press, and find needle and target; follow the needle where it has left the slices."""
    for attempt in range(MOST_ATTEMPTS):
        last = attempt == MOST_ATTEMPTS - 1
        view = yield _exposure(view, state)
        frame = latest_frame(view)
        needle = detect_needle(
            frame.hu,
            frame.pixel_spacing_mm,
            entry=state.entry,
            lean_deg=state.lean_deg,
            inserted_mm=state.pushed_mm,
            before=_shorter_needle(state, view),
        )
        if state.first_press is None:
            state.first_press = FirstPress(table_mm=view.console.table_mm, pushed_mm=state.pushed_mm, frame=frame)
        if needle is None:
            if last:
                raise AbandonError("the needle is not to be found")
            continue
        if state.pushed_mm - needle.depth_mm > TIP_ELSEWHERE_MM and not last:
            to_head, to_feet = needle.tip_slice < 0.7, needle.tip_slice > 1.3
            if to_head or to_feet:
                view = yield c.MoveTable(by_mm=4.0 if to_head else -4.0)
                continue
        state.lean_deg = lean_from_direction(needle.direction)
        _update_target(state, view, needle)
        return needle, view
    raise AbandonError("the tip is not to be found")


def _exposure(view: View, state: AxialGuidanceState) -> Command:
    """What brings the next image: a press, or, with the pedal down, the next rotation."""
    if state.live and view.console.pedal_down:
        return c.Wait(duration_s=view.console.settings.image_s)
    return c.PressPedal(hold=state.live)


def _shorter_needle(state: AxialGuidanceState, view: View) -> Image | None:
    """The same slices with a much shorter needle; None where there are none."""
    first = state.first_press
    if first is None:
        return None
    same_slices = abs(first.table_mm - view.console.table_mm) < SAME_TABLE_MM
    return first.frame.hu if same_slices and state.pushed_mm - first.pushed_mm > state.longer_mm else None


def _update_target(state: AxialGuidanceState, view: View, needle: DetectedNeedle) -> None:
    """Aim at what the first press shows in the slice of the tip: the patient may have moved, the needle strayed.

    Later presses do not serve: the shadow beyond the tip lies over the target.
    """
    first = state.first_press
    if first is None or abs(first.table_mm - view.console.table_mm) > SAME_TABLE_MM:
        return
    pixel_mm = first.frame.pixel_spacing_mm
    index = min(max(round(needle.tip_slice), 0), len(first.frame.hu) - 1)
    image = first.frame.hu[index]
    near = ImagePoint(state.target.row + SAC_BEFORE_TARGET_PIXELS, state.target.column)
    sac = detect_sac(image, pixel_mm, near=near)
    space = None if sac is None else measure_dorsal_space(image, sac, pixel_mm)
    if sac is None or space is None:
        return
    depth_mm = (space.sac_row - space.flavum_row) * pixel_mm
    moved_mm = math.hypot(sac.column - state.target.column, space.sac_row - state.target.row) * pixel_mm
    shallow, deep = PLAUSIBLE_DEPTH_MM
    if shallow < depth_mm < deep and moved_mm <= MOST_MOVED_MM:
        row = space.sac_row - TARGET_FRACTION * (space.sac_row - space.flavum_row)
        state.target = ImagePoint(row, sac.column)
