"""The outcome of procedures that operators carry out on people, beside what is published.

`python -m tests.physics.outcome_study FILE [--people N] [--first N] [--arms ARM ...]` treats so many people in each
arm and appends a line for each to FILE; what stands there is not done again, so that it can be run in slices. Without
people it only reads. A line holds how the blood lies and no probability: the outcome is computed when it is read, so
that the fitted constants can be changed without treating anybody anew.

Every person is drawn anew (`scenarios/varied.toml`). The expert treats them at the level of the leak. The blind lumbar
operator treats the same people twice: without fluid where the needle goes in, as somebody who leaks at another level,
and, in an arm of its own that no fit looks at, beside the collection. A blind patch is judged against holes at every
interspace of the spine, C1/2 to L5/S1: those of the lumbar spine by the blood about them, those above it by the levels
that lie between.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.optimize import brentq

from phantoms.build import build_phantom
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.spine import build_spine
from simulator.engine.injection.advance_patch_to_now import advance_patch_to_now
from simulator.engine.patient.outcome_at_the_end import cover_of, read_the_end
from simulator.engine.session import Session, drive
from simulator.operators.registry import operator_named
from simulator.patch.leak_coverage import zone_about
from simulator.patient import outcome
from simulator.patient.outcome import TOKEN_ML, Chances, Cover, SecondHole, chances
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_build import case_parameters
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.levels import Interspace, Region
from simulator.vocabulary.needles import NeedleKind
from tests.canal_phantom import canal_phantom
from tests.conftest import PROJECT

VARIED = PROJECT / "scenarios" / "varied.toml"
KEPT = Path(__file__).parent / "data" / "outcome_study.jsonl"
EXPERT, BLIND = "autopilot", "blind-lumbar"
BLIND_BESIDE = "blind-lumbar beside a collection"
ARMS = (EXPERT, BLIND, BLIND_BESIDE)
BLIND_ML, BLIND_TRAY = 30.0, ("18G Tuohy 88 mm", "20G Quincke 88 mm")  # as in scenarios/blind-patch.toml

# On whom, in procedures of an earlier state, two constants were fitted: no figure is about these.
FITTED_ON = range(1, 14)

PUBLISHED_TARGETED, PUBLISHED_BLIND = 27 / 31, 13 / 25  # CHO11: what two constants were fitted to, on others
PAPER = 6 / 7
JOCN19_TARGETED, JOCN19_BLIND = 0.69, 0.71


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """One person treated in one arm.

    Attributes:
        operator: name of the arm, which is the operator's
        leak: level of the leak
        covers: how the blood lies about a hole, by the hole's level; the expert's alone about the leak
        holes: that needles left in the dura: the needle, and the blood about it
        flat_hours, head_down: as ordered
        blood_ml: injected, wherever it went
    """

    person: int
    operator: str
    leak: str
    covers: dict[str, Cover]
    holes: tuple[tuple[str, Cover], ...]
    flat_hours: float
    head_down: bool
    blood_ml: float


def case_of(person: int, arm: str) -> Case:
    """A person drawn anew; for the blind operator with the needle and the volume of a blind patch.

    Where no fluid is to lie at the needle the patient has no leak at all, and voxels about the canal alone: nothing
    that a blind operator does needs an image.
    """
    file = load_scenario(VARIED)
    scenario = file.scenario_for(person)
    if arm != EXPERT:
        scenario = scenario.model_copy(
            update={
                "limits": scenario.limits.model_copy(update={"blood_ml": BLIND_ML}),
                "needle": scenario.needle.model_copy(update={"tray": tuple(map(NeedleKind, BLIND_TRAY))}),
            }
        )
    patient = case_parameters(scenario, str(VARIED))
    if arm == BLIND:
        patient = replace(patient, leak=replace(patient.leak, pattern=LeakPattern.NONE))
    phantom = build_phantom(patient, cache=False) if arm == EXPERT else canal_phantom(patient)
    return build_case(
        scenario, name=file.name, seed=person, location=str(VARIED), folder=VARIED.parent, phantom=phantom
    )


def treat(person: int, arm: str) -> Treated:
    """Treat one person, and look at where the blood lies in the end."""
    case = case_of(person, arm)
    session = Session(case.world)
    drive(session, operator_named(EXPERT if arm == EXPERT else BLIND))
    state = advance_patch_to_now(case.world, session.state)
    assert state.finished
    world, end = case.world, read_the_end(state)
    level, hole_mm = hole_of(case)
    covers = {str(level): cover_of(world, end, zone_about(world.phantom, hole_mm))}
    if arm != EXPERT:
        marks = world.phantom.landmarks.interspaces
        off = np.subtract(hole_mm, marks[level])
        for other in world.phantom.levels:
            there = PatientPoint(*(float(v) for v in np.add(marks[other], off)))
            covers[str(other)] = cover_of(world, end, zone_about(world.phantom, there))
    return Treated(
        person=person,
        operator=arm,
        leak=str(level),
        covers=covers,
        holes=tuple(
            (str(hole.needle), cover_of(world, end, zone_about(world.phantom, hole.at_mm))) for hole in end.holes
        ),
        flat_hours=end.flat_hours,
        head_down=end.head_down,
        blood_ml=end.blood_ml,
    )


def hole_of(case: Case) -> tuple[Interspace, PatientPoint]:
    """Level and place of the hole as the scenario has it, also in a patient who was built without it."""
    spine = build_spine(case_parameters(case.scenario, str(VARIED)))
    leak = spine.parameters.leak
    hole = locate_hole(spine.canal, leak, spine.interspace_s_mm[leak.level])
    assert hole.hole_mm is not None
    return leak.level, hole.hole_mm


def to_line(treated: Treated) -> str:
    """One line of JSON; a distance to blood that there is not is written as null."""
    body = asdict(treated)
    for cover in (*body["covers"].values(), *(hole[1] for hole in body["holes"])):
        cover.update({key: round(v, 4) for key, v in cover.items() if isinstance(v, float) and math.isfinite(v)})
        cover["away_mm"] = cover["away_mm"] if math.isfinite(cover["away_mm"]) else None
    return json.dumps(body, sort_keys=True)


def from_line(line: str) -> Treated:
    """The same back."""
    body = json.loads(line)
    covers = {level: _cover(found) for level, found in body.pop("covers").items()}
    holes = tuple((needle, _cover(found)) for needle, found in body.pop("holes"))
    return Treated(covers=covers, holes=holes, **body)


def _cover(found: dict[str, float | bool | None]) -> Cover:
    away = found["away_mm"]
    return Cover(**{**found, "away_mm": math.inf if away is None else away})  # type: ignore[arg-type]


def read_study(path: Path = KEPT) -> list[Treated]:
    """Everybody who has been treated."""
    return [from_line(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def chances_of(treated: Treated, level: str | None = None) -> Chances:
    """What may be expected, with the hole where it is or at another level."""
    cover = treated.covers[treated.leak] if level is None else cover_at(treated, Interspace(level))
    holes = [SecondHole(needle=NeedleKind(needle), cover=about) for needle, about in treated.holes]
    return chances(cover, holes, flat_hours=treated.flat_hours, head_down=treated.head_down)


def cover_at(treated: Treated, level: Interspace) -> Cover:
    """How a blind patch lies about a hole at any level: above the patient's levels it is so many levels farther."""
    known = treated.covers.get(str(level))
    if known is not None:
        return known
    highest = min(map(Interspace, treated.covers))
    top = treated.covers[str(highest)]
    farther_mm = (highest.ordinal - level.ordinal) * top.level_mm
    reach_mm = top.above_mm if top.away_mm == 0.0 else -top.away_mm
    return replace(
        top, fraction=0.0, above_mm=0.0, below_mm=farther_mm, away_mm=max(farther_mm - reach_mm, 0.0), from_below=True
    )


