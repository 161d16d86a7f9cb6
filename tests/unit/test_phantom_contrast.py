"""The myelogram's contrast: none is lost on the way, it mixes by turning, thins towards the head and with time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phantoms.canal.thecal_sac import FluidColumn
from phantoms.catalogue import patient_parameters
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.iodine_mixing import csf_iodine_mg_per_ml, iodine_budget
from phantoms.parameters import Variation
from phantoms.people import random_person
from phantoms.phantom import Label, VoxelGrid
from phantoms.spinal_curve import disc_positions_mm, positions_mm
from phantoms.spine import build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.voxels.voxelize import voxelize
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN

MEAN = MyelogramParameters()


def fluid(sex: str = "F", sac_scale: float = 1.0) -> FluidColumn:
    return FluidColumn.for_person(positions_mm(FIVE_LUMBAR_COLUMN, sex), sac_scale, Variation(), 0.0)


@pytest.mark.parametrize("change", [{}, {"turns": 0.0}, {"hours_to_patch": 6.0}, {"injection_level": "L4/5"}])
def test_what_was_injected_is_in_the_sac_in_the_head_or_gone(change: dict[str, float]) -> None:
    myelogram = replace(MEAN, **change)
    at = disc_positions_mm(FIVE_LUMBAR_COLUMN, "F")[myelogram.injection_level]
    budget = iodine_budget(at, fluid(), myelogram)
    assert budget.in_sac_mg + budget.in_head_mg + budget.gone_mg == pytest.approx(3750.0, rel=1e-9)
    profile = csf_iodine_mg_per_ml(fluid().s_mm, at, fluid(), myelogram)
    assert fluid().holding(profile) == pytest.approx(budget.in_sac_mg, rel=1e-9)
    assert budget.gone_mg == pytest.approx(3750.0 * (1.0 - 0.8 ** (myelogram.hours_to_patch / 3.0)))


def test_concentrations_are_those_of_the_reference() -> None:
    """35-60 mg/mL at the injection, 10-25 at C1, for sacs of people with a leak and without (section 1.5)."""
    for sex in "FM":
        for scale in (1.0, 0.95):
            c = csf_iodine_mg_per_ml(
                np.array([0.0, disc_positions_mm(FIVE_LUMBAR_COLUMN, sex)["C1/2"]]), 0.0, fluid(sex, scale), MEAN
            )
            assert 35.0 < c[0] < 60.0
            assert 10.0 < c[1] < 25.0


def test_turning_mixes_and_a_smaller_sac_is_denser() -> None:
    ends = np.array([0.0, 450.0])
    ratios = []
    for turns in (0.0, 3.0, 10.0, 30.0):
        low, high = csf_iodine_mg_per_ml(ends, 0.0, fluid(), replace(MEAN, turns=turns))
        ratios.append(high / low)
    assert np.all(np.diff(ratios) > 0.0)
    assert ratios[0] < 0.05
    assert ratios[2] == pytest.approx(1.0 / 3.0, abs=0.05)
    assert (
        csf_iodine_mg_per_ml(ends, 0.0, fluid(sac_scale=0.8), MEAN)[0]
        > 1.2 * csf_iodine_mg_per_ml(ends, 0.0, fluid(), MEAN)[0]
    )


def test_a_puncture_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="C5/6"):
        replace(MEAN, injection_level="C5/6")


def test_the_fluid_that_is_counted_is_the_fluid_that_is_painted() -> None:
    """Mass in a whole spine's sac, from points at the scale of a millimetre, against the budget."""
    person = random_person(4)
    spine = build_spine(person)
    canal, anatomy = spine.canal, SyntheticAnatomy.from_spine(spine)
    rng = np.random.default_rng(1)
    reach = np.array([16.0, 12.0])
    low, high = float(canal.s_mm[0]) + 5.0, disc_positions_mm(FIVE_LUMBAR_COLUMN, person.sex)["C1/2"]
    count = 60_000
    s, u = rng.uniform(low, high, count), rng.uniform(-reach[0], reach[0], count)
    v = np.interp(s, canal.s_mm, canal.sac.v_mm) + rng.uniform(-reach[1], reach[1], count)
    sac = anatomy.label(canal.centreline.from_canal_coordinates(u, v, s)) == Label.CEREBROSPINAL_FLUID
    # of the sleeves and of what lies between sac and box nothing is counted
    sac &= (
        np.hypot(
            u / np.interp(s, canal.s_mm, canal.sac.half_width_mm),
            (v - np.interp(s, canal.s_mm, canal.sac.v_mm)) / np.interp(s, canal.s_mm, canal.sac.half_ap_mm),
        )
        < 1.25
    )
    iodine = np.interp(s, canal.s_mm, canal.fluid.csf_iodine_mg_per_ml)
    painted_mg = float((iodine * sac).mean()) * (high - low) * 4.0 * reach[0] * reach[1] * 1e-3
    counted = FluidColumn.for_person(
        positions_mm(FIVE_LUMBAR_COLUMN, person.sex, person.thin_discs),
        person.sac_scale,
        person.variation,
        person.conus_levels,
    )
    at = disc_positions_mm(FIVE_LUMBAR_COLUMN, person.sex)[person.myelogram.injection_level]
    profile = csf_iodine_mg_per_ml(counted.s_mm, at, counted, person.myelogram)
    asked_mg = counted.holding(profile * ((counted.s_mm > low) & (counted.s_mm < high)))
    assert painted_mg == pytest.approx(asked_mg, rel=0.05)


def test_it_sinks_to_the_front_of_a_prone_patient_and_the_mean_stays() -> None:
    even, sunk = (
        build_spine(replace(p, myelogram=replace(p.myelogram, settling=settling)))
        for p in (patient_parameters("patient-2"),)
        for settling in (0.0, 0.3)
    )
    s = even.interspace_s_mm["L2/3"]
    x, y, z = (float(q) for q in even.canal.centreline.frame(s)[0])
    body = VoxelGrid(
        origin_mm=(round(x) - 20.0, round(y) - 8.0, round(z)), spacing_mm=(1.0, 1.0, 1.0), shape=(1, 40, 41)
    )
    fine = VoxelGrid(
        origin_mm=(round(x) - 14.25, round(y) - 4.25, round(z)), spacing_mm=(0.5, 0.5, 1.0), shape=(1, 56, 56)
    )
    iodine = []
    for spine in (even, sunk):
        canal = voxelize(spine, body, fine)[1]
        iodine.append(np.where(canal.label[0] == Label.CEREBROSPINAL_FLUID, canal.plane(0)[2], np.nan))
    rows = np.flatnonzero(np.isfinite(iodine[1]).sum(axis=1) > 10)  # rows run from the front to the back
    front, back = rows[: len(rows) // 4], rows[-(len(rows) // 4) :]
    assert np.nanmedian(iodine[0][front]) == pytest.approx(np.nanmedian(iodine[0][back]), rel=0.05)
    assert np.nanmedian(iodine[1][front]) > 1.3 * np.nanmedian(iodine[1][back])
    assert np.nansum(iodine[1]) == pytest.approx(np.nansum(iodine[0]), rel=0.06)
