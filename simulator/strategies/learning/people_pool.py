"""People pool: who is met by a learner, built once, so that a start costs a needle's way and no patient.

A person takes some 18 s of a core to build, and later programs find the voxels of the last eight in the user's cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from simulator.strategies.learning.fast_image import BACK, FastImages
from simulator.strategies.splits import CASE


class PeoplePool:
    """People of the case `varied` with exact hands, who lie still, each in a scanner for fast images of the back.

    Args:
        seeds: each another person; built when first asked for, or all at once by `build_all`

    Attributes:
        images: makes fast images of the back, planes of everybody kept
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self.seeds = tuple(seeds)
        self.images = FastImages(BACK, len(self.seeds))
        self._file = load_scenario(Path(CASE))
        self._cases: dict[int, Case] = {}

    def case(self, seed: int) -> Case:
        """A person's case."""
        if seed not in self._cases:
            scenario = self._file.scenario_for(seed)
            scenario = scenario.model_copy(update={"hands": scenario.hands.model_copy(update={"kind": "exact"})})
            self._cases[seed] = build_case(
                scenario, name=CASE, seed=seed, location=str(self._file.path), folder=self._file.path.parent
            )
        return self._cases[seed]

    def build_all(self) -> int:
        """Build everybody, so that no start waits for it; how many there are."""
        for seed in self.seeds:
            self.case(seed)
        return len(self._cases)
