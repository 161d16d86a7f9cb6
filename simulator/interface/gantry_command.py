"""Gantry command: how far the gantry leans for the presses that follow."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.interface.command_fields import within


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltGantry:
    """Lean the gantry about the laser's line; positive leans its upper edge to the head. Scans are taken upright."""

    tilt_deg: float = within(-30, 30, "deg")
