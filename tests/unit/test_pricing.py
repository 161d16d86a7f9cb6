"""What a scan costs where it is longer than the region of the case."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from phantoms.phantom import Landmarks
from simulator.engine.imaging import handlers as imaging_steps
from simulator.engine.imaging.exposure_dose import ExposureDose, exposure_dose
from simulator.spatial.frames import PatientPoint
from simulator.spatial.table_transform import TableTransform
from simulator.vocabulary.levels import Interspace, Vertebra
from simulator.vocabulary.procedure import BeamMotion
from simulator.vocabulary.scanners import STANDARD_SCANNER

WHOLE_MM = {"cervical": 130.0, "thoracic": 275.0, "lumbar": 195.0}


def world(region: str) -> Any:
    return SimpleNamespace(settings=SimpleNamespace(region=region, imaging=SimpleNamespace(scanner=STANDARD_SCANNER)))


def state() -> Any:
    return SimpleNamespace(
        needle=SimpleNamespace(pose=None, held_by="released"), imaging=SimpleNamespace(stands_at="control room")
    )


def priced(region: str, by_region_mm: dict[str, float] | None) -> ExposureDose:
    return exposure_dose(
        world(region),
        state(),
        purpose="myelogram",
        motion=BeamMotion.HELICAL,
        tube_voltage_kv=120,
        mas=223.0,
        imaged_mm=600.0,
        by_region_mm=by_region_mm,
    )


@pytest.mark.parametrize("region", ["cervical", "lumbar"])
def test_a_whole_spine_costs_the_same_in_any_case(region: str) -> None:
    price = priced(region, WHOLE_MM)
    # 223 mAs: 14.7 mGy in the body phantom, 29.0 mGy in the head phantom; factors 0.0165, 0.015 and 0.0054.
    # Over-ranging of 5.73 cm: half above the neck, half below the lumbar spine
    assert price.effective_dose_msv == pytest.approx(
        14.72 * (27.5 * 0.0165 + 22.36 * 0.015) + 28.99 * 15.86 * 0.0054, rel=2e-3
    )
    assert price.effective_dose_msv == pytest.approx(14.0, rel=0.15), "the series' mean"
    assert price.ctdi_phantom_cm == 32
    assert price.dlp_mgy_cm == pytest.approx(14.72 * 65.73, rel=2e-3)
    assert price.k_msv_per_mgy_cm * price.dlp_mgy_cm == pytest.approx(price.effective_dose_msv)


def test_a_scan_within_one_region_costs_what_the_region_says() -> None:
    assert priced("cervical", {"cervical": 600.0}) == priced("cervical", None)
    assert priced("cervical", None).ctdi_phantom_cm == 16


def test_a_slice_belongs_to_the_nearest_vertebra() -> None:
    heights = {Vertebra.C7: 40.0, Vertebra.T1: 20.0, Vertebra.L1: -40.0}
    bodies = {vertebra: PatientPoint(0.0, 0.0, z) for vertebra, z in heights.items()}
    marks = Landmarks(vertebral_bodies=bodies, interspaces={Interspace.C7_T1: PatientPoint(0.0, 0.0, 30.0)})
    here: Any = SimpleNamespace(
        phantom=SimpleNamespace(landmarks=marks), table_transform=lambda: TableTransform(zero_mm=500.0)
    )
    centres = tuple(float(z) for z in range(545, 455, -2))
    lengths = imaging_steps.measure_regions_mm(here, centres, 2.0)
    assert lengths == {"cervical": 16.0, "thoracic": 40.0, "lumbar": 34.0}
    assert sum(lengths.values()) == 2.0 * len(centres)


def test_a_scan_without_tube_load_costs_nothing() -> None:
    price = exposure_dose(
        world("cervical"),
        state(),
        purpose="myelogram",
        motion=BeamMotion.HELICAL,
        tube_voltage_kv=120,
        mas=0.0,
        imaged_mm=600.0,
        by_region_mm=WHOLE_MM,
    )
    assert (price.effective_dose_msv, price.k_msv_per_mgy_cm) == (0.0, 0.0165)
