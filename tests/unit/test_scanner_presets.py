"""Scanner presets: rows of data with their basis, what they cost, and what the standard one keeps."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.ct import dose
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.scanner import Scanner
from simulator.ct.scanner_model import scanner_model
from simulator.ct.spectrum import beam
from simulator.ct.technique import Technique
from simulator.engine.imaging.beam_protocols import beam_protocol, dose_per_load
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.scenario.build import Case, build_case
from simulator.scenario.case_words import describe_case
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import shipped_scenario_path
from simulator.vocabulary.procedure import BeamMotion
from simulator.vocabulary.scanners import STANDARD_SCANNER, ScannerPreset
from tests.physics.water_phantoms import water_cylinder

PATIENT_2 = shipped_scenario_path("patient-2")
DATA = Path(__file__).resolve().parents[2] / "simulator" / "ct" / "data"


def test_every_preset_is_a_row_and_every_row_says_where_it_comes_from() -> None:
    rows = tomllib.loads((DATA / "scanners.toml").read_text(encoding="utf-8"))
    assert set(rows) == set(ScannerPreset)
    for row in rows.values():
        assert set(row["basis"]) == {
            *("geometry", "collimation", "rotation", "filtration", "ctdi", "overbeaming", "overranging", "bore")
        }
        for words in row["basis"].values():
            assert any(said in words for said in ("assumed", "from memory", "abstract")), words


def test_the_standard_scanner_is_the_one_that_was_there() -> None:
    """Geometry, and CTDIvol of the committed anchors to the last bit."""
    standard = scanner_model()
    assert standard.preset is STANDARD_SCANNER
    assert standard.geometry == BRILLIANCE_64_CLASS
    with (DATA / "ctdi.csv").open(encoding="utf-8") as lines:
        anchors = [row for row in csv.DictReader(lines) if row["phantom"] in ("body32", "head16")]
    assert len(anchors) == len(standard.ctdi_mgy_per_100mas) == 8
    for row in anchors:
        diameter_cm = int(row["phantom"][-2:])
        expected = float(row["ctdi_vol_mGy_per_100mAs_eff"])
        assert standard.ctdi_mgy_per_100mas[int(row["kV"]), diameter_cm] == expected


@pytest.mark.parametrize("preset", ScannerPreset)
def test_a_preset_holds_together(preset: ScannerPreset) -> None:
    model = scanner_model(preset)
    assert model.geometry.field_radius_mm == pytest.approx(250.0, abs=1.0)
    assert model.sequential_collimation_mm == pytest.approx(model.detector_mm)
    assert model.fluoroscopy_collimation_mm <= model.helical_collimation_mm <= model.detector_mm
    assert scanner_model(preset) is model
    by_voltage = [model.ctdi_mgy_per_100mas[kv, 32] for kv in model.tube_voltages_kv]
    for kv, value in zip(model.tube_voltages_kv, by_voltage, strict=True):
        assert value == pytest.approx(model.ctdi_mgy_per_100mas[120, 32] * (kv / 120) ** 2.6, rel=0.01)


def test_overranging_grows_with_rows_and_stays_among_what_is_published() -> None:
    """3 to 6 cm with 16 rows, more with 64; blades bring 320 rows to about those of 64 (RadioGraphics 2010;30:1057)."""
    beyond = {one: beam_protocol(BeamMotion.HELICAL, 32, one).overranging_mm for one in ScannerPreset}
    assert 30.0 <= beyond[ScannerPreset.ROWS_16] <= 60.0
    assert beyond[ScannerPreset.ROWS_64] > beyond[ScannerPreset.ROWS_16]
    wide = beam_protocol(BeamMotion.HELICAL, 32, ScannerPreset.ROWS_320)
    assert wide.overranging_mm == pytest.approx(wide.blocked_overranging_mm)
    assert wide.overranging_mm == pytest.approx(beyond[ScannerPreset.ROWS_64], rel=0.1)
    # Blades spare dose, and no time
    bare = replace(wide, overranging_mm=2 * wide.overranging_mm, blocked_overranging_mm=0.0)
    assert bare.beam_on_s(100.0) == pytest.approx(wide.beam_on_s(100.0))
    assert bare.estimate(120, 50.0, 100.0).dlp_mgy_cm > wide.estimate(120, 50.0, 100.0).dlp_mgy_cm


def test_the_ledger_follows_the_scanner(patient_2: Case) -> None:
    """A case with another scanner books its dose, its over-ranging and its rotation, as the console foretells."""
    for preset in ScannerPreset:
        case = build_case(
            load_scenario(PATIENT_2, overrides={"scanner.preset": str(preset)}).scenario_for(1),
            name="patient-2",
            seed=1,
            location="patient-2",
            folder=PATIENT_2.parent,
            phantom=patient_2.world.phantom,
        )
        session = Session(case.world)
        assert session.view().console.scanner is preset
        foretold = session.view().console.dose_per_load
        assert foretold is dose_per_load(case.world.conversion, preset)
        (made, *_) = session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))
        model = scanner_model(preset)
        protocol = beam_protocol(BeamMotion.HELICAL, 32, preset)
        assert made.beam.overranging_mm == pytest.approx(protocol.overranging_mm)
        assert made.settings.rotation_s == model.scan_rotation_s
        ctdi = dose.ctdi_vol_mgy(120, made.beam.mas, 32, model.helical_collimation_mm, model)
        assert made.dose.ctdi_vol_mgy == pytest.approx(ctdi)
        assert made.dose.dlp_mgy_cm == pytest.approx(ctdi * made.beam.irradiated_mm / 10)
        assert f"Scanner: {preset}" in describe_case(case)


def test_a_filter_of_aluminium_hardens_the_beam() -> None:
    plain, filtered = beam(120), beam(120, added_aluminium_mm=1.0)
    assert filtered.absorbed_per_mm2_mas < plain.absorbed_per_mm2_mas
    assert filtered.effective_water_per_mm < plain.effective_water_per_mm
    assert beam(120, added_aluminium_mm=0.0).absorbed_per_mm2_mas == plain.absorbed_per_mm2_mas


@pytest.mark.parametrize("preset", ScannerPreset)
def test_water_is_water_on_every_scanner(preset: ScannerPreset) -> None:
    phantom = water_cylinder(100.0, planes=8, canal_half_mm=12)
    technique = Technique(tube_voltage_kv=120, tube_current_ma=100, rotation_s=1.0, slice_thickness_mm=2.0)
    scanner = Scanner.of_model(phantom, scanner_model(preset))
    frame = scanner.image(technique=technique, slice_centres_mm=[3.5], noise_key=None, centre_mm=(0.0, 0.0))
    about = np.hypot(*np.meshgrid(*[(np.arange(512) - 255.5) * frame.pixel_spacing_mm] * 2))
    assert abs(float(frame.hu[0][about < 40.0].mean())) < 3.0


def test_an_unknown_preset_is_met_by_one_message_that_names_the_others(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "patient-2"\n[scanner]\npreset = "128-row"\n', encoding="utf-8")
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    told = str(caught.value)
    assert len(told.splitlines()) == 1
    assert "128-row" in told
    assert all(preset in told for preset in ScannerPreset)


def test_a_rotation_that_the_scanner_does_not_offer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "patient-2"\n[scanner]\npreset = "16-row"\npreset_rotation_s = 0.4\n', encoding="utf-8")
    with pytest.raises(UserInputError, match=r"a 16-row scanner does not turn in 0\.4 s: it takes 0\.5 to 1\.5 s"):
        load_scenario(path).scenario_for(1)
