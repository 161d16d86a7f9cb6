"""Guidance state: what an operator keeps in mind of a needle on its way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.interface.commands import Command, PressPedal
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators.bone_map import BoneMap
from simulator.operators.needle_trajectory import NeedleTrajectory
from simulator.spatial.frames import AT_REST, PatientDisplacement, TablePoint

PASSED_MM = 2.0  # and less before a waypoint: it is passed
LEAN_SEEN_MM = (3.0, 24.0)  # behind the tip: the part of the shaft whose lean a picture shows


Expose = Callable[[View], Command]
"""What brings the next image."""


def press_once(view: View) -> Command:
    """A single press of the pedal."""
    return PressPedal()


@dataclass(slots=True)
class GuidanceState:
    """What the operator keeps in mind of one try; points in mm of the console.

    Attributes:
        trajectory: that the needle is to follow
        planning: the planning scan
        bone: in that scan
        entry: skin point
        tip_mm: where the tip is believed to be [shape=(3,)]
        across_deg, along_deg: lean to the patient's left and to the head
        pushed_mm: length in the patient
        displacements: the patient's movement since planning, as each press showed it
        bone_contacts: how often bone was met
        leans: of the track: its length, and the lean to the left from the last such length on
        expose: what brings the next image
        seen_at_mm: length in the patient when the tip was last seen; None before that
        behind_mm: by which the seen tip has stayed behind what was pushed, over all looks
        doubted_mm: where a tip was seen that stayed behind, while a look further on decides about it
        waypoint_mm: a place beside bone that was met, to be passed on the way to the target, as it lay at planning
    """

    trajectory: NeedleTrajectory
    planning: Frame
    bone: BoneMap
    entry: TablePoint
    tip_mm: NDArray[np.float64]
    across_deg: float
    along_deg: float
    pushed_mm: float = 0.0
    displacements: list[PatientDisplacement] = field(default_factory=list)
    bone_contacts: int = 0
    leans: list[tuple[float, float]] = field(default_factory=list)
    expose: Expose = press_once
    seen_at_mm: float | None = None
    behind_mm: float = 0.0
    doubted_mm: NDArray[np.float64] | None = None
    waypoint_mm: NDArray[np.float64] | None = None

    @property
    def patient_displacement_mm(self) -> NDArray[np.float64]:
        """Movement of the patient: the median of what the presses showed [shape=(3,)]."""
        return np.asarray(np.median(np.array(self.displacements or [AT_REST]), axis=0), np.float64)

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector along the needle's last part [shape=(3,)]."""
        raw = np.array([math.tan(math.radians(self.across_deg)), -1.0, math.tan(math.radians(self.along_deg))])
        return np.asarray(raw / np.linalg.norm(raw))

    @property
    def to_target_mm(self) -> NDArray[np.float64]:
        """From the tip to the target as it lies now [shape=(3,)]."""
        return np.asarray(self.trajectory.target) + self.patient_displacement_mm - self.tip_mm

    @property
    def to_aim_mm(self) -> NDArray[np.float64]:
        """From the tip to what is aimed at now: a waypoint until it is passed, then the target [shape=(3,)]."""
        if self.waypoint_mm is not None:
            to = self.waypoint_mm + self.patient_displacement_mm - self.tip_mm
            if float(to @ self.direction) > PASSED_MM:
                return np.asarray(to)
        return self.to_target_mm

    @property
    def miss_mm(self) -> float:
        """How far beside what is aimed at the needle comes out if it goes on as it points."""
        return float(np.linalg.norm(np.cross(self.to_aim_mm, self.direction)))

    @property
    def in_plane_fraction(self) -> float:
        """Fraction of the shaft's length that the axial plane shows."""
        return float(np.hypot(*self.direction[:2]))

    @property
    def remaining_mm(self) -> float:
        """Way that is left along the needle."""
        return float(self.to_target_mm @ self.direction)

    def move_tip(self, made_mm: float) -> None:
        """Take note that the tip went on, or back, along the needle."""
        self.pushed_mm += made_mm
        self.tip_mm = self.tip_mm + made_mm * self.direction
        self.leans = [part for part in self.leans if part[0] < self.pushed_mm]
        self.leans.append((self.pushed_mm, self.across_deg))

    def see_tip(self, tip: TablePoint) -> None:
        """Take over where the tip is seen, and note by how much it stays behind what was pushed since the last look."""
        short = (self.tip_mm - np.asarray(tip)) @ self.direction
        self.behind_mm = max(self.behind_mm + float(short), 0.0)
        self.tip_mm = np.array(tip)

    def doubt_tip(self) -> None:
        """Believe in the length that was pushed, and not in the tip that was seen, until a look further on decides."""
        self.doubted_mm = self.tip_mm
        self.tip_mm = self.tip_mm + self.behind_mm * self.direction
        self.behind_mm = 0.0

    def visible_lean_deg(self) -> float:
        """Lean of the part of the shaft that a picture shows: a turn of the hub bends only what comes after it."""
        first, last = (max(self.pushed_mm - off, 0.0) for off in LEAN_SEEN_MM[::-1])
        whole, begin = 0.0, 0.0
        for end, lean in self.leans:
            whole += lean * max(min(end, last) - max(begin, first), 0.0)
            begin = end
        return whole / (last - first) if last > first else self.across_deg

    def adopt_lean(self, lean_deg: float) -> None:
        """Take over the lean of the shaft in a picture; what was turned since counts on top of it."""
        off = lean_deg - self.visible_lean_deg()
        self.across_deg += off
        self.leans = [(end, lean + off) for end, lean in self.leans]
