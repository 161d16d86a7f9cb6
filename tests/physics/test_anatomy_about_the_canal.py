"""What stands about the canal, against published figures, and against real CT read by the same program."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from phantoms.body.tubes import psoas_size, tube_table
from tests import anatomy_figures as figures

LIKE_THE_REAL = (0, 6)
PEOPLE = (0, 3)  # a woman of 55 years and a man of 28
ERECTOR_SHARE = {"F": (0.160, 0.056), "M": (0.124, 0.048)}  # mean and SD of 336 people [SI23], data/PROVENANCE.md
WITHIN, FEWER_VESSELS = 0.25, 0.4  # lungs hold a third fewer vessels than the one chest that we have (docs/anatomy.md)


@cache
def loins(seed: int) -> figures.Box:
    return figures.our_box(figures.person(seed), "L3")


@pytest.mark.parametrize("seed", PEOPLE)
def test_marrow_runs_on_behind_the_posterior_wall(seed: int) -> None:
    assert abs(figures.wall_step_hu(loins(seed))) < 60.0


@pytest.mark.parametrize("seed", PEOPLE)
def test_the_psoas_touches_the_body(seed: int) -> None:
    assert figures.psoas_gap_mm(loins(seed)) <= 1.0


@pytest.mark.parametrize("seed", PEOPLE)
def test_ala_and_ilium_meet_at_a_narrow_joint(seed: int) -> None:
    assert 2.0 <= figures.joint_width_mm(figures.person(seed)) <= 4.0


@pytest.mark.parametrize("seed", PEOPLE)
def test_muscle_holds_as_much_fat_as_in_people(seed: int) -> None:
    mean, sd = ERECTOR_SHARE[figures.person(seed).parameters.sex]
    assert abs(figures.fat_share(loins(seed), "erector") - mean) < 2.0 * sd
    assert figures.fat_share(loins(seed), "psoas") < 0.12


def test_two_people_differ_by_more_than_the_noise() -> None:
    """In fat, psoas and the veins' clefts; the same people scanned twice tell the noise."""
    one, other = (figures.person(seed) for seed in PEOPLE)
    shares = [figures.fat_share(loins(seed), "erector") for seed in PEOPLE]
    again = figures.fat_share(figures.our_box(one, "L3", noise_seed=1), "erector")
    assert abs(shares[0] - shares[1]) > 10.0 * abs(shares[0] - again)
    assert abs(psoas_size(one.parameters) - psoas_size(other.parameters)) > 0.05
    clefts = [[w["cleft_depth"], w["cleft_width"], w["cleft_spread"]] for w in (one.row.vertebrae, other.row.vertebrae)]
    assert (np.abs(np.subtract(*clefts)) > 0.0).all()
    assert np.std(one.row.vertebrae["cleft_depth"]) > 1.0  # no stamp


def test_the_table_of_tubes_can_be_read_by_an_anatomist() -> None:
    names = {tube.structure for tube in tube_table()}
    assert {"psoas", "quadratus", "aorta", "vena cava"} <= names
    assert all(station.source for tube in tube_table() for station in tube.stations)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["erector", "marrow", "fat"])
def test_texture_is_that_of_real_ct(name: str) -> None:
    """In people whose marrow is about as dense and whose muscle about as fat as that patient's."""
    real = figures.real_box("chest", "L2")
    boxes = [figures.our_box(figures.person(k), "L3") for k in LIKE_THE_REAL]
    for box in boxes:
        dense, real_dense = (float(one.hu[one.masks["marrow"]].mean()) for one in (box, real))
        assert dense == pytest.approx(real_dense, rel=WITHIN)
        assert figures.fat_share(box, "erector") == pytest.approx(figures.fat_share(real, "erector"), rel=WITHIN)
    ours = np.nanmean([figures.texture(box, name) for box in boxes], axis=0)
    assert ours == pytest.approx(figures.texture(real, name), rel=WITHIN)


@pytest.mark.slow
def test_a_slice_of_the_lungs_holds_as_many_vessels() -> None:
    ours = np.mean(
        [figures.vessels_in_slice(figures.our_box(figures.person(k), "T10", (5.0, 140.0, 150.0))) for k in (0, 1, 2, 4)]
    )
    assert ours == pytest.approx(figures.vessels_in_slice(figures.real_box("chest", "T10")), rel=FEWER_VESSELS)
