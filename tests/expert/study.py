"""The expert, run on people drawn anew, of every region and kind of leak.

`python -m tests.expert.study FILE [--people FIRST LAST] [--operators NAME...] [--kinds KIND...] [--processes N]` has
each operator treat the people of a range of numbers, each another patient, and appends a line for each treatment to
FILE; what stands there is not done again, so that the study can be run in slices. Then it prints the figures with their
95 % intervals, by operator and kind of leak. With an empty range it only reads.

A person's number gives the kind of leak, by turns, and the seed. People below 1000 were looked at while the expert was
made; a study of it begins at 5001 (`docs/expert.md`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from simulator.engine.events import SkinPunctured
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.scoring.blind_advance import blind_advance, free_blind_mm
from simulator.scoring.harm import complications
from simulator.scoring.procedure_summary import ProcedureSummary, summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import tenting_mm
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.treatment import treatment
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import MetricId
from tests.physics.outcome_study import wilson

PEOPLE = Path(__file__).parent / "people"
KEPT = Path(__file__).parent / "study.jsonl"
TURNS = ("lumbar", "thorax", "lumbar", "neck", "lumbar", "foramen", "lumbar", "thorax", "slow", "neck")
"""Kinds of leak, by the last digit of a person's number; each has its file in `people/`."""
HARM = {"intrathecal_blood", "cord_contact", "dural_puncture", "subdural_blood", "blood_in_vein", "nerve_compression"}
POOR = 80.0  # a score below which a run is listed with the failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What became of one person in the hands of one operator.

    Attributes:
        person: number
        operator: who treated
        kind: of leak
        level: of the leak
        score, caps: of the scorecard
        success: blood that treats was given in an accepted place or covers the leak, and neither cord, dura nor a vein
            came to harm; or no blood was given, for a good reason
        dural_punctures, skin_punctures, presses: counts
        blind_mm, free_mm: longest way near the dura between two looks, and what may be
        tented_mm: by which the dura was pressed in
        cover, seal: of the leak zone; chance that the leak is sealed
        blood_ml, epidural_ml, in_zone: injected, of it in the epidural space, and its share in an accepted place
        minutes: of the procedure
        localised: 1 where level and side of the leak were written down right
        stopped_for: why it was right to give no blood
    """

    person: int
    operator: str
    kind: str
    level: str
    score: float
    caps: tuple[str, ...]
    success: bool
    dural_punctures: int
    skin_punctures: int
    presses: int
    blind_mm: float
    free_mm: float
    tented_mm: float
    cover: float
    seal: float
    blood_ml: float
    epidural_ml: float
    in_zone: float
    minutes: float
    localised: float | None
    stopped_for: str | None


def kind_of(person: int) -> str:
    """The kind of leak of a person, by the last digit of the number."""
    return TURNS[person % len(TURNS)]


def treat(person: int, operator: str) -> Treated:
    """Draw a person, let an operator treat them, and look at what came of it."""
    kind = kind_of(person)
    path = PEOPLE / f"{kind}.toml"
    file = load_scenario(path)
    case = build_case(file.scenario_for(person), name=file.name, seed=person, location=str(path), folder=path.parent)
    treated = case.run(operator)
    card, events = treated.scorecard, treated.events
    summary = summarise(case.world, events)
    given = treatment(summary, case.rubric)
    return Treated(
        person=person,
        operator=operator,
        kind=kind,
        level=str(case.world.phantom.leak.level),
        score=round(card.score, 1),
        caps=tuple(str(cap) for cap in card.caps),
        success=_success(summary, case.rubric, card),
        dural_punctures=complications(summary, ComplicationKind.DURAL_PUNCTURE),
        skin_punctures=sum(isinstance(event, SkinPunctured) for event in events),
        presses=len(summary.presses),
        blind_mm=round(blind_advance(summary, case.rubric).longest_mm, 2),
        free_mm=free_blind_mm(case.world, case.rubric),
        tented_mm=round(tenting_mm(summary), 2),
        cover=round(given.covered, 3),
        seal=round(card.outcome.seal_probability, 3),
        blood_ml=round(given.total_ml, 2),
        epidural_ml=round(given.epidural_ml, 2),
        in_zone=round(given.in_zone, 3),
        localised=_metric(card, MetricId.LEAK_LOCALISED),
        minutes=round(events[-1].at_ms / 60_000, 1),
        stopped_for=None if card.stopped_for is None else str(card.stopped_for),
    )


def _metric(card: Scorecard, metric_id: MetricId) -> float | None:
    metric = card.metric(metric_id)
    return None if metric is None else metric.value


def _success(summary: ProcedureSummary, rubric: Rubric, card: Scorecard) -> bool:
    if card.stopped_for is not None:
        return complications(summary, ComplicationKind.DURAL_PUNCTURE) == 0
    given = treatment(summary, rubric)
    reached = given.in_zone >= 0.5 or given.covered >= rubric.treatment.covered_fraction
    return given.treats(rubric) and reached and not HARM & set(map(str, card.caps))


def read(path: Path) -> list[Treated]:
    """All treatments of a file."""
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Treated(**{**row, "caps": tuple(row["caps"])}) for row in rows]


def run(path: Path, people: Sequence[int], operators: Sequence[str], processes: int) -> None:
    """Carry out those treatments that are not in the file yet, and write a line for each."""
    done = {(one.person, one.operator) for one in read(path)}
    todo = {person: [each for each in operators if (person, each) not in done] for person in people}
    with (
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
        path.open("a", encoding="utf-8") as out,
    ):
        # One after the other in one process: the second operator finds the person's voxels built
        for future in as_completed([pool.submit(_treat_in_turn, *each) for each in todo.items() if each[1]]):
            out.writelines(json.dumps(asdict(one), sort_keys=True) + "\n" for one in future.result())
            out.flush()


def _treat_in_turn(person: int, operators: Sequence[str]) -> list[Treated]:
    return [treat(person, each) for each in operators]


def figures(treated: Sequence[Treated]) -> list[str]:
    """The study's table: for each operator a line for each kind of leak, and one for all."""
    lines = [
        "| operator | leak | people | success | dura punctured | blind way within limits | median seal | median score |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|")
    for operator in sorted({one.operator for one in treated}):
        own = [one for one in treated if one.operator == operator]
        for kind in (*sorted({one.kind for one in own}), "all"):
            these = [one for one in own if kind in (one.kind, "all")]
            punctured = [one.dural_punctures > 0 for one in these]
            lines.append(
                f"| {operator} | {kind} | {len(these)} | {_share([one.success for one in these])} | "
                f"{_share(punctured)} | {_share([one.blind_mm <= one.free_mm for one in these])} | "
                f"{median(one.seal for one in these):.2f} | {median(one.score for one in these):.1f} |"
            )
    return lines


def _share(true: Sequence[bool]) -> str:
    share = sum(true) / len(true)
    low, high = wilson(share, len(true))
    return f"{sum(true)} of {len(true)}: {100 * share:.1f} % ({max(100 * low, 0.0):.1f}-{100 * high:.1f})"


def main(arguments: Sequence[str]) -> None:
    """Run a slice, and print what is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--people", type=int, nargs=2, metavar=("FIRST", "LAST"), default=(1, 0))
    parser.add_argument("--operators", nargs="+", default=["autopilot"], metavar="NAME")
    parser.add_argument("--kinds", nargs="+", default=sorted(set(TURNS)), choices=sorted(set(TURNS)), metavar="KIND")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--failures", action="store_true", help="a line for each who was not helped")
    given = parser.parse_args(arguments)
    first, last = given.people
    chosen = [person for person in range(first, last + 1) if kind_of(person) in given.kinds]
    run(given.file, chosen, given.operators, given.processes)
    treated = read(given.file)
    print(*figures(treated), sep="\n")
    for one in treated if given.failures else ():
        if not one.success or one.score < POOR or one.blind_mm > one.free_mm:
            print(one)


if __name__ == "__main__":
    main(sys.argv[1:])
