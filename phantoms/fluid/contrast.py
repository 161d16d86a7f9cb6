"""The contrast that was injected into the cerebrospinal fluid, and what happened to it until the patch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phantoms.fluid.leak import PunctureSite
from simulator.vocabulary.levels import Interspace

INJECTION_LEVELS = (Interspace.L2_3, Interspace.L3_4, Interspace.L4_5)
_LOSS_H = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MyelogramParameters:
    """The injection of contrast into the sac, and what happened until the patch (reference sections 0 and 1.5).

    Attributes:
        volume_ml, concentration_mg_per_ml: 15 mL of 250 mg iodine per mL; 0 mL where no myelogram was made
        injection_level: interspace, L3/4 or L4/5
        turns: of the patient while it mixes: every 3 min for 30 min
        hours_to_patch: 3 +- 2
        remaining_at_3_h: part that blood has not taken up after three hours, 0.6-1.0 (assumption)
        settling: how much denser the fluid at the sac's front is than its middle while the patient lies prone, as a
            part: contrast is heavier than the fluid and sinks (assumption, no figure found)
        puncture_site: contrast outside the dura where it was injected; None where there is none
    """

    volume_ml: float = 15.0
    concentration_mg_per_ml: float = 250.0
    injection_level: Interspace = Interspace.L3_4
    turns: float = 10.0
    hours_to_patch: float = 3.0
    remaining_at_3_h: float = 0.8
    settling: float = 0.1
    puncture_site: PunctureSite | None = None

    def __post_init__(self) -> None:
        if self.injection_level not in INJECTION_LEVELS:
            raise ValueError(f"injection at {self.injection_level}: it is one of {', '.join(INJECTION_LEVELS)}")

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> MyelogramParameters:
        """A myelogram from a table of a file, in which levels are texts; ValueError where one is not known."""
        typed = dict(table)
        if "injection_level" in table:
            typed["injection_level"] = Interspace.parse(table["injection_level"])
        if table.get("puncture_site") is not None:
            typed["puncture_site"] = PunctureSite.parse(table["puncture_site"])
        return cls(**typed)

    @property
    def remaining(self) -> float:
        """Part that is left when the needle comes: the same share goes in every hour."""
        return float(self.remaining_at_3_h ** (self.hours_to_patch / _LOSS_H))
