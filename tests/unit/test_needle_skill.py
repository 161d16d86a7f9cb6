"""Perk Tutor's metrics of the needle, distances of paths, and CUSUM, against values worked out by hand."""

from __future__ import annotations

import math
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from simulator.engine import events as e
from simulator.errors import UserInputError
from simulator.scoring.cusum import PLACEMENT, CusumPlan, cusum
from simulator.scoring.metric import Metric
from simulator.scoring.needle_skill import needle_skill_metrics
from simulator.scoring.path_distance import dynamic_time_warping_mm, frechet_distance_mm, resampled
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.user_metrics import user_metrics
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId
from tests.unit.report_patient import tube_phantom, tube_world

DOWN = (0.0, -1.0, 0.0)


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


def _move(at_ms, tip, moved, inserted):
    return e.NeedleMoved(
        at_ms=at_ms, commanded_mm=moved, moved_mm=moved, tip_mm=tip, direction=DOWN, inserted_mm=inserted, dura_mm=20.0,
        least_dura_mm=20.0, local_depth_mm=4.0, neural_mm=20.0, layer="muscle", compartment="soft tissue", zone=None,
        level="L3/4", critical=False, force_n=(), stopped_by=None,
    )  # fmt: skip


@pytest.fixture
def summary(world):
    """Straight down 30 mm, back 20 mm, a turn, and 10 mm aside: the triangle of the last step is 10 x 10 / 2."""
    events = [
        e.NeedlePlaced(at_ms=10_000, entry_mm=(0.0, 45.0, 0.0), direction=DOWN),
        e.SkinPunctured(at_ms=20_000, entry_mm=(0.0, 45.0, 0.0)),
        _move(20_000, (0.0, 15.0, 0.0), 30.0, 30.0),
        _move(30_000, (0.0, 35.0, 0.0), -20.0, 10.0),
        e.NeedleRedirected(at_ms=40_000, direction=(1.0, 0.0, 0.0), share=1.0),
        _move(50_000, (10.0, 35.0, 0.0), 10.0, 20.0),
        e.NeedleRemoved(at_ms=80_000),
        e.Finished(at_ms=100_000, treated=False, seal_probability=0.0, relief=False),
    ]
    return summarise(world, events)


def _values(summary):
    return {(m.phase, m.name): m.value for m in needle_skill_metrics(summary)}


def test_perk_tutors_metrics_are_what_a_ruler_says(summary):
    values = _values(summary)
    assert values[Phase.PREPARATION, MetricId.ELAPSED_TIME] == 20.0
    assert values[Phase.GUIDANCE, MetricId.ELAPSED_TIME] == 80.0
    assert values[Phase.GUIDANCE, MetricId.TIME_IN_TISSUE] == 60.0
    assert values[Phase.GUIDANCE, MetricId.PATH_LENGTH] == pytest.approx(60.0)
    assert (Phase.PREPARATION, MetricId.PATH_LENGTH) not in values
    assert values[Phase.GUIDANCE, MetricId.TISSUE_DAMAGE] == pytest.approx(50.0)
    assert values[Phase.GUIDANCE, MetricId.ROTATION_TOTAL] == pytest.approx(90.0)
    assert values[Phase.GUIDANCE, MetricId.TRANSLATIONAL_ACTIONS] == 3.0


def test_a_path_in_tissue_leaves_out_what_ends_outside(world):
    events = [
        e.NeedlePlaced(at_ms=0, entry_mm=(0.0, 45.0, 0.0), direction=DOWN),
        e.SkinPunctured(at_ms=1, entry_mm=(0.0, 45.0, 0.0)),
        _move(2, (0.0, 35.0, 0.0), 10.0, 10.0),
        _move(3, (0.0, 45.0, 0.0), -10.0, 0.0),
    ]
    values = _values(summarise(world, events))
    assert values[Phase.GUIDANCE, MetricId.PATH_LENGTH] == pytest.approx(20.0)
    assert values[Phase.GUIDANCE, MetricId.PATH_IN_TISSUE] == pytest.approx(10.0)
    assert values[Phase.GUIDANCE, MetricId.PATH_INEFFICIENCY] is None


