"""Statistics of a study: intervals and tests against published and closed values, comparisons on the same seeds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulator.strategies.comparisons import compare_groups
from simulator.strategies.intervals import (
    holm,
    mean_interval,
    mean_p_value,
    median_interval,
    paired_share_interval,
    runs_to_tell,
)
from simulator.strategies.pareto import front_with_harm
from simulator.strategies.skill_auc import skill_aucs
from simulator.strategies.study import point_name
from simulator.strategies.study_file import load_study
from simulator.strategies.summary import group_rows, hypervolumes, rows_by_group
from simulator.strategies.summary_page import markdown
from tests.studies import write_study

STUDIES = Path(__file__).resolve().parents[2] / "scenarios" / "studies"


def test_median_interval_is_that_of_order_statistics() -> None:
    assert median_interval([float(k) for k in range(20, 0, -1)]) == (6.0, 15.0)  # ranks 6 and 15 of 20: 95.9 %
    assert median_interval([1.0, 2.0, 3.0]) is None
    assert median_interval([]) is None


def test_paired_share_interval_is_newcombes() -> None:
    low, high = paired_share_interval(36, 12, 2, 0)  # Stat Med 1998;17:2635, method 10, first less second
    assert (-high, -low) == pytest.approx((0.0569, 0.3404), abs=5e-5)
    low, high = paired_share_interval(0, 0, 0, 40)
    assert low < 0.0 < high  # none in forty is not known to be none


def test_holm_is_the_step_down_of_bonferroni() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_sign_changes_are_all_tried_where_they_are_few() -> None:
    assert mean_p_value(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx(2 / 32)
    assert mean_p_value(np.zeros(7)) == 1.0
    assert mean_p_value(np.array([12.0])) == 1.0, "one pair tells nothing"
    rng = np.random.default_rng(4)
    assert mean_p_value(rng.normal(1.5, 1.0, 40)) < 0.001
    assert mean_p_value(rng.normal(0.0, 1.0, 40)) > 0.05


def test_mean_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(100):
        low, high = mean_interval(rng.normal(3.0, 2.0, 30))
        inside += low <= 3.0 <= high
    assert 88 <= inside <= 100
    assert mean_interval(np.full(5, 2.0)) == (2.0, 2.0)


def test_number_of_runs_has_the_power_that_it_promises() -> None:
    runs = runs_to_tell(0.014, 0.028)
    rng = np.random.default_rng(2)
    one, other = (rng.binomial(runs, share, 20_000) / runs for share in (0.014, 0.028))
    both = (one + other) / 2
    told = np.abs(one - other) / np.sqrt(2 * both * (1 - both) / runs) > 1.959964
    assert float(np.mean(told)) == pytest.approx(0.8, abs=0.02)
    with pytest.raises(ValueError, match="different"):
        runs_to_tell(0.1, 0.1)


def test_front_counts_harm() -> None:
    guided, blind, worse, same = (30.0, 0.9, 0.0), (0.0, 0.4, 0.3), (40.0, 0.9, 0.1), (30.0, 0.9, 0.0)
    assert front_with_harm([guided, blind, worse, same]) == [0, 1]


def row(operator: str, seed: int, **changes: Any) -> dict[str, Any]:
    numbers = {"dlp_total_mgy_cm": 30.0 + seed, "dlp_guidance_mgy_cm": 5.0, "presses": 6, "redirects": 1, "score": 80.0}
    numbers |= {"needle_time_s": 600.0, "procedure_s": 1800.0, "blind_mm": 2.0, "dural_margin_mm": 1.0, "ctf_images": 6}
    truths = {"success": True, "safe_success": True, "dural_puncture": False, "harm": False, "relief": True}
    rest = {"levels_reached": 3.0, "seal_probability": 0.8, "relapse_day": None, "status": "finished"}
    return {"scenario": "patient-2", "operator": operator, "seed": seed, **numbers, **truths, **rest, **changes}


def test_operators_are_compared_on_their_seeds_and_blind_luck_is_on_no_front(tmp_path: Path) -> None:
    study = replace(load_study(write_study(tmp_path, grid="", seeds="seeds = 12")), operators=("guided", "blind"))
    rows = [row("guided", seed) for seed in study.seeds]
    unseen = {
        "safe_success": False,
        "dlp_total_mgy_cm": 0.0,
        "dlp_guidance_mgy_cm": 0.0,
        "presses": 0,
        "blind_mm": 40.0,
    }
    rows += [row("blind", seed, score=30.0 - seed % 3, **unseen) for seed in study.seeds[:-1]]
    groups = group_rows(study, rows)
    assert [group.on_front for group in groups] == [True, False]
    found = {one.outcome: one for one in compare_groups(study, rows_by_group(study, rows), {"[]": ""})}
    assert {one.pairs for one in found.values()} == {11}
    assert (found["success"].difference, found["success"].p_value) == (0.0, 1.0)
    assert found["safe_success"].difference == -1.0
    assert found["safe_success"].p_value == pytest.approx(2 / 2**11)
    assert found["blind_mm"].difference == 38.0
    low, high = found["score"].interval
    assert low < found["score"].difference < high
    assert found["score"].difference == pytest.approx(-51.0, abs=0.2)
    page = markdown(study, groups, list(found.values()))
    assert "| safe_success | guided | blind | 11 | -1 (" in page
    assert "takes 1" in page
    assert " runs in each group" in page
    assert "0 % (0-26)" in page


def test_an_upper_bound_is_named_so_and_beats_nobody(tmp_path: Path) -> None:
    study = replace(load_study(write_study(tmp_path, grid="", seeds="seeds = 4")), operators=("guided", "oracle"))
    rows = [row("guided", seed) for seed in study.seeds]
    rows += [row("oracle", seed, dlp_total_mgy_cm=1.0) for seed in study.seeds]
    guided, oracle = group_rows(study, rows)
    assert (guided.on_front, oracle.on_front) == (True, False)
    assert (guided.name, oracle.name) == ("guided", "oracle (upper bound)")
    volumes = hypervolumes([guided, oracle])
    assert volumes["patient-2: all"] == volumes["patient-2: guided"] < volumes["patient-2: oracle"]
    assert "| oracle (upper bound) |" in markdown(study, [guided, oracle], [])


def test_score_and_metrics_are_told_by_how_well_they_tell_operators_apart(tmp_path: Path) -> None:
    study = replace(load_study(write_study(tmp_path, grid="", seeds="seeds = 40")), operators=("novice", "expert"))
    rng = np.random.default_rng(8)
    rows = []
    for seed in study.seeds:
        rows.append(row("novice", seed, score=float(rng.normal(50, 10)), metric_seal=float(rng.random())))
        rows.append(row("expert", seed, score=float(rng.normal(62, 10)), metric_seal=float(rng.random())))
    found = {one.column: one for one in skill_aucs(study, rows_by_group(study, rows), {"[]": ""})}
    assert set(found) == {"score", "metric_seal", "dlp_total_mgy_cm"}  # what never differs tells nothing
    expected = stats.norm.cdf(12 / (10 * 2**0.5))
    low, high = found["score"].interval
    assert low < expected < high
    assert low > 0.5
    low, high = found["metric_seal"].interval
    assert low < 0.5 < high
    assert found["dlp_total_mgy_cm"].auc == 0.5
    values = [[one["score"] for one in rows if one["operator"] == name] for name in study.operators]
    assert found["score"].auc == pytest.approx(stats.mannwhitneyu(values[1], values[0]).statistic / 1600)


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_study_that_ships_comes_to_its_tables(path: Path) -> None:
    """Whatever stands in its grid, lists too; rows have been written and read again, as after a resumption."""
    study = load_study(path)
    study = replace(study, seeds=study.seeds[:3])
    rows = [
        json.loads(json.dumps(row(operator, seed, scenario=scenario, **dict(point)), default=str))
        for scenario in study.scenarios
        for operator in study.operators
        for point in study.points
        for seed in study.seeds
    ]
    groups, grouped = group_rows(study, rows), rows_by_group(study, rows)
    assert len(groups) == len(grouped) == len(study.scenarios) * len(study.operators) * len(study.points)
    assert all(group.runs == len(study.seeds) for group in groups)
    labels = {point_name(one.point): one.label for one in groups}
    assert len(set(labels.values())) == len(study.points), "two points have one name in the page"
    page = markdown(study, groups, compare_groups(study, grouped, labels))
    assert all(label in page for label in labels.values())
    skill_aucs(study, grouped, labels)


def test_same_rows_give_the_same_page(tmp_path: Path) -> None:
    study = replace(load_study(write_study(tmp_path, grid="", seeds="seeds = 12")), operators=("a", "b"))
    rng = np.random.default_rng(3)
    rows = [row(name, seed, score=float(rng.normal(60, 9))) for name in study.operators for seed in study.seeds]

    def page() -> str:
        groups = rows_by_group(study, rows)
        return markdown(study, group_rows(study, rows), compare_groups(study, groups, {"[]": ""}))

    assert page() == page()
