"""NeedleState: which needle, where it lies and what it has gone through."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.needle.dural_puncture import INTACT, Dura
from simulator.needle.needle_pose import NeedlePose
from simulator.patient.dural_hole import DuralHole
from simulator.vocabulary.needles import STANDARD_NEEDLE, NeedleKind
from simulator.vocabulary.procedure import NeedleHold


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleState:
    """One moment of the needle.

    Attributes:
        name: of the needle that was chosen from the tray
        pose: None before a needle stands on the skin
        dura: what this needle has done to the dura
        in_skin: whether the tip has gone through
        skin_punctures: how often a needle went through
        dural_holes: that needles have left so far
        rests_since_ms: since when the needle has not moved
        open_since_ms: since when the hub is open with the needle in this place; None where it is closed
        dripped: whether something has shown at the open hub
    """

    name: NeedleKind = STANDARD_NEEDLE
    pose: NeedlePose | None = None
    dura: Dura = INTACT
    in_skin: bool = False
    skin_punctures: int = 0
    dural_holes: tuple[DuralHole, ...] = ()
    held_by: NeedleHold = NeedleHold.HOLDER
    rests_since_ms: int = 0
    open_since_ms: int | None = None
    dripped: bool = False
