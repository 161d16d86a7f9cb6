"""People with a collection about the sac: drawn ones for the search, the cases that ship for the judgement.

A person is a case and a seed, such as `patient-4 1`, or a kind of drawn people and one, such as `drawn/neck 3002`.
"""

from __future__ import annotations

from functools import lru_cache

import simulator
from simulator.scenario.case import Case
from tests.expert.study import PEOPLE
from tests.scoring.search.procedures import with_hands

SEARCHED = ("drawn/lumbar 3001", "drawn/neck 3002", "drawn/thorax 3003", "drawn/lumbar 3004")
"""Whom the search tries its procedures on."""
UNSEEN = (
    "patient-1 1", "patient-2 1", "slim 1", "obese 1", "varied 1", "varied 7",
    "patient-4 1", "patient-5 1", "patient-6 1",
    "thoracic-oblique 1",
)  # fmt: skip
"""On whom the best are judged, beside the expert; the search never sees them. Lumbar, cervical, thoracic."""


def name_and_seed(person: str) -> tuple[str, int]:
    """The case of a person and the seed."""
    name, seed = person.rsplit(" ", 1)
    return name, int(seed)


@lru_cache(maxsize=len(SEARCHED))
def _built(person: str) -> Case:
    name, seed = name_and_seed(person)
    drawn = name.removeprefix("drawn/")
    return simulator.load_case(name if drawn == name else PEOPLE / f"{drawn}.toml", seed=seed)


def case_of(person: str, hands: int = 0) -> Case:
    """A person's case, by the chance of its seed, or by another for each number of the hands."""
    case = _built(person)
    return with_hands(case, 1000 * case.world.root_seed + hands if hands else case.world.root_seed)
