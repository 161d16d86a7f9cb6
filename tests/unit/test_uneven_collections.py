"""Collections that are no even ring: septa, more on one side, fluid along roots; drawn only where asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import LeakParameters, uneven
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_build import change_leak
from simulator.scenario.semantic_checks import find_semantic_errors
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from tests.conftest import PROJECT

PATIENT = patient_parameters("patient-2")


@cache
def spine(septa: int = 0, asymmetry: float = 0.0, sleeve_mm: float = 0.0) -> Spine:
    leak = replace(PATIENT.leak, side=Laterality.RIGHT, septa=septa, asymmetry=asymmetry, sleeve_mm=sleeve_mm)
    return build_spine(replace(PATIENT, leak=leak))


@pytest.mark.parametrize("septa", [1, 2, 3])
def test_septa_part_the_ring_and_spare_the_hole(septa: int) -> None:
    even, parted = (of.canal.fluid.collection_thickness_mm for of in (spine(), spine(septa=septa)))
    inside = even > 0.3
    part = parted[inside] / even[inside]
    dips = (part < 0.2) & (np.roll(part, 1) >= 0.2)
    assert int(dips.sum()) == septa
    hole = spine().interspace_s_mm[PATIENT.leak.level]
    at_hole = int(np.argmin(np.abs(spine().canal.s_mm - hole)))
    assert parted[at_hole] > 0.9 * even[at_hole]
    assert np.array_equal(parted[~inside & (even == 0.0)], even[~inside & (even == 0.0)])


def beside(of: Spine, sign: int) -> int:
    """Points of collection beside the sac on one side, about the hole."""
    hole, canal = of.interspace_s_mm[PATIENT.leak.level], of.canal
    s, aside, back = np.meshgrid(
        hole + np.linspace(-15, 15, 31), np.linspace(0.5, 6.0, 12), np.linspace(-2, 6, 17), indexing="ij"
    )
    u = np.interp(s, canal.s_mm, canal.sac.u_mm) + sign * (np.interp(s, canal.s_mm, canal.sac.half_width_mm) + aside)
    v = np.interp(s, canal.s_mm, canal.sac.v_mm) + back
    points = canal.centreline.from_canal_coordinates(u.ravel(), v.ravel(), s.ravel())
    return int((SyntheticAnatomy.from_spine(of).label(points) == Label.EPIDURAL_COLLECTION).sum())


def test_an_asymmetric_ring_has_more_beside_the_sac_on_its_side() -> None:
    even, more = spine(), spine(asymmetry=0.8)
    assert beside(more, -1) > 1.1 * beside(even, -1)
    assert beside(more, 1) == beside(even, 1)


def test_a_ring_runs_along_the_roots_that_leave_within_it() -> None:
    of = spine(sleeve_mm=14.0)
    paths = of.canal.fluid.perineural_leaks
    assert len(paths) >= 1
    assert spine().canal.fluid.perineural_leaks == ()
    for path in paths:
        assert path.uvs_mm[-1, 0] < path.uvs_mm[0, 0] < 0.0  # to the right, the leak's side
        assert abs(path.uvs_mm[-1, 0] - path.uvs_mm[0, 0]) == pytest.approx(14.0, abs=3.0)
        assert path.iodine_mg_per_ml[0] > 0.0


def test_a_ring_to_one_side_needs_a_side() -> None:
    with pytest.raises(ValueError, match="one, left or right"):
        replace(PATIENT.leak, side=Laterality.BOTH, asymmetry=0.5)


def test_a_seed_draws_one_uneven_ring_and_nothing_of_other_patterns() -> None:
    first, again, other = (uneven(PATIENT.leak, seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    slow = LeakParameters(
        pattern=LeakPattern.SLOW, level=PATIENT.leak.level, side=Laterality.LEFT, thickness_mm=3.0, iodine_ratio=0.2
    )
    assert uneven(slow, 3) == slow
    drawn = [uneven(PATIENT.leak, seed) for seed in range(40)]
    assert {one.septa for one in drawn} == {0, 1, 2, 3}
    assert all(0.0 <= one.asymmetry <= 0.8 and 0.0 <= one.sleeve_mm <= 15.0 for one in drawn)


def test_nothing_is_drawn_unless_a_case_asks_for_it() -> None:
    leak = load_scenario(PROJECT / "scenarios" / "patient-2.toml").scenario_for(1).leak
    assert change_leak(PATIENT.leak, leak, 3) == change_leak(PATIENT.leak, leak, 4)
    asked = leak.model_copy(update={"uneven": True})
    assert change_leak(PATIENT.leak, asked, 3) != change_leak(PATIENT.leak, asked, 4)
    said = asked.model_copy(update={"septa": 5})
    assert change_leak(PATIENT.leak, said, 3).septa == 5


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"pattern": LeakPattern.SLOW, "septa": 2}, "septa"),
        ({"pattern": LeakPattern.SLOW, "uneven": True}, "uneven"),
        ({"side": Laterality.BOTH, "asymmetry": 0.5}, "asymmetry"),
    ],
)
def test_what_does_not_fit_is_told(changes: dict[str, object], key: str) -> None:
    scenario = load_scenario(PROJECT / "scenarios" / "patient-2.toml").scenario_for(1)
    wrong = scenario.model_copy(update={"leak": scenario.leak.model_copy(update=changes)})
    assert ("leak", key) in [error.keys for error in find_semantic_errors(wrong, Path())]