def test_nothing_is_measured_of_nothing(world):
    assert needle_skill_metrics(summarise(world, [])) == []


def test_frechet_and_warping_of_parallel_and_of_bent_paths():
    a, aside = np.array([[0.0, 0.0, 0.0], [50.0, 0.0, 0.0]]), np.array([0.0, 3.0, 4.0])
    assert frechet_distance_mm(resampled(a), resampled(a + aside)) == pytest.approx(5.0)
    assert dynamic_time_warping_mm(resampled(a), resampled(a + aside)) == pytest.approx(5.0)
    detour = np.array([[0.0, 0.0, 0.0], [25.0, 10.0, 0.0], [50.0, 0.0, 0.0]])
    assert frechet_distance_mm(resampled(a), resampled(detour)) == pytest.approx(10.0, abs=0.3)
    assert 3.0 < dynamic_time_warping_mm(resampled(a), resampled(detour)) < 7.0
    # Walking there and back is far in Frechet's sense, though every point lies on the other path
    back = np.array([[0.0, 0.0, 0.0], [50.0, 0.0, 0.0], [0.0, 0.0, 0.0], [50.0, 0.0, 0.0]])
    assert frechet_distance_mm(resampled(a), resampled(back)) == pytest.approx(25.0, abs=1.0)


def test_resampling_keeps_the_ends_and_the_step():
    path = np.array([[0.0, 0.0, 0.0], [0.0, 3.5, 0.0], [2.0, 3.5, 0.0]])
    points = resampled(path, 1.0)
    assert points[0] == pytest.approx(path[0])
    assert points[-1] == pytest.approx(path[-1])
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).max() <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("acceptable", "unacceptable", "step", "limit", "successes"),
    [(0.20, 0.35, 0.271, 2.864, 11), (0.20, 0.40, 0.293, 2.240, 8), (0.10, 0.20, 0.145, 2.710, 19),
     (0.05, 0.10, 0.072, 2.941, 41)],
)  # fmt: skip
def test_cusum_gives_the_references_table(acceptable, unacceptable, step, limit, successes):
    plan = CusumPlan(acceptable=acceptable, unacceptable=unacceptable)
    assert plan.step == pytest.approx(step, abs=5e-4)
    assert plan.limit == pytest.approx(limit, abs=5e-4)
    assert plan.successes_needed == successes


def test_cusum_decides_and_sees_a_later_lapse():
    good = cusum([False] * 11, PLACEMENT)
    assert (good.standing, good.decided_at, good.still_needed) == ("competent", 11, 0)
    assert cusum([False] * 10, PLACEMENT).still_needed == 1
    lapse = cusum([False] * 11 + [True] * 4, PLACEMENT)
    assert (lapse.standing, lapse.decided_at) == ("not acceptable", 15)
    assert [first for first, _ in lapse.limits_about] == [0, 11, 15]
    assert [about for _, about in lapse.limits_about] == [0.0, lapse.values[10], lapse.values[14]]
    assert cusum([], PLACEMENT).still_needed == 11


def _point(measure):
    class Found:
        name, value = "pauses", "somewhere:pauses"

        def load(self):
            return measure

    return Found()


def test_own_metrics_are_run_and_checked(summary):
    given = Metric(name="pauses", value=3.0, unit="")
    assert user_metrics(summary, [_point(lambda _: given)]) == [given]
    assert user_metrics(summary, [_point(lambda _: [given, given])]) == [given, given]
    for bad in (lambda _: 3.0, lambda _: 1 / 0, lambda _: Metric(name="x", value=math.nan, unit="")):
        with pytest.raises(UserInputError, match="pauses"):
            user_metrics(summary, [_point(bad)])


def test_an_own_metric_that_cannot_be_imported_is_named(summary):
    with pytest.raises(UserInputError, match="no_such_module"):
        user_metrics(summary, [EntryPoint("gone", "no_such_module:f", "ctfsim.metrics")])
