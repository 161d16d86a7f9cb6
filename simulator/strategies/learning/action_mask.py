"""Action mask: which commands make sense now, by what the view shows; a masked command may still be refused or not.

Nothing is tried out for it: it says what anybody in the room could say.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.strategies.learning.action_table import TABLE, decode
from simulator.vocabulary.procedure import Phase

NEEDLE = (c.Advance, c.Withdraw, c.Redirect, c.RotateBevel, c.RemoveStylet, c.ReplaceStylet)
OPEN_NEEDLE = (c.Aspirate, c.TestResistance, c.InjectContrast, c.InjectBlood)


def action_mask(view: View) -> NDArray[np.int8]:
    """1 for each action of the table that makes sense now [shape=(actions,), int8]."""
    return np.array([_makes_sense(kind, view) for kind in range(len(TABLE))], np.int8)


_KINDS: dict[int, type] = {}


def _kind(kind: int, view: View) -> type:
    """Type of an action's command, which no number changes."""
    if kind not in _KINDS:
        _KINDS[kind] = type(decode(kind, (0.0,) * 4, view))
    return _KINDS[kind]


def _makes_sense(kind: int, view: View) -> bool:
    command, needle, injection = _kind(kind, view), view.needle, view.injection
    if view.phase is Phase.CLOSED:
        return False
    if command in NEEDLE and needle is None:
        return False
    if command in (c.Advance, c.Withdraw, c.Redirect) and needle is not None:
        return command is c.Advance or needle.in_skin
    if command is c.RemoveStylet:
        return needle is not None and needle.stylet_in
    if command is c.ReplaceStylet:
        return needle is not None and not needle.stylet_in
    if command in OPEN_NEEDLE and (needle is None or needle.stylet_in or not needle.in_skin):
        return False
    if command is c.InjectBlood:
        return injection.syringe_ml > 0.0
    if command is c.MixContrast:
        return injection.syringe_ml > 0.0
    if command is c.ReleasePedal:
        return view.console.pedal_down
    if command is c.PressPedal:
        return not view.console.pedal_down
    return command is not c.LookAt or view.console.latest is not None
