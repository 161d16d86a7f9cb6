"""Summary: the runs of a study by operator and grid point, as numbers and as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import median
from typing import Any

from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.pareto import REFERENCE_SUCCESS, front, hypervolume, paired_p_value
from simulator.strategies.study import Point, Study
from simulator.strategies.trial import Row

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
        on_front: whether no other group of the scenario has less dose and as much success, and there was one
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
    on_front: bool


def group_rows(study: Study, rows: Sequence[Row]) -> list[Group]:
    """Groups in the study's order; those without a run are left out."""
    found: list[Group] = []
    values = {key: {repr(dict(point).get(key)) for point in study.points} for key in study.grid_keys}
    varied = {key for key, seen in values.items() if len(seen) > 1}
    for scenario in study.scenarios:
        here: list[dict[str, Any]] = []
        for operator in study.operators:
            first: dict[int, bool] | None = None
            for point in study.points:
                mine = [
                    row
                    for row in rows
                    if row["scenario"] == scenario
                    and row["operator"] == operator
                    and all(row[key] == value for key, value in point)
                ]
                if not mine:
                    continue
                by_seed = {row["seed"]: bool(row["success"]) for row in mine}
                first = by_seed if first is None else first
                here.append(_group(scenario, operator, point, varied, mine, by_seed, first))
        trades = [(item["median_dlp_mgy_cm"], item["successes"] / item["runs"]) for item in here]
        chosen = {index for index in front(trades) if trades[index][1] > REFERENCE_SUCCESS}
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
                (group.median_dlp_mgy_cm, group.successes / group.runs)
                for group in mine
                if operator in (group.operator, "all")
            ]
            volumes[f"{scenario}: {operator}"] = round(hypervolume(trades), 1)
    return volumes


def markdown(study: Study, groups: Sequence[Group]) -> str:
    """One table of all groups, and the hypervolumes below it."""
    several = len(study.scenarios) > 1
    head = [
        *(["scenario"] if several else []),
        "operator",
        "setting",
        "runs",
        "success (95 % CI)",
        "dural puncture (95 % CI)",
        "median DLP, mGy cm",
        "of it guidance",
        "median margin to the dura, mm",
        "median images",
        "median score",
        "median levels reached",
        "mean chance of a seal",
        "lasting relief (95 % CI)",
        "paired with the first: gained / lost (p)",
        "front",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for group in groups:
        cells = [
            *([group.scenario] if several else []),
            group.operator,
            group.label,
            str(group.runs),
            _share(group.successes, group.runs, group.success),
            _share(group.punctures, group.runs, group.puncture),
            f"{group.median_dlp_mgy_cm:.1f}",
            f"{group.median_guidance_dlp_mgy_cm:.1f}",
            "" if group.median_margin_mm is None else f"{group.median_margin_mm:.1f}",
            f"{group.median_ctf_images:g}",
            f"{group.median_score:.0f}",
            "" if group.median_levels is None else f"{group.median_levels:.1f}",
            f"{100 * group.mean_seal:.0f} %",
            _share(group.cured, group.runs, group.cure),
            f"{group.gained} / {group.lost} ({group.p_value:.2g})",
            "yes" if group.on_front else "",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    volumes = "; ".join(f"{name} {value:g}" for name, value in hypervolumes(groups).items())
    return "\n".join([*lines, "", f"Hypervolume to success 0 and DLP 200 mGy cm, in mGy cm: {volumes}."]) + "\n"


def _share(count: int, runs: int, interval: tuple[float, float]) -> str:
    return f"{100 * count / runs:.0f} % ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"
