"""Drawn starts: a needle on its last part of the way to the epidural space, not quite where it was meant to be.

Nobody guides it there: the way to the middle of the dorsal space is known to this file alone, and the needle is put
beside it by chance. Spreads are those of the task (`Spread`), not measured ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.engine.events import Event, NeedleMoved
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.insertion import skin_point_mm
from simulator.vocabulary.anatomy import Side

MOST_DRAWS = 100
LEAST_INSERTED_MM = 8.0  # a needle that hardly stands in the skin is no start
SETTLE_TURNS = 6  # of the skin point, whose depth depends on its place across


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How starts vary; given by the task.

    Attributes:
        angle_deg, offset_mm: standard deviations of the needle's lean and of its skin point across
        way_mm: from the tip to the middle of the space along the intended way, least and greatest
        lean_deg: of the intended way, least and greatest; as paramedian ways lean (assumed)
    """

    angle_deg: float = 4.0
    offset_mm: float = 4.0
    way_mm: tuple[float, float] = (20.0, 40.0)
    lean_deg: tuple[float, float] = (8.0, 20.0)


def begin_on_last_part(session: Session, rng: np.random.Generator, spread: Spread) -> Session:
    """A session with a needle in place, drawn anew where bone stopped it on the way.

    Args:
        session: not yet begun, at the requested level of a patient with an open window there

    Raises:
        ValueError: no start was found.
    """
    for _ in range(MOST_DRAWS):
        made = session.branch(session.world)
        if _is_placed(made, rng, spread):
            return made
    raise ValueError("no needle reaches this patient's last part of the way")


def _is_placed(session: Session, rng: np.random.Generator, spread: Spread) -> bool:
    """Put a needle in as drawn; whether it went all of the way that it should."""
    world = session.world
    level = world.settings.requested_level
    target = world.phantom.landmarks.interlaminar_windows[level]
    side = (Side.LEFT, Side.RIGHT)[rng.integers(2)]
    lean_deg, way_mm = rng.uniform(*spread.lean_deg), rng.uniform(*spread.way_mm)
    off_mm, off_deg = spread.offset_mm * rng.standard_normal(), spread.angle_deg * rng.standard_normal()
    across = (1.0 if side is Side.LEFT else -1.0) * math.tan(math.radians(lean_deg))
    entry = target
    for _ in range(SETTLE_TURNS):
        x_mm = target.x_mm + across * (entry.y_mm - target.y_mm)
        entry = skin_point_mm(world.phantom.anatomy, x_mm, target.z_mm, world.y_range_mm)
    inserted_mm = math.hypot(entry.x_mm - target.x_mm, entry.y_mm - target.y_mm) - way_mm
    if inserted_mm < LEAST_INSERTED_MM:
        return False
    half = c.Advance(distance_mm=round(0.5 * inserted_mm, 1))
    commands = (
        c.PlaceNeedle(
            entry_x_mm=round(entry.x_mm + off_mm, 1),
            side=side,
            table_mm=round(world.table_transform().table_z_mm(target.z_mm), 1),
            angle_deg=round(lean_deg + off_deg, 1),
        ),
        half,
        c.RotateBevel(angle_deg=180.0),
        half,
    )
    events: list[Event] = [event for command in commands for event in session.do(command)]
    moves = [event for event in events if isinstance(event, NeedleMoved)]
    return len(moves) == 2 and all(event.stopped_by is None for event in moves)
