"""Summary: the runs of a study by operator and grid point, as numbers and as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from statistics import median

from simulator.operators.operator_failure import RunStatus
from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.intervals import Interval, median_interval
from simulator.strategies.oracle import ORACLE
from simulator.strategies.outcome_row import Row
from simulator.strategies.pareto import REFERENCE_SUCCESS, front_with_harm, hypervolume, paired_p_value
from simulator.strategies.study import Point, Study, point_name

CURRENT, ROTATION = "scanner.preset_tube_current_ma", "scanner.preset_rotation_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many runs of a group had an outcome, with the 95 % Wilson interval (low, high) of their share."""

    count: int
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """A median with its 95 % interval; None where there are too few runs for one."""

    value: float
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOutcome:
    """What came of the runs of a group.

    Attributes:
        success, puncture: blood in place, and a dural puncture
        safe: runs that succeeded without harm and without luck
        harmed: runs in which the patient came to harm
        cure: whose headache went and stayed away; what outcome they had was drawn, so `mean_seal`, the mean chance that
            it was drawn with, varies less
        median_margin_mm: from tip to dura at the first millilitre of blood; None where no blood was given
        median_levels: that blood in the epidural space reached, of those who were given any
    """

    success: Share
    safe: Share
    puncture: Share
    harmed: int
    cure: Share
    mean_seal: float
    median_margin_mm: float | None
    median_levels: float | None
    score: Median


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCost:
    """Dose, images and time of the runs of a group.

    Attributes:
        dlp_mgy_cm: of the whole procedure; of it `median_guidance_dlp_mgy_cm` after the first puncture
    """

    dlp_mgy_cm: Median
    median_guidance_dlp_mgy_cm: float
    median_ctf_images: float
    procedure_s: Median


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSuccess:
    """Success against the operator's first point, on the same seeds.

    Attributes:
        gained, lost: seeds that succeed here and not there, and the reverse
        p_value: of that difference, exact McNemar test
    """

    gained: int
    lost: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All runs of one operator in one scenario at one point of the grid.

    Attributes:
        label: the point in words
        bad_ends: runs that the operator did not end itself
        on_front: whether no other group of the scenario has as little dose and harm and as much safe success, and
            there was one
    """

    scenario: str
    operator: str
    point: Point
    label: str
    runs: int
    bad_ends: int
    outcome: GroupOutcome
    cost: GroupCost
    paired: PairedSuccess
    on_front: bool = False

    @property
    def is_bound(self) -> bool:
        """Whether this is what nobody can do who does not know the truth: an upper bound."""
        return self.operator == ORACLE

    @property
    def name(self) -> str:
        """The operator as tables and figures name it."""
        return f"{self.operator} (upper bound)" if self.is_bound else self.operator


def rows_by_group(study: Study, rows: Sequence[Row]) -> dict[tuple[str, str, str], dict[int, Row]]:
    """Rows by seed, by scenario, operator and name of the point, in the study's order."""
    found: dict[tuple[str, str, str], dict[int, Row]] = {
        (scenario, operator, point_name(point)): {}
        for scenario in study.scenarios
        for operator in study.operators
        for point in study.points
    }
    for row in rows:
        point = tuple((key, row[key]) for key in study.grid_keys if key in row)
        found[row["scenario"], row["operator"], point_name(point)][row["seed"]] = row
    return {key: mine for key, mine in found.items() if mine}


def group_rows(study: Study, rows: Sequence[Row]) -> list[Group]:
    """Groups in the study's order; those without a run are left out."""
    found: list[Group] = []
    values = {key: {repr(dict(point).get(key)) for point in study.points} for key in study.grid_keys}
    varied = {key for key, seen in values.items() if len(seen) > 1}
    grouped = rows_by_group(study, rows)
    for scenario in study.scenarios:
        here: list[Group] = []
        for operator in study.operators:
            first: dict[int, bool] | None = None
            for point in study.points:
                mine = grouped.get((scenario, operator, point_name(point)))
                if mine is None:
                    continue
                by_seed = {seed: bool(row["success"]) for seed, row in mine.items()}
                first = by_seed if first is None else first
                runs = list(mine.values())
                here.append(
                    Group(
                        scenario=scenario,
                        operator=operator,
                        point=point,
                        label=label_point(point, varied),
                        runs=len(runs),
                        bad_ends=sum(row["status"] != RunStatus.FINISHED for row in runs),
                        outcome=_outcome(runs),
                        cost=_cost(runs),
                        paired=_paired(by_seed, first),
                    )
                )
        chosen = _on_front(here)
        found += [replace(group, on_front=index in chosen) for index, group in enumerate(here)]
    return found


