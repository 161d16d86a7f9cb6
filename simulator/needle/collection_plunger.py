"""Collection plunger: how CSF behind the sac blurs the loss of resistance. Every number here is an assumption.

That the loss cannot be relied on where CSF fills the space is the paper's (AJNR 2012;33:541); by how much was never
measured, as far as we found. Studies print how results move with these numbers (`scaled`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPlungerModel:
    """How strongly a collection deceives the thumb.

    Attributes:
        softening_mm: mean way past the flavum over which resistance goes where fluid fills the whole dorsal space, mm;
            exponential from place to place. In fat it goes at once: a flavum that opens at 470-500 mmHg (reference,
            section 4) borders on a space of a few mmHg. A soaked inner face leaves no such step
        outflow_times: on that way with saline while CSF runs out at the hub: one column of water meets another. Air
            does not join it
        gap_times: on the share of gaps in muscle and ligaments, which the fluid holds open
        retrodural_share: interspaces beside a collection whose retrodural space (of Okada) is open; 5 % without
    """

    softening_mm: float = 6.0
    outflow_times: float = 1.3
    gap_times: float = 2.0
    retrodural_share: float = 0.3

    def scaled(self, times: float) -> CollectionPlungerModel:
        """The same with its effects times a factor; 0 takes them away."""
        return CollectionPlungerModel(
            softening_mm=self.softening_mm * times,
            outflow_times=1.0 + (self.outflow_times - 1.0) * times,
            gap_times=1.0 + (self.gap_times - 1.0) * times,
            retrodural_share=min(self.retrodural_share * times, 1.0),
        )

    def softened_mm(self, drawn: float, filled: float, *, outflow: bool) -> float:
        """Way past the flavum after which the plunger gives way.

        Args:
            drawn: number of this place, in [0, 1)
            filled: share of the dorsal space at the needle that is fluid, 0..1
            outflow: whether CSF runs out against a column of saline
        """
        mean_mm = self.softening_mm * filled * (self.outflow_times if outflow else 1.0)
        return -mean_mm * math.log1p(-drawn)


COLLECTION_PLUNGER = CollectionPlungerModel()
