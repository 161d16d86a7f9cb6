"""What the referring doctor's request asks for: the level and the side in its words are read here, and only here."""

from __future__ import annotations

import re

from simulator.operators.coroutine_operator import AbandonError
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Vertebra

_INTERSPACE = re.compile(r"\b([CTL]\d{1,2}/(?:\d{1,2}|[TLS]1))\b")
_SIDE = re.compile(r"\b(?:on|along|beside) the (left|right)\b")


def requested_interspace(request: str) -> Interspace:
    """The first interspace that a request names, such as "L3/4"; AbandonError where it names none."""
    found = _INTERSPACE.search(request)
    if found is None:
        raise AbandonError("the request names no interspace")
    try:
        return Interspace.parse(found.group(1))
    except ValueError as error:
        raise AbandonError(str(error)) from error


def further_interspaces(request: str) -> tuple[Interspace, ...]:
    """Other interspaces that a request names after the first, in its order; texts that name none are passed over."""
    known = {str(space): space for space in Interspace}
    found = [known[name] for name in _INTERSPACE.findall(request) if name in known]
    return tuple(dict.fromkeys(space for space in found if space is not found[0]))


def requested_side(request: str) -> Laterality | None:
    """The side that a request names; None where it names none."""
    found = _SIDE.search(request)
    return None if found is None else Laterality(found.group(1))


def bounding_vertebrae(level: Interspace) -> tuple[Vertebra, Vertebra]:
    """The vertebra above an interspace and the one below it."""
    return level.upper_vertebra, level.lower_vertebra
