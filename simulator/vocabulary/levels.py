"""Vertebrae and interspaces as types with an order and neighbours.

A level is parsed once, where it comes in (`Interspace.parse`, `Vertebra.parse`, `parse_level`), and travels as a type
from there. Both types are texts, so that files and records hold "L3" and "L3/4" as they always did.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Container
from enum import StrEnum
from functools import cache


class Region(StrEnum):
    """Part of the spine, as dose conversion and anatomy divide it; the sacrum belongs to the lumbar part."""

    CERVICAL = "cervical"
    THORACIC = "thoracic"
    LUMBAR = "lumbar"


class _Ordered(StrEnum):
    """Texts in the order in which they are written down, from the head to the feet."""

    @property
    def ordinal(self) -> int:
        """Place from the head down, counted from 0."""
        return _ordinals(type(self))[self]

    def __lt__(self, other: object) -> bool:
        """Whether this lies nearer to the head."""
        return self.ordinal < other.ordinal if isinstance(other, type(self)) else NotImplemented

    def __le__(self, other: object) -> bool:
        """Whether this lies nearer to the head, or is the same."""
        return self.ordinal <= other.ordinal if isinstance(other, type(self)) else NotImplemented

    def __gt__(self, other: object) -> bool:
        """Whether this lies nearer to the feet."""
        return self.ordinal > other.ordinal if isinstance(other, type(self)) else NotImplemented

    def __ge__(self, other: object) -> bool:
        """Whether this lies nearer to the feet, or is the same."""
        return self.ordinal >= other.ordinal if isinstance(other, type(self)) else NotImplemented

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = list(map(str, cls))
        near = difflib.get_close_matches(str(value)[:10], known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the column has {known[0]} to {known[-1]}"
        raise ValueError(f"there is no {cls.__name__.lower()} {str(value)[:40]!r}: {hint}")


@cache
def _ordinals(kind: type[_Ordered]) -> dict[_Ordered, int]:
    return {member: place for place, member in enumerate(kind)}


class Vertebra(_Ordered):
    """One vertebra; few people have an L6."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    C7 = "C7"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"
    T6 = "T6"
    T7 = "T7"
    T8 = "T8"
    T9 = "T9"
    T10 = "T10"
    T11 = "T11"
    T12 = "T12"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"
    L6 = "L6"
    S1 = "S1"

    @property
    def region(self) -> Region:
        """Part of the spine to which it belongs."""
        return _REGIONS[self.value[0]]

    @classmethod
    def parse(cls, text: str) -> Vertebra:
        """A vertebra from a text such as "L3"; ValueError names the nearest that there is."""
        return cls(text.strip())


_REGIONS = {"C": Region.CERVICAL, "T": Region.THORACIC, "L": Region.LUMBAR, "S": Region.LUMBAR}


def _interspace_name(upper: Vertebra, lower: Vertebra) -> str:
    return f"{upper}/{lower[1:]}" if upper[0] == lower[0] else f"{upper}/{lower}"


class Interspace(_Ordered):
    """The space between two neighbouring vertebrae, where a needle can pass.

    L5 borders on S1 in most people, and on L6 in those who have one.
    """

    C1_2 = "C1/2"
    C2_3 = "C2/3"
    C3_4 = "C3/4"
    C4_5 = "C4/5"
    C5_6 = "C5/6"
    C6_7 = "C6/7"
    C7_T1 = "C7/T1"
    T1_2 = "T1/2"
    T2_3 = "T2/3"
    T3_4 = "T3/4"
    T4_5 = "T4/5"
    T5_6 = "T5/6"
    T6_7 = "T6/7"
    T7_8 = "T7/8"
    T8_9 = "T8/9"
    T9_10 = "T9/10"
    T10_11 = "T10/11"
    T11_12 = "T11/12"
    T12_L1 = "T12/L1"
    L1_2 = "L1/2"
    L2_3 = "L2/3"
    L3_4 = "L3/4"
    L4_5 = "L4/5"
    L5_S1 = "L5/S1"
    L5_6 = "L5/6"
    L6_S1 = "L6/S1"

    @property
    def upper_vertebra(self) -> Vertebra:
        """The vertebra above it."""
        return Vertebra(self.value.partition("/")[0])

    @property
    def lower_vertebra(self) -> Vertebra:
        """The vertebra below it."""
        below = self.value.partition("/")[2]
        return Vertebra(below if below[0].isalpha() else self.value[0] + below)

    @property
    def region(self) -> Region:
        """Part of the spine to which the vertebra above it belongs."""
        return self.upper_vertebra.region

    @classmethod
    def between(cls, upper: Vertebra, lower: Vertebra) -> Interspace:
        """The interspace between two vertebrae; ValueError where they are no neighbours."""
        return cls(_interspace_name(upper, lower))

    @classmethod
    def parse(cls, text: str) -> Interspace:
        """An interspace from a text such as "L3/4"; ValueError names the nearest that there is."""
        return cls(text.strip())


Level = Vertebra | Interspace
"""What a table position or a grid can be asked for."""


def parse_level(text: str) -> Level:
    """A vertebra or an interspace from its name; ValueError where there is neither."""
    return Interspace.parse(text) if "/" in text else Vertebra.parse(text)


FIVE_LUMBAR_COLUMN: tuple[Vertebra, ...] = tuple(one for one in Vertebra if one is not Vertebra.L6)
"""All vertebrae of most people, from the head down."""

SIX_LUMBAR_COLUMN: tuple[Vertebra, ...] = tuple(Vertebra)
"""All vertebrae of those who have a sixth lumbar one, from the head down."""


def column_with(vertebrae: Container[Vertebra]) -> tuple[Vertebra, ...]:
    """The column to which these vertebrae belong, from the head down: with an L6 where there is one."""
    return SIX_LUMBAR_COLUMN if Vertebra.L6 in vertebrae else FIVE_LUMBAR_COLUMN


def interspaces_of(column: tuple[Vertebra, ...]) -> tuple[Interspace, ...]:
    """The interspaces between the vertebrae of a column or of a run of it, from the head down."""
    return tuple(Interspace.between(upper, lower) for upper, lower in itertools.pairwise(column))


def neighbour(level: Interspace, steps: int, column: tuple[Vertebra, ...] = FIVE_LUMBAR_COLUMN) -> Interspace | None:
    """The interspace so many steps towards the feet (negative: the head) in a column; None beyond its ends."""
    spaces = interspaces_of(column)
    place = spaces.index(level) + steps if level in spaces else -1
    return spaces[place] if 0 <= place < len(spaces) else None
