"""Summary: the runs of a study by operator and grid point, as numbers and as a Markdown table."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import median
from typing import Any

from simulator.operators.operator_failure import RunStatus
from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.intervals import Interval, median_interval
from simulator.strategies.outcome_row import Row
from simulator.strategies.pareto import REFERENCE_SUCCESS, front_with_harm, hypervolume, paired_p_value
from simulator.strategies.study import Point, Study

CURRENT, ROTATION = "scanner.preset_tube_current_ma", "scanner.preset_rotation_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All runs of one operator in one scenario at one point of the grid.

    Attributes:
        label: the point in words
        success, puncture: share with its 95 % Wilson interval (low, high)
        median_margin_mm: from tip to dura at the first millilitre of blood; None where no blood was given
        median_levels: that blood in the epidural space reached, of those who were given any
        cured, cure: whose headache went and stayed away, and the share with its interval; what outcome they had was
            drawn, so `mean_seal`, the mean chance that it was drawn with, varies less
        gained, lost: seeds that succeed here and not at the operator's first point, and the reverse
        p_value: of that difference, exact McNemar test
        safe, safe_share: runs that succeeded without harm and without luck, and their share with its interval
        harmed: runs in which the patient came to harm
        dlp_interval, score_interval, procedure_interval: of the medians; None where there are too few runs for one
        bad_ends: runs that the operator did not end itself
        on_front: whether no other group of the scenario has as little dose and harm and as much safe success, and
            there was one
    """

    scenario: str
    operator: str
    point: Point
    label: str
    runs: int
    successes: int
    success: tuple[float, float]
    punctures: int
    puncture: tuple[float, float]
    median_dlp_mgy_cm: float
    median_guidance_dlp_mgy_cm: float
    median_margin_mm: float | None
    median_ctf_images: float
    median_score: float
    median_levels: float | None
    mean_seal: float
    cured: int
    cure: tuple[float, float]
    gained: int
    lost: int
    p_value: float
    safe: int
    safe_share: Interval
    harmed: int
    dlp_interval: Interval | None
    score_interval: Interval | None
    median_procedure_s: float
    procedure_interval: Interval | None
    bad_ends: int
    on_front: bool


def rows_by_group(study: Study, rows: Sequence[Row]) -> dict[tuple[str, str, Point], dict[int, Row]]:
    """Rows by seed, by scenario, operator and point, in the study's order."""
    names = {_named(point): point for point in study.points}
    found: dict[tuple[str, str, Point], dict[int, Row]] = {
        (scenario, operator, point): {}
        for scenario in study.scenarios
        for operator in study.operators
        for point in study.points
    }
    for row in rows:
        point = names[_named(tuple((key, row[key]) for key in study.grid_keys if key in row))]
        found[row["scenario"], row["operator"], point][row["seed"]] = row
    return {key: mine for key, mine in found.items() if mine}


def _named(point: Point) -> str:
    return json.dumps(sorted(point, key=lambda item: item[0]))


def group_rows(study: Study, rows: Sequence[Row]) -> list[Group]:
    """Groups in the study's order; those without a run are left out."""
    found: list[Group] = []
    values = {key: {repr(dict(point).get(key)) for point in study.points} for key in study.grid_keys}
    varied = {key for key, seen in values.items() if len(seen) > 1}
    grouped = rows_by_group(study, rows)
    for scenario in study.scenarios:
        here: list[dict[str, Any]] = []
        for operator in study.operators:
            first: dict[int, bool] | None = None
            for point in study.points:
                mine = grouped.get((scenario, operator, point))
                if mine is None:
                    continue
                by_seed = {seed: bool(row["success"]) for seed, row in mine.items()}
                first = by_seed if first is None else first
                here.append(_group(scenario, operator, point, varied, list(mine.values()), by_seed, first))
        trades = [
            (item["median_dlp_mgy_cm"], item["safe"] / item["runs"], item["harmed"] / item["runs"]) for item in here
        ]
        chosen = {index for index in front_with_harm(trades) if trades[index][1] > REFERENCE_SUCCESS}
        found += [Group(**item, on_front=index in chosen) for index, item in enumerate(here)]
    return found


def _group(
    scenario: str,
    operator: str,
    point: Point,
    varied: Set[str],
    rows: list[Row],
    by_seed: dict[int, bool],
    first: dict[int, bool],
) -> dict[str, Any]:
    successes = sum(bool(row["success"]) for row in rows)
    punctures = sum(bool(row["dural_puncture"]) for row in rows)
    margins = [row["dural_margin_mm"] for row in rows if row["dural_margin_mm"] is not None]
    levels = [row["levels_reached"] for row in rows if row["levels_reached"] > 0.0]
    cured = sum(bool(row["relief"]) and row["relapse_day"] is None for row in rows)
    both = by_seed.keys() & first.keys()
    gained = sum(by_seed[seed] and not first[seed] for seed in both)
    lost = sum(first[seed] and not by_seed[seed] for seed in both)
    return {
        "scenario": scenario,
        "operator": operator,
        "point": point,
        "label": label_point(point, varied),
        "runs": len(rows),
        "successes": successes,
        "success": wilson_interval(successes, len(rows)),
        "punctures": punctures,
        "puncture": wilson_interval(punctures, len(rows)),
        "median_dlp_mgy_cm": median(row["dlp_total_mgy_cm"] for row in rows),
        "median_guidance_dlp_mgy_cm": median(row["dlp_guidance_mgy_cm"] for row in rows),
        "median_margin_mm": median(margins) if margins else None,
        "median_ctf_images": median(row["ctf_images"] for row in rows),
        "median_score": median(row["score"] for row in rows),
        "median_levels": median(levels) if levels else None,
        "mean_seal": sum(row["seal_probability"] for row in rows) / len(rows),
        "cured": cured,
        "cure": wilson_interval(cured, len(rows)),
        "gained": gained,
        "lost": lost,
        "p_value": paired_p_value(gained, lost),
        "safe": (safe := sum(bool(row["safe_success"]) for row in rows)),
        "safe_share": wilson_interval(safe, len(rows)),
        "harmed": sum(bool(row["harm"]) for row in rows),
        "dlp_interval": median_interval([row["dlp_total_mgy_cm"] for row in rows]),
        "score_interval": median_interval([row["score"] for row in rows]),
        "median_procedure_s": median(row["procedure_s"] for row in rows),
        "procedure_interval": median_interval([row["procedure_s"] for row in rows]),
        "bad_ends": sum(row["status"] != RunStatus.FINISHED for row in rows),
    }


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
                (group.median_dlp_mgy_cm, group.safe / group.runs)
                for group in mine
                if operator in (group.operator, "all")
            ]
            volumes[f"{scenario}: {operator}"] = round(hypervolume(trades), 1)
    return volumes