def _on_front(groups: Sequence[Group]) -> set[int]:
    """Places of the groups of a scenario that no other one beats in dose, safe success and harm.

    An upper bound is no rival: nobody can do as it does.
    """
    rivals = [index for index, one in enumerate(groups) if not one.is_bound]
    trades = [
        (one.cost.dlp_mgy_cm.value, one.outcome.safe.count / one.runs, one.outcome.harmed / one.runs)
        for one in (groups[index] for index in rivals)
    ]
    return {rivals[place] for place in front_with_harm(trades) if trades[place][1] > REFERENCE_SUCCESS}


def _outcome(rows: Sequence[Row]) -> GroupOutcome:
    margins = [row["dural_margin_mm"] for row in rows if row["dural_margin_mm"] is not None]
    levels = [row["levels_reached"] for row in rows if row["levels_reached"] > 0.0]
    return GroupOutcome(
        success=_share([bool(row["success"]) for row in rows]),
        safe=_share([bool(row["safe_success"]) for row in rows]),
        puncture=_share([bool(row["dural_puncture"]) for row in rows]),
        harmed=sum(bool(row["harm"]) for row in rows),
        cure=_share([bool(row["relief"]) and row["relapse_day"] is None for row in rows]),
        mean_seal=sum(row["seal_probability"] for row in rows) / len(rows),
        median_margin_mm=median(margins) if margins else None,
        median_levels=median(levels) if levels else None,
        score=_median([row["score"] for row in rows]),
    )


def _cost(rows: Sequence[Row]) -> GroupCost:
    return GroupCost(
        dlp_mgy_cm=_median([row["dlp_total_mgy_cm"] for row in rows]),
        median_guidance_dlp_mgy_cm=median(row["dlp_guidance_mgy_cm"] for row in rows),
        median_ctf_images=median(row["ctf_images"] for row in rows),
        procedure_s=_median([row["procedure_s"] for row in rows]),
    )


def _paired(by_seed: Mapping[int, bool], first: Mapping[int, bool]) -> PairedSuccess:
    both = by_seed.keys() & first.keys()
    gained = sum(by_seed[seed] and not first[seed] for seed in both)
    lost = sum(first[seed] and not by_seed[seed] for seed in both)
    return PairedSuccess(gained=gained, lost=lost, p_value=paired_p_value(gained, lost))


def _share(had: Sequence[bool]) -> Share:
    return Share(count=sum(had), interval=wilson_interval(sum(had), len(had)))


def _median(values: Sequence[float]) -> Median:
    return Median(value=median(values), interval=median_interval(values))


def label_point(point: Point, varied: Set[str]) -> str:
    """A point in words: tube load where current and rotation are set together, else the keys that vary."""
    values = {key: value for key, value in point if key in varied}
    words = []
    if CURRENT in dict(point) and ROTATION in dict(point) and {CURRENT, ROTATION} & varied:
        words.append(f"{dict(point)[CURRENT] * dict(point)[ROTATION]:g} mAs")
        values = {key: value for key, value in values.items() if key not in (CURRENT, ROTATION)}
    told = {k: v for k, v in values.items() if not isinstance(v, list) and not k.startswith("text.")}
    values = told or values  # what is said to whom, and lists, follow from what is told
    words += [f"{key.rpartition('.')[2]} {value}" for key, value in values.items()]
    return ", ".join(words) or "as the scenario says"


def hypervolumes(groups: Sequence[Group]) -> dict[str, float]:
    """Hypervolume of each operator in each scenario, and of all together, mGy cm."""
    volumes: dict[str, float] = {}
    for scenario in dict.fromkeys(group.scenario for group in groups):
        mine = [group for group in groups if group.scenario == scenario]
        for operator in [*dict.fromkeys(group.operator for group in mine), "all"]:
            trades = [
                (group.cost.dlp_mgy_cm.value, group.outcome.safe.count / group.runs)
                for group in mine
                if operator == group.operator or (operator == "all" and not group.is_bound)
            ]
            volumes[f"{scenario}: {operator}"] = round(hypervolume(trades), 1)
    return volumes
