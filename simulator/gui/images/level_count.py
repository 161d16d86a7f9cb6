"""Level count: the labels that a trainee puts on the pictures, and the range that is drawn for the next scan."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from simulator.gui.drawing.picture import Viewport
from simulator.gui.drawing.window_level import WindowLevel
from simulator.vocabulary.levels import Vertebra
from simulator.vocabulary.scout import ScoutOrientation

CURSOR_STEPS_MM = (1.0, 10.0)
RARE = (Vertebra.L6,)
"""Which few have: counting passes over it, and whoever sees one names it."""


class ScoutTool(StrEnum):
    """What the left button of the mouse does on a scout."""

    LABEL = "label"
    RANGE = "range"


@dataclass(slots=True)
class LevelCount:
    """What was counted and drawn; kept while other screens are shown. Nothing of it is given by the program.

    Attributes:
        labels: table position of each vertebra that the trainee has named
        order: of the labels as they were set
        name: of the next label
        tool: what the left button of the mouse does
        cursor_mm: table position of the line that the arrows move; None before a picture has come
        range_mm: table positions of the next planning scan, low and high; None where none was drawn
        edges_mm: the edges of a range that have been set by themselves: low, high
        orientation: of the next scout
        shown: number of the scout that is shown; None for the last
        window: grey window of the scouts; None for the one that shows the body
        middle_mm: table position in the middle of the pictures; None before one has come
        viewports: of scout and sagittal picture, which show the same heights
    """

    labels: dict[Vertebra, float] = field(default_factory=dict)
    order: list[Vertebra] = field(default_factory=list)
    name: Vertebra = Vertebra.S1
    tool: ScoutTool = ScoutTool.LABEL
    cursor_mm: float | None = None
    range_mm: tuple[float, float] | None = None
    edges_mm: list[float | None] = field(default_factory=lambda: [None, None])
    orientation: ScoutOrientation = ScoutOrientation.POSTEROANTERIOR
    shown: int | None = None
    window: WindowLevel | None = None
    middle_mm: float | None = None
    viewports: tuple[Viewport, Viewport] = field(default_factory=lambda: (Viewport(shown_mm=0.0), Viewport()))

    def label(self, table_mm: float) -> None:
        """Put the next label here; the one after it is its neighbour, in the direction of the last two."""
        name = self.name
        before = self.order[-1] if self.order else None
        self.labels[name] = round(table_mm, 1)
        self.order = [*(one for one in self.order if one is not name), name]
        names = [one for one in Vertebra if one not in RARE or one is name]
        # Whoever begins at the sacrum or the last rib counts to the head, whoever begins at C2 to the feet
        downwards = name.ordinal > before.ordinal if before is not None else name <= Vertebra.C7
        at = names.index(name) + (1 if downwards else -1)
        self.name = names[min(max(at, 0), len(names) - 1)]

    def unlabel(self) -> None:
        """Take the last label away; it comes next again."""
        if self.order:
            self.name = self.order.pop()
            del self.labels[self.name]

    def step_name(self, by: int) -> None:
        """Another name for the next label."""
        names = list(Vertebra)
        self.name = names[min(max(names.index(self.name) + by, 0), len(names) - 1)]

    def draw_range(self, first_mm: float, second_mm: float, reach_mm: tuple[float, float]) -> None:
        """A range between two table positions, no further than the patient."""
        low, high = sorted((first_mm, second_mm))
        low, high = (min(max(value, reach_mm[0]), reach_mm[1]) for value in (low, high))
        self.range_mm = (round(low, 1), round(high, 1))
        self.edges_mm = [self.range_mm[0], self.range_mm[1]]

    def set_edge(self, upper: bool, table_mm: float, reach_mm: tuple[float, float]) -> None:
        """One edge of the range; it is a range once there are two."""
        self.edges_mm[1 if upper else 0] = table_mm
        low, high = self.edges_mm
        if low is not None and high is not None:
            self.draw_range(low, high, reach_mm)

    def clear_range(self) -> None:
        """The next planning scan goes by levels again."""
        self.range_mm, self.edges_mm = None, [None, None]

    def disorder(self) -> str | None:
        """Two labels that cannot both be right, in words; None where there are none."""
        ordered = sorted(self.labels)
        for upper, lower in pairwise(ordered):
            if self.labels[upper] <= self.labels[lower]:
                return f"{upper} lies below {lower}"
        return None
