"""What the referring doctor's request asks for: the level and the side in its words are read here, and only here."""

from __future__ import annotations

import re

from simulator.operators.coroutine_operator import AbandonError
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Vertebra

_INTERSPACE = re.compile(r"\b([CTL]) ?(\d{1,2}) ?[/–-] ?([CTLS]?) ?(\d{1,2})\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(left|right)[ -](?:sided|side|lateral)|\b(?:on|along|beside) the (left|right)\b", re.IGNORECASE)
_KNOWN = {str(space): space for space in Interspace}


def interspaces_named(text: str) -> list[Interspace]:
    """Interspaces that a text names, however a letter writes them: L4/5, L4/L5, L4-5; what is none is left out."""
    found = []
    for region, upper, other, lower in _INTERSPACE.findall(text):
        below = other.upper() if other.upper() != region.upper() else ""
        name = f"{region.upper()}{upper}/{below}{lower}"
        if name in _KNOWN:
            found.append(_KNOWN[name])
    return found


def requested_interspace(request: str) -> Interspace:
    """The first interspace that a request names, such as "L3/4"; AbandonError where it names none."""
    found = interspaces_named(request)
    if not found:
        raise AbandonError("the request names no interspace")
    return found[0]


def further_interspaces(request: str) -> tuple[Interspace, ...]:
    """Other interspaces that a request names after the first, in its order; texts that name none are passed over."""
    found = interspaces_named(request)
    return tuple(dict.fromkeys(space for space in found if space is not found[0]))


def requested_side(request: str) -> Laterality | None:
    """The side that a request names; None where it names none."""
    found = _SIDE.search(request)
    return None if found is None else Laterality((found.group(1) or found.group(2)).lower())


def bounding_vertebrae(level: Interspace) -> tuple[Vertebra, Vertebra]:
    """The vertebra above an interspace and the one below it."""
    return level.upper_vertebra, level.lower_vertebra
