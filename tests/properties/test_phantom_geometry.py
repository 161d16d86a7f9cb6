import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from phantoms.phantom import Label
from tests.oracles.anatomy_patient import anatomy

point = st.tuples(st.floats(-40, 40), st.floats(-20, 60), st.floats(-60, 90))
near_sac = st.tuples(st.floats(-18, 18), st.floats(-6, 26), st.floats(-50, 70))
direction = st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)).filter(lambda d: np.hypot(*d[:2]) > 0.1)


@settings(max_examples=150, deadline=None)
@given(near_sac, direction, st.floats(0.01, 3.0))
def test_dura_never_changes_faster_than_one_moves(start, way, length):
    a = np.array([start])
    b = a + length * np.array(way) / np.linalg.norm(way)
    here, there = anatomy().dura_mm(a)[0], anatomy().dura_mm(b)[0]
    assume(abs(here) < 8.0 and abs(there) < 8.0)  # farther away the root sleeves are not all looked at
    assert abs(here - there) <= 1.03 * length + 0.02


@settings(max_examples=150, deadline=None)
@given(point)
def test_labels_and_distances_agree(start):
    points = np.array([start])
    label = anatomy().label(points)[0]
    inside_dura = anatomy().dura_mm(points)[0] < 0.0
    if label in (Label.CEREBROSPINAL_FLUID, Label.DURA):
        assert inside_dura
    if label in (Label.CORTICAL_BONE, Label.SPONGIOSA):
        assert anatomy().bone_mm(points)[0] <= 1e-3
    if label == Label.AIR:
        assert anatomy().skin_mm(points)[0] >= -1e-3


@settings(max_examples=60, deadline=None)
@given(st.lists(point, min_size=2, max_size=6))
def test_points_are_answered_one_by_one(points):
    points = np.array(points)
    body = anatomy()
    for ask in (
        body.dura_mm,
        body.neural_mm,
        body.cord_mm,
        body.bone_mm,
        body.skin_mm,
        body.label,
        body.zone,
    ):
        together = ask(points)
        assert together.shape == (len(points),)
        assert np.array_equal(together, np.concatenate([ask(points[i : i + 1]) for i in range(len(points))]))