def interspaces_of_the_spine() -> tuple[Interspace, ...]:
    """From C1/2 to L5/S1, as most people have them."""
    odd = {"L5/L6", "L5/6", "L6/S1"}
    return tuple(level for level in Interspace if str(level) not in odd)


def wilson(share: float, of: int) -> tuple[float, float]:
    """95 % interval of a mean share of so many people, as if each were sealed or not."""
    z2 = 1.96**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = 1.96 * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return middle - half, middle + half


def was_treated(treated: Treated) -> bool:
    """Whether more than a token volume came into the epidural space."""
    return next(iter(treated.covers.values())).epidural_ml > TOKEN_ML


def mean_seal(people: Sequence[Treated], levels: Sequence[Interspace] | None = None) -> float:
    """Mean chance of a cure: at the leak, or with holes equally likely at these levels."""
    return float(np.mean([one.seal for one in _chances(people, levels)]))


def mean_relief(people: Sequence[Treated], levels: Sequence[Interspace] | None = None) -> float:
    """Mean chance of relief within a day: at the leak, or with holes equally likely at these levels."""
    return float(np.mean([one.relief for one in _chances(people, levels)]))


def _chances(people: Sequence[Treated], levels: Sequence[Interspace] | None) -> list[Chances]:
    places = [None] if levels is None else [str(level) for level in levels]
    return [chances_of(one, place) for one in people for place in places]


def with_interval(share: float, of: int) -> str:
    """A share with its 95 % interval for so many people."""
    low, high = wilson(share, of)
    return f"{share:.2f} ({low:.2f}-{high:.2f})"


