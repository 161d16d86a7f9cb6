"""Genes: what a blind procedure consists of, as numbers that evolution can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

Genome = Mapping[str, float]
"""A value for each gene of a kind; choices and switches are whole numbers."""

MUTATED = 0.2  # of the genes, one by one
LIKELY = 0.6  # of the draws of a gene that has a likely value
SPREAD = 0.15  # standard deviation of a change, as a share of the gene's range


class Kind(StrEnum):
    """What a procedure may take notice of: nothing at all, or the plunger and bone alone."""

    OPEN_LOOP = "open loop"
    PLUNGER_ONLY = "plunger only"


@dataclass(frozen=True, slots=True)
class Gene:
    """A number between two others; whole where `choices` is set, and then `likely` for so large a share of draws."""

    low: float
    high: float
    choices: bool = False
    likely: float | None = None

    def drawn(self, rng: np.random.Generator) -> float:
        """Any value, each as likely but for the one that is not."""
        if self.likely is not None and rng.random() < LIKELY:
            return self.likely
        return self._valid(float(rng.uniform(self.low - 0.5 * self.choices, self.high + 0.5 * self.choices)))

    def mutated(self, value: float, rng: np.random.Generator) -> float:
        """A value near another; a choice is drawn anew."""
        if self.choices:
            return self.drawn(rng)
        return self._valid(value + float(rng.normal(0.0, SPREAD * (self.high - self.low))))

    def _valid(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.choices else round(value, 2)


def _switch() -> Gene:
    return Gene(0, 1, choices=True)


def _step() -> Gene:
    """Something that a careful operator does, and most procedures that are drawn do, too."""
    return Gene(0, 1, choices=True, likely=1.0)


NO_LOOK, LOOK_AT_LAST, LOOK_EACH_STEP = 0, 1, 2
NO_IMAGE, A_PRESS, A_SCAN = 0, 1, 2

SHARED: Mapping[str, Gene] = {
    "positions": _step(),
    "time_out": _step(),
    "arm_line": _step(),
    "prepares_skin": _step(),
    "numbs": _step(),
    "marks_leak": _step(),
    "marks_side": Gene(0, 2, choices=True, likely=2.0),
    "image_before": Gene(0, 2, choices=True, likely=A_PRESS),
    "entry_mm": Gene(0.0, 25.0),
    "from_left": _switch(),
    "angle_deg": Gene(0.0, 30.0),
    "to_head_deg": Gene(-15.0, 30.0),
    "looks": Gene(0, 2, choices=True, likely=LOOK_EACH_STEP),
    "pulls_back_mm": Gene(0.0, 4.0),
    "aspirates": _step(),
    "blood_ml": Gene(0.0, 20.0, likely=15.0),
    "portion_ml": Gene(1.0, 5.0),
    "pause_s": Gene(0.0, 60.0),
    "scan_after": _step(),
    "looks_after": _step(),
    "asks_legs": _step(),
    "aftercare": _step(),
    "tells_of_puncture": _switch(),
}
GENES: Mapping[Kind, Mapping[str, Gene]] = {
    Kind.OPEN_LOOP: {
        **SHARED,
        "depth_mm": Gene(25.0, 80.0),
        "step_mm": Gene(0.5, 20.0, likely=2.5),
        "second_site": _switch(),
    },
    Kind.PLUNGER_ONLY: {
        **SHARED,
        "from_mm": Gene(15.0, 45.0),
        "step_mm": Gene(0.3, 3.0, likely=1.0),
        "deepest_mm": Gene(40.0, 100.0),
        "air": _switch(),
        "losses": Gene(1, 3, choices=True),
        "first_ml": Gene(0.1, 1.0),
        "punctures": Gene(1, 5, choices=True),
        "turns_deg": Gene(-12.0, 12.0),
        "changes_side": _switch(),
    },
}
"""What each kind of procedure can be told."""


def random_genome(kind: Kind, rng: np.random.Generator) -> Genome:
    """A procedure of a kind, drawn at random."""
    return {name: gene.drawn(rng) for name, gene in GENES[kind].items()}


def child(kind: Kind, one: Genome, other: Genome, rng: np.random.Generator) -> Genome:
    """Each gene from one of two parents, and some of them changed."""
    made: dict[str, float] = {}
    for name, gene in GENES[kind].items():
        value = (one if rng.random() < 0.5 else other)[name]
        made[name] = gene.mutated(value, rng) if rng.random() < MUTATED else value
    return made
