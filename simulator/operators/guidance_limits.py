"""Guidance limits: how far an operator goes near the dura between two looks, and when the plunger is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceLimits:
    """What an operator keeps to, by the room that there is; lengths along the needle.

    Attributes:
        careful_from_mm: short of the target, from where every push is followed by a look
        unseen_mm: most that is pushed from there on between two looks
        step_mm: of the last millimetres, felt one by one; where test contrast went astray, too
        ask_from_mm: short of the target, from where the plunger is asked after a step
        near_dura_mm: beyond the target, where the needle is drawn back before anything is injected
    """

    careful_from_mm: float
    unseen_mm: float
    step_mm: float
    ask_from_mm: float
    near_dura_mm: float


WIDE = GuidanceLimits(careful_from_mm=9.0, unseen_mm=2.8, step_mm=1.0, ask_from_mm=1.2, near_dura_mm=1.0)
"""The lumbar spine, whose space is some 4 mm deep."""

CLOSE = replace(WIDE, unseen_mm=1.9, step_mm=0.9)
"""The lumbar spine of somebody who was to be treated through a foramen: looks as close as there."""

THORAX = GuidanceLimits(careful_from_mm=9.0, unseen_mm=2.4, step_mm=0.8, ask_from_mm=3.0, near_dura_mm=0.4)
"""The thorax, whose space is 2 to 4 mm deep where fluid fills it."""

NARROW = GuidanceLimits(careful_from_mm=8.0, unseen_mm=1.9, step_mm=0.6, ask_from_mm=3.0, near_dura_mm=0.6)
"""The neck, with 1 to 3 mm behind the sac."""

FORAMEN = GuidanceLimits(careful_from_mm=13.0, unseen_mm=1.8, step_mm=0.9, ask_from_mm=1.5, near_dura_mm=3.0)
"""A foramen: the root lies before the needle, and fat begins early on a way that comes from the side."""

FORAMINAL_FAT = replace(FORAMEN, careful_from_mm=17.0)
"""A foramen's fat beside the sac: the way leads past the canal's corner before it ends."""