def rows(people: Sequence[Treated]) -> Iterator[tuple[str, str, str]]:
    """What the study says: words, what is published and how it was used, the figure."""
    every = interspaces_of_the_spine()
    for operator, levels, published in (
        (EXPERT, None, f"{PUBLISHED_TARGETED:.2f} (CHO11, 27 of 31)"),
        (BLIND, every, f"{PUBLISHED_BLIND:.2f} (CHO11, 13 of 25)"),
    ):
        told = of_arm(people, operator)
        if told:
            share = with_interval(mean_seal(told, levels), len(told))
            yield f"cure, {operator}, {len(told)} people", f"fitted, on others: {published}", share
    yield from _beside_others(people)
    blind = of_arm(people, BLIND)
    for region in Region if blind else ():
        share = with_interval(mean_seal(blind, levels_of(region)), len(blind))
        yield f"cure, {BLIND}, holes in the {region} spine", "not published", share
    for operator, place in ((EXPERT, None), (BLIND, every), (BLIND_BESIDE, levels_of(Region.LUMBAR))):
        everybody, treated = of_arm(people, operator), treated_by(people, operator)
        yield f"{operator}: treated", "not published", f"{len(treated)} of {len(everybody)}"
        if everybody:
            share = with_interval(mean_seal(everybody, place), len(everybody))
            yield f"cure, {operator}, everybody", "the rows above", share
        if treated:
            share = with_interval(mean_seal(treated, place), len(treated))
            yield f"cure, {operator}, those treated alone", "not published", share
    names = "SEALED_AT_BEST, MISSED_BLOOD_HELPS"
    yield f"{names}, were they fitted to these", "not used", "{:.3f}, {:.3f}".format(*fit(people))


def _beside_others(people: Sequence[Treated]) -> Iterator[tuple[str, str, str]]:
    """Cure and relief beside what was not used in the fit."""
    every = interspaces_of_the_spine()
    for operator, levels, cure in (
        (EXPERT, None, f"{PAPER:.2f} (the paper, 6 of 7); {JOCN19_TARGETED:.2f} complete (JOCN19)"),
        (BLIND, every, f"{JOCN19_BLIND:.2f} complete, at two sites (JOCN19)"),
    ):
        told = of_arm(people, operator)
        if told:
            share = with_interval(mean_seal(told, levels), len(told))
            yield f"cure, {operator}, {len(told)} people", f"not used: {cure}", share
            share = with_interval(mean_relief(told, levels), len(told))
            yield f"relief within a day, {operator}, {len(told)} people", "assumed: follows the cure", share


def of_arm(people: Sequence[Treated], operator: str) -> list[Treated]:
    """Who stands in an arm, but for those on whom constants were fitted.

    Those in whom no blood came into the epidural space are among them, as they are in any series: nobody knows
    of a blind patch where it went.
    """
    return [one for one in people if one.operator == operator and one.person not in FITTED_ON]


def treated_by(people: Sequence[Treated], operator: str) -> list[Treated]:
    """Who got more than a token volume into the epidural space."""
    return [one for one in of_arm(people, operator) if was_treated(one)]


def levels_of(region: Region) -> list[Interspace]:
    """Interspaces of one part of the spine."""
    return [level for level in interspaces_of_the_spine() if level.region is region]


def fit(people: Sequence[Treated]) -> tuple[float, float]:
    """What a fit to these people would make of the two fitted constants, in turns until both hold."""
    expert, blind = of_arm(people, EXPERT), of_arm(people, BLIND)
    sealed, missed = outcome.SEALED_AT_BEST, outcome.MISSED_BLOOD_HELPS

    every = interspaces_of_the_spine()

    def off(
        *, sealed: float, missed: float, group: list[Treated], levels: Sequence[Interspace] | None, goal: float
    ) -> float:
        with patch.multiple(outcome, SEALED_AT_BEST=sealed, MISSED_BLOOD_HELPS=missed):
            return mean_seal(group, levels) - goal

    for _ in range(6):
        sealed = _root(partial(off, missed=missed, group=expert, levels=None, goal=PUBLISHED_TARGETED), "sealed")
        missed = _root(partial(off, sealed=sealed, group=blind, levels=every, goal=PUBLISHED_BLIND), "missed")
    return sealed, missed


def _root(off: Callable[..., float], name: str) -> float:
    """Where a constant, named among the keywords, gives what is published; 0 or 1 where none does."""
    low, high = off(**{name: 0.0}), off(**{name: 1.0})
    if low * high > 0.0:
        return 0.0 if low > 0.0 else 1.0
    return float(brentq(lambda x: off(**{name: x}), 0.0, 1.0, xtol=1e-4))


def run_study(path: Path, people: Sequence[int], arms: Sequence[str], tell: Callable[[str], None] = print) -> None:
    """Treat who has not been treated yet."""
    done = {(one.person, one.operator) for one in read_study(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    for person in people:
        for arm in arms:
            if (person, arm) not in done:
                with path.open("a", encoding="utf-8") as lines:
                    lines.write(to_line(treat(person, arm)) + "\n")
                tell(f"{arm} {person}")


def main() -> None:
    parser = argparse.ArgumentParser(description="the outcome of procedures that operators carry out on people")
    parser.add_argument("file", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--first", type=int, default=FITTED_ON.stop)
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    asked = parser.parse_args()
    run_study(asked.file, range(asked.first, asked.first + asked.people), asked.arms)
    for row in rows(read_study(asked.file)):
        print(" | ".join(row))


if __name__ == "__main__":
    main()
