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

MASKED: tuple[type, ...] = (
    c.Advance,
    c.Withdraw,
    c.Redirect,
    c.RotateBevel,
    c.RemoveStylet,
    c.ReplaceStylet,
    c.Aspirate,
    c.TestResistance,
    c.InjectContrast,
    c.InjectBlood,
    c.MixContrast,
    c.PressPedal,
    c.ReleasePedal,
    c.LookAt,
)
"""Commands that do not always make sense while a procedure runs."""

_places: dict[type, list[int]] = {}


def action_mask(view: View) -> NDArray[np.int8]:
    """1 for each action of the table that makes sense now [shape=(actions,), int8]."""
    if view.phase is Phase.CLOSED:
        return np.zeros(len(TABLE), np.int8)
    mask = np.ones(len(TABLE), np.int8)
    for kind, makes_sense in zip(MASKED, _make_sense(view), strict=True):
        if not makes_sense:
            mask[_places_of(kind, view)] = 0
    return mask


def _make_sense(view: View) -> tuple[bool, ...]:
    """Whether each of the masked commands makes sense, in their order."""
    needle, down, syringe = view.needle, view.console.pedal_down, view.injection.syringe_ml > 0.0
    there = needle is not None
    in_skin = needle is not None and needle.in_skin
    closed = needle is not None and needle.stylet_in
    opened = in_skin and not closed
    seen = view.console.latest is not None
    on_needle = (there, in_skin, in_skin, there, closed, there and not closed)
    return (*on_needle, opened, opened, opened, opened and syringe, syringe, not down, down, seen)


def _places_of(kind: type, view: View) -> list[int]:
    """Places in the table of a type of command; no number of an action changes its type."""
    if not _places:
        for place in range(len(TABLE)):
            _places.setdefault(type(decode(place, (0.0,) * 4, view)), []).append(place)
    return _places[kind]
