"""Needle trajectories: straight ways from the skin to a target, and how several of them are tried in turn.

Points are those of the console, x, y, z in mm, z on the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.blood_injection import AWAY_MM
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

MOST_TRIES = 3
SPARE_MM = 8.0  # of a needle's length, that stays outside


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleTrajectory:
    """A straight way from the skin to a target.

    Attributes:
        approach, side: as `PlanPath` takes them
        entry, target: where it begins and ends
        across_deg: lean in the axial plane, positive to the patient's left (greater x)
        along_deg: lean to the head
        clearance_mm: least distance to bone on the way
        quality: what the choice was made by; higher is better
    """

    approach: Approach
    side: Side
    entry: TablePoint
    target: TablePoint
    across_deg: float
    along_deg: float
    clearance_mm: float
    quality: float

    @property
    def angle_deg(self) -> float:
        """In-plane lean as `PlaceNeedle` takes it: positive to the midline, from the midline to the left."""
        return -self.across_deg if self.side is Side.LEFT else self.across_deg

    @property
    def length_mm(self) -> float:
        """From skin to target."""
        return math.dist(self.entry, self.target)


Guide = Callable[[View, NeedleTrajectory], OperatorSteps]
"""How a needle is brought along a trajectory; AbandonError where that does not work."""

Inject = Callable[[View], OperatorSteps]
"""How blood is given through a needle in place; AbandonError where this is no place for it."""


def try_trajectories(
    view: View, trajectories: Sequence[NeedleTrajectory], guide: Guide, inject: Inject, *, apart_mm: float = 0.0
) -> Generator[Command, View, tuple[View, bool]]:
    """Take the best trajectory, then the best ones that enter elsewhere, until blood was given.

    Args:
        view: what is perceived now
        trajectories: best first
        guide: how the needle is brought along one of them
        inject: how blood is given at its end
        apart_mm: along the spine, between two trajectories of one side

    Returns:
        The view afterwards, and whether blood was given.
    """
    for trajectory in _enter_apart(trajectories, apart_mm)[:MOST_TRIES]:
        try:
            view = yield from guide(view, trajectory)
            view = yield from inject(view)
            return view, True
        except AbandonError:
            view = yield c.Withdraw(distance_mm=AWAY_MM)
    return view, False


def _enter_apart(trajectories: Sequence[NeedleTrajectory], apart_mm: float) -> list[NeedleTrajectory]:
    """The best of the trajectories that lie close together; those to another height before those from another side.

    What stops a needle shortly before its target, such as a lamina's rind, stops it from every side.
    """
    chosen: list[NeedleTrajectory] = []
    for one in trajectories:
        if all(abs(other.target.z_mm - one.target.z_mm) > apart_mm for other in chosen):
            chosen.append(one)
    for one in trajectories:
        if all(other.side is not one.side or abs(other.target.z_mm - one.target.z_mm) > apart_mm for other in chosen):
            chosen.append(one)
    return chosen
