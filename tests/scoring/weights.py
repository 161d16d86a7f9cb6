"""Weights: does the order of the operators that ship hang on what we happen to hold for important?

`python -m tests.scoring.weights [FILE] [--cases ...] [--seeds N] [--operators ...]` lets operators treat cases and
appends a line for each run to FILE: the components of its score and what its caps let through. What stands there is not
run again; with nothing left to run it only reads. Then each weight is taken times 0.5 and times 1.5, the others share
the rest as before, and the order of mean scores is compared with that of the rubric.

Of the operators that ship several treat alike, and a few sessions do not say which of two equals is the better one. So
the pairs that swap are counted twice: all of them, and those of operators whom the same sessions tell apart (the mean
difference of their scores exceeds two standard errors) with the rubric's weights and with the changed ones.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev

import simulator
from simulator.operators.registry import OPERATORS
from simulator.scenario.case import Case
from simulator.scoring.caps import acting_caps
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Rubric, Weights
from simulator.scoring.score_procedure import rubric_weights
from simulator.scoring.shares import SHARES
from simulator.vocabulary.scoring import Component
from tests.scoring.golden_runs import golden_session

KEPT = Path(__file__).parent / "data" / "components.jsonl"
FACTORS = (0.5, 1.5)
SHIPPED = tuple(name for name in OPERATORS if name != "autopilot")  # another name for one of them
MOST_SWAPS = 1
STANDARD_ERRORS = 2.0
COMPONENTS = tuple(SHARES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run's score consists of.

    Attributes:
        components: 0..1, by name
        limit: what its caps let through at most
        stopped: whether it was right to give no blood, which weighs other components
        score: by the rubric's own weights
    """

    operator: str
    case: str
    seed: int
    components: Mapping[str, float]
    limit: float
    stopped: bool
    score: float


def run_of(case: Case, operator: str, seed: int) -> Run:
    """Let an operator treat a case, or carry out again what a golden session holds of it, without an image."""
    golden = golden_session(case.name, operator, seed)
    session = golden or case.run(operator).session
    card = case.score(session, operator=operator)
    caps = acting_caps(summarise(case.world, session.events), case.rubric)
    return Run(
        operator=operator,
        case=case.name,
        seed=seed,
        components={str(name): value for name, value in card.components.items()},
        limit=min([100.0, *(cap.limit for cap in caps)]),
        stopped=card.stopped_for is not None,
        score=card.score,
    )


def score_with(run: Run, rubric: Rubric) -> float:
    """The score of a run by a rubric's weights."""
    weights = rubric_weights(rubric, stopped=run.stopped)
    whole = 100.0 * sum(weights[Component(name)] * value for name, value in run.components.items())
    return min(whole, run.limit)


def with_weight(component: Component, factor: float) -> Rubric:
    """The rubric with one weight times a factor, the others so changed that all sum up to one."""
    weights = dict(rubric_weights(Rubric()).items())
    changed = factor * weights[component]
    shrunk = (1.0 - changed) / (1.0 - weights[component])
    new = {name: changed if name is component else shrunk * value for name, value in weights.items()}
    return Rubric(weights=Weights(**{str(name): value for name, value in new.items()}))


def order(runs: Sequence[Run], rubric: Rubric) -> list[str]:
    """Operators by their mean score, the best first."""
    means = {name: mean(score_with(run, rubric) for run in own) for name, own in _by_operator(runs).items()}
    return sorted(means, key=lambda name: -means[name])


def swaps(one: Sequence[str], other: Sequence[str]) -> int:
    """Pairs that stand the other way round in a second order: how many neighbours have to change places."""
    place = {name: k for k, name in enumerate(other)}
    return sum(place[a] > place[b] for a, b in itertools.combinations(one, 2))


def swaps_by_weight(runs: Sequence[Run]) -> dict[tuple[Component, float], int]:
    """For each weight and factor, how many neighbouring pairs of operators swap."""
    usual = order(runs, Rubric())
    return {
        (component, factor): swaps(usual, order(runs, with_weight(component, factor)))
        for component in COMPONENTS
        for factor in FACTORS
    }


def swaps_told_apart(runs: Sequence[Run]) -> dict[tuple[Component, float], int]:
    """For each weight and factor, how many pairs swap whom the sessions tell apart with either weights."""
    usual = told_apart(runs, Rubric())
    found = {}
    for component, factor in itertools.product(COMPONENTS, FACTORS):
        changed = told_apart(runs, with_weight(component, factor))
        found[component, factor] = sum((worse, better) in changed for better, worse in usual)
    return found


def told_apart(runs: Sequence[Run], rubric: Rubric) -> set[tuple[str, str]]:
    """Pairs of operators, the better one first, whose difference over their common sessions is no chance."""
    scores = {
        name: {(run.case, run.seed): score_with(run, rubric) for run in own} for name, own in _by_operator(runs).items()
    }
    found = set()
    for one, other in itertools.permutations(scores, 2):
        common = scores[one].keys() & scores[other].keys()
        differences = [scores[one][key] - scores[other][key] for key in sorted(common)]
        if len(differences) > 1 and mean(differences) > STANDARD_ERRORS * stdev(differences) / len(differences) ** 0.5:
            found.add((one, other))
    return found


def _by_operator(runs: Sequence[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.operator, []).append(run)
    return found


def read(path: Path) -> list[Run]:
    """Every run that stands in a file."""
    if not path.exists():
        return []
    return [Run(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def add_runs(path: Path, cases: Sequence[str], seeds: range, operators: Sequence[str]) -> None:
    """Run what is missing, and append it."""
    done = {(run.operator, run.case, run.seed) for run in read(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, seed in itertools.product(cases, seeds):
        missing = [operator for operator in operators if (operator, name, seed) not in done]
        case = simulator.load_case(name, seed=seed) if missing else None
        for operator in missing:
            assert case is not None
            with path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(run_of(case, operator, seed))) + "\n")
            print(f"{name}, seed {seed}: {operator}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run what is missing and print the orders; 1 if a weight swaps more than one pair."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring.weights", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--cases", nargs="+", default=["patient-2"])
    parser.add_argument("--seeds", type=int, default=0, help="of each case; 0 only reads")
    parser.add_argument("--operators", nargs="+", default=list(SHIPPED))
    asked = parser.parse_args(arguments)
    add_runs(asked.file, asked.cases, range(1, asked.seeds + 1), asked.operators)
    runs = read(asked.file)
    for name in order(runs, Rubric()):
        scores = [run.score for run in runs if run.operator == name]
        print(f"{name}: mean {mean(scores):.1f} of {len(scores)} runs")
    found, certain = swaps_by_weight(runs), swaps_told_apart(runs)
    for (component, factor), count in found.items():
        print(f"{component} x {factor:g}: {count} pairs swap, {certain[component, factor]} of them told apart")
    return int(max(found.values()) > MOST_SWAPS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
