"""Peak skin dose, water-equivalent diameter and size-specific dose, against their slow versions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.ct.overbeaming import PENUMBRA_MM
from simulator.ct.patient_size import EFFECTIVE_KEV, ssde_conversion_factor, water_equivalent_diameter_cm
from simulator.ct.skin_dose import SKIN_ANGLES_DEG, SkinExposure, peak_skin_dose
from simulator.ct.spectrum import basis_per_mm
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scoring.dose_ledger import dose_ledger
from simulator.scoring.procedure_summary import summarise
from tests.oracles import dose_skin_and_size as slow
from tests.procedures import run


def _slow_beam(one: SkinExposure) -> dict:
    gap = 270.0 if one.hand_protection else None
    around = slow.around_body(SKIN_ANGLES_DEG, one.scan_arc_deg, one.tube_at_deg, gap)
    return {"low": one.low_mm, "high": one.high_mm, "entrance": one.entrance_mgy, "around": around}


def test_the_skin_map_is_the_slow_one():
    """Beams that overlap in part, of whole and partial turns and with the back spared; the peak by two ways."""
    beams = [
        SkinExposure(low_mm=0.0, high_mm=12.0, entrance_mgy=2.0),
        SkinExposure(low_mm=10.0, high_mm=22.0, entrance_mgy=1.5, scan_arc_deg=240, tube_at_deg=77.0),
        SkinExposure(low_mm=13.0, high_mm=25.0, entrance_mgy=3.0, hand_protection=True),
        SkinExposure(low_mm=40.0, high_mm=52.0, entrance_mgy=2.5, scan_arc_deg=240, tube_at_deg=300.0),
    ]
    for count in range(1, len(beams) + 1):
        fast = peak_skin_dose(beams[:count]).dose_mgy
        reference = slow.peak_on_grid([_slow_beam(one) for one in beams[:count]], PENUMBRA_MM, step_mm=0.25)
        assert fast == pytest.approx(reference, rel=5e-3)
    assert peak_skin_dose([]).dose_mgy == slow.peak_on_grid([], PENUMBRA_MM) == 0.0


def test_presses_add_up_where_they_overlap_and_nowhere_else():
    press = SkinExposure(low_mm=0.0, high_mm=12.0, entrance_mgy=2.0)
    beside = SkinExposure(low_mm=18.0, high_mm=30.0, entrance_mgy=2.0)
    half_in = SkinExposure(low_mm=12.0 + PENUMBRA_MM / 2, high_mm=30.0, entrance_mgy=2.0)
    assert peak_skin_dose([press]).dose_mgy == pytest.approx(2.0)
    assert peak_skin_dose([press, press, press]).dose_mgy == pytest.approx(6.0)
    assert peak_skin_dose([press, beside]).dose_mgy == pytest.approx(2.0)
    assert peak_skin_dose([press, half_in]).dose_mgy == pytest.approx(3.0), "halfway into the penumbra"


def test_partial_scans_from_other_sides_add_up_less_than_from_one():
    def scan(at_deg: float) -> SkinExposure:
        return SkinExposure(low_mm=0.0, high_mm=12.0, entrance_mgy=1.0, scan_arc_deg=240, tube_at_deg=at_deg)

    together = peak_skin_dose([scan(0.0)] * 3).dose_mgy
    around = peak_skin_dose([scan(0.0), scan(120.0), scan(240.0)]).dose_mgy
    assert around == pytest.approx(3.0, rel=0.02)
    assert together > 1.3 * around


def test_the_diameter_is_that_of_report_220(patient_2):
    """By CT numbers, pixel by pixel; and a phantom of water has its own diameter."""
    body = patient_2.world.phantom.body
    z_mm = patient_2.world.phantom.landmarks.find("L3").z_mm
    index = int(np.argmin(np.abs(body.grid.z_mm - z_mm)))
    mu = basis_per_mm(np.array([EFFECTIVE_KEV]))[:, 0]
    hu = 1000.0 * (np.tensordot(mu, body.plane(index).astype(np.float64), axes=1) / mu[0] - 1.0)
    inside = body.label[index] != Label.AIR
    reference = slow.water_equivalent_diameter_cm(hu.tolist(), inside.tolist(), body.grid.spacing_mm[0])
    assert water_equivalent_diameter_cm(body, z_mm) == pytest.approx(reference, rel=1e-9)
    rows, columns = np.mgrid[-200:201, -200:201]
    disc = rows**2 + columns**2 <= 100**2
    water = slow.water_equivalent_diameter_cm(np.where(disc, 0.0, -1000.0).tolist(), disc.tolist(), 1.0)
    assert water == pytest.approx(20.0, rel=1e-3)
    lung = slow.water_equivalent_diameter_cm(np.full((10, 10), -750.0).tolist(), np.ones((10, 10)).tolist(), 10.0)
    assert lung == pytest.approx(2 * math.sqrt(0.25 * 100 / math.pi))


@pytest.mark.parametrize(
    ("diameter_cm", "phantom_cm", "factor"),
    # Values that the fits of AAPM Report 204 give, by hand
    [(26.0, 32, 1.4260), (32.0, 32, 1.1440), (36.0, 32, 0.9877), (16.0, 16, 1.0091), (12.6, 16, 1.1511)],
)
def test_the_size_specific_factor_is_the_published_fit(diameter_cm, phantom_cm, factor):
    assert ssde_conversion_factor(diameter_cm, phantom_cm) == pytest.approx(factor, abs=2e-4)
    with pytest.raises(ValueError, match="choose 16 or 32"):
        ssde_conversion_factor(30.0, 24)


def test_the_ledger_holds_skin_dose_and_size(patient_2):
    """Two presses at one place and one 40 mm beside it: two add up, the third does not."""
    session = Session(patient_2.world)
    run(session, [c.MoveTable(level="L3/4"), c.PressPedal(), c.PressPedal(), c.MoveTable(by_mm=40.0), c.PressPedal()])
    total = dose_ledger(summarise(session.world, session.events)).total
    assert total.skin_entrance_mgy == pytest.approx(3 * 1.1 * 0.13 * 15.0)
    assert total.peak_skin_mgy == pytest.approx(2 * 1.1 * 0.13 * 15.0)
    (phase,) = dose_ledger(summarise(session.world, session.events)).by_phase.values()
    assert phase.ssde_mgy == pytest.approx(
        ssde_conversion_factor(phase.water_equivalent_diameter_cm, 32) * phase.ctdi_vol_mgy
    )
    assert 24.0 < phase.water_equivalent_diameter_cm < 29.0
