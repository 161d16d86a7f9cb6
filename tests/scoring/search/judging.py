"""Judging: the best procedures on people whom the search has not seen, beside the expert on the same people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tests.scoring.golden_runs import golden_score
from tests.scoring.search.evolution import Tried
from tests.scoring.search.genes import Kind
from tests.scoring.search.journal import Journal
from tests.scoring.search.people import case_of, name_and_seed

EXPERT = "autopilot"
OPEN_LOOP_AT_MOST = 40.0
BELOW_THE_EXPERT = 30.0
BEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Mean scores on unseen people: of each procedure, and of all."""

    kind: Kind
    means: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Of all procedures on all people."""
        return mean(self.means)


def judge(kind: Kind, best: Sequence[Tried], journal: Journal, people: Sequence[str]) -> Judgement:
    """Let the best procedures treat the people."""
    by_person = [[journal(kind, one.genome, person).score for one in best[:BEST]] for person in people]
    return Judgement(kind=kind, means=tuple(map(mean, zip(*by_person, strict=True))))


def expert_scores(path: Path, people: Sequence[str]) -> list[float]:
    """The expert's scores: from a golden session, from the file where they stand there, or from images anew."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    known: dict[str, float] = {row["person"]: row["score"] for row in rows}
    for person in people:
        if person not in known:
            name, seed = name_and_seed(person)
            held = golden_score(name, EXPERT, seed)
            known[person] = case_of(person).run(EXPERT).scorecard.score if held is None else held
            with path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"person": person, "operator": EXPERT, "score": known[person]}) + "\n")
    return [known[person] for person in people]
